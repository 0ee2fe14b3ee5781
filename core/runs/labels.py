"""What people call a run, what they note of it, and whether they starred it."""

from dataclasses import asdict, dataclass
from typing import Any

from core.errors import UsageError, WorkbenchError
from core.files import read_json, write_json
from core.jobs.job import Job

LONGEST_NAME = 60
LONGEST_NOTES = 2000


@dataclass(frozen=True)
class Labels:
    """The file ``labels.json`` in a run's folder.

    Parameters
    ----------
    name
        One line of at most `LONGEST_NAME` letters; "" where it has none.
    notes
        At most `LONGEST_NOTES` letters.
    star
        Whether it is to be found again quickly.
    """

    name: str = ""
    notes: str = ""
    star: bool = False


def read_labels(run: Job) -> Labels:
    """The labels of a run; none where it has none, or where they were damaged from outside."""
    try:
        values = read_json(run.folder / "labels.json") or {}
        return _checked(Labels(**{key: values[key] for key in asdict(Labels()) if key in values}))
    except (WorkbenchError, TypeError, AttributeError):
        return Labels()


def write_labels(run: Job, **changes: Any) -> Labels:
    """Change some labels of a run: `name`, `notes` or `star`.

    Raises
    ------
    UsageError
        If a text is too long.
    """
    labels = _checked(Labels(**asdict(read_labels(run)) | changes))
    write_json(run.folder / "labels.json", asdict(labels))
    return labels


def _checked(labels: Labels) -> Labels:
    # A name is one line: it stands in lists and tables.
    name, notes = " ".join(str(labels.name).split()), str(labels.notes).strip()
    for what, text, longest in (("name", name, LONGEST_NAME), ("notes", notes, LONGEST_NOTES)):
        if len(text) > longest:
            raise UsageError(f"A run's {what} may have up to {longest:,} letters. Got {len(text):,}.")
    return Labels(name, notes, labels.star is True)
