"""Unpacks the images of an archive that may come from anyone, and what labels them."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.datasets.sources.archives.rules import (
    DEFAULT_LIMITS,
    BadArchive,
    Entry,
    Judge,
    Limits,
    refuse_bomb,
    write,
)
from core.datasets.sources.archives.seven_zip import open_seven_zip
from core.datasets.sources.archives.tar_archive import open_tar
from core.datasets.sources.archives.zip_archive import open_zip
from core.datasets.sources.kinds import what_is
from core.datasets.sources.new_folder import appearing_at_the_end, exists_already, refuse_full_disk

_READERS = {"zip": open_zip, "tar": open_tar, "7z": open_seven_zip}


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive.

    Attributes
    ----------
    files : int
        Number of files written, 1 or more.
    nested : list of str
        Archives inside it, which stayed packed.
    left_packed : list of str
        A file of each folder of which nothing was unpacked, since no file there is of a kind that is read.
    """

    files: int
    nested: list[str]
    left_packed: list[str]


def unpack(
    source: Path,
    folder: Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> Unpacked:
    """Unpack the images of an archive into a new folder, completely or not at all.

    Tables, annotation files and files of packed pixels are unpacked too. All other files by their ending, hidden files
    and ``__MACOSX`` are left out; archives inside the archive stay packed. The files are written next to `folder`
    under a hidden name first; that is removed again on any error and on interruption.

    Parameters
    ----------
    source : Path
        A zip, 7z or tar archive, the last also compressed. What it is, is told from its content.
    folder : Path
        The folder to create. It must not exist; missing parents are created.
    limits : Limits
        What the archive may cost.
    progress : callable, optional
        Called after every file with the number written and the number in all; of a tar, which says only at its end how
        many it holds, with the megabytes read and those in all. May raise to stop.

    Raises
    ------
    BadArchive
        When it is no archive, or one that is damaged, encrypted, hostile, over the limits or without images, when
        `folder` exists, and when the disk has no room or refuses.
    """
    source, folder = Path(source), Path(folder)
    if os.path.lexists(folder):
        raise BadArchive(exists_already(folder))
    try:
        kind = what_is(source)
        if kind.reader not in _READERS:
            raise BadArchive(kind.refusal(source.name))
        stream = open(source, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise BadArchive(f"The archive {source} cannot be opened: {error.strerror}.") from error
    packed_bytes = os.path.getsize(source)
    with stream, _READERS[kind.reader](stream, packed_bytes, limits) as archive:
        judge = Judge(limits)
        entries: Iterable[Entry] = judge.wanted(archive.members())
        expected = 0  # known only of archives that list what they hold
        if archive.is_listed:
            entries = list(entries)
            expected = len(entries)
            judge.refuse_without_pixels()
            claimed_bytes = sum(entry.member.size for entry in entries)
            refuse_bomb(claimed_bytes, packed_bytes, limits)
            refuse_full_disk(claimed_bytes, folder, BadArchive)

        def written(number: int) -> None:
            if progress is not None and archive.is_listed:
                progress(number, expected)
            elif progress is not None:
                progress(archive.position() >> 20, packed_bytes >> 20)

        with appearing_at_the_end(folder, BadArchive) as temporary:
            count = write(archive, entries, temporary, limits, written)
            judge.refuse_without_pixels()
    return Unpacked(count, judge.nested, judge.left_packed())
