"""Changing a dataset: every change is checked, and written to its log of edits, from where it can be undone."""

from collections.abc import Sequence

from core.datasets.edits import ACCEPT, EXCLUDE, INCLUDE, ORDER, RELABEL, RENAME, Edit, check_label
from core.datasets.store import Dataset
from core.errors import UsageError


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
