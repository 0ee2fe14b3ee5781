"""Images and what an annotation tool says of them, as a table of text."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.tables.several_labels import SEVERAL
from core.errors import UsageError

MOST_IMAGES, MOST_FIELDS = 1_000_000, 100
_IMAGES_TO_LOOK_FOR = 20
_FOLDERS_OF_ANNOTATIONS = frozenset({"annotations", "annotation", "ann", "labels", "meta", "metadata"})
_WITH_COLUMNS = (".csv", ".txt")
_LOCAL_FILES = "/data/local-files/?d="


class Annotated(NamedTuple):
    """An image, and what is said of it.

    Parameters
    ----------
    path
        As the tool writes it: a path, an address, or a name without its ending.
    labels
        By the name of the field that holds them, the labels: none where it isn't labelled, and perhaps several.
    split
        Which part it belongs to, in the tool's word.
    """

    path: str
    labels: Mapping[str, Sequence[str]]
    split: str = ""


class AnnotatedImages:
    """Annotated images as a `core.datasets.sources.tables.files.TableFile`.

    Parameters
    ----------
    path
        The file that they were read from. Images are looked for from where it lies.
    images
        What it says.
    label
        The field that holds the label, where there are others too. Where there is only one, it is that.
    is_certain
        False where any field may be something else than a label.
    warnings
        What a person should know of how it was read; filled, perhaps, while `images` are read.

    Raises
    ------
    UsageError
        If there are no images, too many, none has a label, or all labels are parts of a split.
    """

    def __init__(
        self,
        path: Path,
        images: Iterable[Annotated],
        label: str = "",
        is_certain: bool = True,
        warnings: Sequence[str] = (),
    ):
        fields, self._rows = _collected(path, images)
        _refuse_without_labels(self._rows, path.name)
        has_split = any(split for _, split, *_ in self._rows)
        taken = ("path", "split") if has_split else ("path",)
        called = _names_of_columns(fields, taken)
        self.names = [*taken, *called]
        self._cells = [index for index in range(2 + len(fields)) if index != 1 or has_split]
        self.columns = {name: name for name in taken}
        if is_certain and (len(fields) == 1 or label in fields):
            self.columns["label"] = called[fields.index(label) if label in fields else 0]
        self.warnings = list(warnings)
        self.column_word = "column" if path.suffix.lower() in _WITH_COLUMNS else "field"

    def holds_text(self, column: int) -> bool:
        return True

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        cells = [self._cells[column] for column in columns]
        for row in self._rows:  # rows before the first of a field's labels are shorter
            yield [row[cell] if cell < len(row) else "" for cell in cells]


def texts(value: Any) -> list[str]:
    """Labels as tools write them, a name, a number, several in a list or as “choices”, as texts without repetition.

    Examples
    --------
    >>> texts("cat"), texts({"choices": ["cat", "dog"]}), texts(3.0), texts(None)
    (['cat'], ['cat', 'dog'], ['3'], [])
    """
    if isinstance(value, list):
        return list(dict.fromkeys(text for one in value for text in texts(one)))
    if isinstance(value, dict):
        return next((texts(value[key]) for key in ("choices", "label", "name") if key in value), [])
    text = as_text(value)
    return [text] if text else []


def as_text(value: Any) -> str:
    """A name or number as text that can be shown and saved; "" for anything else.

    JSON can hold halves of letters (“\\ud800”), which no file can.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, str | int | float):
        return ""
    return str(value).strip().replace(SEVERAL, " ").encode("utf-8", "replace").decode()


def part(entry: Any, key: str, kind: type) -> Any:
    """What an entry holds under a key, or an empty value of that kind where it holds no such thing."""
    value = entry.get(key) if isinstance(entry, dict) else None
    return value if isinstance(value, kind) else kind()


def named(labels: Any, names: Sequence[str], called: str) -> list[str]:
    """Labels as texts, those that are numbers by the names that a format lists.

    Raises
    ------
    UsageError
        If a number is none of the list's.
    """
    numbers = labels if isinstance(labels, list) else [labels]
    found = []
    for number in numbers:
        if isinstance(number, int) and not isinstance(number, bool) and names:
            if not 0 <= number < len(names):
                raise UsageError(
                    f"{called} names class {number}, but lists only {len(names):,} classes, which count from 0. "
                    "Export it again."
                )
            found.append(names[number])
        else:
            found += texts(number)
    return list(dict.fromkeys(found))


def as_path(address: str) -> str:
    """The path of an image that tools give by an address.

    Examples
    --------
    >>> as_path("https://host/a%20b/1.jpg?X-Amz-Expires=60"), as_path("/data/local-files/?d=photos/1.jpg")
    ('https://host/a b/1.jpg', 'photos/1.jpg')
    """
    if address.startswith(_LOCAL_FILES):
        return unquote(address.removeprefix(_LOCAL_FILES))
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that are no address of the network
        return address
    return f"{parts.scheme}://{parts.netloc}{unquote(parts.path)}"


def _collected(path: Path, images: Iterable[Annotated]) -> tuple[list[str], list[tuple[str, ...]]]:
    """The fields of labels, and for each image its path, its part of the split, and its labels in each field."""
    entries = iter(images)
    first = list(islice(entries, _IMAGES_TO_LOOK_FOR))
    place = _place_of_images(path, [as_path(image.path) for image in first])
    fields: list[str] = []
    known: dict[str, str] = {}
    rows: list[tuple[str, ...]] = []
    for image in chain(first, entries):
        fields += [field for field in image.labels if field not in fields]
        _refuse_too_many(len(rows) + 1, len(fields), path.name)
        cells = [image.split, *(SEVERAL.join(image.labels.get(field, ())) for field in fields)]
        # Labels repeat: each is held once.
        rows.append((place + as_path(image.path), *(known.setdefault(cell, cell) for cell in cells)))
    return fields, rows


def _names_of_columns(fields: Sequence[str], taken: Sequence[str]) -> list[str]:
    """A name for the column of each field; no two are the same, and none is empty."""
    names: list[str] = []
    for field in fields:
        name = field or "no name"
        while name in (*taken, *names):
            name += " (label)"
        names.append(name)
    return names


def _refuse_without_labels(rows: Sequence[tuple[str, ...]], called: str) -> None:
    if not rows:
        raise UsageError(f"{called} names no images. Export it again with the images and labels that you want.")
    labels = {label for _, _, *labels in rows for label in labels if label}
    if not labels:
        raise UsageError(
            f"{called} names {len(rows):,} images but gives none of them a label. Label some, and export it again."
        )
    if all(map(split_in_name, labels)):
        raise UsageError(f"{called} says which part of a split each image belongs to, and gives no labels.")


def _place_of_images(path: Path, names: Sequence[str]) -> str:
    """What to put before names so that they lead to the images: "", or a folder such as "../images/train/"."""
    usable = [name for name in names if name and not os.path.isabs(name) and "://" not in name and "\0" not in name]
    usable = [name for name in usable if ".." not in name.replace("\\", "/").split("/")]
    stems = list(dict.fromkeys([path.stem, path.stem.rpartition("_")[2]]))
    inside = ["", "data/", "images/"] + [f"{folder}{stem}/" for stem in stems for folder in ("", "images/", "data/")]
    beside = ["../" + place for place in inside] if path.parent.name.casefold() in _FOLDERS_OF_ANNOTATIONS else []
    for place in inside + beside:
        if any(_is_file(path.parent / place / name) for name in usable):
            return place
    return ""


def _is_file(path: Path) -> bool:
    try:
        return os.path.isfile(path)
    except ValueError:
        return False


def _refuse_too_many(images: int, fields: int, called: str) -> None:
    if images > MOST_IMAGES:
        raise UsageError(f"{called} names more than {MOST_IMAGES:,} images. Split it into smaller ones.")
    if fields > MOST_FIELDS:
        raise UsageError(f"{called} holds more than {MOST_FIELDS:,} fields of labels, so it isn't one label an image.")
