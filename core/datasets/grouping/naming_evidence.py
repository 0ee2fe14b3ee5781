"""What speaks for a pattern by which images would belong together, and what against it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.datasets.grouping.name_parts import ORIGIN, PICTURE, VIEWS

# A bare number or an unknown word has to fit nearly all names; where a word says what it counts, less will do.
FIT, FIT_OF_ORIGINS = 0.95, 0.6
FEWEST_GROUPS, FEWEST_ORIGINS = 5, 2
LARGEST_SHARE = 0.2
FEWEST_WORDS = 8
FEW_CLASSES = 5
WITHIN_A_CLASS = 0.2
# Tiles lie a whole number of these apart: such numbers are places in a picture.
STEP_OF_PLACES = 16
# Folders that were filled up to one size are portions.
PORTION = 50
LOOKED_AT = 2000
_LONG_ID = re.compile(r"\d{8,}|(?=(?:\d*[a-f]+\d+){3})[0-9a-f]{8,}")
_SYNSET = re.compile(r"n\d{8}")


@dataclass(frozen=True)
class Candidate:
    """A part of names that may tell what belongs together.

    Attributes
    ----------
    pattern
        For `core.datasets.grouping.groups.group_numbers`.
    rank
        How near to an origin the word before it is; see `core.datasets.grouping.name_parts.RANKS`.
    word
        What the number counts, "" where it is bare.
    kind
        As `core.datasets.grouping.name_parts.Part` has it; "joined" for two parts together, "folder" for the name of a
        folder.
    place
        Which part of the name it is, from 0; folders count from -1 outwards.
    """

    pattern: str
    rank: float
    word: str
    kind: str
    place: int

    def with_pattern(self, pattern: str) -> "Candidate":
        return replace(self, pattern=pattern)


@dataclass(frozen=True)
class Evidence:
    """A candidate that stood every test.

    Attributes
    ----------
    groups
        How many there are.
    is_the_class
        Whether each class is one group.
    """

    candidate: Candidate
    groups: int
    is_the_class: bool = False

    @property
    def is_ample(self) -> bool:
        """Whether there are enough groups to divide."""
        return self.groups >= FEWEST_GROUPS and not self.is_the_class

    @property
    def merit(self) -> tuple:
        return self.is_ample, self.candidate.rank, -self.candidate.place


def judge(candidate: Candidate, paths: Sequence[str], groups: Sequence[str], labels: Sequence[str]) -> Evidence | None:
    """Count what speaks for a candidate; None where it is in doubt.

    Parameters
    ----------
    paths, groups, labels : (n,) sequences of str
        The images, the group that the candidate's pattern finds for each, "" for none, and their classes.
    """
    n, is_origin = len(paths), candidate.rank >= ORIGIN
    counts = Counter(groups)
    unmatched = counts.pop("", 0)
    if n == 0 or n - unmatched < (FIT_OF_ORIGINS if is_origin else FIT) * n:
        return None
    # Most candidates are out by this, for which no table has to be made.
    if len(counts) < FEWEST_ORIGINS or sum(count > 1 for count in counts.values()) < len(counts) / 2:
        return None
    matched = np.array([group != "" for group in groups], dtype=bool)
    images = pd.DataFrame({"group": groups, "label": labels, "path": paths}, dtype="str")[matched]
    images["name"] = images["path"].str.rpartition("/")[2]
    if candidate.kind != "folder":
        # What is called the same in two folders was counted twice from the start, and is not of one origin.
        images = images.drop_duplicates(["group", "name"])
    sizes = images["group"].value_counts()
    shared = sizes[sizes > 1]
    if len(sizes) < FEWEST_ORIGINS or len(shared) < len(sizes) / 2:
        return None
    classes = _Classes(images, shared)
    if classes.are_the_groups:
        # Where there are many classes of a person each, the persons themselves are to be told apart.
        may_be_told = candidate.rank == ORIGIN or (is_origin and classes.number <= FEW_CLASSES)
        is_told = may_be_told and candidate.word and not classes.share_names
        return Evidence(candidate, len(sizes), is_the_class=True) if is_told else None
    if not is_origin and (len(sizes) < FEWEST_GROUPS or sizes.iloc[0] > LARGEST_SHARE * len(images)):
        return None
    if not is_origin and not _is_identifier(candidate, images, sizes, classes):
        return None
    return Evidence(candidate, len(sizes))


class _Classes:
    """How groups and classes lie to each other."""

    def __init__(self, images: pd.DataFrame, shared: pd.Series):
        counts = images.groupby(["group", "label"], sort=False).size().reset_index(name="count")
        self._counts, self._shared = counts, shared
        self.number = images["label"].nunique()

    @property
    def are_the_groups(self) -> bool:
        """Whether each class, or all but a few, is one group."""
        groups_of_each = self._counts["label"].value_counts()
        return self.number > 1 and (groups_of_each == 1).mean() >= 0.9 and self._counts["group"].nunique() > 1

    @property
    def share_names(self) -> bool:
        """Whether groups are called what the classes are called."""
        pairs = zip(self._counts["label"], self._counts["group"], strict=True)
        return bool(np.mean([_plain(label).endswith(_plain(group)) for label, group in pairs]) >= 0.5)

    @property
    def share_groups(self) -> bool:
        """Whether groups hold several images of one class: what starts anew with each class is its counter."""
        several = self._counts.loc[self._counts["count"] > 1, "group"].nunique()
        return several >= WITHIN_A_CLASS * len(self._shared)

    @property
    def span(self) -> float:
        """The share of groups that lie in several classes."""
        return float((self._counts["group"].value_counts() > 1).mean())


def _is_identifier(candidate: Candidate, images: pd.DataFrame, sizes: pd.Series, classes: _Classes) -> bool:
    """Whether groups that no word makes sure of are none of the things that look like them."""
    values, looked_at = sizes.index, _of_some_groups(images, sizes)
    if values.str.fullmatch(_SYNSET).mean() > 0.9:
        return False  # ImageNet's: a kind of thing
    if values.str.fullmatch(r"[^\W\d_]+").mean() > 0.5:
        return len(sizes) >= FEWEST_WORDS and classes.span >= 0.5 and values.str.casefold().isin(VIEWS).mean() < 0.5
    if candidate.kind == "folder":
        return classes.share_groups and not _are_portions(sizes)
    rests, known = _rests(looked_at), looked_at["label"].reset_index(drop=True)
    are_views = (_words_of(rests) == "").mean() > 0.9 and not _name_the_class(rests, known)
    if not (are_views or classes.share_groups) or _count_what_the_rest_names(rests, known, looked_at["group"]):
        return False
    if not candidate.word and (
        _count_on(rests, known, images["label"].value_counts())
        or _are_numbers_of_classes(looked_at)
        or _begin_anew(rests, looked_at["group"], known)
    ):
        return False
    is_number = candidate.kind not in ("date", "moment") and values.str.fullmatch(r"[\d/]+").all()
    return not is_number or _may_be_numbers_of_origins(candidate, values, rests)


def _may_be_numbers_of_origins(candidate: Candidate, values: pd.Index, rests: pd.Series) -> bool:
    if candidate.kind != "joined":
        numbers = np.array([int(value) for value in values if len(value) <= 18], dtype=np.int64)
        step = np.gcd.reduce(numbers) if len(numbers) > 2 else 0
        if step >= STEP_OF_PLACES and (step % 8 == 0 or step % 50 == 0):
            return False
        if values.str.len().max() < 2 or values.str.fullmatch(r"(19|20)\d\d").all():
            return False  # single digits are classes or attributes
    if not candidate.word and (rests.str.contains(_LONG_ID).mean() > 0.5):
        return False  # and so is what stands before an identifier of its own
    # Rows and columns of one picture, but not how it was changed.
    return candidate.rank >= PICTURE or not (rests.str.contains(r"#[\W_]+\d").mean() > 0.5)


def _of_some_groups(images: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    """The images of groups that are drawn at random, but always the same ones: enough to tell how names are made."""
    shuffled = sizes.sample(frac=1, random_state=0)
    chosen = shuffled.index[(shuffled.cumsum() <= LOOKED_AT) | (np.arange(len(shuffled)) < FEWEST_GROUPS)]
    return images[images["group"].isin(chosen)]


def _name_the_class(rests: pd.Series, labels: pd.Series) -> bool:
    """Whether the rest of most names holds the class's name, such as "left"."""
    words = rests.str.casefold().str.split(r"[\W_]+", regex=True)
    return bool(np.mean([_plain(label) in each for each, label in zip(words, labels, strict=True)]) > 0.5)


def _count_on(rests: pd.Series, labels: pd.Series, counts: pd.Series) -> bool:
    """Whether the rest is a counter of a class's images that doesn't begin anew with each group: 20_0000, 40x_0001.

    `counts` are the images of each class, of which `rests` may be a part.
    """
    numbers = rests.str.extract(r"^\D*(\d{1,9})\D*$")[0]
    if numbers.isna().mean() > 0.1:
        return False
    numbers = numbers.dropna().astype(np.int64)
    of_each = numbers.groupby(labels[numbers.index])
    spread = of_each.max() - of_each.min()
    return bool(of_each.apply(lambda each: each.is_unique).all() and (spread <= 2 * counts[spread.index]).all())


def _begin_anew(rests: pd.Series, groups: pd.Series, labels: pd.Series) -> bool:
    """Whether the groups are the frames of each of those that a number before them counts: 6_10 and 7_10."""
    before = rests.str.partition("#")[0].str.extract(r"(?:^|[\W_])(\d+)[\W_]+(?:[^\W\d_]+[\W_]+)*$")[0]
    if before.isna().mean() > 0.1 or before.nunique() < 2:
        return False
    if (before.groupby(labels).nunique() == 1).all():  # it counts the classes
        return False
    return bool((before.groupby(groups.to_numpy()).nunique() > 1).mean() > 0.5)


def _are_numbers_of_classes(images: pd.DataFrame) -> bool:
    """Whether groups are called by their class and a digit, as portions of a class are."""
    pairs = zip(images["group"], images["label"], strict=True)
    return bool(np.mean([re.sub(r"\d$", "", _plain(group)) == _plain(label) for group, label in pairs]) > 0.5)


def _are_portions(sizes: pd.Series) -> bool:
    """Whether folders were filled one after another, or are named by the first letters of a hash."""
    is_full = len(sizes) > 1 and sizes.iloc[0] >= PORTION and (sizes == sizes.iloc[0]).sum() >= len(sizes) - 1
    return is_full or bool(sizes.index.str.fullmatch(r"[0-9a-f]{2}").all())


def _rests(images: pd.DataFrame) -> pd.Series:
    """The names without the group: what tells its images apart."""
    pairs = zip(images["name"], images["group"], strict=True)
    return pd.Series([name.replace(group.split("/")[-1], "#", 1) for name, group in pairs], dtype="str")


def _count_what_the_rest_names(rests: pd.Series, labels: pd.Series, groups: pd.Series) -> bool:
    """Whether the rest of a name is a word that says the class, as in 0001_tabby: the number then counts its images."""
    words = _words_of(rests)
    if labels.nunique() < 2 or words.str.contains(r"\d").mean() > 0.1 or words.nunique() > len(words) / 4:
        return False
    tells = bool((labels.groupby(words).nunique() == 1).all())
    # Where one number comes several times with the same words, the pictures were told apart by something else.
    return tells and not pd.DataFrame({"word": words, "group": groups.to_numpy()}).duplicated().mean() > 0.1


def _words_of(rests: pd.Series) -> pd.Series:
    """What is left of them, in small letters, without endings and without how a thing was looked at."""
    stems = rests.str.replace(r"\.[^.]*$", "", regex=True).str.casefold()
    return stems.map(lambda stem: " ".join(word for word in re.split(r"[\W_]+", stem) if word not in VIEWS))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
