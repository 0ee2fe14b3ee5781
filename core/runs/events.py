"""What happened in a run, as it happened: one JSON object a line, only ever appended."""

import time
from pathlib import Path
from typing import Any

import pandas as pd

from core.files import append_json, read_json_lines


class EventLog:
    """The file ``events.jsonl`` of a run.

    Every event has a `time` (seconds since 1970) and a `kind`: "stage" (with `name`), "batch" (with `epoch`, `step`,
    `loss`, `accuracy`), "epoch" (with `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`, `seconds`, `best`) or
    "note" (with `text`).
    """

    def __init__(self, path: Path):
        self.path = path

    def append(self, kind: str, **values: Any) -> None:
        """Add an event."""
        append_json(self.path, {"time": time.time(), "kind": kind} | values)

    def read(self) -> list[dict[str, Any]]:
        """All events so far."""
        return read_json_lines(self.path)


def epoch_table(events: list[dict[str, Any]]) -> pd.DataFrame:
    """The epochs: epoch, loss, accuracy, val_loss, val_accuracy, seconds, best."""
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "best"]
    return pd.DataFrame([event for event in events if event["kind"] == "epoch"], columns=columns)


def batch_table(events: list[dict[str, Any]]) -> pd.DataFrame:
    """Points within the epochs: `position` in epochs (1.5 is half way through the second), loss, accuracy."""
    columns = ["position", "loss", "accuracy"]
    return pd.DataFrame([event for event in events if event["kind"] == "batch"], columns=columns)
