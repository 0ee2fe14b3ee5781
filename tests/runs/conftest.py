"""What several tests of runs need: runs that were evaluated."""

import numpy as np
import pytest

from core.evaluation.predictions import Predictions
from core.runs.record import create_run
from core.runs.settings import read_settings


@pytest.fixture
def finished(workspace):
    """Makes a run that got so many of its 40 test images wrong."""

    def make(wrong=0, version="1", first=0, **changes):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes))
        true = np.tile([0, 1], 20)
        given = np.where(np.arange(40) < wrong, 1 - true, true)
        Predictions(
            ids=np.array([f"{index}.png" for index in range(first, first + 40)]),
            splits=np.repeat(["test"], 40),
            true=true,
            probabilities=np.where(given[:, None] == [0, 1], 0.9, 0.1),
            class_names=("cats", "dogs"),
        ).save(run.predictions_path)
        run.best_weights.write_bytes(bytes(1000))
        run.update(state="done", started=100.0, finished=160.0, facts={"dataset_version": version})
        return run

    return make
