"""Lists of images and labels as text, ``photos/1.jpg 3`` a line: Caffe, ImageNet, Places, Datumaro's ImageNet-txt.

Numbers are named by a list of names beside them, such as ``synsets.txt``, where it is certain from which number on it
counts.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from core.datasets.sources.annotations.annotated import MOST_IMAGES, Annotated, AnnotatedImages, as_text
from core.datasets.sources.annotations.class_names import class_names, has_class_names
from core.datasets.sources.listing import files, is_image
from core.datasets.sources.split_names import SPLIT_NAMES, split_in_name
from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError
from core.images.formats import SUFFIXES

_LINES_TO_LOOK_AT = 50
_LONGEST_LINE = 5_000
_SHARE_THAT_MUST_FIT = 0.9
_LISTS_TO_LOOK_AT, _LARGEST_LIST_BESIDE = 10, 20 * 2**20
_ENDING = "|".join(sorted((re.escape(suffix) for suffix in SUFFIXES), key=len, reverse=True))
_PATH_AND_REST = re.compile(rf"(?P<path>.*?(?:{_ENDING}))\s+(?P<rest>\S.*)", re.IGNORECASE)
_ONLY_A_PATH = re.compile(rf".*(?:{_ENDING})", re.IGNORECASE)
# Datumaro puts names with blanks into quotes, and the ending after them: "my photo".jpg 0
_QUOTED = re.compile(r'"(?P<name>(?:[^"\\]|\\.)+)"(?P<ending>\.\w+)?(?:\s+(?P<rest>\S.*))?')
_NAME_AND_NUMBERS = re.compile(r"(?P<path>\S+)\s+(?P<rest>\d+(?:\s+\d+)*)")
_NUMBERS = re.compile(r"-?\d+(?:\s+-?\d+)*")
_FRACTION = re.compile(r"-?\d*\.\d*[1-9]\d*")
_PAIRS = re.compile(r"\S+\t\d+\t(?:\d+|\S+\t\d+)")


def is_list(text: str, path: Path) -> bool:
    """Whether text is a list of images with their labels: nearly all of its first lines begin with an image's path.

    Paths without endings count where names of classes lie beside the list. The first line may name the columns.
    """
    lines, has_names = _first_lines(text), has_class_names(path)
    if any(line.count("\t") > 1 for line in lines):
        return False  # a table
    parsed = [_parsed(line) if has_names or _begins_with_image(line) else None for line in lines]
    if len(parsed) > 2 and parsed[0] is None:
        del parsed[0]
    fitting = [one for one in parsed if one is not None]
    return len(fitting) >= _SHARE_THAT_MUST_FIT * len(parsed) and any(labels for _, labels in fitting)


def read(text: str, path: Path) -> AnnotatedImages:
    """The images of a list.

    Raises
    ------
    UsageError
        If lines cannot be told apart into an image and its label, or what follows the images are no labels.
    """
    warnings: list[str] = []
    entries = list(_entries(text, path.name, warnings))
    _refuse_what_is_no_label(entries, path.name)
    counts = {len(labels) for _, labels in entries if labels}
    if len(counts) == 1 and counts != {1}:
        return AnnotatedImages(path, _in_columns(entries), warnings=warnings)
    if _ends_with_split(entries):
        return AnnotatedImages(path, _with_split(entries), warnings=warnings)
    numbers = {label for _, labels in entries for label in labels} | _numbers_beside(path)
    names, told = class_names(path.parent, numbers, path.name)
    images = (
        Annotated(name, {"label": list(dict.fromkeys(names.get(label, label) for label in labels))})
        for name, labels in entries
    )
    return AnnotatedImages(path, images, warnings=warnings + told)


def _refuse_what_is_no_label(entries: Sequence[tuple[str, list[str]]], called: str) -> None:
    labels = {label for _, labels in entries for label in labels}
    if labels and all(map(_ONLY_A_PATH.fullmatch, labels)):
        raise UsageError(f"{called} lists pairs of images, such as images and their masks, and no classes.")
    if labels and all(map(_FRACTION.fullmatch, labels)):
        raise UsageError(f"{called} gives images numbers with fractions, which are no classes.")


def _in_columns(entries: Sequence[tuple[str, list[str]]]) -> Iterator[Annotated]:
    """As many numbers for each image are columns of something, and not several labels of it."""
    for name, numbers in entries:
        yield Annotated(name, {f"number {place}": [number] for place, number in enumerate(numbers, start=1)})


def _ends_with_split(entries: Sequence[tuple[str, list[str]]]) -> bool:
    """Whether the label of each image is followed by a word such as "train"."""
    last = [label.split()[1:] for _, labels in entries for label in labels]
    return len(last) == len(entries) and all(words and words[-1].casefold() in SPLIT_NAMES for words in last)


def _with_split(entries: Sequence[tuple[str, list[str]]]) -> Iterator[Annotated]:
    for name, (label_and_split,) in entries:
        label, split = label_and_split.rsplit(maxsplit=1)
        yield Annotated(name, {"label": [label]}, split)


def refuse_known(text: str, called: str) -> None:
    """Raise what a text is, where it is a list without labels.

    Raises
    ------
    UsageError
        In words that say what to do.
    """
    lines = _first_lines(text)
    if lines and all(_ONLY_A_PATH.fullmatch(line) and is_image(line.rpartition("/")[2]) for line in lines):
        raise UsageError(
            f"{called} lists images without labels. Expected lines such as “{lines[0].split()[-1][:100]} cat”."
        )
    if len(lines) > 2 and all(map(_PAIRS.fullmatch, lines[1:])):
        raise UsageError(f"{called} lists pairs of images that show the same or not, as LFW does, and no classes.")


def _first_lines(text: str) -> list[str]:
    """The first lines that say something."""
    head = text[: _LINES_TO_LOOK_AT * _LONGEST_LINE]
    lines = [line.strip() for line in head.splitlines()[:_LINES_TO_LOOK_AT]]
    return [line for line in lines if line and not line.startswith("#")]


def _begins_with_image(line: str) -> bool:
    return any(form.fullmatch(line) for form in (_PATH_AND_REST, _ONLY_A_PATH, _QUOTED))


def _entries(text: str, called: str, warnings: list[str]) -> Iterator[tuple[str, list[str]]]:
    is_first = True
    for number, line in enumerate(text.splitlines(), start=1):
        if number > MOST_IMAGES:
            raise UsageError(f"{called} has more than {MOST_IMAGES:,} lines. Split it into smaller ones.")
        if not line.strip() or line.startswith("#"):
            continue
        parsed = _parsed(line.strip())
        if parsed is None and is_first:
            warnings.append(f"The first line of {called}, “{as_text(line)[:60]}”, was not taken for an image.")
        elif parsed is None:
            raise UsageError(
                f"Line {number:,} of {called}, “{as_text(line)[:60]}”, is no path of an image and its label. Correct "
                "or remove it."
            )
        else:
            yield parsed
        is_first = False


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


def _numbers_beside(path: Path) -> set[str]:
    """The numbers in other lists beside one, of parts of the same split: they count from the same."""
    numbers: set[str] = set()
    others = [name for name in files(path.parent) if split_in_name(Path(name).stem) and name.endswith(".txt")]
    for other in sorted(others)[:_LISTS_TO_LOOK_AT]:
        beside = path.parent / other
        if other == path.name or beside.is_symlink() or beside.stat().st_size > _LARGEST_LIST_BESIDE:
            continue
        with suppress(UsageError):  # it is said where that list is read itself
            text, _ = decoded(beside.read_bytes(), other)
            entries = list(_entries(text, other, [])) if is_list(text, beside) else []
            numbers |= {label for _, labels in entries for label in labels if label.isdecimal()}
    return numbers
