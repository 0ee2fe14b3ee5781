"""Which folders are the parts of a split: train and test, seg_train or test1, outermost or within the classes."""

import re
from collections.abc import Mapping

from core.datasets.sources.folders.places import Place, count, leave_out, listed, under_first
from core.datasets.sources.folders.unlabelled import keep, says_to_predict
from core.datasets.sources.found import Layout
from core.datasets.sources.split_names import SPLIT_NAMES, split_in_names, words_of

MORE_OF_A_CLASS = re.compile(r"additional[\W_]+(?P<class>.+)", re.IGNORECASE)
"""Folders beside the parts that hold more images of a class to train on."""

_SHARE_WITHIN_PARTS = 0.9
# "valid" and "dev" may well be classes; these are not, where they hold images alone and lie beside class folders.
_NEVER_TRAINED_ON = frozenset({"test", "testing", "tst", "holdout", "eval", "evaluation", "val", "validation"})


def take_split(places: list[Place], layout: Layout) -> tuple[list[Place], list[str]]:
    """Find the folders that are parts of a split, and take them from the levels of the places in them.

    Returns
    -------
    list of Place
        Those that may lie in class folders. What lies beside the parts still has its levels, and no part.
    list of str
        The names of the folders that are the parts; empty where there are none.
    """
    if parts := _parts_outermost(places):
        trains_beside = _holds_classes_to_train_on(places, parts)
        for place in places:
            if place.levels and place.levels[0] in parts:
                _is_in(place, 0, parts)
            elif place.levels and trains_beside:
                place.split = "train"
        return places, sorted(parts)
    if flat := _flat_parts_beside_classes(places):
        without = [place for place in places if place.levels and place.levels[0] in flat]
        is_class = "is a class" if len(flat) == 1 else "are classes"
        keep(without, layout, f"If {listed(sorted(flat))} {is_class}, rename the folder and import again.")
        places = [place for place in places if not (place.levels and place.levels[0] in flat)]
    return _take_parts_within_classes(places, layout)


def parts_of_names(places: list[Place]) -> dict[str, str]:
    """The outermost folders that are named after parts of one split, training among them, and the part of each."""
    parts = split_in_names(under_first(places))
    return parts if "train" in parts.values() and len(set(parts.values())) > 1 else {}


# The parts outermost -------------------------------------------------------------------------------------------------


def _parts_outermost(places: list[Place]) -> dict[str, str]:
    """The part of each outermost folder that is one."""
    outermost = under_first(places)
    parts = split_in_names(outermost)
    others = [name for name in outermost if name not in parts and not MORE_OF_A_CLASS.fullmatch(name)]
    holds_classes = any(len(place.levels) > 1 for name in parts for place in outermost[name])
    if len(set(parts.values())) > 1:
        # Without folders inside, training and another part are a split that lacks its labels, and not classes.
        return parts if holds_classes or ("train" in parts.values() and len(others) < 2) else {}
    if _holds_classes_to_train_on(places, parts):
        return parts
    # A name that is more than "train" needs another part beside it, or it may well be a class; so does any name that
    # stands among those of classes.
    alone = all(name.casefold() in SPLIT_NAMES for name in parts)
    return parts if alone and holds_classes and len(others) < 2 else {}


def _holds_classes_to_train_on(places: list[Place], parts: dict[str, str]) -> bool:
    """Whether the folders beside the parts are the classes that are trained on: ``cats``, ``dogs``, ``test/cats`` …"""
    outermost = under_first(places)
    inside = {place.levels[1] for name in parts for place in outermost[name] if len(place.levels) > 1}
    shared = inside.intersection(name for name in outermost if name not in parts)
    return "train" not in parts.values() and 2 * len(shared) > len(inside)


def _flat_parts_beside_classes(places: list[Place]) -> set[str]:
    """Folders called test and the like beside class folders: their images are to be predicted, and no class."""
    outermost = under_first(places)
    parts = split_in_names(outermost)
    if sum(name not in parts and not says_to_predict(name) for name in outermost) < 2:
        return set()
    is_split = "train" in parts.values() and len(set(parts.values())) > 1
    never_trained_on = all(_NEVER_TRAINED_ON.intersection(words_of(name)) for name in parts)
    return set(parts) if is_split or never_trained_on else set()


# The parts within classes --------------------------------------------------------------------------------------------


def _take_parts_within_classes(places: list[Place], layout: Layout) -> tuple[list[Place], list[str]]:
    """Take ``cats/train`` and ``cats/test`` apart, on whichever level nearly all images lie in such folders."""
    for depth in range(1, max((len(place.levels) for place in places), default=0)):
        parts = split_in_names({place.levels[depth] for place in places if len(place.levels) > depth})
        within = [place for place in places if len(place.levels) > depth and place.levels[depth] in parts]
        if len(set(parts.values())) < 2 or count(within) < _SHARE_WITHIN_PARTS * count(places):
            continue
        for place in within:
            _is_in(place, depth, parts)
        named = sorted(parts)
        for place in places:
            if not place.split and place.levels:
                leave_out(place, layout, f"is not in one of the folders {', '.join(named)}")
        return [place for place in places if place.split or not place.levels], named
    return places, []


def _is_in(place: Place, depth: int, parts: Mapping[str, str]) -> None:
    place.part = place.levels[depth]
    place.split, place.levels = parts[place.part], place.levels[:depth] + place.levels[depth + 1 :]
