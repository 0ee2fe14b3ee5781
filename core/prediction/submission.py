"""Submission: answers in the columns of a template, as competitions ask for them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError
from core.files import replacing
from core.prediction.answers import Answers

MOST_BYTES = 100 << 20
SHOWN = 5


@dataclass(frozen=True)
class Template:
    """What a submission has to look like.

    Parameters
    ----------
    id_column
        What the first column is called: it says which image a row is of.
    columns
        The others: a class each, or one for the answer.
    ids
        Of the images, in the order of the rows; () where all images are wanted, in their own order.
    labels
        What stands in the second column of a sample submission.
    """

    id_column: str
    columns: tuple[str, ...]
    ids: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()


def read_template(path: Path) -> Template:
    """Read a sample submission, or a file with its header alone.

    Raises
    ------
    UsageError
        If there is no such file, or it is no CSV of two columns or more.
    """
    if not path.is_file():
        raise UsageError(f"There is no template {path}. Check the spelling.")
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {MOST_BYTES >> 20} MB, which no template is.")
    text, _ = decoded(path.read_bytes(), path.name)
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if not rows or len(rows[0]) < 2:
        raise UsageError(
            f"{path.name} is no template: its first line must name a column of ids and, separated by commas, a column "
            "a class, or one for the answer."
        )
    names, *others = rows
    labels = frozenset(row[1].strip() for row in others if len(row) > 1) - {""}
    ids = tuple(row[0].strip() for row in others)
    return Template(names[0].strip(), tuple(name.strip() for name in names[1:]), ids, labels)


def write_submission(template: Template, parts: Iterable[Answers], path: Path) -> list[str]:
    """Write answers in the columns of a template, with the ids as they stand in it.

    An id stands for an image by its path, by the name of its file, or by that without its ending. Where a row is asked
    for an image that is not there, all classes are said to be as probable, so that the others count.

    Parameters
    ----------
    parts
        The answers.
    path
        The file to write or replace.

    Returns
    -------
    list of str
        What one should know of it, in sentences.

    Raises
    ------
    UsageError
        If the columns are not those of the classes, or an id stands for several images.
    """
    rows, classes, names = _collected(parts)
    columns = _places(template, classes)
    by_id, doubtful = _by_id(names)
    wanted = template.ids or names
    remarks = []
    if repeated := [name for name in wanted if name in doubtful]:
        raise UsageError(f"The id {repeated[0]!r} of the template stands for several images. Bring a single folder.")
    if lacking := [name for name in wanted if name not in by_id]:
        listed = ", ".join(lacking[:SHOWN]) + (f" and {len(lacking) - SHOWN:,} more" if len(lacking) > SHOWN else "")
        remarks.append(f"For {len(lacking):,} of the template's ids there is no image ({listed}): all classes are 1/n.")
    if extra := len(names) - (len(wanted) - len(lacking)):
        remarks.append(f"{extra:,} images are not in the template, and so not in the submission.")
    unknown = np.full(len(classes), 1 / len(classes))
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([template.id_column, *template.columns])
        for name in wanted:
            row = rows[by_id[name]] if name in by_id else unknown
            cells = [classes[int(row.argmax())]] if columns is None else [f"{row[place]:.6g}" for place in columns]
            writer.writerow([name, *cells])
    return remarks


def _collected(parts: Iterable[Answers]) -> tuple[np.ndarray, Sequence[str], list[str]]:
    """Probabilities, classes and names of all images: in half the memory that they came in."""
    names, rows, classes = [], [], ()
    for part in parts:
        names += part.names
        rows.append(part.probabilities.astype(np.float32))
        classes = part.class_names
    if not names:
        raise UsageError("There is no answer to write.")
    return np.concatenate(rows), classes, names


def _places(template: Template, classes: Sequence[str]) -> list[int] | None:
    """Which class each column is of; None where there is one column, for the answer."""
    known = {_plain(name): place for place, name in enumerate(classes)}
    if len(known) == len(classes) and all(_plain(name) in known for name in template.columns):
        return [known[_plain(name)] for name in template.columns]
    if len(template.columns) == 1:
        if strange := {label for label in template.labels if _plain(label) not in known}:
            raise UsageError(
                f"The column {template.columns[0]!r} of the template holds {sorted(strange)[0]!r}, which is no class. "
                f"Name a column after each class, or write the classes: {', '.join(classes)}."
            )
        return None
    strange = [name for name in template.columns if _plain(name) not in known]
    raise UsageError(
        f"The template has columns that are no classes: {', '.join(strange[:SHOWN])}. The classes are: "
        f"{', '.join(classes)}."
    )


def _plain(name: str) -> str:
    """A name without what competitions write otherwise: case, blanks and marks between words."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _by_id(names: Sequence[str]) -> tuple[dict[str, int], set[str]]:
    """Which image each id stands for, and the ids that stand for several."""
    by_id: dict[str, int] = {}
    doubtful: set[str] = set()
    for place, name in enumerate(names):
        path = PurePosixPath(name)
        for known in {name, path.name, path.stem}:
            if by_id.setdefault(known, place) != place:
                doubtful.add(known)
    for place, name in enumerate(names):  # a whole name says which image is meant, whatever others end in
        by_id[name] = place
        doubtful.discard(name)
    return by_id, doubtful
