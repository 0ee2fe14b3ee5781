"""The matrix, the images beside it and what stands below them, in a real browser."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.evaluation.predictions import Predictions
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SURE, UNSURE = 0.9, 0.6


@pytest.fixture
def evaluated(serve, tmp_path, class_folders) -> tuple[str, Run]:
    """The address of the page of a run that is right, and sure, on every other image of each class."""
    server = serve()
    workspace = Workspace.at(server.home)
    dataset = run_import(create_from_path(workspace, class_folders(tmp_path / "pets", {"cats": 20, "dogs": 20})))
    run = create_run(workspace, read_settings({"dataset": dataset.name, "architecture": "small_cnn"}))
    images = dataset.images
    images.to_parquet(run.folder / "images.parquet", index=False)
    true = dataset.label_indices(images["label"])
    wrong = images.groupby(["split", "label"]).cumcount().to_numpy() % 2
    probabilities = np.empty((len(true), 2))
    rows, answers, sure = np.arange(len(true)), true ^ wrong, np.where(wrong, UNSURE, SURE)
    probabilities[rows, answers], probabilities[rows, 1 - answers] = sure, 1 - sure
    paths, splits = (images[name].to_numpy(dtype=str) for name in ("path", "split"))
    Predictions(paths, splits, true, probabilities, dataset.class_names).save(run.predictions_path)
    run.update(state="done", started=1000.0, finished=1060.0)
    return f"{server.address}/evaluation?dataset={dataset.name}", run


def test_a_click_shows_the_images_and_marks_the_cell(evaluated: tuple, tab: Page):
    address, run = evaluated
    tab.goto(address)
    for cell in ("0-0", "1-0", "0-1"):
        tab.locator(f"[data-cell='{cell}']").click()
        expect(tab.locator("[data-cell][aria-pressed='true']")).to_have_attribute("data-cell", cell)
        true, predicted = map(int, cell.split("-"))
        ids = run.predictions().of("test").cell(true, predicted).ids
        for path in ids:
            expect(tab.locator(f"[data-id='{path}']")).to_be_visible()
        expect(tab.locator(".tile[data-id]")).to_have_count(len(ids))
        assert f"cell={cell}" in tab.url
    tab.reload()
    expect(tab.locator("[data-cell][aria-pressed='true']")).to_have_attribute("data-cell", "0-1")


def test_what_is_explained_is_of_the_cell_in_view(evaluated: tuple, tab: Page):
    address, _ = evaluated
    tab.goto(f"{address}&section=Why")
    for cell, sure in (("0-1", "60 %"), ("0-0", "90 %"), ("1-0", "60 %")):
        tab.locator(f"[data-cell='{cell}']").click()
        expect(tab.get_by_test_id("stProgress").first).to_contain_text(sure)
