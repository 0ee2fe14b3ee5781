"""Predict, in a real browser on real photographs: one chosen, one pasted, several as a job, and some put right."""

import base64
import re
import shutil
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import open_dataset
from core.runs.lifecycle import start, wait
from core.runs.settings import read_settings
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real]

TRAINED_ON, NEW = 24, 4
SETTINGS = {"architecture": "mobilenet_075", "epochs": 6}
PASTE = """content => {
  const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([bytes], "image.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true }));
}"""


@pytest.fixture
def asked(serve, tmp_path, real_images, real_weights):
    """A server with a run on photographs of cats and dogs; and photographs that it has not seen, cats before dogs."""
    server = serve(KERAS_HOME=str(real_weights("mobilenet_075")))
    new = []
    for label in ("cats", "dogs"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        files = sorted((real_images / "cats_dogs" / label).iterdir())[: TRAINED_ON + NEW]
        for file in files[:TRAINED_ON]:
            shutil.copy(file, tmp_path / "pets" / label)
        new += [shutil.copy(file, tmp_path / f"{label}_{file.name}") for file in files[TRAINED_ON:]]
    workspace = Workspace.at(server.home)
    dataset = run_import(create_from_path(workspace, tmp_path / "pets"))
    run = start(workspace, dataset, read_settings(SETTINGS | {"dataset": dataset.name}))
    assert wait(run).state == "done"
    return server, new


def test_from_new_photographs_to_a_run_that_has_learned_from_them(asked, tab: Page):
    server, new = asked
    cat, dog = new[0], new[NEW]
    tab.goto(f"{server.address}/predict?dataset=pets")

    # One that is chosen, and why it is answered so.
    tab.set_input_files("input[type=file]", cat)
    expect(tab.get_by_role("heading", name="This is “cats”")).to_be_visible()
    tab.get_by_text("Where it looks").click()
    expect(tab.get_by_text("for cats")).to_be_visible()

    # One from the clipboard, which comes beside it.
    tab.evaluate(PASTE, base64.b64encode(dog.read_bytes()).decode())
    expect(tab.get_by_role("heading", name="This is “dogs”")).to_be_visible()
    expect(tab.get_by_role("heading", name="This is “cats”")).to_be_visible()

    # It is added to the dataset under the label that it is given.
    choose(tab, tab.get_by_role("combobox", name="What is it really?").nth(1), "dogs")
    tab.get_by_role("button", name="Add 1 image").click()
    expect(tab.get_by_text("Changed since this run: 1 image relabelled “dogs”")).to_be_visible()

    # Several as a job, whose answers outlive a reload.
    tab.get_by_text("Many images", exact=True).click()
    expect(tab.get_by_role("button", name="Predict these images")).to_be_enabled()
    expect(tab.locator("input[type=file]")).to_have_count(1)  # the one for a few images is gone
    tab.set_input_files("input[type=file]", new)
    expect(tab.get_by_text(new[0].name)).to_be_visible()
    tab.get_by_role("button", name="Predict these images").click()
    expect(tab.get_by_text(re.compile(f"^{2 * NEW} images: “"))).to_be_visible()
    tab.reload()
    expect(tab.locator(f"[data-id='{cat.name}']")).to_be_visible()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 2 * NEW + 1

    # One of them is labelled, and the next run learns from both.
    tile = tab.locator(f"[data-id='{cat.name}']")
    tile.hover()
    tile.get_by_role("checkbox").click()
    choose(tab, tab.get_by_role("combobox", name="Label"), "cats")
    tab.get_by_role("button", name="Add to the dataset").click()
    expect(tab.get_by_text("1 image relabelled “cats”")).to_be_visible()
    tab.get_by_role("button", name="Retrain").click()
    expect(tab.get_by_text(re.compile("Before .*, now "))).to_be_visible()
    images = open_dataset(Workspace.at(server.home), "pets").images
    added = images[images["path"].str.startswith("(added here)/")]
    assert sorted(added["label"]) == ["cats", "dogs"]
    assert len(images) == 2 * TRAINED_ON + 2


def choose(tab: Page, box: Locator, label: str) -> None:
    """Choose in a list, which closes where the page still scrolls when it opens."""
    option = tab.get_by_role("option", name=label, exact=True)
    box.scroll_into_view_if_needed()
    while not option.is_visible():
        box.press("ArrowDown")
        with suppress(TimeoutError):
            option.wait_for(timeout=2000)
    option.click()
