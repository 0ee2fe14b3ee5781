"""Faults that single images have."""

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from core.datasets.content import Content
from core.datasets.findings.finding import NOTES, WARNS, Finding, count_of, unaccepted
from core.datasets.pixel_scale import use_few_values
from core.images.formats import FORMATS

# Chosen on a thousand photographs and 630 aerial scenes so that hardly an image that a person would call good is among
# those found. What is dark or blurred for a beach is not so for a forest: most hold only far from what is usual in the
# image's own class.
BLANK_CONTRAST, FAINT_CONTRAST = 0.008, 0.02
DARK, BRIGHT, FAR_FROM_USUAL = 0.08, 0.90, 0.35
BLURRED, BLURRED_TO_USUAL = 0.20, 0.20
SMALL_SIDE, SMALL_TO_USUAL, TINY_TO_USUAL = 32, 0.5, 0.15
STRETCHED, STRETCHED_TO_USUAL = 2.5, 2.0
UNLIKE, FEW_SHADES_TO_USUAL = 4.5, 0.45


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
    return ((images["contrast"] < BLANK_CONTRAST) | is_faint) & ~use_few_values(images)


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
            posixpath.splitext(path)[1].lower() not in FORMATS[kind]
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


def single_images(content: Content) -> Iterable[Finding]:
    for look in SINGLE:
        images = unaccepted(content, look.kind)
        # What a person has given its label, or seen and left, is not a guess any more.
        if look.kind == "unlike_its_class":
            images = images[~images["reviewed"]]
        shown = images[look.which(images).to_numpy(dtype=bool)] if len(images) else images
        if look.kind == "unlike_its_class":
            shown = shown.sort_values("unlikeness", ascending=False, kind="stable")
        if len(shown):
            paths = tuple(shown["path"])
            title = look.words.format(count_of(len(paths), "image"))
            remedy = f"Exclude {'it' if len(paths) == 1 else 'them'}"
            yield Finding(look.kind, title, look.why, look.severity, paths, (), remedy, paths)
