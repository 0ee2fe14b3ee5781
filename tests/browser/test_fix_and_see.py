"""Fix and see, in a real browser: from a cell to a relabelled image, a new run beside the old one, and back."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.datasets.importing import create_from_path, run_import
from core.datasets.store import Dataset
from core.evaluation.confusions import worst_cell
from core.runs.executor import start, wait
from core.runs.record import Run, list_runs
from core.runs.settings import read_settings
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A head on random features of pictures of noise learns in a second, and errs a lot.
SETTINGS = {"architecture": "mobilenet_025", "weights": "untrained", "image_size": 32, "epochs": 5}


@pytest.fixture
def judged(serve, tmp_path, class_folders):
    """A server, a dataset, and a run that was trained on it by a process of its own."""
    server = serve()
    workspace = Workspace.at(server.home)
    source = class_folders(tmp_path / "pets", {"cats": 30, "dogs": 30})
    dataset = run_import(create_from_path(workspace, source))
    run = start(workspace, dataset, read_settings(SETTINGS | {"dataset": dataset.name}))
    assert wait(run).state == "done"
    return server, dataset, run


def test_from_a_cell_to_a_new_run_and_back(judged: tuple, tab: Page):
    server, dataset, run = judged
    version = dataset.content.version
    tab.goto(f"{server.address}/evaluation?dataset={dataset.name}")
    true, predicted = worst_cell(run.evaluate("test")["confusion_matrix"])
    tab.locator(f"[data-cell='{true}-{predicted}']").click()
    expect(tab).to_have_url(re.compile(f"run={run.id}"))

    # Relabel the first image of the cell.
    path = run.predictions().of("test").cell(true, predicted).ids[0]
    tile = tab.locator(f"[data-id='{path}']")
    tile.hover()
    tile.get_by_role("checkbox").click()
    expect(tab.get_by_text("1 image selected")).to_be_visible()
    relabel_as(tab, dataset.class_names[predicted])
    expect(tab.get_by_text("Changed since this run: 1 image relabelled")).to_be_visible()
    assert label_of(dataset, path) == dataset.class_names[predicted]

    # Train again: the page moves on to the new run by itself.
    tab.get_by_role("button", name="Retrain").click()
    expect(tab.get_by_text(re.compile("Before .*, now "))).to_be_visible()
    new = next(each for each in list_runs(Workspace.at(server.home)) if each.id != run.id)
    expect(tab).to_have_url(re.compile(f"run={new.id}"))
    assert new.status().state == "done"
    assert label_in(new, path) == dataset.class_names[predicted]
    tab.get_by_text("What changed").click()
    expect(tab.locator(f"[data-id='{path}']").first).to_be_visible()

    # Undone in one click: the earlier run, and the labels that it knew.
    tab.get_by_role("button", name="Undo and go back").click()
    expect(tab).to_have_url(re.compile(f"run={run.id}"))
    expect(tab.get_by_text(re.compile("Before .*, now "))).to_have_count(0)
    assert dataset.content.version == version
    expect(tab.get_by_text("Traceback")).to_have_count(0)


def relabel_as(tab: Page, label: str) -> None:
    tab.get_by_role("combobox", name="Label", exact=True).click()
    tab.get_by_role("option", name=label).click()
    tab.get_by_role("button", name="Relabel", exact=True).click()


def label_of(dataset: Dataset, path: str) -> str:
    return dataset.content.table.set_index("path").at[path, "label"]


def label_in(run: Run, path: str) -> str:
    """The label that a run was trained with."""
    predictions = run.predictions()
    return predictions.class_names[int(predictions.true[predictions.ids == path][0])]


@pytest.mark.parametrize("width", [400, 1280])
def test_no_section_scrolls_sideways(judged: tuple, chromium, width: int):
    server, dataset, _ = judged
    context = chromium.new_context(viewport={"width": width, "height": 800})
    tab = context.new_page()
    for section in ("Summary", "Each+class", "Threshold", "Confidence"):
        tab.goto(f"{server.address}/evaluation?dataset={dataset.name}&section={section}")
        tab.locator("[data-cell]").first.wait_for()
        expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        main = tab.get_by_test_id("stMain")
        assert main.evaluate("box => box.scrollWidth - box.clientWidth") <= 1, section
    context.close()
