"""Which folders are the parts of a split: train and test, seg_train or test1, outermost or within the classes."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.datasets.sources.folders.masks import is_called_masks
from core.datasets.sources.folders.places import Place, count, parted, under_first
from core.datasets.sources.folders.unlabelled import keep, says_to_predict
from core.datasets.sources.found import Layout, natural_order
from core.datasets.sources.split_names import SPLIT_NAMES, class_and_part, split_in_names, words_of
from core.datasets.sources.words import listed, shown
from core.errors import UsageError

MORE_OF_A_CLASS = re.compile(r"additional[\W_]+(?P<class>.+)", re.IGNORECASE)
"""Folders beside the parts that hold more images of a class to train on."""

# "valid" and "dev" may well be classes; these are not, where they hold images alone and lie beside class folders.
_NEVER_TRAINED_ON = frozenset({"test", "testing", "tst", "holdout", "eval", "evaluation", "val", "validation"})


@dataclass
class Divided:
    """The places that may lie in class folders, by what the folders say of a split.

    Parameters
    ----------
    inside
        Those in parts of the split, which are taken from their levels; all, where there is none.
    beside
        Those that lie beside the parts.
    parts
        The names of the folders that are parts, to be shown; empty where there is no split.
    """

    inside: list[Place]
    beside: list[Place] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def take_split(places: list[Place], layout: Layout) -> Divided:
    """Find the folders that are parts of a split: the outermost, or those within the class folders.

    Images in flat parts beside class folders are kept as unlabelled.
    """
    if named := _classes_named_with_parts(places):
        for place in places:
            if place.levels:
                place.part, (label, place.split) = place.levels[0], named[place.levels[0]]
                place.levels = (label,)
        return Divided(places, parts=sorted(map(shown, named)))
    if parts := _parts_outermost(places):
        return _divided_outermost(places, _with_training(places, parts, layout), layout)
    if flat := _flat_parts_beside_classes(places):
        without, places = parted(places, lambda place: place.level(0) in flat)
        keep(without, layout, _if_class(sorted(flat)))
    return _divided_within_classes(places, layout)


def parts_of_names(places: list[Place]) -> dict[str, str]:
    """The outermost folders that are named after parts of one split, training among them, and the part of each."""
    parts = split_in_names(under_first(places))
    return parts if "train" in parts.values() and len(set(parts.values())) > 1 else {}


# The parts outermost -------------------------------------------------------------------------------------------------


def _classes_named_with_parts(places: list[Place]) -> dict[str, tuple[str, str]]:
    """Class and part of each outermost folder, where all are called as ``cats_train`` and ``cats_test`` are."""
    outermost = under_first(places)
    named = {name: class_and_part(name) for name in outermost}
    splits: dict[str, set[str]] = defaultdict(set)
    for label, split in named.values():
        splits[label].add(split)
    are_pairs = len(splits) > 1 and all("train" in found and len(found) > 1 for found in splits.values())
    are_classes = not any(map(is_called_masks, splits)) and all(len(place.levels) < 2 for place in places)
    return named if are_pairs and are_classes else {}


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
    inside = {place.level(1) for name in parts for place in outermost[name] if place.level(1)}
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


def _with_training(places: list[Place], parts: dict[str, str], layout: Layout) -> dict[str, str]:
    """The parts, with the one folder that holds folders of the same classes, where none is called after training."""
    inside = {name: {place.level(1) for place in found} - {""} for name, found in under_first(places).items()}
    classes = set().union(*(inside[name] for name in parts))
    alike = [
        name
        for name, inner in inside.items()
        if name not in parts and len(inner & classes) > 1 and 2 * len(inner & classes) > len(inner)
    ]
    if "train" in parts.values() or len(alike) != 1:
        return parts
    layout.warnings.append(
        f"“{shown(alike[0])}” holds folders of the same names as {listed(sorted(parts))}, and is taken for the images "
        "to train on."
    )
    return parts | {alike[0]: "train"}


def _divided_outermost(places: list[Place], parts: dict[str, str], layout: Layout) -> Divided:
    trains_beside = _holds_classes_to_train_on(places, parts)
    inside, beside = parted(places, lambda place: not place.levels or place.level(0) in parts or trains_beside)
    for place in inside:
        if place.level(0) in parts:
            _is_in(place, 0, parts)
        elif place.levels:
            place.split = "train"
    return Divided(_without_stand_ins(inside, layout), beside, sorted(map(shown, parts)))


def _without_stand_ins(places: list[Place], layout: Layout) -> list[Place]:
    """Keep the images of a part as unlabelled where it holds one folder, which is no class: ``test/unknown``.

    Keras's `flow_from_directory` finds images to predict only where they lie so.
    """
    trained = {place.level(0) for place in places if place.split == "train"} - {""}
    names: dict[str, set[str]] = defaultdict(set)
    for place in places:
        if place.levels and place.split != "train":
            names[place.part].add(place.levels[0])
    stand_ins = {part for part, inside in names.items() if len(inside) == 1 and not inside & trained}
    if len(trained) < 2 or not stand_ins:
        return places
    without, others = parted(places, lambda place: bool(place.levels) and place.part in stand_ins)
    keep(without, layout, _if_class(sorted({place.levels[0] for place in without})))
    return others


def _if_class(names: list[str]) -> str:
    return (
        f"If {listed(names)} {'is a class' if len(names) == 1 else 'are classes'}, rename the folder and import again."
    )


# The parts within classes --------------------------------------------------------------------------------------------


def _divided_within_classes(places: list[Place], layout: Layout) -> Divided:
    """Take ``cats/train`` and ``cats/test`` apart, on whichever level most images lie in such folders."""
    for depth in range(1, max((len(place.levels) for place in places), default=0)):
        parts = split_in_names(set(filter(None, (place.level(depth) for place in places))))
        in_parts = sum(len(place.paths) for place in places if place.level(depth) in parts)
        if len(set(parts.values())) > 1 and 2 * in_parts > count(places):
            return _divided_at(places, depth, parts, layout)
    return Divided(places)


def _divided_at(places: list[Place], depth: int, parts: dict[str, str], layout: Layout) -> Divided:
    _refuse_folds(places)
    divided = {place.levels[:depth] for place in places if place.level(depth) in parts}
    inside, beside = parted(
        places,
        lambda place: place.level(depth) in parts or not place.level(depth) or place.levels[:depth] not in divided,
    )
    for place in inside:
        if place.level(depth) in parts:
            _is_in(place, depth, parts)
    _say_undivided([place for place in inside if place.levels and not place.split], layout, sorted(parts))
    return Divided(inside, beside, sorted(map(shown, parts)))


def _refuse_folds(places: list[Place]) -> None:
    """Refuse folds that each hold train and val, as `splitfolders --kfold` writes them: each holds every image."""
    folds = [name for name in under_first(places) if words_of(name) in {("fold",), ("k", "fold"), ("kfold",)}]
    if len(folds) > 1:
        raise UsageError(
            f"{listed(folds)} are folds of a cross-validation, which hold the same images over again, each divided "
            "otherwise. Import the folder of one fold; or the class folders that they were made of, whose images can "
            "then be divided into folds here."
        )


def _say_undivided(places: list[Place], layout: Layout, parts: list[str]) -> None:
    if places:
        folders = sorted({place.folder for place in places}, key=natural_order)
        layout.warnings.append(
            f"The images in {listed(folders)} ({count(places):,}) lie in none of the folders {listed(parts)}: they are "
            "divided anew, among what these folders don’t give."
        )


def _is_in(place: Place, depth: int, parts: Mapping[str, str]) -> None:
    place.part = place.levels[depth]
    place.split, place.levels = parts[place.part], place.levels[:depth] + place.levels[depth + 1 :]
