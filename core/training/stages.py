"""What the stages before a training have in common."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.features.views import PLAIN, View, orientations
from core.jobs.progress import Progress
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.training.checkpoint import TrainingState
from core.training.examples import Examples
from core.training.learner import Learner
from core.training.phase import Phase
from core.workspace import Workspace


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
        Which training of the run it is; None for the first.
    then
        Prepares the next phase from where this one has ended; None where it is the last.
    """

    learner: Learner
    examples: Examples
    problems: list[str]
    phase: Phase | None = None
    then: "Callable[[TrainingState], Prepared] | None" = None


def stage(run: Run, name: str) -> Callable[[int, int], None]:
    """What a stage reports its progress to, as done and total."""
    return partial(Progress(run, on_stage=lambda stage: run.events.append("stage", name=stage)), name)


def machine_folder(run: Run) -> Path:
    """What the runs of all visitors share; a run is told where as it is told where the slots are."""
    places = os.environ.get("WORKBENCH_SLOTS")
    return Path(places).parent if places else Workspace.at(run.workspace_root).machine


def evaluation_views(settings: RunSettings) -> tuple[View, ...]:
    """The exact views, besides the image itself, that validation and test images are evaluated by."""
    turned = orientations(settings.augmentation) if settings.test_time_augmentation else (PLAIN,)
    return tuple(View(orientation) for orientation in turned if orientation != PLAIN)
