"""Walks the folders below one, following links, so that every file comes once, and the same whatever the disk's order.

A folder or file that lies here goes before links to it; of several links to one place the first by name is followed.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Folder:
    """A folder, as "" or a relative path that ends in "/", and the names of the files in it.

    `place` is where it truly is, and `links` are the names of those files that are links; both in the order of names.
    """

    prefix: str
    place: str
    names: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def walk(
    root: str | os.PathLike, skip: Callable[[str], bool], counted_elsewhere: list[tuple[str, str]] | None = None
) -> Iterator[Folder]:
    """Each folder below `root`, itself first; those that can't be opened hold nothing.

    Parameters
    ----------
    skip
        Whether a folder of this name is passed over.
    counted_elsewhere
        Gets ``(link, the same)`` for every link that isn't followed since what it leads to comes under another path,
        both relative to `root`; of a folder without "/" at its end.
    """
    found: list[Folder] = []
    paths_of: dict[str, str] = {}  # by where a folder truly is, the path that it comes under
    links = [("", os.path.realpath(root))]
    while links:
        link, place = links.pop(0)
        if place in paths_of:
            if counted_elsewhere is not None:
                counted_elsewhere.append((link, paths_of[place]))
            continue
        new = _walk_without_links(f"{link}/" if link else "", place, skip, found, paths_of)
        links = sorted([*links, *new])
    if any(folder.links for folder in found):
        _drop_linked_files(found, [] if counted_elsewhere is None else counted_elsewhere)
    yield from found


def _walk_without_links(
    prefix: str, place: str, skip: Callable[[str], bool], found: list[Folder], paths_of: dict[str, str]
) -> list[tuple[str, str]]:
    """Add a folder and those that truly lie in it; returns the links to folders, and where they lead."""
    links, to_come = [], [(prefix, place)]
    while to_come:
        prefix, place = to_come.pop()
        if place in paths_of:  # reached before, by a link to a folder deeper down
            continue
        paths_of[place] = prefix.rstrip("/")
        folder = Folder(prefix, place)
        found.append(folder)
        for name, is_folder, is_link in _entries(place):
            if not is_folder:
                (folder.links if is_link else folder.names).append(name)
            elif skip(name):
                continue
            elif is_link:
                links.append((prefix + name, os.path.realpath(os.path.join(place, name))))
            else:
                to_come.append((f"{prefix}{name}/", os.path.join(place, name)))
    return links


def _entries(place: str) -> list[tuple[str, bool, bool]]:
    """Name, whether it is or leads to a folder, and whether it is a link, of all that lies in a folder, by name."""
    try:
        with os.scandir(place) as entries:
            return sorted((entry.name, _is_folder(entry), entry.is_symlink()) for entry in entries)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links that lead in a circle
        return False


def _drop_linked_files(found: list[Folder], counted_elsewhere: list[tuple[str, str]]) -> None:
    """Keep of the links to files those alone that lead to what is found nowhere else, once each."""
    paths_of = {os.path.join(folder.place, name): folder.prefix + name for folder in found for name in folder.names}
    links = sorted((folder.prefix + name, folder, name) for folder in found for name in folder.links)
    for path, folder, name in links:
        target = os.path.realpath(os.path.join(folder.place, name))
        if target in paths_of:
            counted_elsewhere.append((path, paths_of[target]))
        else:
            paths_of[target] = path
            folder.names.append(name)
