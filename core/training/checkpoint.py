"""All that a run needs to go on from its last whole epoch, in one file: half of it can't be of another epoch."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import WorkbenchError
from core.files import replacing

if TYPE_CHECKING:  # pages ask how many epochs there are, and need no Keras for that
    import keras

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
    """

    epochs: int = 0
    best: float | None = None
    best_epoch: int = 0
    reductions: int = 0
    reduced_at: int = 0
    durations: list[float] = field(default_factory=list)


def save_checkpoint(path: Path, model: keras.Model, state: TrainingState) -> None:
    """Write the variables of the model and of its optimiser, and the state, all or nothing."""
    arrays = {f"model_{index}": np.asarray(variable.numpy()) for index, variable in enumerate(model.variables)}
    arrays |= {f"optimiser_{index}": np.asarray(value.numpy()) for index, value in enumerate(model.optimizer.variables)}
    with replacing(path, ".npz") as temporary:
        np.savez(temporary, state=json.dumps(asdict(state)), **arrays)


def load_checkpoint(path: Path, model: keras.Model) -> TrainingState:
    """Put a compiled model and its optimiser back to where they were.

    Raises
    ------
    WorkbenchError
        If the file can't be read, or is of another network or optimiser.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        state = _state_from(arrays.pop("state"))
    except UNREADABLE as error:
        raise WorkbenchError(f"{path} cannot be read ({error}), so the run cannot go on. Train again.") from error
    model.optimizer.build(model.trainable_variables)
    places = {f"model_{index}": variable for index, variable in enumerate(model.variables)}
    places |= {f"optimiser_{index}": variable for index, variable in enumerate(model.optimizer.variables)}
    shapes = {name: array.shape for name, array in arrays.items()}
    if shapes != {name: tuple(variable.shape) for name, variable in places.items()}:
        raise WorkbenchError(
            f"{path} is of another network or optimiser than the settings of this run build. Were the classes of the "
            "dataset changed since? Train again."
        )
    for name, variable in places.items():
        variable.assign(arrays[name])
    return state


def epochs_in(path: Path) -> int:
    """How many whole epochs a checkpoint holds; 0 where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return _state_from(file["state"]).epochs
    except UNREADABLE:
        return 0


def _state_from(text: np.ndarray) -> TrainingState:
    values, known = json.loads(str(text)), {entry.name for entry in fields(TrainingState)}
    return TrainingState(**{name: value for name, value in values.items() if name in known})


def seed_epoch(model: keras.Model, seed: int, epoch: int) -> None:
    """Let dropout and augmentation draw in this epoch what depends on the seed and the epoch alone.

    Keras keeps the state of a random layer in a variable, which goes on from epoch to epoch.
    """
    states = [variable for variable in model.variables if variable.name == "seed_generator_state"]
    for index, state in enumerate(states):
        state.assign(np.random.SeedSequence([seed, epoch, index]).generate_state(2).astype(state.dtype))
