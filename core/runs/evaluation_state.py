"""Of which epoch a run's predictions are, and asking a run that still trains to evaluate the best it has so far."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import epoch_in
from core.jobs.job import Status
from core.runs.events import EVALUATED, best_epoch, epochs_behind
from core.runs.record import Run

SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class EvaluationState:
    """What a run's predictions are of, beside where its training stands.

    Parameters
    ----------
    state
        Of the run.
    evaluated
        Whether there are predictions.
    epoch
        After which epoch the network answered so; None where that is not known.
    best_epoch
        The epoch whose weights answer so far; 0 before the first has ended.
    trained, planned
        How many epochs lie behind the run, and how many it has at most.
    active
        Whether it is still going.
    only_evaluates
        Whether what is still going is not the training, but the evaluation of what an earlier attempt left.
    restores_best
        Whether the best epoch answers, and not the last.
    """

    state: str
    evaluated: bool
    epoch: int | None
    best_epoch: int
    trained: int
    planned: int
    active: bool
    only_evaluates: bool
    restores_best: bool = True

    @property
    def outdated(self) -> bool:
        """Whether there are better weights than those whose predictions are there."""
        return self.evaluated and self.epoch is not None and 0 < self.best_epoch != self.epoch

    @property
    def can_ask(self) -> bool:
        """Whether a run that trains has better weights to evaluate than it has evaluated."""
        training = self.active and self.state != "queued" and not self.only_evaluates
        return training and self.best_epoch > 0 and self.epoch != self.best_epoch

    def words(self) -> str:
        """What has to be said of the predictions before any figure; "" where nothing has."""
        if not self.evaluated:
            return ""
        of_epoch = f"of epoch {self.epoch}" if self.epoch else "of an earlier epoch"
        kind, since = ("best", "was better") if self.restores_best else ("last", "has ended")
        better = f"; epoch {self.best_epoch} {since} since" if self.outdated else ""
        if self.only_evaluates:
            return f"Its {kind} weights are being evaluated. Until then, these are the answers {of_epoch}{better}."
        if self.active:
            best = "" if self.outdated or not self.epoch else f", its {kind} so far"
            return (
                f"Unfinished: {self.trained} of {self.planned} epochs are trained. These are the answers {of_epoch}"
                f"{best or better}."
            )
        if self.outdated:
            return f"These are the answers {of_epoch}{better}: the run {self.state} before it was evaluated again."
        if self.state not in ("failed", "stopped"):
            return ""
        which = f", of epoch {self.epoch}," if self.epoch else ""
        epochs = f"{self.trained} of {self.planned} epochs"
        return f"The run {self.state} after {epochs}; its {kind} weights{which} are evaluated."

    @property
    def provisional(self) -> bool:
        """Whether other answers are to be expected, or could be had: it is still going, or has better weights."""
        return self.evaluated and (self.active or self.outdated)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: what a program should know of the predictions before it trusts their figures."""
        return {
            "status": self.state,
            "epoch": self.epoch,
            "best_epoch": self.best_epoch or None,
            "epochs": self.trained,
            "epochs_planned": self.planned,
            "unfinished": self.state != "done",
            "outdated": self.outdated,
            "words": self.words(),
        }


def evaluation_state_of(run: Run) -> EvaluationState:
    """What the predictions of a run are of."""
    status, events = run.status(), run.events.read()
    return EvaluationState(
        status.state,
        run.predictions_path.exists(),
        epoch_in(run.predictions_path),
        best_epoch(events),
        epochs_behind(events) or status.facts.get("epochs", 0),
        _planned(run, events),
        status.active,
        status.active and run.ending is not None,
        run.settings.restore_best_weights,
    )


def _planned(run: Run, events: list[dict[str, Any]]) -> int:
    """How many epochs a run has at most; once it fine-tunes, it is known how many it took until then."""
    settings = run.settings
    if not settings.unfreeze:
        return settings.epochs
    before = [event["epochs"] for event in events if event["kind"] == "stage" and event["name"] == "fine_tune"]
    return (before[-1] if before else settings.epochs) + settings.fine_tune_epochs


def request_evaluation(run: Run) -> None:
    """Ask a run that trains to evaluate its best so far, as soon as the epoch in hand has ended.

    Raises
    ------
    UsageError
        If it is not going, or waits for its turn.
    WorkbenchError
        If no epoch has ended.
    """
    evaluation = evaluation_state_of(run)
    if not evaluation.active or evaluation.only_evaluates:
        raise UsageError(f"The run {run.id} does not train, so it can't be asked to evaluate its best so far.")
    if evaluation.state == "queued":
        raise UsageError(f"The run {run.id} waits for its turn. It can be evaluated once it trains.")
    if not evaluation.best_epoch:
        raise WorkbenchError(
            f"No epoch of the run {run.id} has ended yet, so there is nothing to evaluate. Ask again in a while."
        )
    run.request_evaluation()


def wait_for_evaluation(run: Run, watch: Callable[[Status], None] = lambda status: None) -> None:
    """Ask as `request_evaluation` does, and wait for the predictions; an interrupt (Ctrl-C) takes the question back.

    Returns as well when the run has ended meanwhile, as it is evaluated then.

    Raises
    ------
    UsageError, WorkbenchError
        As `request_evaluation` does; and if the evaluation came to nothing, with the reason.
    """
    before = len(evaluations_of(run))
    request_evaluation(run)
    try:
        while len(evaluations_of(run)) == before:
            status = run.status()
            watch(status)
            if not status.active:
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except KeyboardInterrupt:
        run.forget_evaluation_request()
        raise
    if reason := failed_evaluation(run):
        raise WorkbenchError(reason)


def failed_evaluation(run: Run) -> str:
    """Why the last evaluation of a run that goes on came to nothing, in words; "" where it did not, or none was."""
    last = next(reversed(evaluations_of(run)), {})
    return f"The best so far could not be evaluated: {last['error']}" if last.get("error") else ""


def evaluations_of(run: Run) -> list[dict[str, Any]]:
    """What is told of each time that a run was evaluated."""
    return [event for event in run.events.read() if event["kind"] == EVALUATED]
