"""Where everything lives on disk: the datasets, the runs, the features and the waiting slots."""

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError
from core.installation import default_home

NAME_LENGTH = 60


@dataclass(frozen=True)
class Workspace:
    """The folder that holds it all.

    Parameters
    ----------
    root
        The folder; created when something is first written to it.
    machine
        The folder of what all workspaces of one machine share: the slots in which runs wait. A hosted visitor has a
        workspace of their own inside the machine's; elsewhere the two are one.
    """

    root: Path
    machine: Path

    @classmethod
    def at(cls, root: Path | str) -> "Workspace":
        root = Path(os.path.expanduser(root)).resolve()
        return cls(root, root)

    @classmethod
    def from_environment(cls) -> "Workspace":
        """The workspace named by ``WORKBENCH_HOME``, or else the usual one, see `default_home`."""
        return cls.at(os.environ.get("WORKBENCH_HOME") or default_home())

    @classmethod
    def holding(cls, folder: Path) -> "Workspace":
        """The workspace in which the folder of a job lies, two levels below its root as ``runs/ID`` does.

        What its machine is, a job's process is told by ``WORKBENCH_SLOTS``, which names the folder of its slots.
        """
        root = Path(folder).resolve().parents[1]
        slots = os.environ.get("WORKBENCH_SLOTS")
        return cls(root, Path(slots).parent if slots else root)

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def features(self) -> Path:
        return self.machine / "features"

    @property
    def slots(self) -> Path:
        # As it was called by the first builds: whoever waits there keeps their turn.
        return self.machine / "places"

    @property
    def plans(self) -> Path:
        """How to compute, as measured on this machine."""
        return self.machine / "plans"

    def size_bytes(self) -> int:
        """Bytes on disk below the workspace's root."""
        total = 0
        for folder, _, files in os.walk(self.root):
            for file in files:
                try:
                    total += os.lstat(os.path.join(folder, file)).st_size
                except OSError:  # went away while we were counting
                    continue
        return total


def suggest_name(text: str) -> str:
    """Turn any text into a name that `check_name` accepts.

    >>> suggest_name("My photos (2024)")
    'My_photos_2024'
    """
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"[\W]+", "_", text).strip("_")[:NAME_LENGTH] or "dataset"


def check_name(name: str) -> str:
    """Return `name` where it can name a folder on every system, else refuse it.

    Raises
    ------
    UsageError
        If it is empty, too long, or holds anything but letters, digits, ``-``, ``_`` and inner dots.
    """
    if len(name) > NAME_LENGTH or not re.fullmatch(r"\w(?:[\w.-]*\w)?", name):
        raise UsageError(
            f"The name {name!r} cannot be used: take 1 to {NAME_LENGTH} letters, digits, '-' or '_', "
            f"for example {suggest_name(name)!r}."
        )
    return name
