"""The folder of a run: which file holds what, what it was told, and what is asked of the process that works on it."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions
from core.files import read_json, write_json
from core.images.reading_settings import Reading
from core.jobs.job import Job, Status
from core.jobs.written_settings import RECORD, written_settings
from core.runs.events import EventLog
from core.runs.run_record import LASTING, RunRecord, read_run_record, update_run_record
from core.runs.settings import RunSettings, read_stored_settings
from core.workspace import Workspace

# What is asked of the process of a run, each with what earlier builds called it.
EVALUATE = ("evaluate", "judge")
EVALUATE_ONLY = ("evaluate_only.json", "judging.json")
# What a status tells of one attempt alone.
OF_THE_ATTEMPT = {"batch_size", "note"}


class RunFolder(Job):
    """The folder of a run, whose name is the run's id.

    ``run.json`` holds what is true of the run for good (see `core.runs.run_record`), ``status.json`` how far it is,
    ``events.jsonl`` what happened, ``log.txt`` what its processes printed. ``best.weights.h5`` are its best weights and
    ``checkpoint.npz`` is what it takes to go on; where a backbone was fine-tuned, ``fine_tuned.weights.h5`` and
    ``fine_tuning.npz`` are the same of that second phase. ``predictions.parquet`` is what it answers, and
    ``images.parquet`` the images, their split and groups as used. ``labels.json`` is what people call it.

    ``evaluate_only.json`` is there while only the best weights of an earlier attempt are evaluated, a file ``evaluate``
    once a run that trains is asked to evaluate its best so far, and a file ``stop`` once it is asked to stop.
    """

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def workspace(self) -> Workspace:
        return Workspace.holding(self.folder)

    @property
    def record(self) -> RunRecord:
        """What is true of the run for good.

        Raises
        ------
        WorkbenchError
            If it is damaged.
        """
        return read_run_record(self.folder)

    def update(self, **changes: Any) -> Status:
        """As `Job.update` does; of the facts, those that are true for good go into the record."""
        facts = changes.get("facts", {})
        lasting = {name: value for name, value in facts.items() if name in LASTING}
        if lasting:
            update_run_record(self.folder, **lasting)
            passing = {name: value for name, value in facts.items() if name not in LASTING}
            changes = {name: value for name, value in changes.items() if name != "facts"}
            changes |= {"facts": passing} if passing else {}
        return super().update(**changes) if changes else self.written_status()

    @cached_property
    def settings(self) -> RunSettings:
        values = written_settings(self.folder)
        if not isinstance(values, Mapping):
            raise WorkbenchError(f"The run {self.id} has lost its settings ({RECORD}).")
        return read_stored_settings(values)

    def save_settings(self, settings: RunSettings) -> None:
        """Write down what to train; only the number of epochs ever changes later."""
        update_run_record(self.folder, settings=settings.to_dict())
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
        values = self.record.reading
        try:
            return Reading.from_dict({} if values is None else values)
        except (ValueError, TypeError, AttributeError) as error:
            raise WorkbenchError(
                f"{self.folder / RECORD} does not say under “reading” how pixels are read. Restore it."
            ) from error

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
    def predictions_path(self) -> Path:
        return self.folder / "predictions.parquet"

    @property
    def images_path(self) -> Path:
        return self.folder / "images.parquet"

    def answers(self) -> Predictions:
        """What the network answered: its classes are called, and in the order, as they were when it was trained.

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

    def images_then(self) -> pd.DataFrame:
        """The images that it was trained on and evaluated by, with their labels as the classes were called then.

        Raises
        ------
        WorkbenchError
            If the table is gone or damaged.
        """
        try:
            return pd.read_parquet(self.images_path)
        except Exception as error:  # a damaged parquet fails in any of Arrow's many ways
            raise WorkbenchError(
                f"The list of images of the run {self.id} (images.parquet) is gone or damaged: its figures stand, its "
                "images can't be shown. Train again to have both."
            ) from error

    def request_evaluation(self) -> None:
        """Ask a run that trains to evaluate its best weights so far, between two epochs, and to go on."""
        (self.folder / EVALUATE[0]).touch()

    @property
    def evaluation_requested(self) -> bool:
        return any((self.folder / name).exists() for name in EVALUATE)

    def forget_evaluation_request(self) -> None:
        self._remove(EVALUATE)

    def save_ending(self, state: str, error: str) -> None:
        """Write down how the run ended: from now on its process trains no more, but evaluates what is there."""
        write_json(self.folder / EVALUATE_ONLY[0], {"state": state, "error": error})

    @property
    def ending(self) -> tuple[str, str] | None:
        """State and error of a run that is only to be evaluated; None of one that is to be trained."""
        for name in EVALUATE_ONLY:
            kept = read_json(self.folder / name)
            if kept is not None:
                return kept["state"], kept["error"]
        return None

    def forget_ending(self) -> None:
        self._remove(EVALUATE_ONLY)

    def forget(self) -> None:
        """As `Job.forget` does; how far it had come stays told, for whoever looks while it waits."""
        told = self.written_status().facts
        update_run_record(self.folder)  # earlier builds kept it in the status
        super().forget()
        self.forget_ending()
        self.forget_evaluation_request()
        if facts := {name: value for name, value in told.items() if name not in LASTING | OF_THE_ATTEMPT}:
            self.update(facts=facts)

    def _remove(self, names: tuple[str, ...]) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
