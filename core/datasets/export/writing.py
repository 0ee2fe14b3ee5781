"""Writes what was placed: as a new folder, or as a zip; all of it or nothing."""

import os
import shutil
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core.datasets.export.layouts import Placed, placed
from core.datasets.sources.new_folder import appearing_at_the_end, exists_already, refuse_full_disk
from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError
from core.files import replacing
from core.jobs.progress import Report, unheard

STAGE = "Copying images"


def export_dataset(dataset: Dataset, target: Path, layout: str, report: Report = unheard) -> list[str]:
    """Write a dataset, as it is by now, into a new folder.

    Parameters
    ----------
    layout
        One of `core.datasets.export.layouts.LAYOUTS`.
    report
        Called with what is being done, how many are done, and of how many; may raise to stop.

    Returns
    -------
    list of str
        What people should know of it.

    Raises
    ------
    UsageError
        If there is something at `target` already, or no such layout.
    WorkbenchError
        If the dataset is not ready, an image is gone, or the disk has no room. Nothing is left half-written.
    """
    target = Path(os.path.expanduser(target)).absolute()
    if os.path.lexists(target):
        raise UsageError(exists_already(target))
    what = placed(dataset, layout)
    refuse_full_disk(bytes_of(what), target)
    with appearing_at_the_end(target) as folder:
        _write(what, partial(_write_text, folder), partial(_copy, folder), report)
    return what.remarks


def write_zip(what: Placed, file: Path | BinaryIO, report: Report = unheard) -> None:
    """Write a zip to a path, where it appears whole or not at all, or into an open file.

    Raises
    ------
    WorkbenchError
        If an image is gone.
    """
    if isinstance(file, Path):
        refuse_full_disk(bytes_of(what), file)
        with replacing(file) as temporary, temporary.open("wb") as opened:
            write_zip(what, opened, report)
        return
    # A zip knows no time before 1980. Images are packed already.
    with zipfile.ZipFile(file, "w", strict_timestamps=False) as archive:
        _write(what, archive.writestr, lambda path, image: archive.write(image, path), report)


def bytes_of(what: Placed) -> int:
    """How many bytes the images have that are to be written; those that are gone have none."""
    return sum(path.stat().st_size for path in what.files.values() if path.is_file())


def _write(
    what: Placed, write_text: Callable[[str, str], object], copy: Callable[[str, Path], object], report: Report
) -> None:
    for path, text in what.texts.items():
        write_text(path, text)
    for number, (path, image) in enumerate(what.files.items(), start=1):
        try:
            copy(path, image)
        except FileNotFoundError as error:
            raise WorkbenchError(f"The image {image} is gone. Bring it back, or exclude it.") from error
        report(STAGE, number, len(what.files))


def _write_text(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")


def _copy(folder: Path, path: str, image: Path) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(image, folder / path)
