"""Starting runs on this machine, and waiting for them."""

import time
from collections.abc import Callable

from core.datasets.content import images_version
from core.datasets.findings.lacking import lacking_in_words
from core.datasets.store import Dataset, open_dataset
from core.errors import UsageError
from core.hosting import Hosting
from core.jobs.job import Job, Status, is_alive
from core.jobs.slots import check_gpu
from core.jobs.warm_worker import warm_worker
from core.runs.departures import departures_of_run, unlearned_rate_in_words
from core.runs.evaluation_state import evaluation_state_of
from core.runs.record import Run, create_run
from core.runs.settings import PARAMETERS, RunSettings, read_settings
from core.runs.training_state import epochs_in
from core.workspace import Workspace

WORKER = "core.training.worker"
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_END = 15


def start(workspace: Workspace, dataset: Dataset, settings: RunSettings) -> Run:
    """Create a run and set its worker going in a process of its own.

    Raises
    ------
    UsageError
        If the dataset can't be trained on, there is no such GPU, or a visitor's space is full.
    """
    Hosting.from_environment().check_room(workspace)
    check_trainable(dataset, settings)
    check_gpu(settings.gpu)
    run = create_run(workspace, settings)
    _launch(workspace, run)
    return run


def resume(workspace: Workspace, run: Run) -> None:
    """Set a run going again that was stopped or died, from its last whole epoch.

    Raises
    ------
    UsageError
        If there is nothing to go on with: it is still going, it is done, it diverged, no epoch had ended, or the
        dataset is another by now.
    """
    _check_can_go_on(workspace, run)
    if run.status().state == "done":
        raise UsageError(f"The run {run.id} is done. Add epochs to it instead.")
    _set_going_again(workspace, run)


def extend(workspace: Workspace, run: Run, epochs: int) -> None:
    """Add epochs to a run that has ended, behind the last whole one, and set it going again.

    A cosine schedule and a warm-up are stretched over the new number of epochs. The patience begins anew. Where
    fine-tuning had begun, they are epochs of fine-tuning.

    Raises
    ------
    UsageError
        As `resume` does, but for a run that is done; and if it would have fewer than one epoch more, or too many.
    """
    more = PARAMETERS["epochs"].check(epochs)
    _check_can_go_on(workspace, run)
    done, fine_tuned = epochs_in(run.checkpoint), epochs_in(run.fine_tuning_checkpoint)
    longer = {"fine_tune_epochs": fine_tuned + more} if fine_tuned else {"epochs": done + more}
    settings = read_settings(run.settings.to_dict() | longer)
    run.update(facts={"extended_from": done + fine_tuned})
    run.save_settings(settings)
    _set_going_again(workspace, run)


def can_resume(run: Run) -> bool:
    """Whether a run that has ended left epochs undone which it could go on with."""
    return run.status().state in ("stopped", "failed") and can_extend(run)


def can_extend(run: Run) -> bool:
    """Whether epochs can be added to a run."""
    status = run.status()
    return not status.active and not run.record.diverged and epochs_in(run.checkpoint) > 0


def can_evaluate(run: Run) -> bool:
    """Whether a run ended, by a kill or a fault, before its best weights were evaluated, and they could be."""
    if run.status().active or not run.best_weights.exists():
        return False
    evaluation = evaluation_state_of(run)
    return not evaluation.evaluated or evaluation.outdated


def evaluate(workspace: Workspace, run: Run) -> None:
    """Set a run going again only to evaluate the best weights it has; it ends as it had ended before.

    Raises
    ------
    UsageError
        If it is still going, there is nothing to evaluate, or the dataset is another by now.
    """
    if run.status().active:
        raise UsageError(f"The run {run.id} is still going.")
    if not run.best_weights.exists():
        raise UsageError(f"The run {run.id} left nothing to evaluate: no weights were kept.")
    _check_same_images(workspace, run)
    status, ending = run.status(), run.ending
    _let_end(run)
    run.forget()
    run.save_ending(*ending or (status.state, status.error))
    _launch(workspace, run)


def _check_can_go_on(workspace: Workspace, run: Run) -> None:
    status = run.status()
    if status.active:
        raise UsageError(f"The run {run.id} is still going.")
    if run.record.diverged:
        raise UsageError(f"The run {run.id} diverged, and would do so again. Train anew with a smaller learning rate.")
    if not epochs_in(run.checkpoint):
        raise UsageError(f"No epoch of the run {run.id} is kept, so there is nothing to go on with. Train anew.")
    _check_same_images(workspace, run)


def _check_same_images(workspace: Workspace, run: Run) -> None:
    dataset = open_dataset(workspace, run.settings.dataset)
    content, version = dataset.content, run.record.dataset_version
    # By another scale of deep pixels they are the same images, which the run goes on to read by its own; and where
    # only classes were renamed, it goes on by the names that it began with.
    is_another = version is not None and images_version(version) != images_version(content.version)
    if is_another and not run.is_but_renamed(content):
        raise UsageError(
            f"{dataset.info.title} was changed since the run {run.id} began: going on would mix two sets of images. "
            "Undo the changes, or train anew."
        )


def _set_going_again(workspace: Workspace, run: Run) -> None:
    Hosting.from_environment().check_room(workspace)
    check_gpu(run.settings.gpu)
    _let_end(run)
    run.forget()
    _launch(workspace, run)


def _launch(workspace: Workspace, run: Run) -> None:
    slots = str(workspace.slots)
    if not warm_worker.take_on(run, WORKBENCH_SLOTS=slots):
        run.launch(WORKER, WORKBENCH_SLOTS=slots)


def _let_end(run: Run) -> None:
    """Wait for the processes of the last attempt: they would take the new one's status for theirs."""
    deadline = time.monotonic() + SECONDS_TO_END
    while any(is_alive(pid, started) for pid, started in run.written_status().processes):
        if time.monotonic() > deadline:
            raise UsageError(f"The run {run.id} is still ending. Try again in a moment.")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def check_trainable(dataset: Dataset, settings: RunSettings | None = None) -> None:
    """Refuse datasets of which nothing could be learned or evaluated.

    Raises
    ------
    UsageError
        If fewer than two classes have training images, or none has test images, or the run's split can't be drawn, or
        its network can't be built for images of that size and so many classes.
    """
    content = dataset.content
    split = settings.split_settings(content.settings) if settings is not None else content.settings
    counts = content.count(content.divided(split))
    if (counts["train"] > 0).sum() < 2 or counts["test"].sum() == 0:
        raise UsageError(
            f"{dataset.info.title} cannot be trained on: at least two classes need training images, and there must be "
            "test images to evaluate the result by. Bring more images or change the split."
        )
    if settings is not None:
        settings.design.table(settings.image_size, len(dataset.class_names), settings.dropout, settings.hidden)


def warnings_before(dataset: Dataset, settings: RunSettings) -> list[str]:
    """What is to be known before a training, in words.

    These are the classes that a part of its split has no image of, what is not as in the course where it is to be, and
    a learning rate at which the network was seen to learn nothing.
    """
    content = dataset.content
    counts = content.count(content.divided(settings.split_settings(content.settings)))
    of_settings = departures_of_run(settings), unlearned_rate_in_words(settings)
    return [*lacking_in_words(counts), *filter(None, of_settings)]


def wait(job: Job, watch: Callable[[Status], None] = lambda status: None) -> Status:
    """Wait until a job has ended; an interrupt (Ctrl-C) stops it, a run keeping its best, and is waited for too."""
    while True:
        try:
            status = job.status()
            watch(status)
            if not status.active:
                return status
            time.sleep(SECONDS_BETWEEN_LOOKS)
        except KeyboardInterrupt:
            if job.stop_requested:
                raise
            job.request_stop()
