"""What builds before ``run.json`` wrote of a run: in small files, in the facts of its status, and in its events."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from core.files import read_json, read_json_lines
from core.jobs.job import Job
from core.jobs.written_settings import SETTINGS

STARTS_KEPT = 256
FACTS = ("dataset_version", "device", "plan", "features", "fine_tuned", "diverged", "test_accuracy", "views_averaged")


def read_earlier_files(folder: Path) -> dict[str, Any]:
    """As the fields of `core.runs.run_record.RunRecord`, as far as they were written.

    Raises
    ------
    WorkbenchError
        If a file is damaged.
    """
    settings = read_json(folder / SETTINGS)
    facts = Job(folder).written_status().facts
    # Kept beside the status, which a resume took away.
    execution = _object(folder / "computing.json")
    retrained, extension = _object(folder / "fixed.json"), _object(folder / "extension.json")
    found = {name: facts[name] for name in (*FACTS, "views") if name in facts}
    found |= {"settings": settings, "reading": read_json(folder / "reading.json")}
    found |= {"versions": read_json(folder / "versions.json")}
    found |= {"plan": execution["plan"]} if "plan" in execution else {}
    found |= {"found_batch_size": execution.get("batch_size"), "extended_from": extension.get("epochs", 0)}
    if isinstance(before := retrained.get("before"), str):
        found |= {"parent_run": before, "edits_since_parent": retrained.get("edits", [])}
    return found | _start(folder / "events.jsonl")


def _object(path: Path) -> dict[str, Any]:
    values = read_json(path)
    return values if isinstance(values, dict) else {}


def _start(events: Path) -> dict[str, Any]:
    """What the events tell of how the run began."""
    try:
        status = events.stat()
    except OSError:
        return {}
    return _start_in(events, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=STARTS_KEPT)
def _start_in(path: Path, *state: int) -> dict[str, Any]:
    events = read_json_lines(path)
    told = next((event for event in reversed(events) if "classes" in event), {})
    began = next((event["time"] for event in events if "time" in event), None)
    return {"began": began, "classes": told.get("classes", ()), "entries": told.get("entries")}
