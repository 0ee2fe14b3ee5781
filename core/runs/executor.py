"""Starting runs on this machine, and waiting for them."""

import time
from collections.abc import Callable

from core.datasets.store import Dataset
from core.errors import UsageError
from core.hosting import Hosting
from core.jobs import Status
from core.runs.record import Run, create_run
from core.runs.settings import RunSettings
from core.workspace import Workspace

WORKER = "core.training.worker"
SECONDS_BETWEEN_LOOKS = 0.2


def start(workspace: Workspace, dataset: Dataset, settings: RunSettings) -> Run:
    """Create a run and set its worker going in a process of its own.

    Raises
    ------
    UsageError
        If the dataset can't be trained on, or a visitor's space is full.
    """
    Hosting.from_environment().check_room(workspace)
    check_trainable(dataset, settings)
    run = create_run(workspace, settings)
    run.launch(WORKER, WORKBENCH_PLACES=str(workspace.places))
    return run


def check_trainable(dataset: Dataset, settings: RunSettings | None = None) -> None:
    """Refuse datasets of which nothing could be learned or judged.

    Raises
    ------
    UsageError
        If fewer than two classes have training images, or none has test images, or the run's split can't be drawn.
    """
    content = dataset.content
    split = settings.split_settings(content.settings) if settings is not None else content.settings
    counts = content.count(content.divided(split))
    if (counts["train"] > 0).sum() < 2 or counts["test"].sum() == 0:
        raise UsageError(
            f"{dataset.info.title} cannot be trained on: at least two classes need training images, and there must be "
            "test images to judge the result by. Bring more images or change the split."
        )


def wait(run: Run, watch: Callable[[Status], None] = lambda status: None) -> Status:
    """Wait until a run has ended; an interrupt (Ctrl-C) stops it, keeping its best, and is waited for too."""
    while True:
        try:
            status = run.status()
            watch(status)
            if not status.active:
                return status
            time.sleep(SECONDS_BETWEEN_LOOKS)
        except KeyboardInterrupt:
            if run.stop_requested:
                raise
            run.request_stop()
