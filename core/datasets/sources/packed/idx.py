"""Reads IDX files, in which MNIST and Fashion-MNIST come."""

import gzip
import math
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

import numpy as np

from core.datasets.sources.listing import is_hidden
from core.datasets.sources.packed.arrays import ArraySet, Part
from core.datasets.sources.packed.packed import MOST_IMAGES
from core.datasets.sources.split_names import SPLIT_NAMES
from core.datasets.sources.words import in_a_row
from core.errors import UsageError, WorkbenchError
from core.images.reading import MAXIMUM_PIXELS

MOST_PIXELS = 4 * 2**30  # of one file

# Two zero bytes, 8 for values of one byte, and the number of dimensions (yann.lecun.com/exdb/mnist).
_MAGIC = {"images": b"\0\0\x08\x03", "labels": b"\0\0\x08\x01"}
_NAME = re.compile(r"(?P<set>.*?)(?P<kind>images|labels)[-._]?idx[13][-._]?u?byte(\.gz)?", re.IGNORECASE)


@dataclass(frozen=True)
class _Pair:
    """The two files that hold one part of a split."""

    split: str
    images: Path
    labels: Path


def is_idx(name: str) -> bool:
    """Whether a file is IDX by its name, such as ``train-images-idx3-ubyte.gz`` or ``t10k-labels.idx1-ubyte``."""
    return not is_hidden(name) and _NAME.fullmatch(name) is not None


def find_idx(files: Sequence[Path], root: Path, class_names: Sequence[str] | None = None) -> ArraySet:
    """Pair files such as ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, also packed with gzip.

    Files called t10k are the test images. The same file may be there packed and unpacked, and in a folder of its name.

    Parameters
    ----------
    files
        The IDX files.
    root
        The folder that was brought.
    class_names
        Name of the class for each label, from 0. By default the labels themselves: "0", "1", ….

    Raises
    ------
    UsageError
        If there are several sets, or two classes have the same name.
    WorkbenchError
        If one of a pair is missing, or one is damaged, cut off, too large or does not fit the other.
    """
    if class_names is not None and len(set(class_names)) < len(class_names):
        raise UsageError("Two classes have the same name. Give each its own.")
    pairs = _pairs(files, root)
    for pair in pairs:
        _check(pair)
    parts = [_part(pair, class_names) for pair in pairs]
    used = [path for pair in pairs for path in (pair.images, pair.labels)]
    return ArraySet(
        used,
        parts,
        in_a_row([pair.labels.name for pair in pairs], 2),
        f"the names {in_a_row([pair.images.name for pair in pairs], 2)}",
    )


# Which files belong together -----------------------------------------------------------------------------------------


def _pairs(files: Sequence[Path], root: Path) -> list[_Pair]:
    """The files of each part of a split, training first."""
    found: dict[str, dict[str, Path]] = {"train": {}, "validation": {}, "test": {}}
    sets = {}
    for path in sorted(files, key=lambda path: (path.parent, path.name)):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        split, kind = _split(match["set"]), match["kind"].lower()
        sets[_place(path), _set_name(match["set"])] = path
        found[split].setdefault(kind, path)  # the same again with .gz sorts behind
    if len(sets) > 1:
        examples = " and ".join(str(path.relative_to(root)) for path in list(sets.values())[:2])
        raise UsageError(f"There are several sets of IDX files, such as {examples}. Keep the files of one only.")
    pairs = []
    for split, of_split in found.items():
        if len(of_split) == 1:
            ((kind, path),) = of_split.items()
            lacking = "labels" if kind == "images" else "images"
            raise WorkbenchError(f"{path.name} is there, but the file of the {lacking} that belongs to it is missing.")
        if of_split:
            pairs.append(_Pair(split, of_split["images"], of_split["labels"]))
    return pairs


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word]


def _split(set_name: str) -> str:
    words = _words(set_name)
    parts = [SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES]
    return "test" if "t10k" in words else parts[0] if parts else "train"


def _set_name(text: str) -> str:
    """What tells one set from another: "emnist letters" of ``emnist-letters-train-``."""
    return " ".join(word for word in _words(text) if word != "t10k" and word not in SPLIT_NAMES)


def _place(path: Path) -> Path:
    """The folder of a file; some programs unpack a file into a folder of the same name."""
    return path.parent.parent if is_idx(path.parent.name) else path.parent


# Reading -------------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[BufferedIOBase]:
    """An IDX file, unpacked while it is read, so that never more comes out of it than is asked for."""
    try:
        stream = gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # noqa: SIM115
    except OSError as error:
        raise WorkbenchError(f"{path.name} cannot be opened: {error.strerror or error}.") from error
    try:
        with stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise WorkbenchError(f"{path.name} is damaged or cut off. Download it again.") from error


def _exactly(stream: BufferedIOBase, count: int, path: Path) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise WorkbenchError(f"{path.name} is cut off: it ends before the last of the values it announces.")
    return content


def _sizes(stream: BufferedIOBase, path: Path, kind: str) -> tuple[int, ...]:
    """The header: the number of images or labels, and for images their height and width in pixels."""
    magic = _exactly(stream, 4, path)
    if magic != _MAGIC[kind]:
        raise WorkbenchError(f"{path.name} is no IDX file of {kind} (it begins with the bytes {magic.hex(' ')}).")
    sizes = tuple(int.from_bytes(_exactly(stream, 4, path), "big") for _ in range(magic[3]))
    values = math.prod(sizes)
    if sizes[0] > MOST_IMAGES or values > MOST_PIXELS or math.prod(sizes[1:]) > MAXIMUM_PIXELS:
        shown = " × ".join(f"{size:,}" for size in sizes)
        raise WorkbenchError(f"{path.name} announces {shown} values, which is more than is unpacked here.")
    if values == 0:
        raise WorkbenchError(f"{path.name} holds no {kind}.")
    return sizes


def _check(pair: _Pair) -> None:
    """Refuse files that announce different numbers, before anything else of them is read."""
    with _opened(pair.images) as images:
        image_count = _sizes(images, pair.images, "images")[0]
    with _opened(pair.labels) as labels:
        (label_count,) = _sizes(labels, pair.labels, "labels")
    if image_count != label_count:
        raise WorkbenchError(
            f"{pair.images.name} holds {image_count:,} images, but {pair.labels.name} holds {label_count:,} labels. "
            "They do not belong together."
        )


def _labels(path: Path) -> bytes:
    with _opened(path) as stream:
        (count,) = _sizes(stream, path, "labels")
        labels = _exactly(stream, count, path)
        _refuse_more(stream, path)
    return labels


def _refuse_more(stream: BufferedIOBase, path: Path) -> None:
    # The end is read also because gzip checks its sum only there.
    if stream.read(1):
        raise WorkbenchError(f"{path.name} is damaged: more follows after the last of the values it announces.")


def _part(pair: _Pair, class_names: Sequence[str] | None) -> Part:
    names = [str(label) for label in range(256)] if class_names is None else class_names
    labels = _labels(pair.labels)
    lacking = next((label for label in labels if label >= len(names)), None)
    if lacking is not None:
        raise WorkbenchError(
            f"{pair.labels.name} holds the label {lacking}, but there are only {len(names)} classes, counted from 0."
        )
    return Part(pair.split, [names[label] for label in labels], lambda: _pictures(pair.images))


def _pictures(path: Path) -> Iterator[np.ndarray]:
    with _opened(path) as stream:
        count, height, width = _sizes(stream, path, "images")
        for _ in range(count):
            yield np.frombuffer(_exactly(stream, height * width, path), np.uint8).reshape(height, width)
        _refuse_more(stream, path)
