"""What happened in a run, as it happened: one JSON object a line, only ever appended."""

import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.files import append_json, read_json_lines

if TYPE_CHECKING:  # whoever only writes events needs none of its 60 MB
    import pandas as pd

EPOCH_COLUMNS = [
    *("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "best"),
    *("learning_rate", "images_per_second", "memory_mb"),
]
EVALUATED = "evaluated"
# What earlier builds called kinds of events.
RENAMED = {"judged": EVALUATED}


class EventLog:
    """The file ``events.jsonl`` of a run.

    Every event has a `time` (seconds since 1970) and a `kind`: "stage" (with `name`; where that is "train" or
    "fine_tune" with `epochs`: how many lie before this training), "batch" (with `position`, `loss`, `accuracy`),
    "epoch" (see `EPOCH_COLUMNS`; with `kept`: whether its weights answer from then on), "resume" (with `epochs`:
    how many lay behind the run when it went on; what it had told of later ones is told again), `EVALUATED` (with
    `epoch`: after which one the weights were that answered; and with `error` where it came to nothing) or "note"
    (with `text`).
    """

    def __init__(self, path: Path):
        self.path = path

    def append(self, kind: str, **values: Any) -> None:
        """Add an event."""
        append_json(self.path, {"time": time.time(), "kind": kind} | values)

    def read(self) -> list[dict[str, Any]]:
        """All events so far, of earlier builds too, by the kinds of now."""
        events = read_json_lines(self.path)
        return [event | {"kind": RENAMED.get(event["kind"], event["kind"])} for event in events]


def epoch_table(events: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
    """The epochs: what was learned, how long each took, and at its end the learning rate and memory in use.

    Columns are those of `EPOCH_COLUMNS`: `seconds` with validation, `images_per_second` without it, `memory_mb` in
    10⁶ bytes. The last three are missing in runs of earlier versions.
    """
    import pandas as pd

    return pd.DataFrame(_in_force(events, "epoch", "epoch"), columns=EPOCH_COLUMNS)


def best_epoch(events: Sequence[Mapping[str, Any]]) -> int:
    """The epoch whose weights answer so far, counted from 1; 0 before the first has ended.

    It is the best, or the last where a run does not restore the best; earlier builds always did.
    """
    epochs = _in_force(events, "epoch", "epoch")
    return max((event["epoch"] for event in epochs if event.get("kept", event.get("best"))), default=0)


def epochs_behind(events: Sequence[Mapping[str, Any]]) -> int:
    """How many epochs lie behind a run."""
    return max((event["epoch"] for event in _in_force(events, "epoch", "epoch")), default=0)


def batch_table(events: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
    """Points within the epochs: `position` in epochs (1.5 is half way through the second), loss, accuracy."""
    import pandas as pd

    columns = ["position", "loss", "accuracy"]
    return pd.DataFrame(_in_force(events, "batch", "position"), columns=columns)


def seconds_in_stages(events: Sequence[Mapping[str, Any]], part: str) -> float:
    """How long the stages lasted that have `part` in their name, each until the next one began."""
    stages = [event for event in events if event["kind"] == "stage"]
    return sum(then["time"] - stage["time"] for stage, then in pairwise(stages) if part in stage["name"])


def _in_force(events: Sequence[Mapping[str, Any]], kind: str, place: str) -> list[Mapping[str, Any]]:
    """The events of one kind without those of an epoch that was lost and trained again."""
    found: list[Mapping[str, Any]] = []
    for event in events:
        if event["kind"] == "resume":
            found = [earlier for earlier in found if earlier[place] <= event["epochs"]]
        elif event["kind"] == kind:
            found.append(event)
    return found
