"""What deep values, many bands and several pages of a file come to, where a picture has 8 bits and three colours."""

from collections.abc import Iterable, Sequence

import pandas as pd

from core.datasets.content import Content
from core.datasets.findings.finding import NOTES, WARNS, Finding, count_of, unaccepted
from core.datasets.index import EDITION
from core.datasets.pixel_scale import (
    bits_of,
    chosen_range,
    depths_of,
    full_range,
    has_hidden_bands,
    is_deep,
    kind_in_words,
    ranges_shown,
    scale_in_words,
    use_few_values,
    value_in_words,
)
from core.images.colour import NO_VALUE

DEPTH, FEW, OUTSIDE, MIXED, DOUBTFUL, BANDS, PAGES, UNKNOWN = (
    "pixel_depth",
    "few_values",
    "values_outside",
    "mixed_depth",
    "doubtful_transparency",
    "many_bands",
    "many_pages",
    "unknown_depth",
)
# As a share of the range that is shown: beyond it, somebody should know.
OUTSIDE_MARGIN = 0.1
# Of the mean brightness, 0 to 1, of the same classes: so far apart, pictures of two depths are not alike.
UNLIKE_BRIGHTNESS = 0.15
# Of the images, so many have the depth that is usual in their class: then the depth gives the class away.
TELLS_THE_CLASS = 0.95
DEEP_MODES = ("I", "F")
# Of the images, so many hold a value far outside of the range that is shown: then it is worth a word.
TOLD_APART = 0.05
# By the kind of a finding, how the command line changes what it is about.
COMMANDS = dict.fromkeys((DEPTH, OUTSIDE, MIXED), "reading --range KIND BLACK WHITE (or auto, or full)")
COMMANDS |= dict.fromkeys((DOUBTFUL, BANDS), "reading --bands RED GREEN BLUE")


def pixel_depth(content: Content) -> Iterable[Finding]:
    for look in (_unknown, _depth, _few, _outside, _mixed, _doubtful, _bands, _pages):
        yield from look(content)


def _unknown(content: Content) -> Iterable[Finding]:
    """Deep images of a dataset that an earlier version read in."""
    images = unaccepted(content, UNKNOWN)
    is_of_old = (images["edition"] < EDITION) & images["mode"].str.startswith(DEEP_MODES)
    if not is_of_old.any():
        return
    paths = tuple(images.loc[is_of_old, "path"])
    yield Finding(
        UNKNOWN,
        f"{count_of(len(paths), 'image')} of more than 8 bits, whose range is not known yet",
        "They were read in by an earlier version, which shows 16 bits by their full range: where images use a part of "
        "it, as 12-bit cameras do, they are all but black. Read them in again, and one scale is chosen for all from "
        "their own values. Labels, edits and the split stay.",
        WARNS,
        paths,
    )


def _depth(content: Content) -> Iterable[Finding]:
    """By which scale deep pixels are shown, unless that is the whole range of their type."""
    images = unaccepted(content, DEPTH)
    shown = ranges_shown(images, content.reading)
    scaled = {kind: ends for kind, ends in shown.items() if ends != full_range(kind)}
    if not scaled:
        return
    rows = images[images["sample_kind"].isin(scaled)]
    by_hand = set(scaled) & set(content.edits.ranges)
    strange = sorted({end for kind, ends in scaled.items() for end in ends if end in NO_VALUE and kind not in by_hand})
    origin = "as it was set by hand" if by_hand else "chosen from the values of all images together"
    apart = "".join(_apart(rows[rows["sample_kind"] == kind], ends) for kind, ends in scaled.items())
    yield Finding(
        DEPTH,
        "; ".join(_used_in_words(rows[rows["sample_kind"] == kind], kind) for kind in scaled),
        f"Shown are {scale_in_words(scaled)}, {origin}. Every picture, training and answer of this dataset uses "
        f"this one scale. {apart}{_advice(strange)}",
        WARNS if strange else NOTES,
        tuple(rows["path"]),
    )


def _apart(rows: pd.DataFrame, ends: tuple[float, float]) -> str:
    """What is said of values far outside of the range that many images hold."""
    words, span = "", ends[1] - ends[0]
    for column, is_far, colour in (
        ("low", rows["low"] < ends[0] - span, "black"),
        ("high", rows["high"] > ends[1] + span, "white"),
    ):
        if is_far.mean() < TOLD_APART:
            continue
        value = rows.loc[is_far, column].mode()[0]
        words += (
            f"{count_of(int(is_far.sum()), 'image')} also hold{'s' if is_far.sum() == 1 else ''} values far outside of "
            f"it, such as {value_in_words(value)}, as hot pixels, writing and pixels without a value have: they are "
            f"shown {colour}. "
        )
    return words


def _advice(strange: Sequence[float]) -> str:
    if not strange:
        return "Change it where you know which values matter, such as the window of a CT scan."
    return (
        f"But {value_in_words(strange[0])} is often written where a pixel has no value: all others then look nearly "
        "alike. Set the least and the greatest real value as black and white."
    )


def _used_in_words(rows: pd.DataFrame, kind: str) -> str:
    low, high = rows["dark"].min(), rows["bright"].max()
    images = count_of(len(rows), "image")
    uses = "uses" if len(rows) == 1 else "use"
    used = chosen_range(rows, kind)
    if kind.startswith(("uint", "int")) and low >= 0 and used is not None:
        bits = bits_of(used[1])
        all_bits = bits_of(full_range(kind)[1]) + (0 if kind.startswith("u") else 1)
        if bits < all_bits:
            return f"{images} {uses} {bits} of {all_bits} bits"
    return f"{images} of {kind_in_words(kind)} values from {value_in_words(low)} to {value_in_words(high)}"


def _few(content: Content) -> Iterable[Finding]:
    """Images of 8 bits that were saved without making them bright enough to be seen."""
    images = unaccepted(content, FEW)
    paths = tuple(images.loc[use_few_values(images), "path"])
    if not paths:
        return
    yield Finding(
        FEW,
        f"{count_of(len(paths), 'image')} all but black, though not empty",
        "Their values differ, but nearly all lie near 0, where 255 is white: masks of 0 and 1, images of few bits, and "
        "fractions that were cut to whole numbers are often saved so, and people and networks see black. If none comes "
        "near 255, multiply the values so that the greatest does, save the images, and read them in again.",
        WARNS,
        paths,
    )


def _outside(content: Content) -> Iterable[Finding]:
    """Images with values beyond a scale that was chosen before they were there."""
    images = unaccepted(content, OUTSIDE)
    found = []
    for kind, (black, white) in ranges_shown(images, content.reading).items():
        if kind in content.edits.ranges:  # a window of one's own is meant to leave values outside
            continue
        rows, margin = images[images["sample_kind"] == kind], OUTSIDE_MARGIN * (white - black)
        found += rows.loc[(rows["dark"] < black - margin) | (rows["bright"] > white + margin), "path"].tolist()
    if found:
        yield Finding(
            OUTSIDE,
            f"{count_of(len(found), 'image')} with values outside of the range that is shown",
            "What is darker than black is black and what is brighter than white is white in them. The scale was chosen "
            "when the first images were read in, or for nearly all of them. Set one that suits all, if what is lost "
            "matters.",
            WARNS,
            tuple(found),
        )


def _mixed(content: Content) -> Iterable[Finding]:
    """Images of different depths side by side."""
    images = unaccepted(content, MIXED)
    depth = depths_of(images)
    counts = depth.value_counts()
    if len(counts) < 2:
        return
    title = f"Images of different depths: {', '.join(f'{count:,} of {name}' for name, count in counts.items())}"
    paths = tuple(images.loc[depth != counts.index[0], "path"])
    usual = depth.groupby(images["label"]).agg(lambda depths: depths.value_counts().index[0])
    tells = usual.nunique() > 1 and (depth == images["label"].map(usual)).mean() >= TELLS_THE_CLASS
    share_a_scale = depth.nunique() > images["sample_kind"].where(is_deep(images), "").nunique()
    apart = _brightness_apart(images, depth)
    words = ""
    if tells:
        words = (
            "The depth tells the class, so that a network can learn the camera or the program that saved the files "
            "instead of what is to be seen. "
        )
    if share_a_scale:
        words += (
            "Of one type there is one scale, so that those of small values look far darker than the others. If they "
            "truly are, all is well; if another program or camera saved them, multiply their values to the same range, "
            "and read them in again."
        )
    elif apart > UNLIKE_BRIGHTNESS and not tells:
        words = (
            f"Of the same class, the mean brightness is {apart:.0%} of the whole range apart: one depth looks darker "
            "than the other. If that is not how they were taken, set the scale so that both look alike."
        )
    if words:
        yield Finding(MIXED, title, words.strip(), WARNS, paths)
        return
    alike = f"Of the same class, their mean brightness is {apart:.0%} of the whole range apart: they can be compared."
    yield Finding(MIXED, title, alike, NOTES, paths)


def _brightness_apart(images: pd.DataFrame, depth: pd.Series) -> float:
    """The largest gap between the mean brightness of two depths, over the classes that have both; 0 where none has."""
    means = images["brightness"].groupby([images["label"], depth]).mean().unstack()
    gaps = means.max(axis=1) - means.min(axis=1)
    return float(gaps.max()) if gaps.notna().any() else 0.0


def _doubtful(content: Content) -> Iterable[Finding]:
    """Four bands, the last of which is called transparency and is none."""
    images = unaccepted(content, DOUBTFUL)
    is_doubtful = images["alpha"] == "doubtful"
    if content.edits.bands or not is_doubtful.any():  # what is shown was chosen
        return
    # One for which it could be transparency is read as the others are.
    images = images[is_doubtful | ((images["alpha"] == "transparency") & bool(content.reading.bands))]
    paths = tuple(images["path"])
    one = len(paths) == 1
    first = "the first three bands are shown. Choose others if they are not red, green and blue."
    if (images["bands"] == 2).all():
        first = "the first band is shown. Choose otherwise if it is the other that matters."
    yield Finding(
        DOUBTFUL,
        f"{count_of(len(paths), 'image')} with a band that is called transparency and is none",
        f"Taken for transparency, it would bleach the picture{'' if one else 's'}: near infrared is often saved so. It "
        f"is left out, and {first}",
        WARNS,
        paths,
    )


def _bands(content: Content) -> Iterable[Finding]:
    """More bands than a picture can show."""
    images = unaccepted(content, BANDS)
    images = images[has_hidden_bands(images) & (images["alpha"] == "none")]
    if images.empty:
        return
    paths, chosen = tuple(images["path"]), tuple(content.edits.bands)
    many = " or ".join(str(count) for count in sorted(images["bands"].unique()))
    are_two = (images["bands"] == 2).all()
    bands = chosen or ((1,) if are_two else (1, 2, 3))
    count = len(set(bands))
    are, shown = ("is" if len(bands) == 1 else "are"), scale_in_words({}, bands)
    if chosen:
        more = "They were chosen by hand." if len(bands) > 1 else "It was chosen by hand."
    elif are_two:
        more = "Choose the other, or both: band 1 as red, and band 2 as green and as blue."
    else:
        more = (
            "In files of satellites these are seldom the visible colours: of Sentinel-2, red, green and blue are 4, 3 "
            "and 2. Choose others, if they are not."
        )
    yield Finding(
        BANDS,
        f"{count_of(len(paths), 'image')} of {many} bands, of which {count} {'is' if count == 1 else 'are'} shown",
        f"Shown {are} {shown}. Networks take three colours, and learn from what is shown alone. {more}",
        NOTES if chosen else WARNS,
        paths,
    )


def _pages(content: Content) -> Iterable[Finding]:
    """Files of several pictures, of which one is read."""
    images = unaccepted(content, PAGES)
    images = images[(images["pages"] > 1) & (images["format"] != "JPEG")]  # whose second is a preview, or for depth
    if images.empty:
        return
    paths, pages = tuple(images["path"]), int(images["pages"].sum())
    files = "1 file holds" if len(paths) == 1 else f"{len(paths):,} files hold"
    yield Finding(
        PAGES,
        f"{files} several pictures each: only the first is used"
        if len(paths) > 1
        else f"{files} several pictures: only the first is used",
        f"{pages:,} pages or frames in all, {pages - len(paths):,} of which are not looked at. Save each as a file of "
        "its own where all of them count, and keep those of one file together by a group.",
        WARNS,
        paths,
    )
