"""The page of the model in a real browser: the way on is in view, and the layers open."""

import pytest
from playwright.sync_api import Page, expect

from core.runs.draft import Draft

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLE = "cats_vs_dogs_sample"


@pytest.fixture
def look_at(serve, bring_sample, tab: Page):
    """Opens the page of the model in a tab, with this network chosen."""
    server = serve()
    dataset = bring_sample(server)

    def go(name: str) -> Page:
        Draft(dataset).choose(architecture=name)
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


class Slow:
    """What the server says comes late: it is held back until it is let through."""

    def __init__(self, tab: Page):
        self._held, self._holds = [], False
        tab.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, socket) -> None:
        self._socket = socket
        socket.connect_to_server().on_message(
            lambda said: self._held.append(said) if self._holds else socket.send(said)
        )

    def hold(self) -> None:
        self._holds = True

    def let_through(self, tab: Page, count: int) -> None:
        """Let all through, once so much has come."""
        while len(self._held) < count:
            tab.wait_for_timeout(20)
        self._holds = False
        for said in self._held:
            self._socket.send(said)
        self._held.clear()


def at_rest(tab: Page) -> None:
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.fixture
def slow(tab: Page) -> Slow:
    return Slow(tab)


def test_a_list_of_networks_that_is_opened_before_the_page_has_followed_stays_open(slow, look_at):
    tab = look_at("small_cnn")
    expect(tab.get_by_text("What it costs on this machine")).to_be_visible()
    at_rest(tab)
    slow.hold()
    tab.get_by_role("radio", name="Pretrained backbones").click()
    tab.get_by_role("combobox", name="Network").click()
    expect(tab.get_by_role("option", name="Small CNN ·")).to_be_visible()
    slow.let_through(tab, 20)
    tab.get_by_role("option", name="InceptionV3 ·").click()
    expect(tab.get_by_text("InceptionV3 looks, and a small head decides.")).to_be_visible()


def test_a_network_that_is_chosen_before_the_page_has_followed_is_chosen(slow, look_at):
    tab = look_at("small_cnn")
    expect(tab.get_by_text("What it costs on this machine")).to_be_visible()
    at_rest(tab)
    slow.hold()
    tab.get_by_role("radio", name="Classics").click()
    tab.get_by_role("combobox", name="Network").click()
    tab.get_by_role("option", name="Flatten-20-10 ·").click()
    slow.let_through(tab, 20)
    expect(tab.get_by_text("Flatten-20-10 learns from nothing:")).to_be_visible()
