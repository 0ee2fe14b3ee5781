"""What changes when strangers use the app: what they may bring, how much they may keep, how long they may compute."""

import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass

from core.errors import UsageError
from core.workspace import Workspace

DAYS_KEPT_UNUSED = 7


@dataclass(frozen=True)
class Hosting:
    """The limits in force. Zero means none.

    Parameters
    ----------
    hosted
        True where visitors are strangers: each has a workspace of their own, and no path is read that they type.
    quota_bytes
        What one visitor's workspace may hold.
    run_minutes
        How long one run may train before it is stopped, keeping its best.
    """

    hosted: bool = False
    quota_bytes: int = 0
    run_minutes: float = 0

    @classmethod
    def from_environment(cls) -> "Hosting":
        """Read ``WORKBENCH_HOSTED``, ``WORKBENCH_QUOTA_GB`` (default 2) and ``WORKBENCH_RUN_MINUTES`` (default 30)."""
        if os.environ.get("WORKBENCH_HOSTED", "").lower() not in ("1", "true", "yes"):
            return cls()
        return cls(True, int(_number("WORKBENCH_QUOTA_GB", 2) * 2**30), _number("WORKBENCH_RUN_MINUTES", 30))

    def check_room(self, workspace: Workspace) -> None:
        """Refuse, in words, to add to a workspace that is full.

        Raises
        ------
        UsageError
            If the workspace holds its quota already.
        """
        if self.quota_bytes and workspace.size_bytes() >= self.quota_bytes:
            raise UsageError(
                f"Your space here is full ({self.quota_bytes / 2**30:.1f} GB). Delete a dataset, a run or a prediction "
                "first."
            )


def _number(variable: str, default: float) -> float:
    text = os.environ.get(variable, str(default))
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"The environment variable {variable} must be a number. Got {text!r}.") from None


def new_visitor() -> str:
    """A name for a visitor that nobody can guess."""
    return secrets.token_hex(16)


def visitor_workspace(machine: Workspace, visitor: str) -> Workspace:
    """The workspace of one visitor; those left alone for a week are removed on the way.

    Raises
    ------
    UsageError
        If `visitor` is not of the form that `new_visitor` makes.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", visitor):
        raise UsageError("This visitor's name is not one that was given out here. Clear the site's cookies and reload.")
    visitors = machine.root / "visitors"
    mine = visitors / visitor
    if not mine.exists():
        _remove_unused(visitors)
        mine.mkdir(parents=True)
    os.utime(mine)
    return Workspace(mine, machine.root)


def _remove_unused(visitors) -> None:
    oldest = time.time() - DAYS_KEPT_UNUSED * 24 * 3600
    for folder in visitors.iterdir() if visitors.is_dir() else ():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
