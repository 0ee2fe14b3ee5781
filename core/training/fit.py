"""The fit of one phase of a run: its batches, its learning rate, and the training itself with its callbacks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.runs.execution import FINDING_RATE
from core.runs.record import Run
from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import CallbackList
from core.training.callbacks.run_callbacks import run_callbacks
from core.training.learner import Learner
from core.training.learning_rate_finder import find_learning_rate
from core.training.monitored_images import monitored_in_words, monitored_rows
from core.training.phase import Phase
from core.training.prepared import Prepared
from core.training.starting_logits import starting_logits
from core.training.training_batches import batch_size_of, make_batches


@dataclass(frozen=True)
class Fit:
    """Where the fit of a phase has ended.

    Parameters
    ----------
    phase
        With the settings it was trained by.
    state
        Where its training stands.
    diverged
        That the loss was no finite number any more, and what helps, in words; "" where it always was one.
    """

    phase: Phase
    state: TrainingState
    diverged: str = ""

    @property
    def epochs_done(self) -> int:
        """Of this phase and those before it."""
        return self.phase.epochs_done(self.state.epochs)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train in this phase."""
        return self.phase.is_finished(self.state)


def fit_phase(
    run: Run, prepared: Prepared, state: TrainingState, class_count: int, evaluate: Callable[[], None]
) -> Fit:
    """Train what is prepared.

    Parameters
    ----------
    state
        Where the training stands: at its beginning, or where the learner was put back to.
    class_count
        How many classes there are.
    evaluate
        Evaluates the best weights so far and leaves the learner as it was.
    """
    learner, examples, phase = prepared.learner, prepared.examples, prepared.phase
    inputs, targets = examples.training()
    size = batch_size_of(phase.settings, run.record.found_batch_size)
    batches = make_batches(phase.settings, learner, inputs, targets, size)
    run.update(facts={"batch_size": batches.batch_size})
    splits = examples.table["split"].to_numpy(dtype=str)
    monitored = monitored_rows(splits, examples.targets, phase.settings.seed)
    validation = (examples.inputs[monitored], examples.targets[monitored]) if len(monitored) else None
    if phase.is_first and not state.epochs:
        if phase.settings.bias_initialisation == "class_shares":
            learner.start_at(starting_logits(phase.settings, targets, class_count))
        _note(run, _passes_in_words(batches))
        _note(run, monitored_in_words(splits, monitored))
    if phase.is_first and phase.settings.find_learning_rate:
        state.learning_rate = state.learning_rate or _found_rate(run, learner, batches)
        phase = replace(phase, settings=replace(phase.settings, learning_rate=state.learning_rate))
    phase = replace(phase, monitor="loss" if validation is None else "val_loss")
    if phase.is_finished(state):
        return Fit(phase, state)
    return _fit(run, learner, batches, validation, phase, state, evaluate)


def _fit(
    run: Run,
    learner: Learner,
    batches: Batches,
    validation: tuple[np.ndarray, np.ndarray] | None,
    phase: Phase,
    state: TrainingState,
    evaluate: Callable[[], None],
) -> Fit:
    run.update(stage=phase.title, done=phase.epochs_done(state.epochs), total=phase.epochs, eta_seconds=None)
    run.events.append("stage", name=phase.name, epochs=phase.epochs_before)
    callbacks = CallbackList(learner, *run_callbacks(run, learner, batches, phase, state, evaluate))
    learner.fit(batches, validation, callbacks, state.epochs, phase.settings.epochs)
    if callbacks.cancelled:
        run.update(facts={"diverged": True})
    return Fit(phase, state, callbacks.cancelled)


def _found_rate(run: Run, learner: Learner, batches: Batches) -> float:
    """The learning rate that a range test suggests, or that of the settings where it suggests none."""
    run.update(stage=FINDING_RATE, done=0, total=0, eta_seconds=None)
    run.events.append("stage", name="find_rate")
    curve = find_learning_rate(learner, batches, run.settings, lambda: run.stop_requested)
    rate = curve.suggestion or run.settings.learning_rate
    run.events.append("rates", rates=curve.rates, losses=curve.losses, chosen=rate)
    found = "the loss fell the steepest" if curve.suggestion else "the loss fell at none, so it is as it was set"
    tried = f"of {len(curve.rates)} from {curve.rates[0]:.1g} to {curve.rates[-1]:.1g}"
    _note(run, f"Learning rate: {rate:.2g}; {tried}, {found}.")
    return rate


def _passes_in_words(batches: Batches) -> str:
    if batches.passes == 1:
        return ""
    text = f"An epoch goes through the training images {batches.passes} times, so that it has {len(batches)} steps"
    return f"{text}: with so few, one pass would hardly move the weights."


def _note(run: Run, text: str) -> None:
    if text:
        run.events.append("note", text=text)
