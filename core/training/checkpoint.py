"""Checkpoint: all that a run needs to go on from its last whole epoch, in one file, so that it is of one epoch."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import WorkbenchError
from core.files import replacing
from core.runs.training_state import UNREADABLE, TrainingState
from core.training.learner import Learner


def save_checkpoint(path: Path, learner: Learner, state: TrainingState) -> None:
    """Write the variables of the learner, its optimiser's included, and the state, all or nothing."""
    with replacing(path, ".npz") as temporary:
        arrays: dict[str, Any] = {"state": json.dumps(asdict(state))} | learner.variables()
        np.savez(temporary, **arrays)


def load_checkpoint(path: Path, learner: Learner) -> TrainingState:
    """Put a learner back to where it was.

    Raises
    ------
    WorkbenchError
        If the file can't be read, or is of another network or optimiser.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        state = TrainingState.from_json(str(arrays.pop("state")))
        arrays = learner.kept_before() | arrays
    except UNREADABLE as error:
        raise WorkbenchError(f"{path} cannot be read ({error}), so the run cannot go on. Train again.") from error
    if _shapes(arrays) != _shapes(learner.variables()):
        raise WorkbenchError(
            f"{path} is of another network or optimiser than the settings of this run build. Were the classes of the "
            "dataset changed since? Train again."
        )
    learner.restore(arrays)
    return state


def _shapes(arrays: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in arrays.items()}
