"""What people call the parts of a split, as names of folders and files and as values in tables."""

import re
from collections.abc import Iterable

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""Names in lower case, and what the part is called here."""

# Words that may stand beside "train" in a folder's name; "freight train" and "test tube" stay names of classes.
SAYING_NOTHING = frozenset(
    {"data", "dataset", "folder", "image", "images", "img", "imgs", "photos", "pictures", "samples", "seg", "set"}
)


def split_in_name(name: str) -> str:
    """The part of a split that a folder or file is named after, "" where it is named after none.

    Examples
    --------
    >>> split_in_name("seg_train"), split_in_name("Test1"), split_in_name("freight train")
    ('train', 'test', '')
    """
    words = words_of(name)
    parts = [SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES]
    others = {word for word in words if word not in SPLIT_NAMES}
    return parts[0] if len(parts) == 1 and others <= SAYING_NOTHING else ""


def split_in_names(names: Iterable[str]) -> dict[str, str]:
    """The names that are those of parts of one split, and the part of each."""
    return {name: part for name in names if (part := split_in_name(name))}


def words_of(name: str) -> list[str]:
    """The words that a name is made of, in lower case, without numbers."""
    return [word for word in re.split(r"[\W\d_]+", name.casefold()) if word]
