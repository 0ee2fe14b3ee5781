"""Activations at a backbone's cut: kept on disk as features are, and read when a batch needs them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import WorkbenchError
from core.features.store import FeatureStore, quota_bytes

HALF, WHOLE = "float16", "float32"
# Of the free disk, for what else is written meanwhile.
SHARE_OF_FREE_DISK = 0.9


class StoredRows:
    """Rows of a store, as if they were an array on disk.

    Indexing selects rows and reads nothing; `numpy.asarray` reads those that are selected, as float32.

    Parameters
    ----------
    store
        Where the rows are.
    identities
        Of the images whose rows they are.
    shape
        Of a row.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, store: FeatureStore, identities: Sequence[str] | np.ndarray, shape: tuple[int, ...]):
        self._store, self._row_shape = store, tuple(shape)
        self._identities = np.asarray(identities, dtype=object)

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), *self._row_shape)

    def __len__(self) -> int:
        return len(self._identities)

    def __getitem__(self, rows: np.ndarray | slice) -> "StoredRows":
        return StoredRows(self._store, self._identities[rows], self._row_shape)

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        rows = self._store.gather(self._identities).reshape(self.shape)
        return rows.astype(self.dtype if dtype is None else dtype, copy=False)


class TooLargeForHalf(Exception):
    """Activations beyond what float16 holds."""


def in_half(activations: np.ndarray) -> np.ndarray:
    """Activations as float16, in half the space. What that rounds off is less than what bfloat16 does anyway.

    Raises
    ------
    TooLargeForHalf
        If one of them is greater than 65,504, the greatest number of float16.
    """
    with np.errstate(over="ignore"):
        halved = activations.astype(np.float16)
    if not np.isfinite(halved).all():
        raise TooLargeForHalf
    return halved


def check_room(
    folder: Path, shapes: dict[int, tuple[int, ...]], blocks: int, count: int, lacking: int, kept_as: str = HALF
) -> None:
    """Refuse activations for which there is no room, before any is computed.

    Parameters
    ----------
    folder
        Of all stores.
    shapes
        Of an image's activations, by how many of the last blocks are unfrozen.
    blocks
        How many shall be.
    count, lacking
        Of images, each view of an image counted as one: all, and those whose activations are not on disk yet.

    Raises
    ------
    WorkbenchError
        Saying how large they are, what there is room for, and what to choose instead.
    """
    quota, free = quota_bytes(), _free_bytes(folder) * SHARE_OF_FREE_DISK
    sizes = {number: int(np.prod(shape)) * np.dtype(kept_as).itemsize for number, shape in shapes.items()}
    if count * sizes[blocks] <= quota and lacking * sizes[blocks] <= free:
        return
    reason = (
        f"{_gigabytes(quota)} may be kept (WORKBENCH_FEATURES_GB)"
        if quota <= free
        else f"there is room for {_gigabytes(free)} on the disk"
    )
    fitting = [number for number, size in sizes.items() if number < blocks and count * size <= min(quota, free)]
    instead = f"Unfreeze {max(fitting)} or fewer" if fitting else "Leave the backbone frozen"
    height, width, channels = shapes[blocks]
    raise WorkbenchError(
        f"To fine-tune the last {blocks} blocks, {count:,} images (every view counts) are kept as {height} × {width} × "
        f"{channels} numbers each: {_gigabytes(count * sizes[blocks])}, but {reason}. {instead}, or choose fewer views "
        "or a smaller input size."
    )


def _free_bytes(folder: Path) -> int:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def _gigabytes(size: float) -> str:
    return f"{size / 2**30:.2g} GB" if size < 10 * 2**30 else f"{size / 2**30:,.0f} GB"
