"""Lists of images and labels as text, ``photos/1.jpg 3`` a line: Caffe, ImageNet, Places, Datumaro's ImageNet-txt.

Numbers are named by a list of names beside them, such as ``synsets.txt``, where it is certain from which number on it
counts.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.datasets.sources.annotations.annotated import MOST_IMAGES, Annotated, AnnotatedImages, as_text
from core.datasets.sources.listing import is_image
from core.datasets.sources.split_names import SPLIT_NAMES
from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError
from core.images.reading import SUFFIXES

_NAMES_OF_CLASSES = (
    "synsets.txt",
    "synset_words.txt",
    "classes.txt",
    "class_names.txt",
    "classnames.txt",
    "labels.txt",
    "names.txt",
    "categories.txt",
)
_LINES_TO_LOOK_AT = 50
_LONGEST_LINE = 5_000
_SHARE_THAT_MUST_FIT = 0.9
_ENDING = "|".join(sorted((re.escape(suffix) for suffix in SUFFIXES), key=len, reverse=True))
_PATH_AND_REST = re.compile(rf"(?P<path>.*?(?:{_ENDING}))\s+(?P<rest>\S.*)", re.IGNORECASE)
_ONLY_A_PATH = re.compile(rf".*(?:{_ENDING})", re.IGNORECASE)
# Datumaro puts names with blanks into quotes, and the ending after them: "my photo".jpg 0
_QUOTED = re.compile(r'"(?P<name>(?:[^"\\]|\\.)+)"(?P<ending>\.\w+)?(?:\s+(?P<rest>\S.*))?')
_NAME_AND_NUMBERS = re.compile(r"(?P<path>\S+)\s+(?P<rest>\d+(?:\s+\d+)*)")
_NUMBERS = re.compile(r"-?\d+(?:\s+-?\d+)*")
_PAIRS = re.compile(r"\S+\t\d+\t(?:\d+|\S+\t\d+)")


def is_list(text: str, path: Path) -> bool:
    """Whether text is a list of images with their labels: nearly all of its first lines begin with an image's path.

    Paths without endings count where names of classes lie beside the list.
    """
    lines, has_names = _first_lines(text), _has_names(path)
    fitting = sum(_parsed(line) is not None and (has_names or _begins_with_image(line)) for line in lines)
    # With several tabs a line, it is a table.
    return bool(lines) and fitting >= _SHARE_THAT_MUST_FIT * len(lines) and all(line.count("\t") < 2 for line in lines)


def read(text: str, path: Path) -> AnnotatedImages:
    """The images of a list.

    Raises
    ------
    UsageError
        If lines cannot be told apart into an image and its label, or the list names no labels.
    """
    entries = list(_entries(text, path.name))
    counts = {len(labels) for _, labels in entries if labels}
    if len(counts) == 1 and counts != {1}:
        # As many numbers for each image are columns of something, and not several labels of it.
        (count,) = counts
        images = (
            Annotated(name, {f"number {place + 1}": [label] for place, label in enumerate(labels)})
            for name, labels in entries
        )
        return AnnotatedImages(path, images, warnings=[f"{path.name} gives {count} numbers for each image."])
    if _ends_with_split(entries):
        images = (
            Annotated(name, {"label": [label.rsplit(maxsplit=1)[0]]}, label.rsplit(maxsplit=1)[1])
            for name, (label,) in entries
        )
        return AnnotatedImages(path, images)
    names, warnings = _names_of_classes(path, [label for _, labels in entries for label in labels])
    images = (
        Annotated(name, {"label": list(dict.fromkeys(names.get(label, label) for label in labels))})
        for name, labels in entries
    )
    return AnnotatedImages(path, images, warnings=warnings)


def _ends_with_split(entries: Sequence[tuple[str, list[str]]]) -> bool:
    """Whether the label of each image is followed by a word such as "train"."""
    last = [label.split()[1:] for _, labels in entries for label in labels]
    return len(last) == len(entries) and all(words and words[-1].casefold() in SPLIT_NAMES for words in last)


def refuse_known(text: str, called: str) -> None:
    """Raise what a text is, where it is a list without labels.

    Raises
    ------
    UsageError
        In words that say what to do.
    """
    lines = _first_lines(text)
    if lines and all(_ONLY_A_PATH.fullmatch(line) and is_image(line.rpartition("/")[2]) for line in lines):
        raise UsageError(f"{called} lists images without labels. Expected lines such as “{lines[0][:100]} cat”.")
    if len(lines) > 2 and all(map(_PAIRS.fullmatch, lines[1:])):
        raise UsageError(f"{called} lists pairs of images that show the same or not, as LFW does, and no classes.")


def _first_lines(text: str) -> list[str]:
    """The first lines that say something, without the last of them, which may be cut."""
    head = text[: _LINES_TO_LOOK_AT * _LONGEST_LINE]
    lines = [line.strip() for line in head.splitlines()[:_LINES_TO_LOOK_AT]]
    return [line for line in lines if line and not line.startswith("#")]


def _begins_with_image(line: str) -> bool:
    return _PATH_AND_REST.fullmatch(line) is not None or line.startswith('"')


def _entries(text: str, called: str) -> Iterator[tuple[str, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if number > MOST_IMAGES:
            raise UsageError(f"{called} has more than {MOST_IMAGES:,} lines. Split it into smaller ones.")
        if not line.strip() or line.startswith("#"):
            continue
        parsed = _parsed(line.strip())
        if parsed is None:
            raise UsageError(
                f"Line {number:,} of {called}, “{as_text(line)[:60]}”, is no path of an image and its label. Correct "
                "or remove it."
            )
        yield parsed


def _parsed(line: str) -> tuple[str, list[str]] | None:
    """The image and the labels of a line; several only where they are numbers."""
    if len(line) > _LONGEST_LINE:
        return None
    quoted = _QUOTED.fullmatch(line)
    if quoted:
        path = quoted["name"].replace('\\"', '"').replace("\\\\", "\\") + (quoted["ending"] or "")
        return path, _labels(quoted["rest"] or "")
    match = _PATH_AND_REST.fullmatch(line) or _NAME_AND_NUMBERS.fullmatch(line)
    if match:
        return match["path"], _labels(match["rest"])
    return (line, []) if _ONLY_A_PATH.fullmatch(line) else None


def _labels(rest: str) -> list[str]:
    if _NUMBERS.fullmatch(rest):
        return rest.split()
    return [rest.strip().strip('"')] if rest.strip() else []


# Names of classes ----------------------------------------------------------------------------------------------------


def _has_names(path: Path) -> bool:
    return any((path.parent / name).is_file() for name in _NAMES_OF_CLASSES if name != path.name)


def _names_of_classes(path: Path, labels: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What numbers are called by a list of names beside them, and what is to be said of it."""
    if not labels or not all(label.isdecimal() for label in labels):
        return {}, []
    numbers = {int(label) for label in labels if len(label) < 10}
    for name in _NAMES_OF_CLASSES:
        beside = path.parent / name
        if name == path.name or not beside.is_file() or beside.is_symlink():
            continue
        names = _read_names(beside)
        first = _first_number(numbers, len(names))
        if first is None:
            return {}, [
                f"The names in {name} were not used for the numbers in {path.name}: whether they count from 0 or 1 "
                "cannot be told."
            ]
        called = {str(first + index): label for index, label in enumerate(names)}
        return {label: called[str(int(label))] for label in set(labels)}, [
            f"The numbers in {path.name} are named by {name}, which counts from {first}: {first} is “{names[0][:60]}”."
        ]
    return {}, []


def _first_number(numbers: set[int], count: int) -> int | None:
    """The number that the first of so many names has; None where that is uncertain."""
    if not numbers or not count or max(numbers) > count:
        return None
    if min(numbers) == 0:
        return 0 if max(numbers) < count else None
    return 1 if max(numbers) == count else None


def _read_names(path: Path) -> list[str]:
    """A name a line, perhaps with its number before or behind it."""
    lines = [as_text(line) for line in decoded(path.read_bytes()[: 2**20], path.name)[0].splitlines()]
    names = [line for line in lines if line]
    for number_first in (True, False):
        cut = [line.split(maxsplit=1) if number_first else line.rsplit(maxsplit=1)[::-1] for line in names]
        starts = [
            int(pieces[0]) for pieces in cut if len(pieces) == 2 and pieces[0].isdecimal() and len(pieces[0]) < 10
        ]
        if len(starts) == len(names) and starts in (list(range(len(names))), list(range(1, len(names) + 1))):
            return [pieces[1].strip() for pieces in cut]
    return names if len(set(names)) == len(names) else []
