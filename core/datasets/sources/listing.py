"""Lists the image files and the folders below a folder; those that are hidden, or of the system, aren't there."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets.sources.found import Layout, natural_order
from core.datasets.sources.walking import walk
from core.images.formats import SUFFIXES, UNREAD

# Folders of thumbnails, rubbish and the like that systems make (macOS, Synology, QNAP, Windows, Linux), in lower case;
# most others begin with a dot.
_OF_SYSTEMS = frozenset(
    {"__macosx", "@eadir", "#recycle", "@recycle", "#snapshot", "@recently-snapshot", "@tmp", "@sharebin"}
    | {"$recycle.bin", "system volume information", "lost+found", "found.000", "network trash folder"}
)
# Beside the images, not within their folders, it is what tells of them.
_DOCUMENTS = frozenset({".pdf"})
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
# What images begin with that are called otherwise, and how they should be called.
_BEGINNINGS = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG\r\n": ".png",
    b"GIF8": ".gif",
    b"II*\0": ".tif",
    b"MM\0*": ".tif",
}
CALLED_OTHERWISE = "is an image whose name"
_LOOKED_INTO = 3


@dataclass
class Listing:
    """What lies below a folder.

    Parameters
    ----------
    images
        Paths of files that look like images, relative to the folder with forward slashes, in natural order. The images
        of a folder come before those of the folders inside it.
    unread
        ``(path, reason)`` of pictures and films of kinds that aren't read, and of images that aren't called so.
    archives
        Paths of archives, which stay packed.
    """

    images: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)


def list_images(root: Path) -> Listing:
    """The images below a folder, and what else there is to see in it."""
    listing = Listing()
    for prefix, names in sorted(files_by_folder(root), key=lambda folder: natural_order(folder[0])):
        images = sorted(filter(is_image, names), key=natural_order)
        listing.images += [prefix + name for name in images]
        if len(images) < len(names):
            others = sorted((name for name in names if not is_image(name) and not is_hidden(name)), key=natural_order)
            listing.unread += _unread(root, prefix, others, not images)
            listing.archives += [prefix + name for name in others if is_archive(name)]
    return listing


def _unread(root: Path, prefix: str, names: Sequence[str], is_without_images: bool) -> list[tuple[str, str]]:
    """Of the files of a folder that don't look like images, those that there is something to see in."""
    of_no_note = () if prefix else _DOCUMENTS
    endings = {name: ending_of(name) for name in names}
    reasons = {name: "" if ending in of_no_note else UNREAD.get(ending, "") for name, ending in endings.items()}
    if is_without_images and not any(reasons.values()):
        reasons = _called_otherwise(root / prefix, names)
    shown = ((prefix + name).encode("utf-8", "replace").decode() for name in names)
    return [(path, reason) for path, reason in zip(shown, reasons.values(), strict=True) if reason]


def _called_otherwise(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """By name, what is wrong with the names of images that have no ending, or one that isn't theirs.

    It is told by the first few: of a folder of thousands of annotations no more is opened.
    """
    right = {ending_of(name): _right_ending(folder / name) for name in names[:_LOOKED_INTO]}
    reasons = {}
    for name in names:
        ending, wanted = ending_of(name), right.get(ending_of(name), "")
        called = f"ends in {ending}" if ending else "has no ending"
        reasons[name] = f"{CALLED_OTHERWISE} {called}: rename it so that it ends in {wanted}" if wanted else ""
    return reasons


def _right_ending(path: Path) -> str:
    """How the name of a file should end by what it begins with, if that is an image; else ""."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ""
        with open(path, "rb", buffering=0) as file:
            head = file.read(12)
    except OSError:
        return ""
    return next((ending for beginning, ending in _BEGINNINGS.items() if head.startswith(beginning)), "")


def images_by_folder(root: Path) -> Iterator[tuple[str, list[str]]]:
    """The same as `files_by_folder`, of images alone."""
    for prefix, names in files_by_folder(root):
        yield prefix, [name for name in names if is_image(name)]


def files_by_folder(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Each folder below `root`, as "" or a relative path that ends in "/", and the names of the files in it.

    Links are followed, once to each place: see `core.datasets.sources.walking`.
    """
    for folder in walk(root, is_hidden):
        yield folder.prefix, folder.names


def links_counted_elsewhere(root: Path) -> list[tuple[str, str]]:
    """The links below `root` to folders and images that lie here under another path as well, and that path."""
    links: list[tuple[str, str]] = []
    for _ in walk(root, is_hidden, links):
        pass
    return [(link, same) for link, same in links if is_image(link) or (root / link).is_dir()]


def subfolders(folder: Path) -> list[str]:
    """Names of the folders in a folder."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_dir() and not is_hidden(entry.name)]


def files(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_file() and not is_hidden(entry.name)]


def is_hidden(name: str) -> bool:
    """Whether a file or folder is none of the user's, by its name."""
    return name.startswith(".") or name.lower() in _OF_SYSTEMS


def ending_of(name: str) -> str:
    """The ending of a file's name in lower case, with its dot."""
    lower = name.lower()
    return ".nii" if lower.endswith(".nii.gz") else os.path.splitext(lower)[1]


def is_image(name: str) -> bool:
    """Whether a file is worth trying by its name."""
    return not is_hidden(name) and os.path.splitext(name)[1].lower() in SUFFIXES


def is_archive(name: str) -> bool:
    """Whether a file is an archive of files, by its name."""
    return name.lower().endswith(_ARCHIVES) and is_text(name)


def is_unread(name: str) -> bool:
    """Whether a file is a picture or film of a kind that isn't read, by its name."""
    return not is_hidden(name) and ending_of(name) in UNREAD


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder also after every link is followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def is_text(path: str) -> bool:
    """False for names whose bytes are not UTF-8, which no table or page can show."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def text_only(paths: Sequence[str], layout: Layout) -> list[str]:
    """The paths that can be shown and saved; the others are left out."""
    for path in paths:
        if not is_text(path):
            layout.left_out.append((path.encode("utf-8", "replace").decode(), "has a name that is not valid text"))
    return [path for path in paths if is_text(path)] if layout.left_out else list(paths)
