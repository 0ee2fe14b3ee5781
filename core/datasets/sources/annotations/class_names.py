"""Names of classes in a file beside a list that has their numbers, such as ``synsets.txt``."""

from collections.abc import Collection
from pathlib import Path

from core.datasets.sources.annotations.annotated import as_text
from core.datasets.sources.tables.encoding import decoded

_FILES = (
    "synsets.txt",
    "synset_words.txt",
    "classes.txt",
    "class_names.txt",
    "classnames.txt",
    "labels.txt",
    "names.txt",
    "categories.txt",
)
_MOST_BYTES = 2**20
_MOST_DIGITS = 9


def has_class_names(path: Path) -> bool:
    """Whether names of classes lie beside a file, which may be named as they are."""
    return any((path.parent / name).is_file() for name in _FILES if name != path.name)


def class_names(folder: Path, labels: Collection[str], called: str) -> tuple[dict[str, str], list[str]]:
    """What numbers are called by a file of names in a folder, where it is certain from which number that counts.

    Parameters
    ----------
    folder
        The folder.
    labels
        The numbers, as text. Where any of them is none, they are names already.
    called
        What messages call the file that holds the numbers.

    Returns
    -------
    dict of str to str
        The name for each number; empty where there are no names, or it is not certain.
    list of str
        What is to be said of it.
    """
    if not labels or not all(label.isdecimal() and len(label) <= _MOST_DIGITS for label in labels):
        return {}, []
    for name in _FILES:
        path = folder / name
        if name == called or not path.is_file() or path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            continue
        names = _read_names(path)
        first = _first_number({int(label) for label in labels}, len(names))
        if first is None:
            return {}, [
                f"The names in {name} were not used for the numbers in {called}: whether they count from 0 or 1 "
                "cannot be told."
            ]
        told = f"The numbers in {called} are named by {name}, which counts from {first}: {first} is “{names[0][:60]}”."
        return {label: names[int(label) - first] for label in labels}, [told]
    return {}, []


def _first_number(numbers: Collection[int], count: int) -> int | None:
    """The number that the first of so many names has; None where that is uncertain."""
    if not count or max(numbers) > count:
        return None
    if min(numbers) == 0:
        return 0 if max(numbers) < count else None
    return 1 if max(numbers) == count else None


def _read_names(path: Path) -> list[str]:
    """A name a line, perhaps with its number before or behind it; empty where a name stands twice."""
    text, _ = decoded(path.read_bytes(), path.name)
    lines = [line for line in map(as_text, text.splitlines()) if line]
    for number_first in (True, False):
        cut = [line.split(maxsplit=1) if number_first else line.rsplit(maxsplit=1)[::-1] for line in lines]
        starts = [pieces[0] for pieces in cut if len(pieces) == 2]
        counted = [[str(first + index) for index in range(len(lines))] for first in (0, 1)]
        if starts in counted:
            return [pieces[1].strip() for pieces in cut]
    return lines if len(set(lines)) == len(lines) else []
