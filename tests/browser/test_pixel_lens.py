"""The pixel lens in a real browser: by pointer, by keyboard, by touch, and on a telephone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from core.concepts.pictures import shipped_pixels

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TELEPHONE = {"width": 400, "height": 800}
# And whether a lens is among what they show.
VIEWS = {
    "chapter=arrays": True,
    "chapter=arrays&view=paint": True,
    "chapter=arrays&view=labels": False,
    "chapter=signals": False,
    "chapter=signals&view=rules": False,
    "chapter=signals&view=sampling&source=rings": True,
}
CAT = shipped_pixels("chelsea")


@pytest.fixture
def look_at(serve, tab: Page):
    server = serve()

    def go(query: str) -> Page:
        tab.goto(f"{server.address}/concepts?{query}")
        expect(tab.get_by_text("Try yourself")).to_be_visible()
        return tab

    return go


def picture(tab: Page) -> Locator:
    return tab.locator(".lens .stage").first


def words(tab: Page) -> Locator:
    return tab.locator(".lens .words")


def said(row: int, column: int) -> str:
    red, green, blue = CAT[row, column]
    return f"Row {row}, column {column}: red {red}, green {green}, blue {blue}."


def place_of(tab: Page, row: int, column: int) -> tuple[float, float]:
    """Where the middle of a pixel of the cat is on the screen."""
    picture(tab).scroll_into_view_if_needed()
    box = picture(tab).bounding_box()
    assert box is not None
    return box["x"] + box["width"] * (column + 0.5) / 451, box["y"] + box["height"] * (row + 0.5) / 300


def test_pointing_shows_the_numbers_and_a_click_keeps_them_in_the_link(look_at):
    tab = look_at("chapter=arrays")
    expect(picture(tab)).to_be_in_viewport(ratio=1)
    expect(words(tab)).to_have_text(said(150, 225))
    tab.mouse.move(*place_of(tab, 40, 300))
    expect(words(tab)).to_have_text(said(40, 300))
    expect(tab.locator(".lens td.centre")).to_have_text("".join(map(str, CAT[40, 300])))
    expect(tab.locator(".lens td")).to_have_count(49)
    assert "row=" not in tab.evaluate("location.search"), "hovering asks nothing of the server"
    tab.mouse.move(5, 5)
    expect(words(tab)).to_have_text(said(150, 225))
    tab.get_by_role("button", name="More numbers").click()
    expect(tab.locator(".lens td")).to_have_count(81)
    tab.mouse.click(*place_of(tab, 40, 300))
    tab.wait_for_function("location.search.includes('row=40') && location.search.includes('column=300')")
    tab.mouse.move(5, 5)
    expect(words(tab)).to_have_text(said(40, 300))
    tab.reload()
    expect(words(tab)).to_have_text(said(40, 300))


def test_the_keyboard_goes_from_pixel_to_pixel(look_at):
    tab = look_at("chapter=arrays&view=channels&row=0&column=450")
    expect(words(tab)).to_contain_text(said(0, 450))
    picture(tab).focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "Shift+ArrowLeft"):
        tab.keyboard.press(key)
    expect(words(tab)).to_contain_text(said(1, 440))
    expect(tab.locator(".lens td")).to_have_count(2 * 9)
    tab.keyboard.press("+")
    expect(tab.locator(".lens td")).to_have_count(2 * 25)
    tab.keyboard.press("Enter")
    tab.wait_for_function("location.search.includes('row=1&') || location.search.endsWith('row=1')")
    assert "column=440" in tab.evaluate("location.search")
    expect(picture(tab)).to_be_focused()
    tab.get_by_role("switch", name="Red").focus()
    tab.keyboard.press("Space")
    expect(words(tab)).to_contain_text("Answer: red 0, green")
    expect(words(tab)).to_contain_text(said(1, 440))


def test_a_pixel_that_was_sampled_shows_what_it_was_made_of(look_at):
    tab = look_at("chapter=signals&view=sampling&factor=8&average=true&image=shipped:chelsea")
    expect(tab.locator(".lens td")).to_have_count(64 + 1)
    tab.mouse.move(*place_of(tab, 20, 300))
    block = CAT[16:24, 296:304, 1]
    tab.get_by_role("button", name="Green").click()
    tab.mouse.move(*place_of(tab, 20, 300))
    first = tab.locator(".lens table").first
    expect(first).to_contain_text("".join(map(str, block[0])))
    expect(tab.locator(".lens table").last.locator("td")).to_have_text(str(round(block.mean())))


def test_a_matrix_that_is_typed_is_seen_and_a_mistake_is_told(look_at):
    tab = look_at("chapter=arrays&view=matrix&matrix=0 1; 1 0")
    expect(words(tab)).to_have_text("Row 1, column 1: 0.")
    field = tab.get_by_role("textbox", name="Rows of numbers")
    field.fill("7 8 9\n4 five 6")
    field.press("Control+Enter")
    expect(tab.get_by_text("Row 2, number 2: “five” is no number.")).to_be_visible()
    expect(field).to_have_value("7 8 9\n4 five 6")
    field.fill("7 8 9\n4 5 6")
    field.press("Control+Enter")
    expect(words(tab)).to_have_text("Row 1, column 1: 5.")
    tab.wait_for_function("decodeURIComponent(location.search).replaceAll('+', ' ').includes('7 8 9; 4 5 6')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_nothing_is_cut_off_and_a_tap_keeps_a_pixel(chromium, serve, scheme):
    server = serve()
    context = chromium.new_context(viewport=TELEPHONE, color_scheme=scheme, has_touch=True)
    tab = context.new_page()
    for query, has_lens in VIEWS.items():
        tab.goto(f"{server.address}/concepts?{query}")
        expect(tab.get_by_text("Try yourself")).to_be_visible()
        if has_lens:
            expect(tab.locator(".lens td").first).to_be_visible()
        assert tab.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth <= e.clientWidth"), query
    tab.goto(f"{server.address}/concepts?chapter=arrays")
    expect(words(tab)).to_have_text(said(150, 225))
    tab.touchscreen.tap(*place_of(tab, 100, 100))
    tab.wait_for_function("location.search.includes('row=') && location.search.includes('column=')")
    row, column = tab.evaluate(
        "['row', 'column'].map((name) => Number(new URLSearchParams(location.search).get(name)))"
    )
    assert abs(row - 100) <= 2
    assert abs(column - 100) <= 2
    expect(words(tab)).to_have_text(said(row, column))
    context.close()
