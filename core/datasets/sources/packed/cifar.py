"""Reads the binary versions of CIFAR-10, CIFAR-100 and STL-10: records of labels and pixels without a header.

The formats are described at www.cs.toronto.edu/~kriz/cifar.html and cs.stanford.edu/~acoates/stl10.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.packed.arrays import ArraySet, Part
from core.datasets.sources.packed.packed import MOST_IMAGES
from core.datasets.sources.words import in_a_row
from core.errors import UsageError

_CIFAR_SIDE, _STL_SIDE = 32, 96
_AT_ONCE = 256
_CIFAR_10 = re.compile(r"(data_batch_\d+|(?P<test>test_batch))\.bin")
_CIFAR_100 = re.compile(r"(train|(?P<test>test))\.bin")
_STL_10 = re.compile(r"(?P<split>train|test|unlabeled)_(?P<kind>[Xy])\.bin")


_Named = Mapping[Path, re.Match[str]]  # files by what their names say


def is_cifar(name: str) -> bool:
    """Whether a file is one of CIFAR-10, CIFAR-100 or STL-10 by its name."""
    return any(pattern.fullmatch(name) for pattern in (_CIFAR_10, _CIFAR_100, _STL_10))


def find_cifar(files: Sequence[Path], root: Path, choices: Choices) -> ArraySet:
    """Read the files of one of the three sets; names of classes come from the text file beside them.

    Parameters
    ----------
    files
        Files called as `is_cifar` tells.
    root
        The folder that was brought.
    choices
        Whether the fine or the coarse labels of CIFAR-100 are meant.

    Raises
    ------
    Undecided
        If nobody said whether fine or coarse labels are meant.
    UsageError
        If a file has another length than such files have, or there are several sets.
    """
    files = sorted(files)
    for pattern, find in ((_CIFAR_10, _cifar_10), (_CIFAR_100, _cifar_100), (_STL_10, _stl_10)):
        fitting = {path: match for path in files if (match := pattern.fullmatch(path.name))}
        if len({path.parent for path in fitting}) > 1 or (fitting and len(fitting) < len(files)):
            examples = in_a_row([path.relative_to(root).as_posix() for path in files], 2)
            raise UsageError(f"There are several sets of CIFAR or STL files: {examples}. Keep the files of one only.")
        if fitting:
            return find(fitting, choices)
    raise UsageError("There are no files of CIFAR or STL here.")


def _cifar_10(files: _Named, choices: Choices) -> ArraySet:
    names = _lines(_beside(files, "batches.meta.txt"))
    parts = [_cifar_part(path, 1, 0, names, bool(match["test"])) for path, match in files.items()]
    return _cifar_set(list(files), parts, "the labels in")


def _cifar_100(files: _Named, choices: Choices) -> ArraySet:
    kinds = ("coarse", "fine")
    chosen = [kind for kind in kinds if any(column.startswith(kind) for column in choices.label_columns)]
    names = {kind: _lines(_beside(files, f"{kind}_label_names.txt")) for kind in kinds}
    if not chosen:
        options = [
            Option(f"the {kind} labels{_examples(names[kind])}", Choices(label_columns=(kind,)))
            for kind in reversed(kinds)
        ]
        raise Undecided("CIFAR-100 has two labels for each picture, a fine and a coarse one. Which is meant?", options)
    (kind,) = chosen[:1]
    parts = [_cifar_part(path, 2, kinds.index(kind), names[kind], bool(match["test"])) for path, match in files.items()]
    return _cifar_set(list(files), parts, f"the {kind} labels in")


def _beside(files: _Named, name: str) -> Path:
    """Where a file of that name would lie: in the folder that all of them are in."""
    return next(iter(files)).parent / name


def _examples(names: list[str]) -> str:
    return f": {', '.join(names[:3])}, …" if names else ""


def _cifar_set(files: list[Path], parts: list[Part], labels: str) -> ArraySet:
    called = in_a_row([path.name for path in files], 2)
    return ArraySet(files, parts, f"{labels} {called}", f"the names {called}")


def _cifar_part(path: Path, label_bytes: int, index: int, names: list[str], is_test: bool) -> Part:
    record = label_bytes + 3 * _CIFAR_SIDE**2
    count = _records(path, record)
    numbers = [block[:, index].tolist() for block in _blocks(path, record, count)]
    labels = [_name(number, names, path) for block in numbers for number in block]

    def pictures() -> Iterator[np.ndarray]:
        for block in _blocks(path, record, count):
            yield from block[:, label_bytes:].reshape(-1, 3, _CIFAR_SIDE, _CIFAR_SIDE).transpose(0, 2, 3, 1)

    return Part("test" if is_test else "train", labels, pictures)


def _stl_10(files: _Named, choices: Choices) -> ArraySet:
    by_kind = {(match["split"], match["kind"]): path for path, match in files.items()}
    names = _lines(_beside(files, "class_names.txt"))
    record, parts, used = 3 * _STL_SIDE**2, [], []
    for split in ("train", "test", "unlabeled"):
        images, labels = by_kind.get((split, "X")), by_kind.get((split, "y"))
        if images is None:
            if labels is None:
                continue
            raise _lacking(f"{split}_X.bin", labels)
        if labels is None and split != "unlabeled":
            raise _lacking(f"{split}_y.bin", images)
        count = _records(images, record)
        texts = [""] * count
        if labels is not None:
            numbers = [number for block in _blocks(labels, 1, _records(labels, 1)) for number in block.ravel().tolist()]
            texts = [_name(number - 1, names, labels) if names else str(number) for number in numbers]
            used.append(labels)
            if len(texts) != count:
                raise UsageError(f"{images.name} holds {count:,} images, but {labels.name} {len(texts):,} labels.")
        parts.append(Part("" if split == "unlabeled" else split, texts, _stl_pictures(images, record, count)))
    called = [path.name for path in files if path.name.startswith(("train_X", "test_X"))]
    return ArraySet(list(files), parts, in_a_row([path.name for path in used], 2), f"the names {in_a_row(called, 2)}")


def _lacking(name: str, there: Path) -> UsageError:
    return UsageError(f"{there.name} is there, but {name}, which belongs to it, is missing.")


def _stl_pictures(path: Path, record: int, count: int):
    def pictures() -> Iterator[np.ndarray]:
        for block in _blocks(path, record, count):  # stored column by column
            yield from block.reshape(-1, 3, _STL_SIDE, _STL_SIDE).transpose(0, 3, 2, 1)

    return pictures


def _records(path: Path, record: int) -> int:
    """How many records a file holds."""
    length = path.stat().st_size
    if length == 0 or length % record:
        raise UsageError(
            f"{path.name} is cut off or of another kind: its length, {length:,} bytes, is no multiple of {record:,}."
        )
    if length // record > MOST_IMAGES:
        raise UsageError(f"{path.name} holds more than the {MOST_IMAGES:,} pictures allowed.")
    return length // record


def _blocks(path: Path, record: int, count: int) -> Iterator[np.ndarray]:
    """(k, record) arrays of bytes."""
    with path.open("rb") as file:
        for start in range(0, count, _AT_ONCE):
            rows = min(_AT_ONCE, count - start)
            content = file.read(rows * record)
            if len(content) < rows * record:
                raise UsageError(f"{path.name} became shorter while it was read.")
            yield np.frombuffer(content, np.uint8).reshape(rows, record)


def _lines(path: Path) -> list[str]:
    """Names of classes, one a line; [] where there is no such file."""
    try:
        text = path.read_bytes()[: 2**16].decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()]


def _name(number: int, names: list[str], path: Path) -> str:
    if not names:
        return str(number)
    if not 0 <= number < len(names):
        raise UsageError(f"{path.name} holds the label {number}, but there are only {len(names)} names of classes.")
    return names[number]
