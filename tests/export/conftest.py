"""A trained run to take along: a small network in half precision, with augmentation, dropout and averaged views."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace

SIDE = 32


@pytest.fixture(scope="session")
def colours(tmp_path_factory: pytest.TempPathFactory, draw_folder) -> Workspace:
    """A workspace with the dataset "colours"."""
    folder = tmp_path_factory.mktemp("colours")
    draw_folder(folder / "images")
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "colours"))
    return workspace


@pytest.fixture(scope="session")
def from_scratch(colours: Workspace) -> Run:
    """A small CNN that tells the colours apart; all that a training knows and an export must not have is in it."""
    chosen = {"dataset": "colours", "architecture": "small_cnn", "image_size": SIDE, "epochs": 6, "batch_size": 8}
    chosen |= {"augmentation": "flip_horizontal,mixup", "runtime": "tensorflow-bfloat16", "patience": 100}
    run = create_run(colours, read_settings(chosen))
    assert train(run.folder) == 0, run.status().error
    assert run.record.views_averaged == 2
    _answer_one_wrongly(run)
    return run


def _answer_one_wrongly(run: Run) -> None:
    """Of the validation images: where it is right about all of them, there is no temperature to take along."""
    answers = run.answers()
    probabilities = answers.probabilities.copy()
    row = np.flatnonzero(answers.splits == "validation")[0]
    probabilities[row] = probabilities[row, ::-1]
    replace(answers, probabilities=probabilities).save(run.predictions_path)
    assert run.temperature() != 1


@pytest.fixture
def own_run(from_scratch: Run, tmp_path: Path) -> Run:
    """The same run and dataset as a copy that is the test's own."""
    shutil.copytree(from_scratch.workspace.root, tmp_path / "own")
    return Run(tmp_path / "own" / "runs" / from_scratch.id)
