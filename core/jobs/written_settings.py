"""The settings of a run as they are written, unchecked: by them runs are told apart that wait for the same slots."""

from pathlib import Path
from typing import Any

from core.files import read_json

RECORD = "run.json"
# Where builds before ``run.json`` kept the settings.
SETTINGS = "settings.json"


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run."""
    return (folder / RECORD).exists() or (folder / SETTINGS).exists()


def written_settings(folder: Path) -> Any:
    """What the run in `folder` was told to train; None where it was told nothing.

    Raises
    ------
    WorkbenchError
        If the file is damaged.
    """
    record = read_json(folder / RECORD)
    if record is None:
        return read_json(folder / SETTINGS)
    return record.get("settings") if isinstance(record, dict) else None
