"""The chapters on pooling and transfer learning in a real browser: by link and keyboard, with a run, on a telephone."""

import pytest
from playwright.sync_api import Page, expect

import core
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TELEPHONE = {"width": 400, "height": 800}


@pytest.fixture
def look_at(serve, tab: Page):
    server = serve()

    def go(query: str) -> Page:
        tab.goto(f"{server.address}/concepts?{query}")
        expect(tab.get_by_text("Try yourself")).to_be_visible()
        return tab

    return go


def test_a_link_opens_and_keys_move_the_window(look_at):
    tab = look_at("chapter=pooling&size=2&stride=2&row=10&column=20")
    expect(tab.get_by_text("(512 − 2) / 2 + 1 = 256.")).to_be_visible()
    expect(tab.get_by_text("rows 20–21, columns 40–41")).to_be_visible()
    tab.get_by_role("slider", name="Stride").focus()
    tab.keyboard.press("ArrowLeft")
    expect(tab.get_by_text("The windows overlap.")).to_be_visible()
    tab.wait_for_function("location.search.includes('stride=1')")
    picture = tab.locator(".stage").first
    picture.focus()
    for key in ("Shift+ArrowDown", "ArrowRight", "Enter"):
        tab.keyboard.press(key)
    expect(tab.get_by_text("rows 20–21, columns 21–22")).to_be_visible()
    tab.wait_for_function("location.search.includes('row=20') && location.search.includes('column=21')")


def test_a_run_is_asked_about_shifted_images(serve, bring_sample, tab: Page):
    server = serve()
    name = bring_sample(server).name
    run = core.train(name, Workspace.at(server.home), architecture="small_cnn", epochs=2, image_size=48, seed=1)
    tab.goto(f"{server.address}/concepts?chapter=pooling&view=run&dataset={name}&run={run.id}")
    tab.get_by_role("button", name="Measure it").click()
    expect(tab.get_by_text("validation images as they are.").first).to_be_visible()
    expect(tab.get_by_text("shift in pixels")).to_be_visible()
    expect(tab.get_by_text("Try yourself")).to_be_visible()


@pytest.mark.parametrize(
    "query",
    [
        "chapter=pooling&size=12",
        "chapter=pooling&view=alike",
        "chapter=pooling&view=shift",
        "chapter=transfer&backbone=densenet121",
    ],
)
def test_nothing_is_cut_off_on_a_telephone(look_at, tab: Page, query: str):
    tab.set_viewport_size(TELEPHONE)
    look_at(query)
    widths = tab.locator("[data-testid=stMain]").evaluate("main => [main.scrollWidth, main.clientWidth]")
    assert widths[0] <= widths[1]
