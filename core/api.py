"""What one uses from a notebook or a script: ``import core`` has all of it.

>>> import core                                              # doctest: +SKIP
>>> photos = core.open_dataset("~/photos")                   # doctest: +SKIP
>>> run = core.train(photos, architecture="mobilenet_075")   # doctest: +SKIP
>>> run.evaluate("test").figure().show()                     # doctest: +SKIP
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.datasets import checkup
from core.datasets.checkup import Checkup
from core.datasets.creation import create_from_path
from core.datasets.importing import Listener, ensure_dataset, import_now
from core.datasets.store import Dataset, list_datasets
from core.errors import WorkbenchError
from core.export.job import finished, start_export
from core.jobs.job import Status
from core.runs import comparison, lifecycle, record
from core.runs.comparison import Comparison
from core.runs.settings import read_settings
from core.workspace import Workspace


class Run(record.Run):
    """A run, and what one uses it for."""

    def export(
        self, format: str, path: str | Path = ".", watch: Callable[[Status], None] = lambda status: None
    ) -> Path:
        """Write the run in the format of another library, checked against the run, or what is told of it.

        Parameters
        ----------
        format
            The name of an entry of `core.export.formats.FORMATS`: "onnx", "litert-int8" and so on.
        path
            A file to write, or a folder to write it into.
        watch
            Called a few times a second with how far it is.

        Returns
        -------
        Path
            Where the file lies. What its check has found stands in the ``README.md`` of a network's zip.

        Raises
        ------
        UsageError
            If there is no such format.
        WorkbenchError
            If the run can't be exported so, or its export does not answer as the run does.
        """
        return finished(start_export(self, format), watch).copy(path)


def open_dataset(
    source: str | Path, name: str = "", workspace: Workspace | None = None, progress: Listener | None = None
) -> Dataset:
    """A dataset by its name, or the images at a path.

    Parameters
    ----------
    source
        The name of a dataset or of a sample, or else the path of a folder, an archive, a table or a file of packed
        pixels. Images at a path are read in the first time, and what changed of them each other time.
    name
        What to call images at a path; by default as their folder is called.
    workspace
        By default that of the environment, see `Workspace.from_environment`.
    progress
        Called with what is being done, how many are done, and of how many.

    Raises
    ------
    UsageError
        If there is no such dataset and nothing at that path, or it isn't read.
    WorkbenchError
        If the import fails.
    """
    workspace = workspace or Workspace.from_environment()
    named = str(source) in {dataset.name for dataset in list_datasets(workspace)}
    path = Path(os.path.expanduser(source))
    if named or not path.exists():
        return ensure_dataset(workspace, str(source), progress)
    return import_now(create_from_path(workspace, path, name), progress)


def check(dataset: Dataset | str, workspace: Workspace | None = None) -> Checkup:
    """What is wrong with a dataset, and which images show it: see `core.datasets.checkup.check`."""
    return checkup.check(_dataset(dataset, workspace))


def train(
    dataset: Dataset | str,
    workspace: Workspace | None = None,
    watch: Callable[[Status], None] = lambda status: None,
    **settings: Any,
) -> Run:
    """Train a network, and wait for the end; an interrupt stops it and keeps its best.

    Parameters
    ----------
    dataset
        A dataset, or the name of one.
    watch
        Called a few times a second with how far it is.
    settings
        ``architecture="mobilenet_075", epochs=10`` and so on; all others have their defaults. See docs/settings.md.

    Raises
    ------
    UsageError
        If a setting is not known or out of range, or the dataset can't be trained on.
    WorkbenchError
        If the training failed, in the words of its reason. What it has learned until then stays: see `list_runs`.
    """
    workspace = workspace or Workspace.from_environment()
    dataset = _dataset(dataset, workspace)
    run = Run(lifecycle.start(workspace, dataset, read_settings({"dataset": dataset.name} | settings)).folder)
    status = lifecycle.wait(run, watch)
    if status.state == "failed":
        raise WorkbenchError(f"The run {run.id} failed: {status.error}")
    return run


def list_runs(dataset: Dataset | str | None = None, workspace: Workspace | None = None) -> list[Run]:
    """The runs that there are, newest first, of one dataset or of all."""
    name = dataset.name if isinstance(dataset, Dataset) else dataset
    return [Run(run.folder) for run in record.list_runs(workspace or Workspace.from_environment(), name)]


def find_run(run: str, workspace: Workspace | None = None) -> Run:
    """A run by its id, by how that begins, or by its name.

    Raises
    ------
    UsageError
        If there is none or more than one.
    """
    return Run(record.find_run(workspace or Workspace.from_environment(), run).folder)


def compare(*runs: Run, split: str = "test") -> Comparison:
    """Which of some runs is better, and whether the difference is more than luck.

    See `core.runs.comparison.compare_runs`.
    """
    return comparison.compare_runs(runs, split)


def _dataset(dataset: Dataset | str, workspace: Workspace | None) -> Dataset:
    return dataset if isinstance(dataset, Dataset) else open_dataset(dataset, workspace=workspace)
