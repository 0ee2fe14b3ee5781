"""The folders that hold images, and which of the folders around each may be classes or parts of a split."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from core.datasets.sources.folders.masks import holds_masks, is_called_masks, mask_files
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.split_names import SAYING_NOTHING, split_in_name, words_of


@dataclass
class Place:
    """A folder that holds images.

    Parameters
    ----------
    folder
        Its path, "" for the dataset's root.
    paths
        The images in it.
    levels
        Names of the folders on the way to it that may be classes or parts of a split, outermost first. What only wraps
        is not among them, and what turned out to be a part of the split is taken away.
    split, part
        The part of a split that it belongs to, and the name of the folder that says so; "" for none.
    """

    folder: str
    paths: list[str]
    levels: tuple[str, ...]
    split: str = ""
    part: str = ""

    def level(self, depth: int) -> str:
        """The name on a level, from 0 for the outermost; "" where it doesn't lie as deep."""
        return self.levels[depth] if depth < len(self.levels) else ""

    def images(self, label: str = "") -> Iterator[FoundImage]:
        """Its images under a label; those without one belong to no part of the split."""
        return (FoundImage(path, label, self.split if label else "") for path in self.paths)


def places_of(paths: Iterable[str], layout: Layout) -> list[Place]:
    """The folders that hold images, without those of masks, which are left out, and without levels that only wrap.

    ``images`` beside ``masks`` wraps, and so do ``cats/cats``, ``train/seg_train`` and a lone ``images`` anywhere.

    Parameters
    ----------
    paths
        Images with forward slashes; those of one folder follow one another.
    """
    places: list[Place] = []
    for path in paths:
        folder = path.rpartition("/")[0]
        if not places or places[-1].folder != folder:
            # macOS takes letters and accents apart, other systems do not; people see no difference.
            levels = tuple(unicodedata.normalize("NFC", folder).split("/")) if folder else ()
            places.append(Place(folder, [], levels))
        places[-1].paths.append(path)
    inside: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for place in places:
        for depth, name in enumerate(place.levels):
            inside[place.levels[:depth]].add(name)
    direct = {place.levels for place in places if place.levels}
    kept = []
    for place in places:
        above = [(place.levels[:depth], name) for depth, name in enumerate(place.levels)]
        if any(holds_masks(name, inside[parent], parent in direct) for parent, name in above):
            leave_out(place, layout, "lies in a folder of masks or annotations")
            continue
        place.levels = tuple(name for parent, name in above if not _only_wraps(name, parent, inside[parent]))
        if masks := mask_files(place.paths):
            layout.left_out += [(path, "is a mask of an image beside it, by its name") for path in sorted(masks)]
            place.paths = [path for path in place.paths if path not in masks]
        kept.append(place)
    return kept


def unwrap(places: list[Place]) -> None:
    """Take away the outermost level as long as all that lies in folders lies in folders within one."""
    while len(under_first(places)) == 1 and all(len(place.levels) != 1 for place in places):
        for place in places:
            place.levels = place.levels[1:]


def unwrap_copies(places: list[Place]) -> list[str]:
    """Take away an outermost folder that lies beside class folders and holds folders of the same names.

    Archives that were unpacked twice are so: ``cats``, ``dogs`` and ``photos/cats``, ``photos/dogs``.

    Returns
    -------
    list of str
        Names of the folders that were taken away.
    """
    outermost = under_first(places)
    inside = {name: {place.level(1) for place in found} - {""} for name, found in outermost.items()}
    # A few images may lie loose in it.
    copies = [
        name
        for name, inner in inside.items()
        if len(inner & (outermost.keys() - {name})) > 1 and 2 * len(inner & outermost.keys()) > len(inner)
    ]
    for name in copies:
        for place in outermost[name]:
            place.levels = place.levels[1:]
    return copies


def _is_of_images(name: str) -> bool:
    """Whether a folder's name says no more than that it holds images."""
    words = words_of(name)
    return bool(words) and SAYING_NOTHING.issuperset(words)


def _only_wraps(name: str, parent: tuple[str, ...], inside: Collection[str]) -> bool:
    if _is_of_images(name) and all(is_called_masks(other) for other in inside if other != name):
        return True
    same_again = bool(parent) and (name == parent[-1] or bool(split_in_name(name) and split_in_name(parent[-1])))
    return same_again and len(inside) == 1


def under_first(places: Iterable[Place]) -> dict[str, list[Place]]:
    """The places by their outermost level; those without any are not among them."""
    found: dict[str, list[Place]] = {}
    for place in places:
        if place.levels:
            found.setdefault(place.levels[0], []).append(place)
    return found


def parted(places: Iterable[Place], is_so: Callable[[Place], bool]) -> tuple[list[Place], list[Place]]:
    """The places of which something is so, and the others."""
    so, others = [], []
    for place in places:
        (so if is_so(place) else others).append(place)
    return so, others


def count(places: Iterable[Place]) -> int:
    """How many images there are in them."""
    return sum(len(place.paths) for place in places)


def leave_out(place: Place, layout: Layout, reason: str) -> None:
    """Leave out the images of a place."""
    layout.left_out += [(path, reason) for path in place.paths]
