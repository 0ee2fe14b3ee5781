"""Who trains, who validates, who tests: a seeded split that keeps each class's share and tears no group apart."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from numbers import Real
from typing import Any

import numpy as np

from core.datasets.grouping.groups import check_group_by, merge
from core.errors import UsageError

SPLITS = ("train", "validation", "test")
TRAIN, VALIDATION, TEST = range(3)
UNDECIDED = -1
MOST_FOLDS = 20
# Less than an image in any folder; makes up for shares such as 0.1 that binary fractions only come near to.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class SplitSettings:
    """How to divide.

    Parameters
    ----------
    validation, test
        Below 1 a share of the images, a whole number from 1 a count of images, as scikit-learn takes its `test_size`.
        The rest trains. There must be something to test on, and something to train on.
    seed
        Another seed draws another split; the same seed always draws the same.
    group_by
        Which images stay together: "" for none, "folder", "column" or a file name with ``{group}`` in it; see
        `core.datasets.grouping.groups.group_numbers`.
    near_duplicates_together
        Whether images that look almost the same stay together as well.
    folds
        0, or the number of parts, 2 to 20, that take turns at testing. `test` then does not matter.
    fold
        Which of them tests, from 1. Validation is cut from the others; its share is one of all images as ever.
    """

    validation: float = 0.2
    test: float = 0.2
    seed: int = 0
    group_by: str = ""
    near_duplicates_together: bool = True
    folds: int = 0
    fold: int = 1

    def __post_init__(self):
        _check_amount("validation", self.validation)
        _check_amount("test", self.test)
        if not self.test:
            raise UsageError("There must be something to test on: give a share of the images, or a count.")
        if self.folds not in (0, *range(2, MOST_FOLDS + 1)):
            raise UsageError(f"Cross-validation takes 2 to {MOST_FOLDS} folds, or 0 for none. Got {self.folds}.")
        if self.fold not in range(1, max(self.folds, 1) + 1):
            raise UsageError(f"Of {self.folds} folds, fold {self.fold} cannot test. Count them from 1.")
        if self.train is not None and self.train <= TOLERANCE:
            tested = f"testing on one of {self.folds} folds" if self.folds else f"testing on {self.test:.0%}"
            raise UsageError(
                f"Validating on {self.validation:.0%} and {tested} leaves nothing to train on. Choose smaller shares."
            )
        check_group_by(self.group_by)

    @property
    def train(self) -> float | None:
        """The share that is left to train on; None where counts are given, for it then depends on the dataset."""
        test = 1 / self.folds if self.folds else self.test
        if self.validation >= 1 or test >= 1:
            return None
        return round(1 - self.validation - test, 12)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SplitSettings":
        """The settings in a file. What else it holds is passed over: earlier versions also wrote `train`."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def draw_splits(
    labels: np.ndarray,
    identities: np.ndarray,
    given: np.ndarray,
    settings: SplitSettings,
    groups: np.ndarray | None = None,
    fixed: np.ndarray | None = None,
    first_labels: np.ndarray | None = None,
) -> np.ndarray:
    """Say for each image whether it trains, validates or tests.

    Images of one group, and images with the same pixels, are always on one side, but for what `given` says otherwise.
    First the groups of several images are placed, the largest first, each where its classes lack most. Then, within
    each class, the single images are put in the order of a hash of their content and the seed, and cut so that every
    class gets its shares. The result depends on nothing but the images, their labels, what belongs together and the
    settings, and not on the order or the names of files.

    Parameters
    ----------
    labels : (n,) array of str or int
    identities : (n,) array of str
        What an image is known by: a hash of its pixels.
    given : (n,) array of str
        The part of a split that a dataset brings along, "" where it brings none. It is kept; only the parts that a
        dataset lacks are cut from its training images.
    settings
        Shares or counts, seed and folds. What `group_by` and `near_duplicates_together` ask for is up to `groups`.
        Counts are met exactly where all images are single, and else as nearly as the groups allow.
    groups : (n,) array of int, optional
        Equal for images that belong together.
    fixed : (n,) array of str, optional
        The part that an image got when it was drawn earlier, "" for a new one. The old never move. A new image that
        belongs to old ones joins them, in training if they are in several parts; the others go where their class lacks
        most. With folds, new images are divided into folds of their own, which keeps the folds disjoint as long as
        `fixed` holds the same images for each of them.
    first_labels : (n,) array of str, optional
        What the classes were called before they were renamed: another name is to move no image to another part.

    Returns
    -------
    (n,) array of str
        "train", "validation" or "test".

    Raises
    ------
    UsageError
        If the settings ask for what these images cannot give; see there.
    """
    known = labels if first_labels is None else first_labels
    _, examples, label_numbers = np.unique(known, return_index=True, return_inverse=True)
    names = np.asarray(labels)[examples]
    units, order = _units(identities, groups, settings.seed)
    parts = _decided(given, fixed, units)
    free = (given == "") | (given == "train")
    brought = set(given.tolist()) - {"", "train"}
    images = _Images(label_numbers[free], units[free], order, len(names))
    if settings.folds:
        _refuse_folds(images, names, brought, settings.folds)
        drawn = _in_folds(images, parts[free], brought, settings)
    else:
        wanted = _wanted(images.class_sizes, brought, settings)
        drawn = _place(images, parts[free], wanted, first=(TRAIN, TEST, VALIDATION))
    if "test" not in brought and len(order) < len(units) and not (drawn == TEST).any():
        raise UsageError(
            "The images that belong together leave nothing to test on: each class lies within one group, or nearly. "
            "Group by another rule, or not at all, or let near copies lie on both sides."
        )
    result = np.array(given, dtype="<U10")
    result[free] = np.array(SPLITS)[drawn]
    return result


def leaks(splits: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Find the images whose group lies on more than one side.

    Parameters
    ----------
    splits : (n,) array of str
        The part that each image is in.
    groups : (n,) array of int
        Equal for images that belong together.

    Returns
    -------
    (n,) array of bool
        False throughout for what `draw_splits` draws anew. What a dataset brings along may leak, and so may what was
        drawn earlier, when images that were apart have come to belong together.
    """
    _, units = np.unique(groups, return_inverse=True)
    _, parts = np.unique(splits, return_inverse=True)
    lowest, highest = _extremes(parts, units, len(units))
    return lowest[units] != highest[units]


# Settings ------------------------------------------------------------------------------------------------------------


def _check_amount(name: str, amount: float) -> None:
    # Put so that what is not a number, of which no comparison is true, is refused too.
    if not (isinstance(amount, Real) and (0 <= amount < 1 or (amount >= 1 and float(amount).is_integer()))):
        raise UsageError(
            f"What is kept for {name} must be a share of the images, from 0 to below 1, or a whole number of images. "
            f"Got {amount!r}."
        )


# What stays together -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Images:
    """The images to divide: their classes, and the units that they form, numbered as in the (units,) array `order`."""

    labels: np.ndarray
    units: np.ndarray
    order: np.ndarray
    classes: int

    @property
    def class_sizes(self) -> np.ndarray:
        return np.bincount(self.labels, minlength=self.classes)

    def counted(self, parts: np.ndarray, many: int) -> np.ndarray:
        """Images of each class in each part: (classes, many). Undecided ones do not count."""
        decided = parts != UNDECIDED
        flat = np.bincount(self.labels[decided] * many + parts[decided], minlength=self.classes * many)
        return flat.reshape(self.classes, many)

    def only(self, rows: np.ndarray) -> "_Images":
        return _Images(self.labels[rows], self.units[rows], self.order, self.classes)


def _units(identities: np.ndarray, groups: np.ndarray | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What can only be placed as a whole: (n,) unit of each image and (units,) place of each in the order of the draw.

    A unit is known by the least identity in it, so that its place does not depend on files.
    """
    known, codes = np.unique(identities, return_inverse=True)
    units = codes if groups is None else merge(codes, groups)
    least, _ = _extremes(codes, units, units.max(initial=-1) + 1)
    keys = [hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).hexdigest() for name in known[least].tolist()]
    return units, np.argsort(np.argsort(np.array(keys, dtype="<U16"), kind="stable"))


def _extremes(values: np.ndarray, units: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest of the values, 0 or more, in each of `count` units; -1 is greatest where none are."""
    lowest = np.full(count, np.iinfo(np.int64).max)
    highest = np.full(count, -1)
    np.minimum.at(lowest, units, values)
    np.maximum.at(highest, units, values)
    return lowest, highest


def _decided(given: np.ndarray, fixed: np.ndarray | None, units: np.ndarray) -> np.ndarray:
    """The parts (n,) that are settled before anything is drawn, else `UNDECIDED`."""
    parts = np.full(len(given), UNDECIDED)
    brought = (given != "") & (given != "train")
    for part, name in enumerate(SPLITS):
        parts[brought & (given == name)] = part
        # What was drawn earlier gives way where the dataset now brings that part itself.
        if fixed is not None and not (brought & (given == name)).any():
            parts[~brought & (fixed == name)] = part
    # An image given for training may be cut off for another part, but not where its twin was given for that or a third.
    torn = np.bincount(units, weights=brought) > 0
    parts[(parts == UNDECIDED) & (given == "train") & torn[units]] = TRAIN
    members = parts != UNDECIDED
    lowest, highest = _extremes(parts[members], units[members], len(torn))
    side = np.where(lowest == highest, lowest, np.where(highest < 0, UNDECIDED, TRAIN))
    return np.where(members, parts, side[units])


# How many of each class ----------------------------------------------------------------------------------------------


def _wanted(class_sizes: np.ndarray, seen_to: set[str], settings: SplitSettings) -> np.ndarray:
    """Images of each class that should train, validate and test: (classes, 3), whole numbers.

    None go to the parts that are seen to already. The images that are left beside those keep the other shares among
    themselves, so that of 60 % training and 20 % validation a quarter is validation.
    """
    validation = 0 if "validation" in seen_to else settings.validation
    test = 0 if "test" in seen_to else settings.test
    if settings.train is not None:
        shares = [settings.train, validation, test]
        if seen_to:
            shares = [share / sum(shares) for share in shares]
        return np.array([_counts(size, shares) for size in class_sizes.tolist()]).reshape(-1, len(SPLITS))
    total = int(class_sizes.sum())
    validating, testing = (int(amount) if amount >= 1 else round(amount * total) for amount in (validation, test))
    room = np.maximum(class_sizes - 1, 0)  # one of each class has to train
    if validating + testing > room.sum():
        raise UsageError(
            f"{validating:,} images for validation and {testing:,} for the test cannot be had of {total:,} images "
            "while each class keeps one to train on. Choose smaller counts, or shares."
        )
    tests = _spread(testing, class_sizes, room)
    validates = _spread(validating, class_sizes, room - tests)
    return np.column_stack([class_sizes - validates - tests, validates, tests])


def _counts(n: int, shares: list[float]) -> list[int]:
    """Divide n images by shares: largest remainder, and each part with a share gets one as long as there are enough.

    Where there are not, training goes first and test second, since a class nobody trains on cannot be learned and one
    nobody tests on cannot be judged.
    """
    first = [index for index in (0, *range(len(shares) - 1, 0, -1)) if shares[index] > 0]
    if n <= len(first):
        return [int(index in first[:n]) for index in range(len(shares))]
    exact = np.array(shares) * n
    counts = np.floor(exact + TOLERANCE).astype(int)
    for index in np.argsort(-(exact - counts), kind="stable")[: n - counts.sum()]:
        counts[index] += 1
    for index in first:
        if counts[index] == 0:
            counts[np.argmax(counts)] -= 1
            counts[index] = 1
    return counts.tolist()


def _spread(count: int, class_sizes: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Divide a count of images over the classes (classes,) by their sizes, at most `room` and, if it suffices, one."""
    exact = count * class_sizes / max(class_sizes.sum(), 1)
    least = np.minimum(room, 1) if count >= (room > 0).sum() else np.zeros_like(room)
    counts = np.clip(np.floor(exact + TOLERANCE).astype(int), least, room)
    while missing := count - counts.sum():
        step = 1 if missing > 0 else -1
        movable = np.flatnonzero(counts < room if missing > 0 else counts > least)
        nearest = np.argsort(-step * (exact - counts)[movable], kind="stable")
        counts[movable[nearest[: abs(missing)]]] += step
    return counts


# Placing -------------------------------------------------------------------------------------------------------------


def _place(images: _Images, parts: np.ndarray, wanted: np.ndarray, first: tuple[int, ...]) -> np.ndarray:
    """Put each undecided unit into a part, so that every class comes as near as can be to the numbers wanted.

    Parameters
    ----------
    images
        n images.
    parts : (n,) array of int
        Decided before, or `UNDECIDED`; units are decided as a whole.
    wanted : (classes, parts) array of int
        Images of each class in each part, decided ones included.
    first
        The parts that a class with few units has to fill first, in this order.
    """
    parts = parts.copy()
    undecided = np.flatnonzero(parts == UNDECIDED)
    several = np.bincount(images.units[undecided], minlength=len(images.order))[images.units[undecided]] > 1
    grouped, singles = undecided[several], undecided[~several]
    parts[grouped] = _place_groups(images, grouped, images.only(singles).class_sizes, parts, wanted, first)
    lack = wanted - images.counted(parts, wanted.shape[1])
    singles = singles[np.lexsort((images.order[images.units[singles]], images.labels[singles]))]
    bounds = np.searchsorted(images.labels[singles], np.arange(images.classes + 1))
    for number in np.flatnonzero(np.diff(bounds)):
        rows = singles[bounds[number] : bounds[number + 1]]
        # Groups and earlier draws may have filled a part beyond what is wanted; the others then share what is left.
        missing = np.maximum(lack[number], 0)
        parts[rows] = np.repeat(np.arange(len(missing)), _counts(len(rows), (missing / missing.sum()).tolist()))
    return parts


def _place_groups(
    images: _Images, rows: np.ndarray, singles: np.ndarray, parts: np.ndarray, wanted: np.ndarray, first: tuple
) -> list[int]:
    """The parts of the images in `rows`, whose units hold several each, with (classes,) `singles` still to come.

    The largest unit comes first. Each goes where it brings the numbers nearest to those wanted, by the squared lack in
    each class and part relative to the number wanted there (Pearson's chi-square): a part then gets large groups and
    small ones in its proportion, where by the plain lack all large ones would train.
    """
    inside = _classes_within(images, rows)
    sizes = {unit: sum(counted.values()) for unit, counted in inside.items()}
    # Plain lists: a hundred thousand looks at single elements of an array would take a second.
    goals, lacks = wanted.tolist(), (wanted - images.counted(parts, wanted.shape[1])).tolist()
    order, to_come = images.order.tolist(), singles.tolist()
    for label in (label for counted in inside.values() for label in counted):
        to_come[label] += 1
    candidates = np.flatnonzero(wanted.any(axis=0)).tolist()
    total = [sum(column) for column in zip(*lacks, strict=True)]
    place = {}
    for unit in sorted(inside, key=lambda unit: (-sizes[unit], order[unit])):
        merits = [[0, 0.0, total[part]] for part in candidates]
        for label, count in inside[unit].items():
            lack, goal = lacks[label], goals[label]
            empty = [part for part in first if goal[part] and lack[part] == goal[part]]
            must = empty[: to_come[label]] if to_come[label] <= len(empty) else ()
            for merit, part in zip(merits, candidates, strict=True):
                merit[0] += part in must
                merit[1] += count * (2 * lack[part] - count) / max(goal[part], 1)
        place[unit] = best = candidates[merits.index(max(merits))]
        total[best] -= sizes[unit]
        for label, count in inside[unit].items():
            lacks[label][best] -= count
            to_come[label] -= 1
    return [place[unit] for unit in images.units[rows].tolist()]


def _classes_within(images: _Images, rows: np.ndarray) -> dict[int, dict[int, int]]:
    """How many images of which class each unit holds, by unit and class."""
    pairs, counts = np.unique(images.units[rows] * images.classes + images.labels[rows], return_counts=True)
    inside: dict[int, dict[int, int]] = defaultdict(dict)
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        unit, label = divmod(pair, images.classes)
        inside[unit][label] = count
    return inside


# Folds ---------------------------------------------------------------------------------------------------------------


def _refuse_folds(images: _Images, names: np.ndarray, brought: set[str], folds: int) -> None:
    if "test" in brought:
        raise UsageError("The dataset brings its own test images, so folds cannot take turns at testing. Set 0 folds.")
    groups = np.bincount(np.unique(images.units * images.classes + images.labels) % images.classes)
    for number in np.unique(images.labels):
        if (size := images.class_sizes[number]) < folds:
            raise UsageError(
                f"{folds} folds cannot all test the class “{names[number]}”, which has {size} images. Choose fewer "
                "folds, or leave the class out."
            )
        if groups[number] < 2:
            raise UsageError(
                f"The images of the class “{names[number]}” all belong together, so no fold could both train on it and "
                "test on it. Group by another rule, or leave the class out."
            )
    if len(images.labels) and (units := len(np.unique(images.units))) < folds:
        raise UsageError(
            f"{units} groups cannot be divided into {folds} folds. Choose fewer folds, or group by another rule."
        )


def _in_folds(images: _Images, parts: np.ndarray, brought: set[str], settings: SplitSettings) -> np.ndarray:
    """The part (n,) of each image when one fold tests and validation is cut from the others."""
    parts = parts.copy()
    new = np.flatnonzero(parts == UNDECIDED)
    sizes = images.only(new).class_sizes
    # Each class goes on where the one before left off, or else the first folds would get the odd image of every class.
    starts = len(parts) - len(new) + np.cumsum(sizes) - sizes
    turns = (np.arange(settings.folds) - starts[:, None]) % settings.folds
    wanted = (sizes[:, None] + settings.folds - 1 - turns) // settings.folds
    folds = _place(images.only(new), parts[new], wanted, first=())
    parts[new[folds == settings.fold - 1]] = TEST
    others = parts != TEST
    rest = images.only(others)
    wanted = _wanted(rest.class_sizes, brought | {"test"}, settings)
    parts[others] = _place(rest, parts[others], wanted, first=(TRAIN, VALIDATION))
    return parts
