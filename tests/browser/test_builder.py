"""A network of one's own in a real browser: from its first block to a run that is done."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.architectures.custom import CustomNetworks
from core.architectures.network_draft import NetworkDraft
from core.runs.record import list_runs
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLE = "cats_vs_dogs_sample"


def open_builder(tab: Page) -> None:
    tab.get_by_role("radio", name="Your own").click()


def add(tab: Page, *titles: str) -> None:
    """Add blocks from the menu, which is open."""
    for title in titles:
        count = tab.locator(".row").count()
        tab.get_by_role("button", name=f"Add {title}", exact=True).click()
        expect(tab.locator(".row")).to_have_count(count + 1)


def field(tab: Page, name: str, row: int) -> Locator:
    return tab.get_by_label(f"{name}, row {row}", exact=True)


def set_number(tab: Page, name: str, row: int, value: int) -> None:
    field(tab, name, row).fill(str(value))
    field(tab, name, row).press("Enter")


def leaving(tab: Page, row: int) -> Locator:
    return tab.locator(".row").nth(row - 1).locator(".shape")


@pytest.fixture
def server(serve, bring_sample):
    started = serve()
    bring_sample(started)
    return started


@pytest.fixture
def builder(server, tab: Page):
    """The builder in a tab, with nothing in hand."""
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(f"{server.address}/model?dataset={SAMPLE}")
    open_builder(tab)
    expect(tab.get_by_text("There are no blocks yet")).to_be_visible()
    tab.get_by_text("+ Add a block").click()
    yield tab
    assert errors == []


def test_a_network_is_built_repaired_saved_and_trained(server, builder: Page):
    tab, workspace = builder, Workspace.at(server.home)
    add(tab, "Convolution", "Global average pooling", "Max pooling")  # the last goes where an image still is
    expect(leaving(tab, 2)).to_have_text("→ 48 × 48 × 32")
    set_number(tab, "Filters", 1, 8)
    expect(leaving(tab, 3)).to_have_text("→ 8 numbers")

    # A stride that does not divide is refused in its row, with the formula, and nothing can be saved.
    field(tab, "Padding", 1).select_option("valid")
    set_number(tab, "Stride", 1, 2)
    fault = tab.locator(".row.fault")
    expect(fault).to_contain_text("(96 − 3 + 2·0) / 2 + 1 = 47.5 is no whole number")
    expect(fault).to_have_attribute("aria-label", "Row 1: Convolution")
    expect(leaving(tab, 2)).to_have_text("not reached")
    expect(tab.get_by_role("button", name="Use it")).to_be_disabled()

    # What was being done is there after a reload, and one of the repairs puts it right.
    tab.reload()
    open_builder(tab)
    expect(fault).to_have_count(1)
    fault.get_by_role("button", name="Kernel 4").click()
    expect(fault).to_have_count(0)
    expect(leaving(tab, 2)).to_have_text("→ 23 × 23 × 8")

    tab.get_by_label("Name", exact=True).fill("Browser net")
    tab.get_by_label("Name", exact=True).press("Enter")
    tab.get_by_role("button", name="Use it").click()
    expect(tab.get_by_text("Browser net learns from nothing")).to_be_visible()
    assert CustomNetworks(workspace).names() == ["Browser_net"]

    tab.get_by_role("button", name="Go on to training").click()
    epochs = tab.get_by_role("spinbutton", name="Epochs", exact=True)
    epochs.fill("2")
    epochs.press("Enter")
    tab.get_by_role("button", name=re.compile(r"Train .*2 epochs")).click()
    expect(tab.get_by_role("button", name="See how good it is")).to_be_visible()
    (run,) = list_runs(workspace)
    assert run.status().state == "done"
    assert run.settings.network["name"] == "Browser_net"
    assert len(run.settings.design.body) == 4


def test_rows_are_moved_copied_and_removed_by_mouse_and_keyboard(server, builder: Page):
    tab = builder
    add(tab, "Convolution", "Dropout", "Flatten")
    tab.get_by_label("Move Dropout up, row 2").press("Enter")
    expect(tab.get_by_label("Move Dropout up, row 1")).to_be_disabled()
    tab.get_by_label("Move Dropout down, row 1").press("Enter")
    expect(tab.get_by_label("Move Dropout down, row 2")).to_be_focused()
    tab.get_by_label("Duplicate Dropout, row 2").click()
    expect(leaving(tab, 4)).to_have_text("→ 294,912 numbers")  # else both changes would be one to take back
    tab.get_by_label("Remove Convolution, row 1").click()
    expect(tab.locator(".row .title")).to_have_text(["Dropout", "Dropout", "Flatten"])
    expect(leaving(tab, 3)).to_have_text("→ 27,648 numbers")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator(".row .title")).to_have_text(["Convolution", "Dropout", "Dropout", "Flatten"])


def test_what_is_typed_quickly_in_several_fields_is_all_kept(server, builder: Page):
    tab = builder
    add(tab, "Convolution", "Convolution", "Flatten")
    for row, filters in ((1, "11"), (2, "22")):
        field(tab, "Filters", row).click()
        tab.keyboard.press("ControlOrMeta+a")
        tab.keyboard.type(filters)
        tab.keyboard.press("Tab")
        tab.keyboard.type("5")
        tab.keyboard.press("Tab")
    expect(leaving(tab, 2)).to_have_text("→ 96 × 96 × 22")
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    kept = NetworkDraft.read(Workspace.at(server.home).datasets / SAMPLE / "builder.json").blocks
    assert [(block.values["filters"], block.values["kernel"]) for block in kept[:2]] == [(11, 5), (22, 5)]


def test_a_number_out_of_range_is_refused_in_its_row(server, builder: Page):
    tab = builder
    add(tab, "Convolution")
    set_number(tab, "Kernel", 1, 99)
    expect(tab.locator(".row").first).to_contain_text("'kernel' must be a whole number from 1 to 15. Got 99.")
    expect(field(tab, "Kernel", 1)).to_have_value("3")


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_scrolls_sideways(server, builder: Page, width):
    tab = builder
    tab.get_by_role("button", name="Begin with two convolutions").click()
    add(tab, "Residual block", "Dense")
    set_number(tab, "Kernel", 1, 99)
    tab.set_viewport_size({"width": width, "height": 800})
    expect(tab.locator(".wrong")).to_be_visible()
    main = tab.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert tab.locator(".builder").evaluate("element => element.scrollWidth <= element.clientWidth")
