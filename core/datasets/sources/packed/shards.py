"""What names of files and folders say of a dataset that came in several files, such as train-00000-of-00002.parquet."""

import re
from collections.abc import Sequence
from pathlib import Path

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.split_names import SPLIT_NAMES, words_of
from core.datasets.sources.words import in_a_row

_SAYING_NOTHING = frozenset({"data", "of", "partial", "default", "shard", "shards", "part"})


def split_of(path: Path, root: Path) -> str:
    """The part of the split that a file is named after, else the nearest of its folders; "" where none is."""
    for name in (path.stem, *reversed(path.parent.relative_to(root).parts)):
        parts = {SPLIT_NAMES[word] for word in words_of(name) if word in SPLIT_NAMES}
        if len(parts) == 1:
            return parts.pop()
    return ""


def one_set(files: Sequence[Path], root: Path, wanted: Path | None = None) -> list[Path]:
    """The files that are the shards of one dataset, in natural order.

    Parameters
    ----------
    files
        Files of one kind.
    root
        The folder that was brought.
    wanted
        A file of the set that is meant, where there are several.

    Raises
    ------
    Undecided
        If there are several sets, as where a dataset has configurations.
    """
    sets: dict[str, list[Path]] = {}
    for path in files:
        sets.setdefault(_place(path, root), []).append(path)
    if wanted is not None:
        sets = {place: inside for place, inside in sets.items() if wanted in inside}
    if len(sets) > 1:
        names = [inside[0].relative_to(root).as_posix() for inside in sets.values()]
        options = [Option(f"the pictures in {name}", Choices(labels_from=name)) for name in names]
        raise Undecided(f"There are several sets of pictures, such as {in_a_row(names, 2)}. Which is meant?", options)
    return next(iter(sets.values()), [])


def said_of_split(files: Sequence[Path], root: Path) -> str:
    """Words for where the split was told from; "" where no file is named after a part."""
    named = [path.relative_to(root).as_posix() for path in files if split_of(path, root)]
    return f"the names {in_a_row(named, 2)}" if named else ""


def _place(path: Path, root: Path) -> str:
    """The folders and words that tell one set from another, without parts of the split and numbers."""
    relative = path.relative_to(root)
    names = [*relative.parts[:-1], re.sub(r"(\.\w+)+$", "", relative.name)]
    words = [word for name in names for word in words_of(name)]
    return " ".join(word for word in words if word not in SPLIT_NAMES and word not in _SAYING_NOTHING)
