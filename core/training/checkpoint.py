"""All that a run needs to go on from its last whole epoch, in one file: half of it can't be of another epoch."""

import json
import zipfile
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np

from core.errors import WorkbenchError
from core.files import replacing
from core.training.learner import Learner

UNREADABLE = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile)


@dataclass
class TrainingState:
    """Where a training stands, beside its weights.

    Parameters
    ----------
    epochs
        How many whole epochs lie behind it.
    best
        The least monitored loss so far; None before the first epoch.
    best_epoch
        The epoch it was reached in, counted from 1; 0 before the first.
    reductions
        How often a plateau schedule has lowered the learning rate.
    reduced_at
        The epoch it was lowered in last; 0 where it never was.
    durations
        Seconds of the last epochs, for the time that is left.
    learning_rate
        What was found before the first epoch; None where it is that of the settings.
    """

    epochs: int = 0
    best: float | None = None
    best_epoch: int = 0
    reductions: int = 0
    reduced_at: int = 0
    durations: list[float] = field(default_factory=list)
    learning_rate: float | None = None


def save_checkpoint(path: Path, learner: Learner, state: TrainingState) -> None:
    """Write the variables of the learner, its optimiser's included, and the state, all or nothing."""
    with replacing(path, ".npz") as temporary:
        np.savez(temporary, state=json.dumps(asdict(state)), **learner.variables())


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
        state = _state_from(arrays.pop("state"))
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


def _state_from(text: np.ndarray) -> TrainingState:
    values, known = json.loads(str(text)), {entry.name for entry in fields(TrainingState)}
    return TrainingState(**{name: value for name, value in values.items() if name in known})


def _shapes(arrays: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in arrays.items()}
