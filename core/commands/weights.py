"""Commands about the weights of pretrained backbones: which are here, download, bring, delete."""

import argparse
import sys
from pathlib import Path

from core.architectures.custom import find_available
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import (
    IMAGENET,
    add_weights,
    come_so_far,
    delete_weights,
    describe_weights,
    fetch_weights,
    path_at_hand,
    target_path,
)
from core.commands.adder import adder
from core.commands.output import DONE, Result, table
from core.workspace import Workspace

LINES = 20  # of progress in a download


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    weights = add(
        "weights", _list, "The ImageNet weights of the backbones: which are on this machine, and how to get the others."
    )
    action = adder(weights, "ACTION")
    action("list", _list, "Every backbone with its file, and whether that is on this machine.")
    getting = action("get", _get, "Download the weights of a backbone. Goes on where it broke off.")
    adding = action("add", _add, "Put a file of weights where trainings look for it, once it is certain that it fits.")
    deleting = action("delete", _delete, "Delete the weights of a backbone from this machine.")
    for each in (getting, adding, deleting):
        each.add_argument("architecture", metavar="ARCHITECTURE")
    adding.add_argument(
        "file", metavar="FILE", type=Path, help="a file of Keras weights of the backbone (.h5, .weights.h5 or .keras)"
    )
    adding.add_argument("--replace", action="store_true", help="put it in the place of one that is there")


def _list(workspace: Workspace, options: argparse.Namespace) -> Result:
    found = [describe_weights(architecture) for architecture in ARCHITECTURES.values() if architecture.weights]
    rows = [[entry["architecture"], f"{entry['megabytes']:g} MB", _state(entry), entry["path"]] for entry in found]
    return found, table(["architecture", "download", "state", "file"], rows), DONE


def _state(entry: dict) -> str:
    if entry["at_hand"]:
        return f"at hand ({entry['bytes'] / 1e6:,.1f} MB)"
    return f"{entry['bytes'] / 1e6:,.1f} MB have come" if entry["bytes"] else "not here"


def _get(workspace: Workspace, options: argparse.Namespace) -> Result:
    architecture = find_available(options.architecture, workspace)
    target_path(architecture)  # refuses what has no weights
    present = path_at_hand(architecture)
    if present is None:
        try:
            fetch_weights(architecture, IMAGENET, _Lines(f"Weights of {architecture.title}"))
        except KeyboardInterrupt:
            kept = come_so_far(architecture) / 1e6
            print(f"{kept:,.1f} MB are kept. The same command goes on from there.", file=sys.stderr)
            raise
    entry = describe_weights(architecture)
    is_here = "were here already" if present else "are here now"
    text = f"The weights of {architecture.title} {is_here}: {entry['path']} ({entry['bytes'] / 1e6:,.1f} MB)."
    return entry | {"downloaded": present is None}, text, DONE


class _Lines:
    """A line of progress for every twentieth of a download."""

    def __init__(self, title: str):
        self._title, self._said = title, -1

    def __call__(self, come: int, expected: int) -> None:
        twentieth = LINES * come // expected if expected else 0
        if twentieth > self._said:
            self._said = twentieth
            print(f"{self._title}: {come / 1e6:,.1f} of {expected / 1e6:,.1f} MB", file=sys.stderr)


def _add(workspace: Workspace, options: argparse.Namespace) -> Result:
    architecture = find_available(options.architecture, workspace)
    added = add_weights(architecture, options.file.expanduser(), options.replace)
    return (
        describe_weights(architecture) | {"is_kerass_own": added.is_kerass_own, "rewritten": added.rewritten},
        added.words(),
        DONE,
    )


def _delete(workspace: Workspace, options: argparse.Namespace) -> Result:
    architecture = find_available(options.architecture, workspace)
    freed = delete_weights(architecture)
    text = f"The weights of {architecture.title} are deleted: {freed / 1e6:,.1f} MB freed."
    return {"architecture": architecture.name, "freed_bytes": freed}, text, DONE
