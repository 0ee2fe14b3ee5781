"""Project files from anyone, opened in this workspace: a dataset and its runs, with the figures that they had there.

What is in a project file is unpacked beside the workspace's datasets and runs, looked through, and opened there as the
pages would, before any of it takes its place. Nothing of it is run, and the weights of networks are not looked into.
"""

import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from core.datasets.sources.archives.rules import (
    BadArchive,
    Limits,
)
from core.datasets.sources.packed.packed import MOST_IMAGES
from core.datasets.splits import SPLITS
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.export.project.settling import NO_IMAGES, Names, settle_dataset, settle_runs
from core.export.project.tables import check_paths
from core.export.project.unpacking import About, unpack_project
from core.hosting import Hosting
from core.jobs.progress import Report, unheard
from core.runs.record import Run
from core.runs.training_curves import training_curves
from core.workspace import Workspace


@dataclass(frozen=True)
class ImportedProject:
    """What came of a project file.

    Parameters
    ----------
    dataset
        What the dataset is called here.
    runs
        The ids of its runs here.
    remarks
        What people should know, in sentences.
    """

    dataset: str
    runs: tuple[str, ...]
    remarks: tuple[str, ...]


def import_project(
    workspace: Workspace, file: BinaryIO, hosting: Hosting | None = None, report: Report = unheard
) -> ImportedProject:
    """Open a project file in a workspace, all of it or nothing.

    A dataset or run whose name is taken gets another. Of a visitor to a hosted app, the weights of networks stay in the
    file: they would be loaded on a machine that others use as well.

    Parameters
    ----------
    file
        Opened for reading bytes; it may come from anyone.
    hosting
        The limits in force, by default those of the environment.
    report
        Called with what is being done, how many are done, and of how many; may raise to stop.

    Raises
    ------
    WorkbenchError
        If it is no project file, of a later version, damaged, hostile or too large, or the disk has no room.
    """
    hosting = hosting or Hosting.from_environment()
    hosting.check_room(workspace)
    with _aside(workspace) as staging:
        about = unpack_project(file, staging, _limits(workspace, hosting), not hosting.hosted, report)
        report("Opening the project", 0, 1)
        names = Names.free(workspace, about)
        with _damage_in_words(staging):
            dataset = settle_dataset(staging, about, names, workspace)
            runs, left_out = settle_runs(staging, about, names, hosting.hosted)
            _open(dataset, runs)
        _take_their_places(staging, workspace, names.dataset, [run.id for run in runs])
        report("Opening the project", 1, 1)
    return ImportedProject(names.dataset, tuple(run.id for run in runs), _remarks(about, left_out, hosting))


def _limits(workspace: Workspace, hosting: Hosting) -> Limits:
    usual = Limits(files=MOST_IMAGES)
    if not hosting.quota_bytes:
        return usual
    return replace(usual, unpacked_bytes=max(0, hosting.quota_bytes - workspace.size_bytes()))


@contextmanager
def _aside(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace within the workspace, on the same disk, that vanishes in the end."""
    folder = workspace.root / f".project-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True)
        yield Workspace(folder, workspace.machine)
    except OSError as error:
        if error.errno is None:
            raise
        raise WorkbenchError(f"The project can't be unpacked: {error.strerror}. Nothing of it is kept.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remarks(about: About, left_out: Sequence[str], hosting: Hosting) -> tuple[str, ...]:
    remarks = [f"The run {run} was left out: its weights are a file of another machine." for run in left_out]
    if not about.images:
        remarks.append(NO_IMAGES)
    if hosting.hosted and about.weights:
        remarks.append("The weights of its networks were left out: on this server nobody's weights are loaded.")
    return tuple(remarks)


@contextmanager
def _damage_in_words(staging: Workspace) -> Iterator[None]:
    """Whatever goes wrong in here, it is what the file holds that is wrong."""
    try:
        yield
    except (BadArchive, OSError):
        raise
    except Exception as error:
        reason = str(error) if isinstance(error, WorkbenchError) else type(error).__name__
        reason = reason.replace(f"{staging.root}{os.sep}", "")
        raise BadArchive(f"The project file is damaged and was not imported: {reason}") from error


def _open(dataset: Dataset, runs: Sequence[Run]) -> None:
    """Open all of it as pages do: what can't be opened raises, and is never brought."""
    dataset.summary()
    if not len(dataset.images):
        raise WorkbenchError("its dataset holds no image.")
    for edit in dataset.edits.standing():
        time.localtime(edit.time)
        edit.in_words()
    for run in runs:
        _open_run(run)


def _open_run(run: Run) -> None:
    run.summary()
    run.reading  # noqa: B018 - raises where it is damaged, as the others do
    training_curves(run.events.read(), run.settings.epochs)
    if run.images_path.exists():
        check_paths(run.images()["path"])
    if run.predictions_path.exists():
        predictions = run.predictions()
        check_paths(predictions.ids)
        for split in SPLITS:
            predictions.of(split)


def _take_their_places(staging: Workspace, workspace: Workspace, dataset: str, runs: Sequence[str]) -> None:
    """The runs first: they show only once their dataset is there. What was moved before an error is taken back."""
    moves = [(staging.runs / run, workspace.runs / run) for run in runs]
    moves.append((staging.datasets / dataset, workspace.datasets / dataset))
    done: list[Path] = []
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                raise WorkbenchError(f"{target.name} has come into being here meanwhile. Import the project again.")
            source.rename(target)
            done.append(target)
    except BaseException:
        for target in done:
            shutil.rmtree(target, ignore_errors=True)
        raise
