"""A run on disk: one training, with everything it was told and everything it found."""

import hashlib
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.content import Content
from core.datasets.edits import RELABEL, RENAME, EditLog
from core.datasets.store import Dataset, written_state
from core.errors import UsageError, WorkbenchError
from core.evaluation.calibration import fit_temperature
from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions
from core.files import read_json, write_json
from core.images.reading_settings import Reading
from core.jobs.job import Job
from core.runs.events import EventLog
from core.runs.naming import Naming, naming, unchanged
from core.runs.settings import RunSettings, read_stored_settings
from core.workspace import Workspace

LEARNED_FROM = ["path", "pixel_hash", "label", "split"]
NAMINGS_KEPT = 128


class Run(Job):
    """The folder of a run, whose name is the run's id.

    ``settings.json``, ``events.jsonl``, ``status.json``, ``heartbeat``, ``log.txt``, ``best.weights.h5``,
    ``predictions.parquet``, ``images.parquet`` (the images, their split and groups as used) and ``versions.json``.
    ``reading.json`` holds how deep pixels were read; without it, as is usual for their kind.
    ``checkpoint.npz`` holds what it takes to go on, ``extension.json`` the epoch from which on epochs were added, and
    ``computing.json`` the precision and batch size where these were measured or had to be lowered. Where a backbone
    was fine-tuned, ``fine_tuned.weights.h5`` and ``fine_tuning.npz`` are the same of that second phase as
    ``best.weights.h5`` and ``checkpoint.npz`` of the first. ``judging.json`` is there while only the best weights of
    an earlier attempt are evaluated, and a file ``evaluate`` once a run that trains is asked to evaluate its best so
    far.
    """

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def workspace_root(self) -> Path:
        return self.folder.parents[1]

    @cached_property
    def settings(self) -> RunSettings:
        values = read_json(self.folder / "settings.json")
        if values is None:
            raise WorkbenchError(f"The run {self.id} has lost its settings.json.")
        return read_stored_settings(values)

    def save_settings(self, settings: RunSettings) -> None:
        """Write down what to train; only the number of epochs ever changes later."""
        write_json(self.folder / "settings.json", settings.to_dict())
        self.__dict__["settings"] = settings

    @property
    def readable(self) -> bool:
        """Whether its settings can be read; a run whose settings were damaged from outside is of no use to anyone."""
        try:
            return self.settings is not None
        except WorkbenchError:
            return False

    @property
    def reading(self) -> Reading:
        """How deep pixels and many bands of its images are read, now and ever: by it the network has learned.

        Raises
        ------
        WorkbenchError
            If what the run kept of it is damaged.
        """
        values = read_json(self._reading_path)
        try:
            return Reading.from_dict({} if values is None else values)
        except (ValueError, TypeError, AttributeError) as error:
            raise WorkbenchError(f"{self._reading_path} does not say how pixels are read. Restore it.") from error

    def keep_reading(self, reading: Reading) -> None:
        """Write down how the images are read; when the training begins, and never again."""
        write_json(self._reading_path, reading.to_dict())

    @property
    def _reading_path(self) -> Path:
        return self.folder / "reading.json"

    @property
    def events(self) -> EventLog:
        return EventLog(self.folder / "events.jsonl")

    @property
    def best_weights(self) -> Path:
        return self.folder / "best.weights.h5"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.npz"

    @property
    def has_learned(self) -> bool:
        """Whether it has learned for an epoch or more, so that what it began with stays as it is."""
        return self.checkpoint.exists() or self.best_weights.exists()

    @property
    def fine_tuned_weights(self) -> Path:
        """Of the unfrozen blocks and the head, once they have been better than the head alone."""
        return self.folder / "fine_tuned.weights.h5"

    @property
    def fine_tuning_checkpoint(self) -> Path:
        return self.folder / "fine_tuning.npz"

    @property
    def extended_from(self) -> int:
        """How many epochs lay behind the run when epochs were added to it last; 0 where none were."""
        return (read_json(self.folder / "extension.json") or {}).get("epochs", 0)

    def save_ending(self, state: str, error: str) -> None:
        """Write down how the run ended: from now on its process trains no more, but evaluates what is there."""
        write_json(self.folder / "judging.json", {"state": state, "error": error})

    @property
    def ending(self) -> tuple[str, str] | None:
        """State and error of a run that is only to be evaluated; None of one that is to be trained."""
        kept = read_json(self.folder / "judging.json")
        return None if kept is None else (kept["state"], kept["error"])

    def request_evaluation(self) -> None:
        """Ask a run that trains to evaluate its best weights so far, between two epochs, and to go on."""
        (self.folder / "judge").touch()

    @property
    def evaluation_requested(self) -> bool:
        return (self.folder / "judge").exists()

    def forget_evaluation_request(self) -> None:
        (self.folder / "judge").unlink(missing_ok=True)

    def forget(self) -> None:
        super().forget()
        self.forget_ending()
        self.forget_evaluation_request()

    def forget_ending(self) -> None:
        (self.folder / "judging.json").unlink(missing_ok=True)

    @property
    def predictions_path(self) -> Path:
        return self.folder / "predictions.parquet"

    @property
    def answered_classes(self) -> tuple[str, ...]:
        """The classes by their names then, in the order in which the network answers them; () where nobody told."""
        return tuple(self._start.get("classes", ()))

    @property
    def entries(self) -> int | None:
        """After how many entries of its dataset's log of edits it has its labels; None where nobody told."""
        return self._start.get("entries")

    @property
    def network_classes(self) -> tuple[str, ...]:
        """As `answered_classes`; of earlier versions, which did not tell, by its predictions, if there are any."""
        if not self.answered_classes and self.predictions_path.exists():
            return self.answers().class_names
        return self.answered_classes

    def names_then(self) -> dict[str, str] | None:
        """By the name of now, what a class was called when the run began; None where that can't be told of each."""
        classes = self.network_classes
        return self._naming_of(classes).then_by_now if classes else None

    def is_but_renamed(self, content: Content) -> bool:
        """Whether the images, their labels and split are those that it was trained on, but for what classes are called.

        Also False where it can't be told, or where classes were put together, as its network answers them apart.
        """
        try:
            then = self.names_then()
        except WorkbenchError:
            return False
        if then is None or set(then) != set(content.class_names):
            return False
        table = content.divided(self.settings.split_settings(content.settings))
        return self.learned_from() == _name_of(table[LEARNED_FROM])

    @property
    def _start(self) -> dict[str, Any]:
        """What was told when it began, or went on, the last time; of earlier versions, nothing."""
        return next((event for event in reversed(self.events.read()) if "classes" in event), {})

    def naming(self) -> Naming:
        """What the classes of the run are called by now: see `core.runs.naming`.

        Raises
        ------
        WorkbenchError
            If the run has no predictions, or they can't be read.
        """
        return _naming(self.folder, *self._states())

    def _states(self) -> tuple:
        """What tells one state of the answers, and of all that names their classes, from the next."""
        dataset = self.dataset
        own = (self.predictions_path, self.folder / "images.parquet")
        return tuple(map(written_state, (*own, dataset.edits.path, dataset.manifest_path)))

    def _naming_of(self, classes: Sequence[str], images: pd.DataFrame | None = None) -> Naming:
        dataset = self.dataset
        written = dataset.edits.entries()
        if not written or not dataset.ready:
            return unchanged(classes)
        if images is None:
            with suppress(WorkbenchError):
                images = self._read_images()
        entries = self.entries
        return naming(classes, written, dataset.content, images, entries, self._began() if entries is None else 0.0)

    def _began(self) -> float:
        """When it looked at its images first; a run that goes on begins anew by its status."""
        first = next((event["time"] for event in self.events.read() if "time" in event), None)
        return first or self.status().started or 0.0

    @property
    def dataset(self) -> Dataset:
        """What it was trained on, as it is now; whether it is still there is not looked at."""
        return Dataset(Workspace.at(self.workspace_root).datasets / self.settings.dataset)

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

    def answers(self) -> Predictions:
        """The same as the network gave it: its classes are called, and in the order, as they were when it was trained.

        Raises
        ------
        WorkbenchError
            If the run has none yet.
        """
        if not self.predictions_path.exists():
            status = self.status()
            going = f"it is {status.state}. Its best so far can be evaluated once an epoch has ended (`evaluate`)."
            reason = going if status.active else status.error or f"it is {status.state}"
            raise WorkbenchError(f"The run {self.id} has no predictions yet: {reason}")
        return Predictions.load(self.predictions_path)

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
        table = self._read_images()
        if "label" not in table:
            return table
        try:
            found = self.naming()
        except WorkbenchError:  # it is not evaluated yet
            found = self._naming_of(table["label"].unique().tolist(), table)
        return table.assign(label=found.of_labels(table["label"])) if found.renamed else table

    def _read_images(self) -> pd.DataFrame:
        try:
            return pd.read_parquet(self.folder / "images.parquet")
        except Exception as error:  # a damaged parquet fails in any of Arrow's many ways
            raise WorkbenchError(
                f"The list of images of the run {self.id} (images.parquet) is gone or damaged: its figures stand, its "
                "images can't be shown. Train again to have both."
            ) from error

    @property
    def test_accuracy(self) -> float | None:
        """The share of the test images that it is right on; None as long as it is not evaluated.

        As it was told when the run was evaluated, unless classes were put together since: then it is right more often.
        """
        told = self.status().facts.get("test_accuracy")
        if told is None or not _was_relabelled(self.dataset.edits.path, written_state(self.dataset.edits.path)):
            return told
        try:
            if len(self.naming().order) == len(self.naming().then):
                return told
            rows = self.predictions().of("test")
        except WorkbenchError:
            return told
        return float((rows.predicted == rows.true).mean()) if len(rows) else told

    def learned_from(self) -> str | None:
        """A short name of the images that it was trained and evaluated on, with split and labels by the names of now.

        Equal for two runs between which nothing but names was changed. None where none ever was, so that the dataset's
        version says as much, and where the run's images are not known.
        """
        return _learned_from(self.folder, *self._states())

    def groups(self, predictions: Predictions) -> np.ndarray | None:
        """Which images of some of the run's predictions belong together, by number: (n,) array of int.

        Those of one patient or place, and near copies, as they were kept on one side of the split. None where the run
        did not write it down.
        """
        try:
            table = pd.read_parquet(self.folder / "images.parquet", columns=["path", "group"])
        except (OSError, ValueError):  # it is gone, damaged, or older than its column
            return None
        groups = table.drop_duplicates("path").set_index("path")["group"].reindex(predictions.ids)
        return None if groups.isna().any() else groups.to_numpy(dtype=np.int64)

    def evaluate(
        self, split: str = "test", threshold: float | None = None, calibrate: bool = False, positive: int = 1
    ) -> dict[str, Any]:
        """The figures of one split, as `core.evaluation.metrics.evaluate` gives them, with intervals over groups.

        Parameters
        ----------
        split, threshold, positive
            As `core.evaluation.metrics.evaluate` takes them.
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
            "device": status.facts.get("device", ""),
            "accuracy": self.test_accuracy,
        }


@lru_cache(maxsize=NAMINGS_KEPT)
def _naming(folder: Path, *states: tuple[int, int, int] | None) -> Naming:
    """Worked out once for as long as neither the answers nor the dataset's log are others."""
    run = Run(folder)
    return run._naming_of(run.answers().class_names)


@lru_cache(maxsize=NAMINGS_KEPT)
def _was_relabelled(log: Path, state: tuple[int, int, int] | None) -> bool:
    """Whether names of classes or labels of images were ever changed, undone or not."""
    return any(edit.action in (RENAME, RELABEL) for edit in EditLog(log).entries())


@lru_cache(maxsize=NAMINGS_KEPT)
def _learned_from(folder: Path, *states: tuple[int, int, int] | None) -> str | None:
    run = Run(folder)
    log = run.dataset.edits.path
    if not _was_relabelled(log, written_state(log)):
        return None
    try:
        table = run.images()
    except WorkbenchError:
        return None
    return _name_of(table[LEARNED_FROM]) if set(LEARNED_FROM) <= set(table) else None


def _name_of(table: pd.DataFrame) -> str:
    lines = sorted(map("\t".join, zip(*(table[name].astype(str).tolist() for name in table), strict=True)))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


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
    folders = sorted((path for path in workspace.runs.iterdir() if (path / "settings.json").exists()), reverse=True)
    runs = [Run(folder) for folder in folders]
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
    from core.runs.labels import read_labels  # which needs this module

    runs = list_runs(workspace)
    ids = [run.id for run in runs]
    matches = [prefix] if prefix in ids else [run_id for run_id in ids if prefix and run_id.startswith(prefix)]
    named = [run.id for run in runs if prefix and not matches and read_labels(run).name == prefix]
    matches = matches or named
    if len(matches) == 1:
        return Run(workspace.runs / matches[0])
    if not matches and prefix in _unreadable(workspace):
        raise WorkbenchError(f"The settings.json of the run {prefix} is lost or damaged, so it can't be opened.")
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
