"""Which part of a split the rows of a table put their images in: by a column, or by the folders in their paths."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from core.datasets.sources.split_names import split_in_name, split_of_value
from core.datasets.sources.tables.column_names import part_of_flag
from core.datasets.sources.tables.contents import MISSING_VALUES, ONES, ZEROS
from core.datasets.sources.tables.paths import NotUsable
from core.datasets.sources.words import quoted

_MOST_KEPT = 10_000
NUMBERED = {"0": "train", "1": "validation", "2": "test"}
"""What numbers stand for in CelebA's column "partition", and in "split" of WILDS, where there are these three."""


class RowParts:
    """What the cells of the column of parts say.

    Parameters
    ----------
    name
        Name of the column.
    cells
        Its different cells.
    """

    def __init__(self, name: str, cells: Collection[str]):
        values = {cell.casefold() for cell in cells}
        self._flag = part_of_flag(name) if values and values <= ONES | ZEROS | MISSING_VALUES else ""
        said = [split_of_value(cell) for cell in cells if cell.casefold() not in MISSING_VALUES]
        self.of = lru_cache(_MOST_KEPT)(self.of)
        is_called_so = name.strip().casefold() in ("split", "partition")
        self.is_numbered = is_called_so and values - MISSING_VALUES == set(NUMBERED)
        """Whether the parts are numbered from 0, as is told from the column's name and the three numbers."""
        self.is_ignored = not self.is_numbered and bool(said) and not self._flag and all(part is None for part in said)
        """Whether there are values, and none of them is a part of a split."""

    def of(self, cell: str) -> str:
        """The part that a cell names; "" where it names none.

        Raises
        ------
        NotUsable
            If what stands there is no part of a split.
        """
        if self.is_ignored or cell.casefold() in MISSING_VALUES:
            return ""
        if self._flag:
            other = "test" if self._flag == "train" else "train"
            return self._flag if cell.casefold() in ONES else other
        part = NUMBERED.get(cell) if self.is_numbered else split_of_value(cell)
        if part is None:
            raise NotUsable(f"belongs to {quoted(cell)}, which is none of train, validation and test")
        return part


def parts_by_folders(paths: Iterable[Sequence[str]]) -> tuple[list[str], list[str]]:
    """The parts of a split that folders in paths are named after, as ``train`` in ``train/cats/1.jpg`` is.

    Parameters
    ----------
    paths
        For each image the names of the folders in its path, the outermost first.

    Returns
    -------
    list of str
        The part of each image, "" where its path names none. Empty where not at least two parts are named at the same
        depth, one of them to train on.
    list of str
        The names of the folders.
    """
    paths = list(paths)
    known = {name: split_in_name(name) for folders in set(map(tuple, paths)) for name in folders}
    for depth in range(max(map(len, paths), default=0)):
        names = [folders[depth] if depth < len(folders) else "" for folders in paths]
        parts = [known.get(name, "") for name in names]
        if "train" in parts and len(set(parts) - {""}) > 1:
            return parts, sorted({name for name, part in zip(names, parts, strict=True) if part})
    return [], []
