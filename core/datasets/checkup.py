"""The check-up: what is wrong with a dataset, which images show it, why it matters, and what can be done about it."""

import posixpath
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from core.datasets.cards import load_cards
from core.datasets.content import Content
from core.datasets.editing import accept, exclude
from core.datasets.edits import Edit
from core.datasets.splits import SPLITS, leaks
from core.datasets.store import Dataset
from core.errors import UsageError

READY, WARNINGS, NOT_READY = "ready", "ready with warnings", "not ready"
STOPS, WARNS, NOTES = "error", "warning", "note"

# Chosen on a thousand photographs and 630 aerial scenes so that hardly an image that a person would call good is among
# those found. What is dark or blurred for a beach is not so for a forest: most hold only far from what is usual in the
# image's own class.
BLANK_CONTRAST, FAINT_CONTRAST = 0.008, 0.02
DARK, BRIGHT, FAR_FROM_USUAL = 0.08, 0.90, 0.35
BLURRED, BLURRED_TO_USUAL = 0.20, 0.20
SMALL_SIDE, SMALL_TO_USUAL, TINY_TO_USUAL = 32, 0.5, 0.15
STRETCHED, STRETCHED_TO_USUAL = 2.5, 2.0
UNLIKE, FEW_SHADES_TO_USUAL = 4.5, 0.45
IMBALANCED = 3.0
FEW_IMAGES = 3
CHECKUPS_KEPT = 6
DIFFERENCES_SHOWN = 3
SUFFIXES_OF = {"JPEG": {".jpg", ".jpeg"}, "TIFF": {".tif", ".tiff"}}


@dataclass(frozen=True)
class Finding:
    """Something that the check-up has found.

    Parameters
    ----------
    kind
        Its name, for programs.
    title
        What it is, for people, with the count.
    why
        Why it matters.
    severity
        "error": no result could be trusted; "warning": look at it first; "note": good to know.
    paths
        The images that show it.
    sets
        Where images belong together, such as copies of each other: the paths of each set, which `paths` lists too.
    remedy
        What one click does about it, in words; "" where there is nothing to do.
    excludes
        The images that the remedy takes out.
    """

    kind: str
    title: str
    why: str
    severity: str
    paths: tuple[str, ...] = ()
    sets: tuple[tuple[str, ...], ...] = ()
    remedy: str = ""
    excludes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Sets of images where they belong together, else images."""
        return len(self.sets) or len(self.paths)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        facts = {"kind": self.kind, "severity": self.severity, "count": self.count, "title": self.title}
        facts |= {"why": self.why, "remedy": self.remedy, "paths": list(self.paths)}
        if self.sets:
            facts["sets"] = [list(paths) for paths in self.sets]
        return facts


@dataclass(frozen=True)
class Checkup:
    """All findings, the gravest first, and what they come to."""

    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        severities = {finding.severity for finding in self.findings}
        return NOT_READY if STOPS in severities else WARNINGS if WARNS in severities else READY

    def find(self, kind: str) -> Finding:
        """The finding of this kind.

        Raises
        ------
        UsageError
            If there is none.
        """
        for finding in self.findings:
            if finding.kind == kind:
                return finding
        kinds = ", ".join(finding.kind for finding in self.findings)
        raise UsageError(f"The check-up has no finding {kind!r}. It has: {kinds or 'none'}.")

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"verdict": self.verdict, "findings": [finding.to_dict() for finding in self.findings]}


def check(dataset: Dataset) -> Checkup:
    """Look at a dataset, edits and split applied, for what would spoil a classifier or the trust in its figures.

    Images that were excluded are not looked at; what was accepted is not found again.

    Raises
    ------
    WorkbenchError
        If the dataset is not ready.
    """
    return _check(dataset.content, dataset.info.warnings, dataset.info.card)


@lru_cache(maxsize=CHECKUPS_KEPT)
def _check(content: Content, warnings: tuple[str, ...], card: str) -> Checkup:
    found = [finding for look in _LOOKS for finding in look(content)]
    found += _from_import(content, warnings, card)
    order = (STOPS, WARNS, NOTES)
    return Checkup(tuple(sorted(found, key=lambda finding: order.index(finding.severity))))


def apply_remedy(dataset: Dataset, kind: str) -> Edit:
    """Do what the finding of this kind offers; it can be undone like every edit.

    Raises
    ------
    UsageError
        If there is no such finding, or it offers nothing.
    """
    finding = check(dataset).find(kind)
    if not finding.excludes:
        raise UsageError(f"The finding {kind!r} has no remedy of one step. {finding.why}")
    return exclude(dataset, finding.excludes, why=finding.title)


def accept_finding(dataset: Dataset, kind: str) -> Edit:
    """Say that the images of this finding are all right.

    Raises
    ------
    UsageError
        If there is no such finding, or it is not about images.
    """
    finding = check(dataset).find(kind)
    if not set(finding.paths) <= set(dataset.content.table["path"]) or not finding.paths:
        raise UsageError(f"The finding {kind!r} is not about images that can be looked at.")
    return accept(dataset, kind, finding.paths, why=finding.title)


# Copies --------------------------------------------------------------------------------------------------------------


def _copies(content: Content) -> Iterable[Finding]:
    """Equal and nearly equal pictures: on both sides of the split, under two labels, or just more than once."""
    images = content.images
    clusters = images[images.duplicated("cluster", keep=False)]
    yield from _leaks(_without(content, "leak", clusters))
    yield from _two_labels(_without(content, "two_labels", clusters))
    alike = clusters[clusters.groupby("cluster")["label"].transform("nunique") == 1]
    yield from _exact(_without(content, "exact_duplicates", alike))
    yield from _near(_without(content, "near_duplicates", alike.drop_duplicates("pixel_hash")))


def _leaks(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[leaks(images["split"].to_numpy(dtype=str), images["cluster"].to_numpy())]
    if images.empty:
        return
    rank = images["split"].map({"test": 0, "validation": 1, "train": 2})
    kept = rank.groupby(images["cluster"]).transform("min")
    sets = _sets(images, "cluster")
    yield Finding(
        "leak",
        f"{_are(len(sets), 'picture')} on both sides of the split",
        "The same or nearly the same picture is learned from and tested on: the network has seen the answer, and its "
        "score will be too good to be true.",
        STOPS,
        _flat(sets),
        sets,
        "Keep the copies that test, exclude those that train",
        tuple(images.loc[rank > kept, "path"]),
    )


def _two_labels(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[images.groupby("cluster")["label"].transform("nunique") > 1]
    if images.empty:
        return
    sets = _sets(images, "cluster")
    yield Finding(
        "two_labels",
        f"{_are(len(sets), 'picture')} under two labels",
        "The same or nearly the same picture is said to be two different things. At least one label is wrong, and the "
        "network is taught both. Relabel the wrong one, or take all of them out.",
        WARNS,
        _flat(sets),
        sets,
        "Exclude all of them",
        tuple(images["path"]),
    )


def _exact(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[images.duplicated("pixel_hash", keep=False)]
    if images.empty:
        return
    sets = _sets(images, "pixel_hash")
    yield Finding(
        "exact_duplicates",
        f"{_are(len(sets), 'picture')} there more than once",
        "Equal pixels, whatever the files are called. Copies count double, in training and in every figure. They are "
        "kept on one side of the split.",
        WARNS,
        _flat(sets),
        sets,
        "Keep one of each, exclude the others",
        tuple(path for paths in sets for path in paths[1:]),
    )


def _near(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[images.duplicated("cluster", keep=False)]
    if images.empty:
        return
    # The largest is the one to keep: the others were probably made from it.
    largest_first = images.assign(area=-(images["width"] * images["height"]))
    largest_first = largest_first.sort_values("area", kind="stable")
    sets = _sets(largest_first, "cluster")
    yield Finding(
        "near_duplicates",
        f"{_are(len(sets), 'picture')} there in several versions",
        "Copies that were saved again, resized, cropped or brightened, or photographs taken a moment apart. They tell "
        "the network little that is new. They are kept on one side of the split unless you say otherwise.",
        NOTES,
        _flat(sets),
        sets,
        "Keep the largest of each, exclude the others",
        tuple(path for paths in sets for path in paths[1:]),
    )


# Single images -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """A fault that single images have: which of them, and what to say of it."""

    kind: str
    words: str
    why: str
    severity: str
    which: Callable[[pd.DataFrame], pd.Series]


def _usual(images: pd.DataFrame, values: pd.Series) -> pd.Series:
    """For each image the median over its class."""
    return values.groupby(images["label"]).transform("median")


def _is_blank(images: pd.DataFrame) -> pd.Series:
    """Of one colour; what is faint because it is all but black or white counts as dark or bright."""
    is_faint = (images["contrast"] < FAINT_CONTRAST) & images["brightness"].between(DARK, BRIGHT)
    return (images["contrast"] < BLANK_CONTRAST) | is_faint


def _is_dark(images: pd.DataFrame) -> pd.Series:
    usual = _usual(images, images["brightness"])
    return (images["brightness"] < DARK) & (images["brightness"] < FAR_FROM_USUAL * usual) & ~_is_blank(images)


def _is_bright(images: pd.DataFrame) -> pd.Series:
    darkness = 1 - images["brightness"]
    is_far = darkness < FAR_FROM_USUAL * _usual(images, darkness)
    return (images["brightness"] > BRIGHT) & is_far & ~_is_blank(images)


def _is_blurred(images: pd.DataFrame) -> pd.Series:
    usual = _usual(images, images["sharpness"])
    sharpness = images["sharpness"]
    return (sharpness < BLURRED) & (sharpness < BLURRED_TO_USUAL * usual) & ~_is_blank(images)


def _is_unlike(images: pd.DataFrame) -> pd.Series:
    has_few_shades = images["entropy"] < FEW_SHADES_TO_USUAL * _usual(images, images["entropy"])
    is_unlike = (images["unlikeness"] > UNLIKE) | has_few_shades
    return is_unlike & ~_is_blank(images) & ~_is_dark(images) & ~_is_bright(images)


def _is_small(images: pd.DataFrame) -> pd.Series:
    side = images[["width", "height"]].min(axis=1)
    usual = side.median()
    return ((side < SMALL_SIDE) & (side < SMALL_TO_USUAL * usual)) | (side < TINY_TO_USUAL * usual)


def _is_stretched(images: pd.DataFrame) -> pd.Series:
    sides = images[["width", "height"]]
    ratio = sides.max(axis=1) / sides.min(axis=1)
    return (ratio > STRETCHED) & (ratio > STRETCHED_TO_USUAL * ratio.median())


def _has_other_ending(images: pd.DataFrame) -> pd.Series:
    return pd.Series(
        [
            posixpath.splitext(path)[1].lower() not in SUFFIXES_OF.get(kind, {f".{kind.lower()}"})
            for path, kind in zip(images["path"], images["format"], strict=True)
        ],
        index=images.index,
        dtype=bool,
    )


SINGLE = (
    _Look(
        "blank",
        "{} blank",
        "A single colour, or nearly: there is nothing to see in it, and the network learns its label by heart.",
        WARNS,
        _is_blank,
    ),
    _Look(
        "very_dark",
        "{} very dark",
        "Far darker than the rest of the class: what matters may not be visible.",
        WARNS,
        _is_dark,
    ),
    _Look(
        "very_bright",
        "{} very bright",
        "Far brighter than the rest of the class: what matters may be washed out.",
        WARNS,
        _is_bright,
    ),
    _Look(
        "blurred",
        "{} blurred",
        "Far less sharp than the rest of the class, at the size that networks look at.",
        WARNS,
        _is_blurred,
    ),
    _Look(
        "too_small",
        "{} much smaller than the rest",
        "Enlarged to what the network is fed, there is little in it; and if small ones come from one class, the "
        "network learns to tell blur instead of the thing.",
        WARNS,
        _is_small,
    ),
    _Look(
        "extreme_shape",
        "{} of extreme shape",
        "Networks are fed squares: a long, narrow picture is squeezed beyond recognition. Crop it, or leave it out.",
        WARNS,
        _is_stretched,
    ),
    _Look(
        "unlike_its_class",
        "{} unlike the rest of the class",
        "By colours, brightness, shades and sharpness far from all others of the class: perhaps another thing, a "
        "screenshot, or a wrong label. It may as well be a good picture that is rare: look at it.",
        WARNS,
        _is_unlike,
    ),
    _Look(
        "wrong_extension",
        "{} not what the name says",
        "For example a PNG that is called .jpg. It is read all the same here; other programs may refuse it.",
        NOTES,
        _has_other_ending,
    ),
    _Look(
        "exif_rotated",
        "{} stored lying on the side",
        "The camera noted how to turn it (EXIF orientation). It is turned upright here; programs that ignore the note, "
        "Keras's own loader among them, would learn it lying.",
        NOTES,
        lambda images: images["orientation"] != 1,
    ),
)


def _single_images(content: Content) -> Iterable[Finding]:
    for look in SINGLE:
        images = _unaccepted(content, look.kind)
        # What a person has given its label, or seen and left, is not a guess any more.
        if look.kind == "unlike_its_class":
            images = images[~images["reviewed"]]
        shown = images[look.which(images).to_numpy(dtype=bool)] if len(images) else images
        if look.kind == "unlike_its_class":
            shown = shown.sort_values("unlikeness", ascending=False, kind="stable")
        if len(shown):
            paths = tuple(shown["path"])
            title = look.words.format(_count(len(paths), "image"))
            remedy = f"Exclude {'it' if len(paths) == 1 else 'them'}"
            yield Finding(look.kind, title, look.why, look.severity, paths, (), remedy, paths)


# The whole -----------------------------------------------------------------------------------------------------------


def _classes(content: Content) -> Iterable[Finding]:
    sizes = content.images["label"].value_counts()
    if len(sizes) < 2:
        yield Finding(
            "one_class",
            "Fewer than two classes are left",
            "A classifier chooses between classes: it needs at least two. Put images back, or bring others.",
            STOPS,
        )
        return
    small = [name for name in content.class_names if sizes[name] < FEW_IMAGES]
    if small:
        paths = _shown_paths(content, "few_images", content.images["label"].isin(small))
        listed = ", ".join(f"“{name}” ({sizes[name]})" for name in small[:5])
        if paths:
            yield Finding(
                "few_images",
                f"{_count(len(small), 'class')} with too few images to train, validate and test",
                f"{listed}: their figures will mean nothing. Add images, or leave these classes out.",
                WARNS,
                paths,
                (),
                "Leave these classes out",
                paths,
            )
    largest, smallest = sizes.index[0], sizes.index[-1]
    ratio = sizes.iloc[0] / sizes.iloc[-1]
    if ratio >= IMBALANCED:
        paths = _shown_paths(content, "imbalance", content.images["label"] == smallest)
        if paths:
            yield Finding(
                "imbalance",
                f"Classes of very different size: “{largest}” has {ratio:.0f} times as many images as “{smallest}”",
                "A network that always answers with the large class looks good by accuracy alone. Judge by macro F1 "
                f"and by each class; add images of “{smallest}” where you can.",
                WARNS,
                paths,
            )


def _division(content: Content) -> Iterable[Finding]:
    """That the images can't be divided as was asked, or that a part is empty."""
    if content.split_problem:
        yield Finding("split", "The images can't be divided as was asked", content.split_problem, STOPS)
        return
    counts = content.counts.sum()
    purposes = {"train": "train on", "validation": "validate on", "test": "test on"}
    for part in SPLITS:
        wanted = part != "validation" or content.settings.validation
        if not counts[part] and wanted and len(content.images):
            yield Finding(
                f"no_{part}",
                f"No image is left to {purposes[part]}",
                "Put images back, or divide the images differently.",
                STOPS if part != "validation" else WARNS,
            )


def _unusable(content: Content) -> Iterable[Finding]:
    bad = content.unreadable
    is_unlabelled = bad["problem"].str.startswith("has no label")
    broken = bad[~is_unlabelled]
    if len(broken):
        paths = tuple(broken["path"])
        yield Finding(
            "unreadable",
            f"{_count(len(paths), 'file')} that can't be used",
            "Empty, cut off, damaged, or no image at all; the list below says which. They are left out already; bring "
            "them again from where they came, if you need them.",
            WARNS,
            paths,
        )
    if is_unlabelled.any():
        paths = tuple(bad.loc[is_unlabelled, "path"])
        yield Finding(
            "unlabelled",
            f"{_count(len(paths), 'image')} without a label",
            "In no class folder, or in a test folder whose answers are kept secret. They are left out.",
            NOTES,
            paths,
        )


def _from_import(content: Content, warnings: tuple[str, ...], card_name: str) -> list[Finding]:
    """What was noticed when the images were found, and how they differ from what the card says."""
    found = [Finding("layout", warning, "", NOTES) for warning in warnings]
    card = load_cards().get(card_name)
    sizes = content.manifest.loc[content.manifest["label"] != "", "label"].value_counts()
    differences = card.differences(sizes.to_dict()) if card else []
    if differences:
        more = len(differences) - DIFFERENCES_SHOWN
        words = [*differences[:DIFFERENCES_SHOWN], *([f"And so on for {more:,} more."] if more > 0 else [])]
        found.append(Finding("card", f"Not as many images as {card.title} has", " ".join(words), NOTES))
    return found


_LOOKS = (_classes, _division, _copies, _unusable, _single_images)


# Helpers -------------------------------------------------------------------------------------------------------------


def _unaccepted(content: Content, kind: str) -> pd.DataFrame:
    """The images that take part, but for those of which it was said that this finding is all right."""
    return _without(content, kind, content.images)


def _without(content: Content, kind: str, images: pd.DataFrame) -> pd.DataFrame:
    accepted = content.edits.accepted.get(kind)
    if not accepted:
        return images
    keys = pd.MultiIndex.from_arrays([images["path"], images["pixel_hash"]])
    return images[~keys.isin(list(accepted))]


def _shown_paths(content: Content, kind: str, rows: pd.Series) -> tuple[str, ...]:
    return tuple(_without(content, kind, content.images[rows.to_numpy(dtype=bool)])["path"])


def _sets(images: pd.DataFrame, column: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(paths) for _, paths in images.groupby(column, sort=False)["path"])


def _flat(sets: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(path for paths in sets for path in paths)


def _count(number: int, word: str) -> str:
    plural = {"class": "classes"}.get(word, f"{word}s")
    return f"{number:,} {word if number == 1 else plural}"


def _are(number: int, word: str) -> str:
    return f"{_count(number, word)} {'is' if number == 1 else 'are'}"
