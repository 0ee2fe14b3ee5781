"""Changing a dataset: every change is checked, and written to its log of edits, from where it can be undone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from core.datasets.edits import ACCEPT, EXCLUDE, GROUP, INCLUDE, ORDER, READING, RELABEL, RENAME, Edit, check_label
from core.datasets.pixel_scale import (
    bands_to_choose_from,
    chosen_range,
    full_range,
    kind_in_words,
    kinds_of,
    value_in_words,
)
from core.datasets.store import Dataset
from core.errors import UsageError

USED, FULL = "auto", "full"
"""What a range may be called: the one that the images use, and the whole one of the type."""


def relabel(dataset: Dataset, paths: Sequence[str], label: str, why: str = "") -> Edit:
    """Say that these images are of another class, which may be a new one.

    Raises
    ------
    UsageError
        If a path is no image of the dataset, or the label can't be used.
    """
    return dataset.edits.add(RELABEL, images=_known(dataset, paths), label=check_label(label), why=why)


def exclude(dataset: Dataset, paths: Sequence[str], why: str = "") -> Edit:
    """Take these images out of training and judging. Their files stay.

    Raises
    ------
    UsageError
        If a path is no image of the dataset.
    """
    return dataset.edits.add(EXCLUDE, images=_known(dataset, paths), why=why)


def include(dataset: Dataset, paths: Sequence[str]) -> Edit:
    """Put images back that were excluded.

    Raises
    ------
    UsageError
        If a path is no image of the dataset.
    """
    return dataset.edits.add(INCLUDE, images=_known(dataset, paths))


def accept(dataset: Dataset, finding: str, paths: Sequence[str], why: str = "") -> Edit:
    """Say that these images are all right, whatever this finding of the check-up says of them.

    Raises
    ------
    UsageError
        If a path is no image of the dataset.
    """
    return dataset.edits.add(ACCEPT, finding=finding, images=_known(dataset, paths), why=why)


def rename_class(dataset: Dataset, old: str, new: str) -> Edit:
    """Give a class another name, by which pages, runs and exports then call it.

    Raises
    ------
    UsageError
        If there is no such class, or the new name is taken or can't be used.
    """
    _check_class(dataset, old)
    in_files = dataset.content.labels_in_files(old)
    return dataset.edits.add(RENAME, old_label=old, label=check_label(new, dataset.class_names), classes=in_files)


def order_classes(dataset: Dataset, names: Sequence[str]) -> Edit:
    """Say in which order classes are shown; those that are not named follow.

    Raises
    ------
    UsageError
        If there is no such class.
    """
    for name in names:
        _check_class(dataset, name)
    return dataset.edits.add(ORDER, classes=list(names))


def group(dataset: Dataset, group_by: str, why: str = "") -> Edit:
    """Divide the images anew, so that those that belong together by a rule are on one side.

    With an undo, the split is again what it was, unless the images were divided by hand since then.

    Parameters
    ----------
    group_by
        As `core.datasets.grouping.groups.group_numbers` takes it.

    Raises
    ------
    UsageError
        If the images can't be divided so; then nothing is changed.
    """
    settings = replace(dataset.split_settings, group_by=group_by)
    dataset.content.divided(settings, afresh=True)
    edit = dataset.edits.add(GROUP, group_by=group_by, why=why)
    dataset.set_split(settings, edit.id)
    return edit


def set_scale(
    dataset: Dataset, ranges: Mapping[str, str | Sequence[float]] | None = None, bands: Sequence[int] = ()
) -> Edit:
    """Say which values of deep pixels are shown black and white, or which of many bands are shown.

    What hangs on it is described anew by `core.datasets.importing.read_by_another_scale`.

    Parameters
    ----------
    ranges
        By kind of sample, such as ``"uint16"``: black and white, linear in between; `USED` for the range that the
        images of the dataset use, as it was chosen when they were read in; or `FULL` for that of the type.
    bands
        Counted from 1: one, shown grey, or those that are red, green and blue.

    Raises
    ------
    UsageError
        If there are no such pixels or bands, or black is not less than white.
    """
    images = dataset.content.table
    ends = {kind: _ends(images, kind, wanted) for kind, wanted in (ranges or {}).items()}
    if bands:
        _check_bands(images, bands)
    if not ends and not bands:
        raise UsageError("Say which values are black and white, or which bands are shown.")
    return dataset.edits.add(READING, ranges=ends, bands=[int(band) for band in bands])


def _ends(images: pd.DataFrame, kind: str, wanted: str | Sequence[float]) -> list[float]:
    """The values shown black and white."""
    kinds = kinds_of(images)
    if not kinds:
        raise UsageError("All images here are of 8 bits, which are shown as they are: there is no scale to choose.")
    if kind not in kinds:
        held = [f"{name} (values from {_least_to_greatest(images, name)})" for name in kinds]
        raise UsageError(f"No image here holds pixels of the kind {kind!r}. There are: {', '.join(held)}.")
    if wanted == FULL:
        return list(full_range(kind))
    if wanted == USED:
        used = chosen_range(images, kind)
        if used is None:
            raise UsageError(f"All pixels of the kind {kind!r} have the same value: there is no range to use.")
        return list(used)
    black, white = (float(value) for value in wanted)
    if not (math.isfinite(black) and math.isfinite(white) and black < white):
        raise UsageError(
            f"The value shown black must be less than the one shown white. Got {black:g} and {white:g} for "
            f"{kind_in_words(kind)} values, which go from {_least_to_greatest(images, kind)} here."
        )
    return [black, white]


def _least_to_greatest(images: pd.DataFrame, kind: str) -> str:
    rows = images[images["sample_kind"] == kind]
    return f"{value_in_words(rows['low'].min())} to {value_in_words(rows['high'].max())}"


def _check_bands(images: pd.DataFrame, bands: Sequence[int]) -> None:
    most = bands_to_choose_from(images)
    if not most:
        raise UsageError("No image here has two, or more than three bands, so that all of them are shown.")
    if len(bands) not in (1, 3) or not all(1 <= band <= most for band in bands):
        raise UsageError(
            f"One band, to be shown grey, or three for red, green and blue are needed, each from 1 to {most}. "
            f"Got {', '.join(str(band) for band in bands)}."
        )


def _check_class(dataset: Dataset, name: str) -> None:
    if name not in dataset.class_names:
        raise UsageError(f"There is no class “{name}”. There are: {', '.join(dataset.class_names)}.")


def _known(dataset: Dataset, paths: Sequence[str]) -> dict[str, str]:
    known = dataset.content.identities(paths)
    missing = [path for path in paths if path not in known]
    if missing:
        raise UsageError(
            f"{missing[0]!r} is no image of the dataset {dataset.name!r}"
            + (f", nor are {len(missing) - 1:,} others that were named." if len(missing) > 1 else ".")
            + " Paths start from the dataset's folder, with forward slashes."
        )
    if not known:
        raise UsageError("No image was named.")
    return known
