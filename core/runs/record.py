"""A run on disk: one training, with everything it was told and everything it found."""

import shutil
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.content import Content
from core.datasets.store import Dataset, written_state
from core.errors import UsageError, WorkbenchError
from core.evaluation.calibration import fit_temperature
from core.evaluation.evaluation import Evaluation, evaluate
from core.evaluation.predictions import Predictions
from core.jobs.written_settings import RECORD, is_run
from core.runs.class_names import ClassNames
from core.runs.labels import read_labels
from core.runs.naming import Naming
from core.runs.run_folder import RunFolder
from core.runs.settings import RunSettings
from core.workspace import Workspace


class Run(RunFolder):
    """A run: its folder, with its answers and images by the names that its classes have now."""

    @property
    def class_names(self) -> ClassNames:
        return ClassNames(self)

    @property
    def dataset(self) -> Dataset:
        """What it was trained on, as it is now; whether it is still there is not looked at."""
        return self.class_names.dataset

    def naming(self) -> Naming:
        """As `core.runs.class_names.ClassNames.now`."""
        return self.class_names.now()

    def learned_from(self) -> str | None:
        """As `core.runs.class_names.ClassNames.learned_from`."""
        return self.class_names.learned_from()

    def is_but_renamed(self, content: Content) -> bool:
        """As `core.runs.class_names.ClassNames.are_all_that_changed`."""
        return self.class_names.are_all_that_changed(content)

    @property
    def answers_as_of(self) -> tuple:
        """What tells one state of `predictions` from the next: the answers, and what their classes are called."""
        try:
            named = self.naming()
        except WorkbenchError:
            return written_state(self.predictions_path), (), ()
        return written_state(self.predictions_path), named.order, tuple(named.now.items())

    def predictions(self) -> Predictions:
        """The table of true labels and probabilities, with the classes called, and in the order, as they are now.

        Raises
        ------
        WorkbenchError
            If the run has none yet.
        """
        return self.naming().of(self.answers())

    def answered_as(self, paths: Sequence[str], index: int) -> list[int]:
        """The place at which its network answers a class to each of some images.

        Parameters
        ----------
        paths
            Of images that it has answered.
        index
            Of the class among those of `predictions`. Of classes that were put together since, the likeliest counts.
        """
        columns = list(self.naming().columns[index])
        if len(columns) == 1:
            return columns * len(paths)
        answers = self.answers()
        rows = pd.Series(np.arange(len(answers)), index=answers.ids).reindex(list(paths)).fillna(0).astype(int)
        return [columns[place] for place in answers.probabilities[rows][:, columns].argmax(axis=1)]

    def images(self) -> pd.DataFrame:
        """The images that it was trained on and evaluated by, with their labels as the classes are called now.

        Raises
        ------
        WorkbenchError
            If the table is gone or damaged.
        """
        return self.class_names.images()

    @property
    def test_accuracy(self) -> float | None:
        """The share of the test images that it is right on; None as long as it is not evaluated.

        As it was told when the run was evaluated, unless classes were put together since: then it is right more often.
        """
        told = self.record.test_accuracy
        if told is None or not self.class_names.were_changed:
            return told
        try:
            if len(self.naming().order) == len(self.naming().then):
                return told
            rows = self.predictions().of("test")
        except WorkbenchError:
            return told
        return float((rows.predicted == rows.true).mean()) if len(rows) else told

    def groups(self, predictions: Predictions) -> np.ndarray | None:
        """Which images of some of the run's predictions belong together, by number: (n,) array of int.

        Those of one patient or place, and near copies, as they were kept on one side of the split. None where the run
        did not write it down.
        """
        try:
            table = pd.read_parquet(self.images_path, columns=["path", "group"])
        except (OSError, ValueError):  # it is gone, damaged, or older than its column
            return None
        groups = table.drop_duplicates("path").set_index("path")["group"].reindex(predictions.ids)
        return None if groups.isna().any() else groups.to_numpy(dtype=np.int64)

    def evaluate(
        self, split: str = "test", threshold: float | None = None, calibrate: bool = False, positive: int = 1
    ) -> Evaluation:
        """The scores of one split, as `core.evaluation.evaluation.evaluate` gives them, with intervals over groups.

        Parameters
        ----------
        split, threshold, positive
            As `core.evaluation.evaluation.evaluate` takes them.
        calibrate
            Soften or sharpen the probabilities by the temperature that fits the validation images best.

        Raises
        ------
        WorkbenchError
            If there are no predictions of the split, or, to calibrate, of validation images.
        UsageError
            If there is no such threshold, or there are not two classes.
        """
        predictions = self.predictions()
        temperature = fit_temperature(predictions.of("validation")) if calibrate else 1.0
        groups = self.groups(predictions.of(split))
        return evaluate(predictions, split, groups, threshold, temperature, positive)

    def temperature(self) -> float:
        """By what its logits are divided to be calibrated: the temperature that fits the validation images best.

        Raises
        ------
        WorkbenchError
            If there are no predictions of validation images.
        """
        return fit_temperature(self.predictions().of("validation"))

    def summary(self) -> dict[str, Any]:
        """The run in a JSON-ready nutshell."""
        status, settings = self.status(), self.settings
        return {
            "run": self.id,
            "dataset": settings.dataset,
            "architecture": settings.architecture,
            "untrained": settings.untrained,
            "status": status.state,
            "error": status.error,
            "started": status.started,
            "seconds": status.seconds,
            "epochs": status.facts.get("epochs", 0),
            "device": self.record.device,
            "accuracy": self.test_accuracy,
        }


def create_run(workspace: Workspace, settings: RunSettings) -> Run:
    """Lay out the folder of a new run. It is trained by `core.runs.lifecycle.start`."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for attempt in range(100):
        suffix = f"-{attempt + 1}" if attempt else ""
        folder = workspace.runs / f"{stamp}-{settings.dataset}-{settings.architecture}{suffix}"
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            continue
    run = Run(folder)
    run.save_settings(settings)
    return run


def list_runs(workspace: Workspace, dataset: str | None = None) -> list[Run]:
    """The runs of a workspace, newest first, of one dataset or of all."""
    if not workspace.runs.is_dir():
        return []
    runs = [Run(folder) for folder in sorted(filter(is_run, workspace.runs.iterdir()), reverse=True)]
    return [run for run in runs if run.readable and (dataset is None or run.settings.dataset == dataset)]


def find_run(workspace: Workspace, prefix: str) -> Run:
    """The run with this id, or the only one whose id begins so, or that people gave this name.

    Raises
    ------
    UsageError
        If there is none or more than one.
    WorkbenchError
        If its settings are lost.
    """
    runs = list_runs(workspace)
    ids = [run.id for run in runs]
    matches = [prefix] if prefix in ids else [run_id for run_id in ids if prefix and run_id.startswith(prefix)]
    named = [run.id for run in runs if prefix and not matches and read_labels(run).name == prefix]
    matches = matches or named
    if len(matches) == 1:
        return Run(workspace.runs / matches[0])
    if not matches and prefix in _unreadable(workspace):
        raise WorkbenchError(f"The {RECORD} of the run {prefix} is lost or damaged, so it can't be opened.")
    if not matches:
        raise UsageError(f"There is no run {prefix!r}. The newest are: {', '.join(ids[:5]) or 'none yet'}.")
    what, then = ("is the name", "Give an id") if named else ("begins the ids", "Give more of it")
    raise UsageError(f"{prefix!r} {what} of {len(matches)} runs: {', '.join(matches[:5])}. {then}.")


def _unreadable(workspace: Workspace) -> list[str]:
    """The ids of runs whose settings are lost or damaged."""
    folders = workspace.runs.iterdir() if workspace.runs.is_dir() else ()
    return [folder.name for folder in folders if folder.is_dir() and not Run(folder).readable]


def delete_run(run: Run) -> None:
    """Remove a finished run.

    Raises
    ------
    UsageError
        If it is still going.
    """
    if run.status().active:
        raise UsageError(f"The run {run.id} is still going. Stop it first.")
    shutil.rmtree(run.folder)
