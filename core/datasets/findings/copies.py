"""Copies: equal and nearly equal pictures."""

from collections.abc import Iterable

import pandas as pd

from core.datasets.content import Content
from core.datasets.findings.finding import (
    NOTES,
    STOPS,
    WARNS,
    Finding,
    count_are,
    count_of,
    flat,
    sets_of,
    without_accepted,
)
from core.datasets.splits import leaks


def copies(content: Content) -> Iterable[Finding]:
    """Equal and nearly equal pictures: on both sides of the split, under two labels, or just more than once."""
    images = content.images
    clusters = images[images.duplicated("cluster", keep=False)]
    # Near copies of which each is called otherwise are no copies for sure: they may show what tells the classes apart.
    clusters = clusters.assign(picture=clusters.groupby(["cluster", "label"], sort=False).ngroup())
    yield from _leaks(without_accepted(content, "leak", clusters))
    two_labels = clusters[clusters.groupby("pixel_hash")["label"].transform("nunique") > 1]
    yield from _two_labels(without_accepted(content, "two_labels", two_labels))
    alike = clusters.drop(two_labels.index)
    yield from _exact(without_accepted(content, "exact_duplicates", alike))
    yield from _near(without_accepted(content, "near_duplicates", alike.drop_duplicates("pixel_hash")))
    yield from _scenes(without_accepted(content, "one_scene", images))


def _leaks(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[leaks(images["split"].to_numpy(dtype=str), images["picture"].to_numpy())]
    if images.empty:
        return
    rank = images["split"].map({"test": 0, "validation": 1, "train": 2})
    kept = rank.groupby(images["picture"]).transform("min")
    sets = sets_of(images, "picture")
    yield Finding(
        "leak",
        f"{count_are(len(sets), 'picture')} on both sides of the split",
        "The same or nearly the same picture is learned from and tested on: the network has seen the answer, and its "
        "score will be too good to be true.",
        STOPS,
        flat(sets),
        sets,
        "Keep the copies that test, exclude those that train",
        tuple(images.loc[rank > kept, "path"]),
    )


def _two_labels(images: pd.DataFrame) -> Iterable[Finding]:
    if images.empty:
        return
    sets = sets_of(images, "pixel_hash")
    yield Finding(
        "two_labels",
        f"{count_are(len(sets), 'picture')} under two labels",
        "The same picture, pixel by pixel, is said to be two different things. At least one label is wrong, and the "
        "network is taught both. Relabel the wrong one, or take all of them out.",
        WARNS,
        flat(sets),
        sets,
        "Exclude all of them",
        tuple(images["path"]),
    )


def _scenes(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[images["scene"] != images["cluster"]]
    if images.empty:
        return
    sets = sets_of(images, "scene")
    yield Finding(
        "one_scene",
        f"{count_of(len(images), 'image')} that show {'one scene' if len(sets) == 1 else f'{len(sets):,} scenes'}",
        "A fixed camera, one thing again and again, or pictures that are all built alike, such as x-rays: they differ "
        "in a small part of the picture only. As copies they would leave nothing to test on, so that only those that "
        "hardly differ are kept on one side. Whatever the score will be, it holds for pictures like these: where they "
        "show one place or one person, bring images of others, and group by whom or what they show.",
        WARNS,
        flat(sets),
        sets,
    )


def _exact(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[images.duplicated("pixel_hash", keep=False)]
    if images.empty:
        return
    sets = sets_of(images, "pixel_hash")
    yield Finding(
        "exact_duplicates",
        f"{count_are(len(sets), 'picture')} there more than once",
        "Equal pixels, whatever the files are called. Copies count double, in training and in every figure. They are "
        "kept on one side of the split.",
        WARNS,
        flat(sets),
        sets,
        "Keep one of each, exclude the others",
        tuple(path for paths in sets for path in paths[1:]),
    )


def _near(images: pd.DataFrame) -> Iterable[Finding]:
    images = images[images.duplicated("picture", keep=False)]
    if images.empty:
        return
    # The largest is the one to keep: the others were probably made from it.
    largest_first = images.assign(area=-(images["width"] * images["height"]))
    largest_first = largest_first.sort_values("area", kind="stable")
    sets = sets_of(largest_first, "picture")
    yield Finding(
        "near_duplicates",
        f"{count_are(len(sets), 'picture')} there in several versions",
        "Copies that were saved again, resized, cropped or brightened, or photographs taken a moment apart. They tell "
        "the network little that is new. They are kept on one side of the split unless you say otherwise.",
        NOTES,
        flat(sets),
        sets,
        "Keep the largest of each, exclude the others",
        tuple(path for paths in sets for path in paths[1:]),
    )
