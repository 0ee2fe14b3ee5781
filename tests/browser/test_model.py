"""The page of the model in a real browser: the way on is in view, and the layers open."""

import pytest
from playwright.sync_api import Page, expect

from core.datasets.importing import ensure_dataset
from core.datasets.store import open_dataset
from core.runs.draft import Draft
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLE = "cats_vs_dogs_sample"


@pytest.fixture
def look_at(serve, tab: Page):
    """Opens the page of the model in a tab, with this network chosen."""
    server = serve()
    workspace = Workspace.at(server.home)
    ensure_dataset(workspace, SAMPLE)

    def go(name: str) -> Page:
        Draft(open_dataset(workspace, SAMPLE)).choose(architecture=name)
        tab.goto(f"{server.address}/model?dataset={SAMPLE}")
        return tab

    return go


@pytest.mark.parametrize("name", ["small_cnn", "resnet152"])
def test_the_answer_the_picture_and_the_way_on_are_in_the_first_screenful(look_at, name):
    tab = look_at(name)
    expect(tab.get_by_role("button", name="Go on to training")).to_be_in_viewport(ratio=1)
    expect(tab.get_by_role("img", name="An image of")).to_be_in_viewport(ratio=1)
    expect(tab.get_by_role("combobox", name="Network")).to_be_in_viewport(ratio=1)
    # Every part is really drawn: Streamlit takes out of HTML what it does not trust.
    expect(tab.locator(".net figure").last.locator("img")).to_be_visible()


def test_a_layer_of_a_long_network_writes_out_its_sums(look_at):
    tab = look_at("resnet152")
    tab.get_by_text("All 518 layers").click()
    tab.get_by_role("button", name="Start").click()
    first = tab.get_by_role("button", name="Convolution 7×7, 64 filters, stride 2")
    first.click()
    expect(first).to_have_attribute("aria-expanded", "true")
    written = tab.locator(".written")
    expect(written).to_have_count(1)
    expect(written).to_contain_text("image pixels between neighbours")
    expect(written.locator(".total").nth(1)).to_contain_text("9,472")
    first.click()
    expect(written).to_have_count(0)


def test_on_a_telephone_nothing_is_wider_than_the_screen(look_at, tab: Page):
    tab.set_viewport_size({"width": 400, "height": 800})
    look_at("densenet121")
    expect(tab.get_by_role("button", name="Go on to training")).to_be_visible()
    expect(tab.locator(".net figure")).to_have_count(12)
    sides = [box["x"] + box["width"] for box in map(lambda each: each.bounding_box(), tab.locator(".net figure").all())]
    assert max(sides) <= 400
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400
