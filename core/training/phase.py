"""Phases: the trainings that a run consists of. That of a head may be followed by its fine-tuning."""

from dataclasses import dataclass
from pathlib import Path

from core.runs.record import Run
from core.runs.settings import RunSettings
from core.runs.training_state import TrainingState


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
    monitor
        The loss that says which epoch is the best: "val_loss", or "loss" where there is nothing to validate on.
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
    monitor: str = "val_loss"

    @property
    def is_first(self) -> bool:
        return self.epochs_before == 0

    @property
    def epochs(self) -> int:
        """How many epochs the run has when this phase has ended."""
        return self.epochs_before + self.settings.epochs

    def epochs_done(self, epochs: int) -> int:
        """How many epochs lie behind the run, where `epochs` of this phase do."""
        return self.epochs_before + epochs

    def best_epoch(self, state: TrainingState) -> int:
        """The epoch of the run whose weights answer so far: of this phase or, where none was better, before it."""
        answering = self.answering_epoch(state)
        return self.epochs_before + answering if answering else self.best_epoch_before

    def answering_epoch(self, state: TrainingState) -> int:
        """The epoch of this phase whose weights answer so far: its best, or its last where that is asked for."""
        return state.best_epoch if self.settings.restore_best_weights else state.epochs

    def patience_is_over(self, state: TrainingState) -> bool:
        """Whether early stopping is due: the monitored loss has not improved for as many epochs as it waits."""
        if not self.settings.early_stopping:
            return False
        # Epochs that somebody added are not taken away again for what was before them.
        since = max(state.best_epoch, self.extended_from)
        return state.epochs - since >= self.settings.patience

    def is_finished(self, state: TrainingState) -> bool:
        """Whether nothing is left to train: all epochs are done, or the patience is over."""
        return state.epochs >= self.settings.epochs or self.patience_is_over(state)


def first_phase(run: Run) -> Phase:
    """The training of a network from scratch, or of the head of a frozen one."""
    # Epochs that are added to a run go to the phase that it has reached.
    extended_from = 0 if run.fine_tuning_checkpoint.exists() else run.record.extended_from
    files = run.checkpoint, run.best_weights
    return Phase("train", "Training", "learning rate", run.settings, *files, extended_from=extended_from)
