"""Layer arithmetic and backpropagation in a real browser: by link and by keyboard, and on a telephone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TELEPHONE = {"width": 400, "height": 800}
VIEWS = (
    "chapter=layers&length=24&padding=zeros&zeros=6",
    "chapter=layers&view=image&length=96",
    "chapter=layers&view=same&length=6",
    "chapter=layers&view=weights",
    "chapter=backpropagation",
    "chapter=backpropagation&view=max",
)


@pytest.fixture
def look_at(serve, tab: Page):
    server = serve()

    def go(query: str) -> Page:
        tab.goto(f"{server.address}/concepts?{query}")
        expect(tab.get_by_text("Try yourself")).to_be_visible()
        return tab

    return go


def search(tab: Page) -> str:
    return tab.evaluate("location.search")


def test_a_link_opens_and_the_arrow_keys_move_the_window(look_at):
    tab = look_at("chapter=layers&stride=1")
    picture = tab.get_by_role("img", name="Step 1 looks at 0, 1, 2.")
    expect(picture).to_be_in_viewport(ratio=1)
    # Cells are really drawn: Streamlit takes out of HTML what it does not trust.
    expect(picture.locator("i.window").first).to_be_visible()
    tab.get_by_role("slider", name="Step").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("img", name="Step 3 looks at 2, 3, 4.")).to_be_visible()
    tab.wait_for_function("location.search.includes('step=3')")
    assert "stride=1" in search(tab)
    tab.get_by_role("radio", name="Over an image").click()
    expect(tab.get_by_role("img", name="looks at rows 0, 1, 2 and columns 2, 3, 4")).to_be_visible()


def test_a_step_downhill_changes_the_kernel_and_the_link(look_at):
    tab = look_at("chapter=backpropagation")
    expect(tab.locator(".equation.followed td.answer")).to_be_in_viewport()
    tab.get_by_role("button", name="Take the step").click()
    tab.wait_for_function("location.search.includes('kernel=')")
    expect(tab.get_by_role("textbox", name="Kernel w")).not_to_have_value("1 0; -1 2")
    field = tab.get_by_role("textbox", name="Kernel w")
    field.fill("1 x; 2 3")
    field.press("Enter")
    expect(tab.get_by_text("Row 1, number 2: “x” is no number.")).to_be_visible()
    expect(field).to_have_value("1 x; 2 3")


def test_on_a_telephone_nothing_is_wider_than_the_screen(look_at, tab: Page):
    tab.set_viewport_size(TELEPHONE)
    for query in VIEWS:
        look_at(query)
        parts = tab.locator(".cell-maps figure, .equation, .number-grid, .katex .base").all()
        sides = [box["x"] + box["width"] for box in (part.bounding_box() for part in parts) if box]
        assert max(sides, default=0) <= TELEPHONE["width"], query
        assert tab.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"], query
