"""Unpacks a project file from anyone: nothing but what a project has, by the rules for archives of images."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core.datasets.sources.archives.rules import (
    BadArchive,
    Entry,
    Limits,
    Member,
    refuse_bomb,
    refuse_unreadable,
    safe_parts,
    write,
)
from core.datasets.sources.archives.zip_archive import open_zip
from core.datasets.sources.listing import is_hidden, is_image
from core.datasets.sources.new_folder import refuse_full_disk
from core.datasets.sources.words import quoted
from core.export.project.parts import (
    ABOUT,
    FORMAT,
    IMAGES,
    RUNS,
    VERSION,
    WEIGHT_FILES,
    check_size,
    most_bytes,
)
from core.files import read_json
from core.jobs.progress import Report
from core.workspace import Workspace

RUN_ID = re.compile(r"\w[\w.-]{0,199}")


@dataclass(frozen=True)
class About:
    """What ``project.json`` says, and what of it is there."""

    dataset: str
    images: bool
    runs: tuple[str, ...]
    weights: bool


def unpack_project(file: BinaryIO, staging: Workspace, limits: Limits, with_weights: bool, report: Report) -> About:
    """Lay out what a project file holds in folders called as in the file.

    Raises
    ------
    BadArchive
        If it is no project file, of a later version, hostile or over the limits.
    """
    packed_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    with open_zip(file, packed_bytes, limits) as archive:
        entries = list(_entries(archive.members(), limits))
        weights = [entry for entry in entries if entry.parts[-1] in WEIGHT_FILES and entry.parts[0] == RUNS]
        if not with_weights:
            entries = [entry for entry in entries if entry not in weights]
        claimed_bytes = sum(entry.member.size for entry in entries)
        refuse_bomb(claimed_bytes, packed_bytes, limits)
        refuse_full_disk(claimed_bytes, staging.root)
        first = [entry for entry in entries if entry.parts == (ABOUT,)]
        write(archive, first, staging.root, limits, lambda number: None)
        about = _about(staging.root / ABOUT, bool(weights))
        others = [entry for entry in entries if entry.parts != (ABOUT,)]
        strangers = {entry.parts[1] for entry in others if entry.parts[0] == RUNS} - set(about.runs)
        if strangers:
            raise BadArchive(f"The project file holds a run that it does not tell of: {quoted(min(strangers))}.")
        unpacking = partial(report, "Unpacking the project")
        write(archive, others, staging.root, limits, lambda number: unpacking(number, len(others)))
    return about


def _entries(members: Iterator[Member], limits: Limits) -> Iterator[Entry]:
    """The files of a project; at the first that is none, or hostile, the whole is refused."""
    seen: set[tuple[str, ...]] = set()
    for member in members:
        parts = safe_parts(member)
        if not parts or member.name.endswith("/") or any(map(is_hidden, parts)):
            continue
        entry = Entry(member, parts)
        if most_bytes(parts) is None or (parts[0] == IMAGES and not is_image(parts[-1])):
            raise BadArchive(
                f"{entry.name} is no part of a project. Choose a file that was exported as “project”; an archive of "
                "images is imported as a dataset."
            )
        refuse_unreadable(entry)
        check_size(parts, member.size)
        if parts in seen:
            raise BadArchive(f"The project file holds {entry.name} twice. Do not trust it.")
        seen.add(parts)
        if len(seen) > limits.files:
            raise BadArchive(f"The project file holds more than the {limits.files:,} files allowed.")
        yield entry


def _about(path: Path, weights: bool) -> About:
    values = read_json(path) if path.exists() else None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise BadArchive("This is no project file of the workbench. Choose one that was exported as “project”.")
    version = values.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise BadArchive(
            f"This project file was written by a later workbench (its format is {version!r}, and this one reads up to "
            f"{VERSION}). Bring this workbench up to date, then import it again."
        )
    dataset, runs = values.get("dataset"), values.get("runs")
    if not isinstance(dataset, str) or not isinstance(runs, list):
        raise BadArchive("The project file does not say what its dataset and runs are called: it is damaged.")
    for run in runs:
        if not isinstance(run, str) or not RUN_ID.fullmatch(run):
            raise BadArchive(f"{quoted(str(run))} is no id of a run. The project file is damaged.")
    return About(dataset, values.get("images") is True, tuple(dict.fromkeys(runs)), weights)
