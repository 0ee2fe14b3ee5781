"""What is ready to be trained: a phase of a run."""

from collections.abc import Callable
from dataclasses import dataclass

from core.runs.training_state import TrainingState
from core.training.examples import Examples
from core.training.learner import Learner
from core.training.phase import Phase


@dataclass
class Prepared:
    """A training that could begin.

    Parameters
    ----------
    learner
        What is to be trained.
    examples
        What it learns from and is evaluated by.
    problems
        Why images are missing, in words.
    phase
        Which training of the run it is.
    then
        Prepares the next phase from where this one has ended; None where it is the last.
    """

    learner: Learner
    examples: Examples
    problems: list[str]
    phase: Phase
    then: "Callable[[TrainingState], Prepared] | None" = None
