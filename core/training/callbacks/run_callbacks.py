"""The callbacks of a run, and the order in which they are told."""

from collections.abc import Callable

from core.runs.record import Run
from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import Callback
from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.checkpoint import Checkpoint
from core.training.callbacks.early_stopping import EarlyStopping
from core.training.callbacks.evaluate_on_request import EvaluateOnRequest
from core.training.callbacks.event_writer import EventWriter
from core.training.callbacks.learning_rate_scheduler import LearningRateScheduler
from core.training.callbacks.plateau import ReduceOnPlateau
from core.training.callbacks.resource_usage import ResourceUsage
from core.training.callbacks.seed_epoch import SeedEpoch
from core.training.callbacks.status_writer import StatusWriter
from core.training.callbacks.stop_on_request import StopOnRequest
from core.training.callbacks.terminate_on_nan import TerminateOnNaN
from core.training.learner import Learner
from core.training.phase import Phase


def run_callbacks(
    run: Run,
    learner: Learner,
    batches: Batches,
    phase: Phase,
    state: TrainingState,
    evaluate: Callable[[], None] = lambda: None,
) -> list[Callback]:
    """What happens between the batches and epochs of a run.

    The order matters in three places. An evaluation comes before the epoch is seeded and its time runs. Nothing is kept
    of an epoch whose loss is no number, so that this is looked at before all that keep. And of an epoch that has ended,
    first the state is brought up to date, then the event is written, then the checkpoint: if the process is killed in
    between, the epoch is trained and told once more, never lost.

    Parameters
    ----------
    run
        Where to write to, and who may ask to stop or to evaluate.
    phase
        Which training of the run it is, with the settings that count in it.
    state
        Where it stands; they share it.
    evaluate
        Evaluates the best weights so far and leaves the learner as it was.
    """
    status = StatusWriter(run, batches, phase, state)
    return [
        EvaluateOnRequest(run, phase, state, status, evaluate),
        ResourceUsage(batches, state),
        SeedEpoch(learner, batches, phase.settings.seed),
        LearningRateScheduler(learner, batches, phase.settings, state),
        TerminateOnNaN(phase, state),
        StopOnRequest(learner, run),
        BestWeights(learner, phase, state),
        ReduceOnPlateau(state, phase.settings.decay_epochs),
        EventWriter(run.events, batches, phase, state),
        Checkpoint(learner, phase, state),
        status,
        EarlyStopping(learner, run.events, phase, state),
    ]
