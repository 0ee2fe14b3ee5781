"""Pictures that lie in arrays: which axes are height, width and colours, and how values become 0..255."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from core.datasets.sources.packed.labels import SEVERAL
from core.datasets.sources.packed.packed import MOST_IMAGES, MOST_VALUES, Picture
from core.errors import UsageError
from core.images.reading import MAXIMUM_PIXELS

_BLOCK_BYTES = 4 * 2**20
_MOST_BYTES_AT_ONCE = 256 * 2**20
_COLOURS = (1, 3, 4)


@dataclass(frozen=True)
class StoredArray:
    """An array in a file, of which nothing but its shape was read.

    Parameters
    ----------
    file
        The file that it lies in.
    key
        Its name there, "" where it has none.
    shape
        Its axes as they are stored, the slowest first.
    dtype
        The type of its values.
    read
        Gives the values from one index of the first axis up to another; it is asked for one piece after the other.
    is_reversed
        True where the axes are stored in the opposite order of how people write them, as MATLAB does.
    """

    file: Path
    key: str
    shape: tuple[int, ...]
    dtype: np.dtype
    read: Callable[[], Iterator[np.ndarray]]
    is_reversed: bool = False

    @property
    def called(self) -> str:
        return f"the array “{self.key}” of {self.file.name}" if self.key else self.file.name

    @property
    def shown_shape(self) -> str:
        return " × ".join(f"{size:,}" for size in (self.shape[::-1] if self.is_reversed else self.shape))

    def whole(self) -> np.ndarray:
        """All values as people write their axes.

        Raises
        ------
        UsageError
            If they would take more than 256 MB.
        """
        if math.prod(self.shape) * self.dtype.itemsize > _MOST_BYTES_AT_ONCE:
            raise UsageError(f"{self.called} ({self.shown_shape}) is too large to be read at once.")
        values = np.concatenate(list(self.read()) or [np.empty(self.shape, self.dtype)])
        return values.transpose() if self.is_reversed else values


def rows_at_once(shape: Sequence[int], dtype: np.dtype) -> int:
    """How many entries of the first axis make a piece of a few megabytes, at least one."""
    return max(1, _BLOCK_BYTES // max(1, math.prod(shape[1:]) * dtype.itemsize))


@dataclass
class PictureArray:
    """An array of pictures, checked before any of it is read.

    Parameters
    ----------
    stored
        The array.
    expected
        How many pictures it has to hold, which says what axis they lie along; None where nothing says so.

    Raises
    ------
    UsageError
        If it can't be one of pictures.
    """

    stored: StoredArray
    expected: InitVar[int | None] = None
    count: int = field(init=False)
    is_last: bool = field(init=False)

    def __post_init__(self, expected: int | None):
        shape, called = self.stored.shape, self.stored.called
        shown = f"{called} ({self.stored.shown_shape})"
        self.count = shape[0] if expected is None else expected
        if self.stored.dtype.kind not in "uibf" or self.stored.dtype.itemsize > 8:
            raise UsageError(f"{called} holds no numbers (its type is {self.stored.dtype}).")
        if len(shape) == 2:
            raise UsageError(f"{shown} holds rows of values: how high and wide the pictures are is not said.")
        if len(shape) not in (3, 4) or self.count not in (shape[0], shape[-1]):
            wanted = "(n, height, width) or (n, height, width, colours)"
            counted = "" if expected is None else f" with n = {self.count:,}, as many as there are labels"
            raise UsageError(f"{shown} is no array of pictures: expected {wanted}{counted}.")
        self.is_last = shape[0] != self.count
        self._check_picture(shown)
        if math.prod(shape) > MOST_VALUES or self.count > MOST_IMAGES:
            raise UsageError(f"{shown} is more than is unpacked here.")
        if self.is_last and math.prod(shape) * self.stored.dtype.itemsize > _MOST_BYTES_AT_ONCE:
            raise UsageError(f"The pictures of {shown} don't lie one after the other. Save it with that axis first.")

    def _check_picture(self, shown: str) -> None:
        shape = self._picture_shape
        if len(shape) == 3 and shape[2] not in _COLOURS and shape[0] not in _COLOURS:
            raise UsageError(f"{shown} holds pictures with {shape[2]:,} slices or bands each; 1, 3 or 4 can be read.")
        if math.prod(shape) > 4 * MAXIMUM_PIXELS or 0 in shape:
            raise UsageError(f"{shown} holds pictures of a size that can't be read here.")

    @property
    def _picture_shape(self) -> tuple[int, ...]:
        shape = self.stored.shape[:-1] if self.is_last else self.stored.shape[1:]
        return shape[::-1] if self.stored.is_reversed else shape

    @cached_property
    def scale(self) -> float:
        """What values are multiplied with to become 0..255: 1, or 255 where they go from 0 to 1.

        Raises
        ------
        UsageError
            If they are neither.
        """
        if self.stored.dtype == np.uint8:
            return 1.0
        if self.stored.dtype == bool:
            return 255.0
        lowest, highest, are_whole = np.inf, -np.inf, True
        for block in self.stored.read():
            lowest, highest = min(lowest, block.min()), max(highest, block.max())
            are_whole = are_whole and (block.dtype.kind != "f" or bool((block == np.floor(block)).all()))
        if lowest >= 0 and highest <= 255 and are_whole and highest > 1:
            return 1.0
        if lowest >= 0 and highest <= 1 and self.stored.dtype.kind == "f":
            return 255.0
        raise UsageError(
            f"{self.stored.called} holds values from {lowest:g} to {highest:g}. Expected whole numbers from 0 to 255, "
            "or fractions from 0 to 1."
        )

    def pictures(self) -> Iterator[np.ndarray]:
        """(height, width) or (height, width, 3 or 4) arrays of uint8."""
        scale = self.scale
        for block in self._blocks():
            if scale != 1:
                block = np.rint(block * np.float32(scale))
            block = block.astype(np.uint8, copy=False)
            for picture in block:
                yield _plain(picture.transpose() if self.stored.is_reversed else picture)

    def _blocks(self) -> Iterator[np.ndarray]:
        if not self.is_last:
            yield from self.stored.read()
            return
        values = np.concatenate(list(self.stored.read()))
        yield np.moveaxis(values, -1, 0)


def _plain(picture: np.ndarray) -> np.ndarray:
    if picture.ndim == 3 and picture.shape[2] not in _COLOURS:  # colours first, as PyTorch has them
        picture = picture.transpose(1, 2, 0)
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[:, :, 0]
    return np.ascontiguousarray(picture)


@dataclass
class Part:
    """Pictures and their labels in the same order.

    Parameters
    ----------
    split
        "train", "validation" or "test", "" where none is given.
    labels
        Class of each picture, "" where it has none, None where it is to be left out.
    pictures
        Gives the pixels, as many as there are labels.
    """

    split: str
    labels: Sequence[str | None]
    pictures: Callable[[], Iterator[np.ndarray]]


@dataclass
class ArraySet:
    """Pictures in arrays: see `core.datasets.sources.packed.packed.Packed`."""

    files: Sequence[Path]
    parts: Sequence[Part]
    labels_from: str
    split_from: str = ""
    groups_from: str = ""
    warnings: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(part.labels) for part in self.parts)

    def pictures(self) -> Iterator[Picture]:
        for part in self.parts:
            for number, (label, pixels) in enumerate(zip(part.labels, part.pictures(), strict=True)):
                if label is None:
                    self.left_out.append((f"{part.split} picture {number:,}".strip(), SEVERAL))
                else:
                    yield Picture(pixels, label, part.split, name=f"{part.split} picture {number:,}".strip())
