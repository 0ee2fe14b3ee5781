"""Fix and see, in a real browser: from a cell to a relabelled image, a new run, compared with the old one, and back."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import Dataset
from core.evaluation.comparable import comparable_rows
from core.evaluation.confusion_matrix import worst_cell
from core.evaluation.disagreement import matrix_difference
from core.runs.comparison import compare_runs
from core.runs.evaluated_runs import evaluated_runs
from core.runs.lifecycle import start, wait
from core.runs.record import Run, list_runs
from core.runs.settings import read_settings
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A head on random features of pictures of noise learns in a second, and errs a lot.
SETTINGS = {"architecture": "mobilenet_025", "weights": "untrained", "image_size": 32, "epochs": 5}


@pytest.fixture
def evaluated(serve, tmp_path, class_folders):
    """A server, a dataset, and a run that was trained on it by a process of its own."""
    server = serve()
    workspace = Workspace.at(server.home)
    source = class_folders(tmp_path / "pets", {"cats": 30, "dogs": 30})
    dataset = run_import(create_from_path(workspace, source))
    run = start(workspace, dataset, read_settings(SETTINGS | {"dataset": dataset.name}))
    assert wait(run).state == "done"
    return server, dataset, run


def test_from_a_cell_to_a_new_run_and_back(evaluated: tuple, tab: Page):
    server, dataset, run = evaluated
    version = dataset.content.version
    tab.goto(f"{server.address}/evaluation?dataset={dataset.name}")
    true, predicted = worst_cell(run.evaluate("test").confusion_matrix)
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

    # The matrix of the difference: the cell that the image was in tells that it is gone from there.
    difference = tab.get_by_test_id("stExpander").filter(has_text="What changed")
    difference.locator(f"[data-cell='{true}-{predicted}']").click()
    names = f"“{dataset.class_names[true]}” taken for “{dataset.class_names[predicted]}” no more"
    expect(difference.get_by_text(names)).to_be_visible()
    expect(difference.locator(f"[data-id='{path}']")).to_be_visible()

    # Compared: which is better by the labels as they are now, and whether that could be chance.
    tab.get_by_test_id("stMain").get_by_role("link", name="Compare").click()
    expect(tab.get_by_role("heading", name="Which is better, and is the difference real?")).to_be_visible()
    expect(tab).to_have_url(re.compile(f"runs={run.id}(,|%2C){new.id}"))
    expect(tab.get_by_text("B is A trained again, on images that were corrected in between").first).to_be_visible()
    verdict = compare_runs([run, new])
    expect(tab.get_by_text(verdict.answer)).to_be_visible()
    expect(tab.get_by_text(re.compile("Not comparable with"))).to_have_count(0)
    matrix = comparable_matrix([run, new])
    cell = next(zip(*matrix.nonzero(), strict=True), None)
    if cell is not None:  # the new run answers something otherwise
        tab.locator(f"[data-cell='{cell[0]}-{cell[1]}']").click()
        expect(tab.get_by_text(re.compile("Images of .* that one of them takes for"))).to_be_visible()
    tab.go_back()
    expect(tab.get_by_role("heading", name="How good is it, and where does it err?")).to_be_visible()

    # Undone in one click: the earlier run, and the labels that it knew.
    tab.get_by_role("button", name="Undo and go back").click()
    expect(tab).to_have_url(re.compile(f"run={run.id}"))
    expect(tab.get_by_text(re.compile("Before .*, now "))).to_have_count(0)
    assert dataset.content.version == version
    expect(tab.get_by_text("Traceback")).to_have_count(0)


def comparable_matrix(runs: list[Run]) -> np.ndarray:
    """How many images more or fewer the second has in each cell."""
    return matrix_difference(*comparable_rows(*evaluated_runs(runs)[0]))


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
def test_no_section_scrolls_sideways(evaluated: tuple, chromium, width: int):
    server, dataset, _ = evaluated
    context = chromium.new_context(viewport={"width": width, "height": 800})
    tab = context.new_page()
    for section in ("Summary", "Each+class", "Threshold", "Confidence"):
        tab.goto(f"{server.address}/evaluation?dataset={dataset.name}&section={section}")
        tab.locator("[data-cell]").first.wait_for()
        expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        main = tab.get_by_test_id("stMain")
        assert main.evaluate("box => box.scrollWidth - box.clientWidth") <= 1, section
    context.close()


def test_images_of_a_cell_show_where_the_network_looks(evaluated: tuple, tab: Page):
    server, dataset, run = evaluated
    tab.goto(f"{server.address}/evaluation?dataset={dataset.name}")
    cell = worst_cell(run.evaluate("test").confusion_matrix)
    pictures = [tab.locator(f"[data-id='{path}'] img") for path in run.predictions().of("test").cell(*cell).ids]
    expect(pictures[0]).to_be_visible()
    plain = [picture.get_attribute("src") for picture in pictures]
    tab.get_by_text("Where it looks").click()
    for picture, before in zip(pictures, plain, strict=True):
        expect(picture).not_to_have_attribute("src", before)
    tab.get_by_text("Where it looks").click()
    expect(pictures[0]).to_have_attribute("src", plain[0])
