"""Pictures that look nearly the same under two labels: one is wrong, or just there the classes differ."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from core.datasets.alike.differences import HARDLY, Difference, difference
from core.datasets.content import Content
from core.datasets.findings.finding import NOTES, WARNS, Finding, count_of, flat, without_accepted

KIND = "nearly_two_labels"
# Each takes some milliseconds; the most alike are among those that are laid over each other.
MOST_COMPARED = 100
LARGEST_COMPARED = 2000


def look_alikes(content: Content) -> Iterable[Finding]:
    """Pairs of near copies with two labels, the most alike first; equal pixels are another finding's."""
    images = content.images
    images = images[images.groupby("cluster")["label"].transform("nunique") > 1]
    images = images[images.groupby("pixel_hash")["label"].transform("nunique") == 1].drop_duplicates("pixel_hash")
    images = without_accepted(content, KIND, images)
    images = images[images.groupby("cluster")["label"].transform("nunique") > 1]
    if images.empty:
        return
    pictures = content.small_pictures(images)
    pairs = _pairs(images, None if pictures is None else pictures[0])
    sets = tuple(paths for paths, _ in pairs)
    notes = tuple(found.in_words() if found else "" for _, found in pairs)
    hardly = sum(found is None or found.grade == HARDLY for _, found in pairs)
    alike = f" In {hardly:,} of them hardly any difference is to be seen at a glance." if hardly else ""
    yield Finding(
        KIND,
        f"{count_of(len(sets), 'pair')} of pictures that look nearly the same under two labels",
        "Look at the difference: it may be just what tells the two classes apart, such as one finger more before the "
        f"same wall, or one of the labels is wrong. The most alike come first.{alike}",
        WARNS if hardly else NOTES,
        flat(sets),
        sets,
        notes=notes if any(notes) else (),
    )


def _pairs(images: pd.DataFrame, greys: np.ndarray | None) -> list[tuple[tuple[str, str], Difference | None]]:
    """Two paths of different labels and how the pictures differ, the most alike first; no image comes twice."""
    paths, labels = images["path"].to_numpy(), images["label"].to_numpy(dtype=str)
    found = []
    for rows in images.reset_index(drop=True).groupby("cluster", sort=False).indices.values():
        found += list(_nearest_of_other_labels(rows, labels, greys))
    found = sorted(found)[: MOST_COMPARED if greys is not None else None]
    differences: Sequence[tuple[Difference | None, int, int]]
    if greys is None:
        differences = [(None, a, b) for _, a, b in found]
    else:
        compared = [(difference(greys[a], greys[b]), a, b) for _, a, b in found]
        compared.sort(key=lambda each: each[0].order)
        differences = compared
    used: set[int] = set()
    pairs = []
    for differs, a, b in differences:
        if not used & {a, b}:
            used |= {a, b}
            pairs.append(((str(paths[a]), str(paths[b])), differs))
    return pairs


def _nearest_of_other_labels(
    rows: np.ndarray, labels: np.ndarray, greys: np.ndarray | None
) -> Iterator[tuple[float, int, int]]:
    """For each image of a cluster the one of another label that looks most like it: distance and the two rows."""
    rows = rows[:LARGEST_COMPARED]
    values = np.zeros((len(rows), 1), np.float32) if greys is None else greys[rows].astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    squares = (values**2).sum(axis=1)
    distance = squares[:, None] + squares - 2 * values @ values.T
    distance[labels[rows, None] == labels[rows]] = np.inf
    nearest = distance.argmin(axis=1)
    pairs = {tuple(sorted((place, int(other)))) for place, other in enumerate(nearest)}
    for a, b in pairs:
        yield float(distance[a, b]), int(rows[a]), int(rows[b])
