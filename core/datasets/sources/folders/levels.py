"""Which of nested folders are the classes, and which only sort the images of a class by patient, day or camera."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.folders.places import Place, count
from core.datasets.sources.found import natural_order
from core.datasets.sources.split_names import words_of
from core.datasets.sources.words import shown
from core.errors import UsageError

INNERMOST = -1
_NEARLY_ALL = 0.9
_FEW_IMAGES = 2  # as in a folder a patient, and not in a folder a class
_NAMES_SHOWN = 6


def class_level(places: list[Place], choices: Choices) -> int:
    """Which level holds the classes, counted from the outermost, 1, or from the innermost, -1.

    Parameters
    ----------
    places
        Those that lie in class folders, parts of a split taken away.
    choices
        What a person said of it.

    Raises
    ------
    Undecided
        If folders within folders may be classes as well as those around them.
    UsageError
        If no image lies as deep as was said.
    """
    deepest = max((len(place.levels) for place in places), default=0)
    if choices.level and places:
        if abs(choices.level) > deepest:
            raise UsageError(
                f"There is no level {choices.level} of class folders: they lie at most {deepest} deep. "
                f"Choose 1 for the outermost or {INNERMOST} for the innermost."
            )
        return choices.level
    levels = [1] + [depth + 1 for depth in range(1, deepest) if _may_be_classes(places, depth)]
    if len(levels) == 1:
        return 1
    levels = [INNERMOST if level == deepest else level for level in levels]
    options = [_option(places, level) for level in levels]
    # Patients, days and the like are no classes; and classes are fewer than what they are found in.
    outermost, last = (set(labels_at(places, level)) - {""} for level in (1, levels[-1]))
    if _are_numbered(outermost) or len(last) < len(outermost):
        options.reverse()
    outer, inner = (shown("/".join(place.levels)) for place in (places[0], places[-1]))
    raise Undecided(
        f"Folders lie within folders, such as {outer} and {inner}, and only a person can tell which of them are the "
        "classes. Choose one:",
        options,
    )


def labels_at(places: list[Place], level: int) -> list[str]:
    """The label of the images in each place, "" where it doesn't lie as deep, or holds the class folders itself."""
    around = {place.levels[:depth] for place in places for depth in range(1, len(place.levels))} if level < 0 else set()
    depths = [level - 1 if level > 0 else len(place.levels) + level for place in places]
    return [
        place.level(depth) if depth >= 0 and place.levels not in around else ""
        for place, depth in zip(places, depths, strict=True)
    ]


def _option(places: list[Place], level: int) -> Option:
    which = {1: "outermost folders", INNERMOST: "innermost folders"}.get(level, f"folders on level {level}")
    names = sorted(set(labels_at(places, level)) - {""}, key=natural_order)
    more = f" and {len(names) - _NAMES_SHOWN:,} more" if len(names) > _NAMES_SHOWN else ""
    return Option(f"the {which}: {shown(', '.join(names[:_NAMES_SHOWN]))}{more}", Choices(level=level))


def _may_be_classes(places: list[Place], depth: int) -> bool:
    """Whether the folders on an inner level, from 1, may be classes rather than patients, days or pieces of a class."""
    deep = [place for place in places if len(place.levels) > depth]
    if 2 * count(deep) <= count(places):
        return False
    around: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    within: dict[tuple[str, ...], set[str]] = defaultdict(set)
    images: Counter = Counter()
    for place in deep:
        parent, name = place.levels[:depth], place.levels[depth]
        around[name].add(parent)
        within[parent].add(name)
        images[parent, name] += len(place.paths)
    one_for_one = all(len(names) == 1 for names in within.values()) and all(
        len(outer) == 1 for outer in around.values()
    )
    if len(around) < 2 or one_for_one:
        return False
    if _are_numbered({name for parent in within for name in parent[:1]}):
        return not _are_numbered(around) or any(len(outer) > 1 for outer in around.values())
    return not _are_numbered(around) and median(images.values()) > _FEW_IMAGES


def _are_numbered(names: Iterable[str]) -> bool:
    """Whether folders are named as a series is: by numbers or letters, or beginning with one word, as "patient_a"."""
    names = list(names)
    with_numbers = sum(len(name) == 1 or any(letter.isdigit() for letter in name) for name in names)
    # 01_TUMOR and 02_STROMA are classes in a row.
    longest = {max(words_of(name), key=len, default="") for name in names}
    if len(names) == len(longest) > 1 and all(len(word) > 2 for word in longest):
        with_numbers = 0
    first_words = {words[0] for name in names if len(words := words_of(name)) > 1}
    return with_numbers >= _NEARLY_ALL * len(names) or (
        len(first_words) == 1 and all(len(words_of(name)) > 1 for name in names)
    )
