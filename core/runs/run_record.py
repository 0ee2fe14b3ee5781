"""The file ``run.json``: what is true of a run for good, whatever it is doing now.

How far a run is, and how an attempt ended, is in ``status.json``, which a new attempt begins anew; what happened, in
``events.jsonl``. What stands here outlives both a stop and a resume.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.errors import WorkbenchError
from core.files import read_json, write_json
from core.jobs.written_settings import RECORD
from core.runs.earlier_files import read_earlier_files


@dataclass(frozen=True)
class RunRecord:
    """What is true of a run for good.

    Parameters
    ----------
    settings
        What to train, as `core.runs.settings.read_settings` takes it.
    began
        When it first looked at its images, in seconds since 1970.
    dataset_version
        The version of its dataset that it was trained on, read by its own scale of pixels.
    reading
        How deep pixels are read, where not as is usual for their kind.
    classes
        What they were called when it began, in the order in which the network answers them; () where nobody told.
    entries
        How many the dataset's log of edits had by then; None where nobody told.
    versions
        Of Python, the system and the packages that trained it last.
    device
        What it was trained on, in words.
    plan
        The runtime and precision that it computes in, as `core.features.plan.Plan.to_dict` writes it.
    found_batch_size
        How many images to train on at a time, where that was measured, or had to be lowered for memory.
    features
        How many of its features were "found" where earlier runs had left them, and how many were "computed".
    fine_tuned
        What fine-tuning brought: its "blocks", "epochs" and "gain".
    diverged
        Whether its loss stopped being a number.
    extended_from
        How many epochs lay behind it when epochs were added to it last; 0 where none were.
    parent_run
        The id of the run that it was trained after; "" where there is none.
    edits_since_parent
        The ids of the edits in between.
    test_accuracy
        The share of the test images that it was right on when it was evaluated; None before.
    views_averaged
        How many views of an image one answer is the average of.
    views
        What several views have brought: accuracy "alone" and "averaged", and the "seconds" they took.
    """

    settings: Mapping[str, Any] | None = None
    began: float | None = None
    dataset_version: str | None = None
    reading: Mapping[str, Any] | None = None
    classes: tuple[str, ...] = ()
    entries: int | None = None
    versions: Mapping[str, str | None] | None = None
    device: str = ""
    plan: Mapping[str, Any] | None = None
    found_batch_size: int | None = None
    features: Mapping[str, int] | None = None
    fine_tuned: Mapping[str, Any] | None = None
    diverged: bool = False
    extended_from: int = 0
    parent_run: str = ""
    edits_since_parent: tuple[str, ...] = ()
    test_accuracy: float | None = None
    views_averaged: int = 1
    views: Mapping[str, float] | None = None


LASTING = frozenset(entry.name for entry in fields(RunRecord))


def read_run_record(folder: Path) -> RunRecord:
    """The record of the run in `folder`; of one by a build that had none, gathered from the files that it wrote.

    Raises
    ------
    WorkbenchError
        If the file is damaged.
    """
    values = read_json(folder / RECORD)
    if values is None:
        values = read_earlier_files(folder)
    if not isinstance(values, dict):
        raise WorkbenchError(f"{folder / RECORD} is not the record of a run. Restore it.")
    record = RunRecord(**{name: value for name, value in values.items() if name in LASTING})
    return replace(record, classes=tuple(record.classes), edits_since_parent=tuple(record.edits_since_parent))


def update_run_record(folder: Path, **changes: Any) -> RunRecord:
    """Write a changed record: whole or not at all, and one process at a time, so that none undoes another's change."""
    with FileLock(folder / "run.lock"):
        record = replace(read_run_record(folder), **changes)
        write_json(folder / RECORD, asdict(record))
    return record
