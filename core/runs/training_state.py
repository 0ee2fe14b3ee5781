"""Where the training of a run stands, beside its weights: the part of a checkpoint that everybody may read."""

import json
import zipfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

import numpy as np

UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile)


@dataclass
class TrainingState:
    """Where a training stands; what its callbacks share, and what it goes on from.

    Parameters
    ----------
    epochs
        How many whole epochs lie behind it, so that this is also the number of the epoch in hand, counted from 0.
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

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What a checkpoint says, of this build or another: what is not known here is left out."""
        values, known = json.loads(text), {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def epochs_in(path: Path) -> int:
    """How many whole epochs a checkpoint holds; 0 where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return TrainingState.from_json(str(file["state"])).epochs
    except UNREADABLE:
        return 0
