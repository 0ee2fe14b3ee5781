"""Brings images to where they can be read: draws samples, downloads public datasets, unpacks archives and pixels."""

import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path

from core.datasets.cards import Card, CardFile, load_cards
from core.datasets.samples import write_sample
from core.datasets.sources.archives.rules import Limits
from core.datasets.sources.archives.unpacking import unpack
from core.datasets.sources.choices import AS_FOUND, Choices, choices_of
from core.datasets.sources.new_folder import appearing_at_the_end
from core.datasets.sources.packed.finding import find_packed
from core.datasets.sources.packed.writing import is_made_from, write_out
from core.datasets.sources.words import first_of, quoted
from core.datasets.store import ARCHIVES, Dataset
from core.download import download
from core.files import read_json, write_json
from core.jobs.progress import Progress

UNPACKED = "unpacked.json"
"""File in the folder of a dataset that says what its archive held besides images."""
PICTURES = "pictures"
"""The folder in a dataset's own that pictures are written out to which came within files."""


def fetch(dataset: Dataset, request: dict, report: Progress, limits: Limits) -> Path:
    """Bring the images to where they can be read.

    Parameters
    ----------
    dataset
        A dataset that was laid out.
    request
        Where its images are to come from, as its ``request.json`` says.
    report
        Called with what is being done, how many are done, and of how many; may raise to stop.
    limits
        What an archive may hold.

    Returns
    -------
    Path
        The folder that holds the images, or the table that names them, or the file that packs them.

    Raises
    ------
    WorkbenchError
        If they can't be drawn, downloaded or unpacked. Nothing is left half-written.
    """
    images = dataset.folder / "images"
    if "sample" in request:
        if not images.exists():
            with appearing_at_the_end(images) as folder:
                write_sample(request["sample"], folder, progress=partial(report, "Drawing images"))
        return images
    if "card" in request:
        return _fetch_card(dataset, load_cards()[request["card"]], report, limits)
    source = dataset.folder / request["source"]
    pictures = partial(_pictures, dataset, choices=choices_of(request), report=report, limits=limits)
    if not source.exists() and (dataset.folder / PICTURES).exists():
        return dataset.folder / PICTURES
    if source.is_file() and (written := pictures(source)) != source:
        _delete_uploaded(source, request)
        return written
    if dataset.info.kind == "table":
        return source
    if dataset.info.kind not in ARCHIVES:
        return pictures(source)
    if not images.exists():
        _unpack(dataset, source, report, limits)
    _delete_uploaded(source, request)
    written = pictures(images)
    if written != images and request.get("delete_source"):
        shutil.rmtree(images)  # the same once more, which would count for a visitor's space
    return written


def _delete_uploaded(source: Path, request: dict) -> None:
    if request.get("delete_source"):
        source.unlink(missing_ok=True)
        with suppress(OSError):  # one of an earlier version lies among the files of its dataset
            source.parent.rmdir()


def warnings_of_unpacking(dataset: Dataset) -> list[str]:
    """What a user should know of what an archive held, in words."""
    held = read_json(dataset.folder / UNPACKED) or {}
    warnings = []
    if nested := held.get("nested"):
        warnings.append(
            f"The archive holds another archive, {first_of(nested)}, which stayed packed: what is in there is not "
            "among the images. Unpack it and import the folder if it belongs to them."
        )
    if left := held.get("left_packed"):
        folders = [path.rpartition("/")[0] for path in left]
        warnings.append(
            f"Nothing was unpacked of the folder {first_of(folders)}: files such as {quoted(left[0])} are no images by "
            "their endings. If they are, rename them and pack again."
        )
    return warnings


def _unpack(dataset: Dataset, source: Path, report: Progress, limits: Limits) -> None:
    """Unpack an archive, and keep what else has to be known of it: it is not there any more where it was uploaded."""
    unpacked = unpack(source, dataset.folder / "images", limits=limits, progress=partial(report, "Unpacking"))
    write_json(dataset.folder / UNPACKED, {"nested": unpacked.nested, "left_packed": unpacked.left_packed})


def _fetch_card(dataset: Dataset, card: Card, report: Progress, limits: Limits) -> Path:
    images, downloads = dataset.folder / "images", dataset.folder / "download"
    if (dataset.folder / PICTURES).exists():
        return dataset.folder / PICTURES
    if not images.exists():
        files = [_download(file, downloads, report) for file in card.files]
        if card.unpacking == "zip":
            unpack(files[0], images, limits=limits, progress=partial(report, "Unpacking"))
        else:
            images = _pictures(dataset, downloads, AS_FOUND, report, limits)
        shutil.rmtree(downloads)
    return images


def _download(file: CardFile, folder: Path, report: Progress) -> Path:
    def progress(come: int, expected: int) -> None:
        report(f"Downloading {file.name} (MB)", come // 10**6, expected // 10**6)

    return download(file.remote, folder / file.name, progress)


def _pictures(dataset: Dataset, source: Path, choices: Choices, report: Progress, limits: Limits) -> Path:
    """The file or folder itself, or, where pictures lie within files, a folder that they are written out to."""
    pictures = dataset.folder / PICTURES
    card = load_cards().get(dataset.info.card)
    packed = find_packed(source, choices, card.class_names if card else None)
    if packed is None:
        return source
    made_from = [
        choices.to_dict(),
        *([str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in packed.files),
    ]
    if not is_made_from(pictures, made_from):
        fresh = dataset.folder / f"{PICTURES}-new"
        shutil.rmtree(fresh, ignore_errors=True)
        write_out(packed, fresh, limits, partial(report, "Writing pictures"), made_from)
        shutil.rmtree(pictures, ignore_errors=True)
        fresh.rename(pictures)
    return pictures
