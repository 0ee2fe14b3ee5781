"""Sources: the images that somebody brings to be predicted, and what of it can't be."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from core.datasets.sources.archives.rules import DEFAULT_LIMITS, Limits
from core.datasets.sources.archives.unpacking import unpack
from core.datasets.sources.kinds import ARCHIVE, FOLDER, what_is
from core.datasets.sources.listing import ending_of, is_archive, is_image, is_text, list_images
from core.datasets.sources.words import shown
from core.datasets.store import Dataset
from core.errors import UsageError
from core.images.formats import NAMES, UNREAD
from core.jobs.progress import Report, unheard

ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+://|data:|www\.)", re.IGNORECASE)
NOT_UNICODE = "has a name that is not valid Unicode: rename it"
PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class Brought:
    """Images to be predicted.

    Parameters
    ----------
    names
        How each is called: its path below the folder or archive that was brought, or the name of its file. No two have
        the same.
    paths
        Where each lies.
    problems
        By the name of what can't be predicted, why not: "is a film: take single pictures from it".
    """

    names: tuple[str, ...]
    paths: tuple[Path, ...]
    problems: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)


def gather(
    sources: Sequence[str | Path], unpacked: Path, limits: Limits = DEFAULT_LIMITS, report: Report = unheard
) -> Brought:
    """The images of files, folders and archives.

    Parameters
    ----------
    sources
        Paths. What a file is, its content tells.
    unpacked
        The folder that archives are unpacked into, each into one of its own, where it is not there yet.
    limits
        What an archive may cost.
    report
        Told how far unpacking is.

    Raises
    ------
    UsageError
        If there is nothing at a path, it is an address on the net, or there is no image in all of it.
    WorkbenchError
        If an archive is damaged, hostile, or over the limits.
    """
    if not sources:
        raise UsageError("No image was brought. Give files, a folder, or an archive of images such as a .zip.")
    images: list[tuple[str, Path]] = []
    problems: dict[str, str] = {}
    for number, source in enumerate(sources):
        path = existing(source)
        if not is_text(path.name):
            problems[path.name.encode(errors="replace").decode()] = NOT_UNICODE
            continue
        if path.is_file() and is_image(path.name):
            images.append((path.name, path))
            continue
        kind = what_is(path)
        if kind.family == FOLDER:
            _add_folder(path, f"{path.resolve().name}/" if len(sources) > 1 else "", images, problems)
        elif kind.family == ARCHIVE:
            folder = unpacked / str(number)
            if not folder.exists():
                unpack(path, folder, limits=limits, progress=lambda done, of: report("Unpacking", done, of))
            _add_folder(folder, f"{path.name}/" if len(sources) > 1 else "", images, problems)
        elif ending_of(path.name) in UNREAD:
            problems[path.name] = UNREAD[ending_of(path.name)]
        elif kind.family or is_archive(path.name):
            problems[path.name] = f"is {kind.called}, and no image"
        else:  # perhaps an image whose name says nothing of it; else its reader knows best what it is
            images.append((path.name, path))
    if not images:
        raise UsageError(_no_image(sources, problems))
    images = list(dict.fromkeys(images))  # what was brought twice is predicted once
    names = _told_apart(images)
    return Brought(names, tuple(path for _, path in images), problems)


def existing(source: str | Path) -> Path:
    """The path of a file or folder that somebody named.

    Raises
    ------
    UsageError
        If there is none, or it is an address on the net.
    """
    if ADDRESS.match(str(source)):
        raise UsageError(
            f"{source} is an address on the net, and nothing is fetched from there. Save the image and give its file."
        )
    path = Path(source).expanduser()
    if not path.exists():
        raise UsageError(f"There is no file or folder {source}. Check the spelling.")
    return path


def of_dataset(dataset: Dataset) -> Brought:
    """The images of a dataset that have no label.

    Raises
    ------
    UsageError
        If it has none.
    """
    paths = dataset.content.unlabelled["path"].tolist()
    if not paths:
        raise UsageError(f"{dataset.info.title} has no images without a label.")
    return Brought(tuple(paths), tuple(map(dataset.path_of, paths)))


def of_arrays(arrays: Iterable[np.ndarray], folder: Path) -> Brought:
    """Pixels from Python, as the files that they would be: so they are read as files of that kind are.

    Parameters
    ----------
    arrays
        Each of shape (height, width), or (height, width, bands): grey, grey and alpha, red-green-blue, or these and
        alpha, and of more bands where they are not of 8 bits; of any type that a TIFF holds.
    folder
        Where they are written to.

    Raises
    ------
    UsageError
        If there are none, or one is no image.
    """
    names, paths = [], []
    for number, values in enumerate(arrays):
        name = f"array {number}"
        paths.append(_write(np.asarray(values), folder / f"{number}", name))
        names.append(name)
    if not names:
        raise UsageError("No image was brought: the list of arrays is empty.")
    return Brought(tuple(names), tuple(paths))


def problems_in_words(problems: Mapping[str, str], most: int = PROBLEMS_SHOWN) -> str:
    """How many could not be predicted and why, the first few by name; "" where there are none."""
    if not problems:
        return ""
    count = len(problems)
    listed = "; ".join(f"{shown(name)} {problem}" for name, problem in list(problems.items())[:most])
    more = f"; and {count - most:,} more" if count > most else ""
    return f"{count:,} {'files were' if count > 1 else 'file was'} left out: {listed}{more}."


def _add_folder(folder: Path, prefix: str, images: list[tuple[str, Path]], problems: dict[str, str]) -> None:
    listing = list_images(folder)
    images += [(prefix + name, folder / name) for name in listing.images if is_text(name)]
    problems |= {
        prefix + name.encode(errors="replace").decode(): NOT_UNICODE for name in listing.images if not is_text(name)
    }
    problems |= {prefix + name: reason for name, reason in listing.unread}
    within = "is an archive within what was brought, and stays packed: bring it by itself"
    problems |= dict.fromkeys((prefix + name for name in listing.archives), within)


def _told_apart(images: Sequence[tuple[str, Path]]) -> tuple[str, ...]:
    """The names; where several files have one, their paths."""
    counts = Counter(name for name, _ in images)
    return tuple(name if counts[name] == 1 else Path(os.path.abspath(path)).as_posix() for name, path in images)


def _no_image(sources: Sequence[str | Path], problems: Mapping[str, str]) -> str:
    # By its name alone: where an upload lies on the machine of a hosted app is nobody's business.
    what = f"in {Path(sources[0]).name or sources[0]}" if len(sources) == 1 else "in what was brought"
    if problems:
        return f"There is no image {what}. {problems_in_words(problems)}"
    return f"There is no image {what}. Images that are read: {', '.join(NAMES)}."


def _write(values: np.ndarray, stem: Path, name: str) -> Path:
    bands = values.shape[2] if values.ndim == 3 else 1
    if values.ndim not in (2, 3) or not values.size or values.dtype.kind not in "uif":
        raise UsageError(
            f"The {name} is of shape {values.shape} and type {values.dtype}, which is no image: (height, width) or "
            "(height, width, bands) of numbers is."
        )
    if values.dtype == np.uint8 and bands <= 4:
        path = stem.with_suffix(".png")
        Image.fromarray(values if bands > 1 else values.reshape(values.shape[:2])).save(path, compress_level=0)
        return path
    import tifffile  # a tenth of a second, which only those pay who bring such pixels

    path = stem.with_suffix(".tif")
    colours = "rgb" if bands in (3, 4) else "minisblack"
    alpha = ("unassalpha",) if bands == 4 else None
    layout = "contig" if bands > 1 else None
    tifffile.imwrite(path, values, photometric=colours, planarconfig=layout, extrasamples=alpha)
    return path
