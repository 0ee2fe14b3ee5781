"""The trainings that a run consists of: of a whole network or a head, and behind that of a head, its fine-tuning."""

from dataclasses import dataclass
from pathlib import Path

from core.runs.record import Run
from core.runs.settings import RunSettings


@dataclass(frozen=True)
class Phase:
    """One training of a run.

    Parameters
    ----------
    name, title, rate_name
        What events call it, and what people call it and its learning rate.
    settings
        Those of the run, but for what is different in this phase.
    checkpoint, best_weights
        Where it keeps what it takes to go on, and the weights that answered best.
    epochs_before, best_epoch_before
        How many epochs earlier phases have trained, and which of these was the best.
    best_before
        The monitored loss at its beginning, which it has to go below; None where there is none yet.
    extended_from
        The epoch of this phase from which on epochs were added; 0 where none were.
    """

    name: str
    title: str
    rate_name: str
    settings: RunSettings
    checkpoint: Path
    best_weights: Path
    epochs_before: int = 0
    best_epoch_before: int = 0
    best_before: float | None = None
    extended_from: int = 0

    @property
    def epochs(self) -> int:
        """How many epochs the run has when this phase has ended."""
        return self.epochs_before + self.settings.epochs

    def best_epoch(self, best_epoch: int) -> int:
        """The best of the run, where `best_epoch` is that of this phase, or 0 if none was better than before it."""
        return self.epochs_before + best_epoch if best_epoch else self.best_epoch_before


def first_phase(run: Run) -> Phase:
    """The training of a network from scratch, or of the head of a frozen one."""
    # Epochs that are added to a run go to the phase that it has reached.
    extended_from = 0 if run.fine_tuning_checkpoint.exists() else run.record.extended_from
    files = run.checkpoint, run.best_weights
    return Phase("train", "Training", "learning rate", run.settings, *files, extended_from=extended_from)
