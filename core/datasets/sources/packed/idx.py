"""Turns IDX files, in which MNIST and Fashion-MNIST come, into class folders of PNG files."""

import gzip
import math
import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from core.datasets.sources.listing import has_control_characters, is_hidden
from core.datasets.sources.new_folder import appearing_at_the_end, exists_already
from core.datasets.sources.split_names import SPLIT_NAMES
from core.errors import UsageError, WorkbenchError
from core.images.reading import MAXIMUM_PIXELS

MOST_IMAGES = 1_000_000  # of one file; the largest known set, EMNIST, has 814,255
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


def has_idx(folder: Path) -> bool:
    """Whether a folder, or a folder in it, holds IDX files by their names."""
    return any(_idx_files(folder))


def unpack_idx(
    source: Path,
    target: Path,
    class_names: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the images of IDX files as ``train/<class>/00000.png`` and ``test/<class>/00000.png``, all or none.

    Parameters
    ----------
    source
        A folder with files such as ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, also packed with gzip,
        and also in a folder inside. Files called t10k are the test images. The numbers in the names of the PNG files
        count the images from 0 in the order of the IDX file.
    target
        The folder to create. It must not exist; missing parents are created.
    class_names
        Name of the class for each label, from 0. By default the labels themselves: "0", "1", ….
    progress
        Called after every image with the number written and the number in all. May raise to stop.

    Returns
    -------
    int
        Number of images written, 1 or more.

    Raises
    ------
    UsageError
        If a name cannot be that of a folder, or `source` holds several sets.
    WorkbenchError
        If there is no IDX file, one of a pair is missing, or one is damaged, cut off, too large or does not fit the
        other; if `target` exists, and when the disk has no room or refuses.
    """
    if os.path.lexists(target):
        raise WorkbenchError(exists_already(target))
    for name in class_names or ():
        if not name.strip() or name.startswith(".") or "/" in name or has_control_characters(name):
            raise UsageError(f"“{name}” cannot be the name of a class here: it becomes the name of a folder.")
    if class_names is not None and len(set(class_names)) < len(class_names):
        raise UsageError("Two classes have the same name. Give each its own.")
    pairs = _pairs(source)
    total, done = sum(_count(pair) for pair in pairs), 0
    with appearing_at_the_end(target) as temporary:
        for pair in pairs:
            for _ in _written(pair, temporary / pair.split, class_names):
                done += 1
                if progress is not None:
                    progress(done, total)
    return done


# Which files belong together -----------------------------------------------------------------------------------------


def _idx_files(folder: Path) -> Iterator[Path]:
    for place, folder_names, files in os.walk(folder):
        folder_names[:] = sorted(name for name in folder_names if not is_hidden(name))
        yield from (Path(place, name) for name in sorted(files) if is_idx(name))


def _pairs(source: Path) -> list[_Pair]:
    """The files of each part of a split, training first."""
    found: dict[str, dict[str, Path]] = {"train": {}, "validation": {}, "test": {}}
    sets = {}
    for path in _idx_files(source):
        match = _NAME.fullmatch(path.name)
        split, kind = _split(match["set"]), match["kind"].lower()
        sets[_place(path), _set_name(match["set"])] = path
        found[split].setdefault(kind, path)  # the same again with .gz sorts behind
    if not sets:
        raise WorkbenchError(f"There are no IDX files in {source}. Expected names such as train-images-idx3-ubyte.")
    if len(sets) > 1:
        examples = " and ".join(str(path.relative_to(source)) for path in list(sets.values())[:2])
        raise UsageError(f"There are several sets of IDX files, such as {examples}. Keep the files of one only.")
    pairs = []
    for split, files in found.items():
        if len(files) == 1:
            ((kind, path),) = files.items()
            lacking = "labels" if kind == "images" else "images"
            raise WorkbenchError(f"{path.name} is there, but the file of the {lacking} that belongs to it is missing.")
        if files:
            pairs.append(_Pair(split, files["images"], files["labels"]))
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
def _opened(path: Path) -> Iterator[BinaryIO]:
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


def _exactly(stream: BinaryIO, count: int, path: Path) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise WorkbenchError(f"{path.name} is cut off: it ends before the last of the values it announces.")
    return content


def _sizes(stream: BinaryIO, path: Path, kind: str) -> tuple[int, ...]:
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


def _count(pair: _Pair) -> int:
    """Number of images, once the labels are as many."""
    with _opened(pair.images) as images:
        image_count = _sizes(images, pair.images, "images")[0]
    with _opened(pair.labels) as labels:
        (label_count,) = _sizes(labels, pair.labels, "labels")
    if image_count != label_count:
        raise WorkbenchError(
            f"{pair.images.name} holds {image_count:,} images, but {pair.labels.name} holds {label_count:,} labels. "
            "They do not belong together."
        )
    return image_count


def _labels(path: Path) -> bytes:
    with _opened(path) as stream:
        (count,) = _sizes(stream, path, "labels")
        labels = _exactly(stream, count, path)
        _refuse_more(stream, path)
    return labels


def _refuse_more(stream: BinaryIO, path: Path) -> None:
    # The end is read also because gzip checks its sum only there.
    if stream.read(1):
        raise WorkbenchError(f"{path.name} is damaged: more follows after the last of the values it announces.")


# Writing -------------------------------------------------------------------------------------------------------------


def _written(pair: _Pair, folder: Path, class_names: Sequence[str] | None) -> Iterator[None]:
    """Write the images of one part one by one."""
    labels = _labels(pair.labels)
    names = {label: _class_name(label, class_names, pair.labels) for label in sorted(set(labels))}
    for name in names.values():
        (folder / name).mkdir(parents=True)
    with _opened(pair.images) as stream:
        _, height, width = _sizes(stream, pair.images, "images")
        for number, label in enumerate(labels):
            pixels = _exactly(stream, height * width, pair.images)
            image = Image.frombytes("L", (width, height), pixels)
            image.save(os.path.join(folder, names[label], f"{number:05}.png"), "PNG")
            yield
        _refuse_more(stream, pair.images)


def _class_name(label: int, class_names: Sequence[str] | None, path: Path) -> str:
    if class_names is None:
        return str(label)
    if label >= len(class_names):
        raise WorkbenchError(
            f"{path.name} holds the label {label}, but there are only {len(class_names)} classes, counted from 0."
        )
    return class_names[label]
