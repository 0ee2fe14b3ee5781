"""Names of classes as names of folders that every disk can keep."""

import re
from collections.abc import Mapping

from core.datasets.sources.listing import is_hidden
from core.datasets.sources.split_names import split_in_name

LONGEST = 60
# Windows keeps no file or folder that is called so, with any ending or none.
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class FolderNames:
    """By label, a folder name of its own, also where a disk takes "a" and "A" for the same.

    What cannot be in a file name on every system becomes ``_``; what the program would take for something else than a
    class, such as a part of the split, gets "class " before it.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._taken: dict[str, int] = {}

    def of(self, label: str) -> str:
        """The name for a label, the same each time; "unlabelled" for none."""
        if label not in self._names:
            self._names[label] = self._free(label)
        return self._names[label]

    @property
    def changed(self) -> Mapping[str, str]:
        """By label, the names that are not the label itself."""
        return {label: name for label, name in self._names.items() if label and label != name}

    def _free(self, label: str) -> str:
        first = name = safe_name(label) if label else "unlabelled"
        while name.casefold() in self._taken:
            self._taken[first.casefold()] += 1
            name = f"{first} {self._taken[first.casefold()]}"
        self._taken[name.casefold()] = 1
        return name


def safe_name(label: str) -> str:
    """A label as a folder name, not yet one of its own.

    >>> safe_name("cats/dogs"), safe_name("NUL"), safe_name("test"), safe_name("..")
    ('cats_dogs', 'class NUL', 'class test', 'class')
    """
    name = re.sub(r"[^\w .,()&+-]+", "_", label)[:LONGEST].strip(" .")
    if not name or RESERVED.fullmatch(name) or split_in_name(name) or is_hidden(name):
        return f"class {name}".strip()
    return name
