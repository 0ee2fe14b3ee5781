"""What every file that holds pictures within it is read as, whatever its format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

MOST_IMAGES = 1_000_000
"""Of one dataset; the largest known sets, EMNIST (814,255) and PatchCamelyon (327,680), have fewer."""

MOST_VALUES = 16 * 2**30
"""Of all the pictures of an array together; SVHN, PatchCamelyon and STL-10 have less than 10 milliards."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image.

    Parameters
    ----------
    content
        An image file as bytes, or pixels: (height, width) or (height, width, 3 or 4) array of uint8.
    label
        Name of the class, "" where it has none.
    split
        "train", "validation" or "test", "" where none is given.
    group
        What must not be torn apart by a split, "" where none is given.
    name
        What it is called where it lies, for messages; "" where it has only a number.
    """

    content: bytes | np.ndarray
    label: str
    split: str = ""
    group: str = ""
    name: str = ""


class Packed(Protocol):
    """Pictures that lie within one or several files.

    Attributes
    ----------
    files
        What is read.
    count
        How many pictures there are, 0 where that is known only at the end.
    labels_from, split_from, groups_from
        What these are told from, in words: see `core.datasets.sources.found.Layout`.
    warnings
        What a user should know, in words; complete once all pictures were read.
    left_out
        ``(name, reason)`` of what is no picture that can be used; complete once all pictures were read.
    """

    @property
    def files(self) -> Sequence[Path]: ...

    @property
    def count(self) -> int: ...

    @property
    def labels_from(self) -> str: ...

    @property
    def split_from(self) -> str: ...

    @property
    def groups_from(self) -> str: ...

    @property
    def warnings(self) -> list[str]: ...

    @property
    def left_out(self) -> list[tuple[str, str]]: ...

    def pictures(self) -> Iterator[Picture]:
        """All pictures in a fixed order, few of them in memory at a time.

        Raises
        ------
        WorkbenchError
            If a file is damaged, cut off or announces what it does not hold.
        """
        ...
