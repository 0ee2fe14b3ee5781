"""What one uses from a notebook or a script: ``import core`` has all of it.

>>> import core                                              # doctest: +SKIP
>>> photos = core.open_dataset("~/photos")                   # doctest: +SKIP
>>> run = core.train(photos, architecture="mobilenet_075")   # doctest: +SKIP
>>> run.evaluate("test").figure().show()                     # doctest: +SKIP
>>> run.predict("~/new_photos")                              # doctest: +SKIP
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from core.datasets import checkup
from core.datasets.checkup import Checkup
from core.datasets.creation import create_from_path
from core.datasets.importing import Listener, ensure_dataset, import_now
from core.datasets.store import Dataset, list_datasets
from core.errors import UsageError, WorkbenchError
from core.export.job import finished, start_export
from core.jobs.job import Status
from core.runs import comparison, lifecycle, record
from core.runs.comparison import Comparison
from core.runs.settings import read_settings
from core.workspace import Workspace

MOST_BANDS = 4  # of one array that is taken for one image, and not for a stack of grey ones


class Run(record.Run):
    """A run, with what one does with it: what `core.runs.record.Run` has, and more."""

    def predict(
        self, images: str | Path | np.ndarray | Sequence[str | Path] | Sequence[np.ndarray], top: int = 2
    ) -> pd.DataFrame:
        """What the run says of images: see `core.prediction.answers.Answers.table`.

        Parameters
        ----------
        images
            The path of a file, a folder or an archive, or several; or an array of shape (height, width) or (height,
            width, bands), or several, which are read as files of such pixels are.
        top
            How many of the likeliest classes have columns of their own, 1 to 10.

        Returns
        -------
        DataFrame
            A row an image that can be read; ``attrs`` has the ``problems`` of the others, and ``remarks`` on the run.

        Raises
        ------
        UsageError
            If there is no image.
        WorkbenchError
            If the run has no weights.
        """
        from core.prediction.predictor import predictor_of
        from core.prediction.sources import gather, of_arrays

        several = _several(images)
        paths = [each for each in several if isinstance(each, str | Path)]
        arrays = [each for each in several if not isinstance(each, str | Path)]
        if paths and arrays:
            raise UsageError("Give paths or arrays, and not both at once.")
        with TemporaryDirectory() as folder:
            brought = of_arrays(arrays, Path(folder)) if arrays else gather(paths, Path(folder))
            predictor = predictor_of(self)
            predictor.compare()
            answers = predictor.predict(brought)
        table = answers.table(top)
        table.attrs = {"problems": dict(answers.problems), "remarks": list(predictor.remarks)}
        return table

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


def _several(images: Any) -> list[Any]:
    """Images one by one. A lone array is one image, and no stack of its rows."""
    array = isinstance(images, np.ndarray)
    is_image = array and (images.ndim == 2 or (images.ndim == 3 and images.shape[2] <= MOST_BANDS))
    return [images] if is_image or isinstance(images, str | Path) else list(images)


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
    run = lifecycle.start(workspace, dataset, read_settings({"dataset": dataset.name} | settings))
    status = lifecycle.wait(run, watch)
    if status.state == "failed":
        raise WorkbenchError(f"The run {run.id} failed: {status.error}")
    return Run(run.folder)


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
