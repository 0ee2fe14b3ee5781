"""Lists the image files and the folders below a folder; hidden ones count as not there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from core.datasets.sources.found import Layout, natural_order
from core.images.formats import SUFFIXES

_CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f]")


def image_paths(root: Path) -> list[str]:
    """Paths of files that look like images, relative to `root` with forward slashes, in natural order.

    The images of a folder come before those of the folders inside it.
    """
    paths = []
    for prefix, names in sorted(images_by_folder(root), key=lambda folder: natural_order(folder[0])):
        paths += [prefix + name for name in sorted(names, key=natural_order)]
    return paths


def images_by_folder(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Each folder below `root`, as "" or a relative path that ends in "/", and the names of the images in it.

    Links are followed, once to each place. The order is that of the disk.
    """
    visited = set()
    for folder, folder_names, file_names in os.walk(root, followlinks=True):
        place = os.path.realpath(folder)
        if place in visited:  # a link back to where we have been
            folder_names.clear()
            continue
        visited.add(place)
        folder_names[:] = [name for name in folder_names if not is_hidden(name)]
        relative = os.path.relpath(folder, root)
        prefix = "" if relative == "." else relative.replace(os.sep, "/") + "/"
        yield prefix, [name for name in file_names if is_image(name)]


def subfolders(folder: Path) -> list[str]:
    """Names of the folders in a folder."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_dir() and not is_hidden(entry.name)]


def files(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_file() and not is_hidden(entry.name)]


def is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def is_image(name: str) -> bool:
    """Whether a file is worth trying by its name."""
    return not is_hidden(name) and os.path.splitext(name)[1].lower() in SUFFIXES


def is_text(path: str) -> bool:
    """False for names whose bytes are not UTF-8, which no table or page can show."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def text_only(paths: list[str], layout: Layout) -> list[str]:
    """The paths that can be shown and saved; the others are left out."""
    for path in paths:
        if not is_text(path):
            layout.left_out.append((path.encode("utf-8", "replace").decode(), "has a name that is not valid text"))
    return [path for path in paths if is_text(path)] if layout.left_out else paths


def has_control_characters(name: str) -> bool:
    """True for names with line breaks, escapes and the like, which can make a terminal or a table show anything."""
    return _CONTROL.search(name) is not None
