"""Concepts in a real browser: through three chapters by link, by keyboard, and back."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def address(serve, bring_sample) -> str:
    server = serve()
    sample = bring_sample(server)
    return f"{server.address}/concepts?dataset={sample.name}"


def parameters(tab: Page) -> dict[str, str]:
    return tab.evaluate("Object.fromEntries(new URLSearchParams(location.search))")


def wait_for(tab: Page, part: str) -> None:
    tab.wait_for_function("part => location.search.includes(part)", arg=part)


def test_a_teachers_links_lead_through_three_chapters(address, tab: Page):
    tab.goto(f"{address}&chapter=signals&signal=0+0+0+1+1&step=3")
    expect(tab.get_by_role("textbox", name="Signal x")).to_have_value("0 0 0 1 1")
    expect(tab.get_by_text("Step 3 of")).to_be_visible()

    tab.goto(f"{address}&chapter=filters&kernel=emboss&image=shipped:coins")
    expect(tab.get_by_text("Picture: Coins, grey")).to_be_visible()
    expect(tab.get_by_role("combobox", name="Kernel")).to_have_value("Emboss")
    expect(tab.get_by_text("What comes out")).to_be_visible()

    tab.goto(f"{address}&chapter=pooling&size=2&stride=2&kind=average")
    expect(tab.get_by_role("slider", name="Window")).to_have_value("2")
    expect(tab.get_by_role("radio", name="Average")).to_be_checked()
    expect(tab.get_by_role("img", name="Pooled: 48 × 48")).to_be_visible()


def test_what_is_moved_by_keyboard_is_what_another_person_opens(address, tab: Page):
    tab.goto(f"{address}&chapter=pooling")
    slider = tab.get_by_role("slider", name="Stride")
    slider.focus()
    slider.press("ArrowRight")
    wait_for(tab, "stride=5")
    tab.get_by_role("radio", name="Average").focus()
    tab.keyboard.press("Space")
    wait_for(tab, "kind=average")
    other = tab.context.new_page()
    other.goto(tab.evaluate("location.href"))
    expect(other.get_by_role("slider", name="Stride")).to_have_value("5")
    expect(other.get_by_role("radio", name="Average")).to_be_checked()
    tab.go_back()
    expect(tab.get_by_role("radio", name="Max", exact=True)).to_be_checked()


def test_a_chapter_takes_the_picture_along_and_leaves_its_settings(address, tab: Page):
    tab.goto(f"{address}&chapter=filters&kernel=emboss&image=shipped:coins")
    expect(tab.get_by_text("Picture: Coins, grey")).to_be_visible()
    tab.get_by_role("radio", name="5. Pooling").click()
    expect(tab.get_by_text("Picture: Coins, grey")).to_be_visible()
    wait_for(tab, "chapter=pooling")
    assert "kernel" not in parameters(tab)
    assert parameters(tab)["image"] == "shipped:coins"


def test_a_worked_example_opens_above_with_its_settings(address, tab: Page):
    tab.goto(f"{address}&chapter=layers")
    tab.get_by_text("Worked examples").click()
    tab.get_by_role("link", name="Open").first.click()
    wait_for(tab, "length=")
    expect(tab.get_by_text("Try yourself")).to_be_visible()


def test_a_forged_link_opens_the_nearest_with_a_word(address, tab: Page):
    tab.goto(f"{address}&chapter=pooling&size=9999&kind=median")
    expect(tab.get_by_text("size = “9999”, which there is not: 32 is shown instead.")).to_be_visible()
    expect(tab.get_by_text("kind = “median”, which there is not")).to_be_visible()
    expect(tab.get_by_role("slider", name="Window")).to_have_value("32")


def test_a_question_checks_itself(address, tab: Page):
    tab.goto(f"{address}&chapter=pooling")
    tab.get_by_text("It moves by a quarter of a cell.").click()
    expect(tab.get_by_text("Not quite")).to_be_visible()
    tab.get_by_test_id("stRadio").get_by_text("It stays as it is, unless").click()
    expect(tab.get_by_text("Right.")).to_be_visible()


def test_a_link_on_the_page_leads_to_the_top_and_back_to_what_was(address, tab: Page):
    tab.set_viewport_size({"width": 1280, "height": 500})
    tab.goto(f"{address}&chapter=layers&view=image&length=20")
    tab.get_by_text("Worked examples (").click()
    tab.get_by_role("link", name="Open").first.click()
    expect(tab.get_by_role("spinbutton", name="Length L")).to_have_value("32")
    tab.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
    tab.go_back()
    expect(tab.get_by_role("spinbutton", name="Length L")).to_have_value("20")
    expect(tab.get_by_role("radio", name="Over an image")).to_be_checked()
    for chapter in ("5. Pooling", "6. Backpropagation"):
        tab.get_by_role("link", name=chapter).click()
        expect(tab.get_by_role("heading", name=chapter)).to_be_visible()
        tab.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
    tab.get_by_test_id("stRadio").get_by_text("A quarter of them").click()
    expect(tab.get_by_text("Right.")).to_be_visible()
    assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 0
