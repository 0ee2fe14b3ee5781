"""Resuming: where an earlier attempt has left the training of a phase."""

import pandas as pd

from core.runs.events import epoch_table
from core.runs.record import Run
from core.runs.training_state import TrainingState
from core.training.checkpoint import load_checkpoint
from core.training.learner import Learner
from core.training.phase import Phase


def resume(run: Run, learner: Learner, phase: Phase) -> TrainingState:
    """Where the training stands: at its beginning, or where the checkpoint of an earlier attempt puts the learner."""
    if not phase.checkpoint.exists():
        return TrainingState(best=phase.best_before)
    state = load_checkpoint(phase.checkpoint, learner)
    if phase.checkpoint == run.checkpoint and run.fine_tuning_checkpoint.exists():
        return state  # it is the next phase that goes on
    run.events.append("resume", epochs=phase.epochs_before + state.epochs)
    figures = epoch_table(run.events.read()).tail(1)[["loss", "accuracy", "val_loss", "val_accuracy"]]
    facts = {name: None if pd.isna(value) else value for name, value in figures.squeeze(axis=0).items()}
    epochs, best_epoch = phase.epochs_before + state.epochs, phase.best_epoch(state)
    run.update(facts={"epochs": epochs, "best_epoch": best_epoch} | facts)
    return state
