"""Labels as arrays hold them (numbers, one-hot rows, text) turned into names of classes."""

from collections.abc import Sequence

import numpy as np

from core.datasets.sources.choices import LEAVE_OUT, Choices, Option, Undecided
from core.errors import UsageError

SEVERAL = "has several labels"


def label_names(
    values: np.ndarray, called: str, choices: Choices, names: Sequence[str] = (), first: int = 0
) -> list[str | None]:
    """The class of each picture.

    Parameters
    ----------
    values
        (n,) array, or one of more axes of which only two are longer than 1: whole numbers, text, or rows of 0 and 1.
    called
        What messages call the labels, such as "the array “y” of mnist.npz".
    choices
        Whether pictures with several labels are to be left out.
    names
        Names of the classes by number, where they are known.
    first
        The number of the first class, for `names`.

    Returns
    -------
    list of str or None
        "" for pictures without a label, None for those that have several and are left out.

    Raises
    ------
    Undecided
        If pictures have several labels, and nobody said that they are to be left out.
    UsageError
        If the values are no labels, or there are fewer names than numbers.
    """
    values = values.reshape(len(values), -1)
    texts = _texts(values[:, 0], called) if values.shape[1] == 1 else _one_hot(values, called, choices)
    if not len(names):
        return ["" if text == "-1" else text for text in texts]
    return [text if text is None else _named(text, names, first, called) for text in texts]


def _texts(values: np.ndarray, called: str) -> list[str]:
    kind = values.dtype.kind
    if kind == "S":
        try:
            return [value.decode().strip() for value in values.tolist()]
        except UnicodeDecodeError as error:
            raise UsageError(f"{called} holds text that is not UTF-8.") from error
    if kind == "U":
        return [value.strip() for value in values.tolist()]
    if kind == "f" and np.isfinite(values).all() and (values == np.floor(values)).all():
        values = values.astype(np.int64)
    if values.dtype.kind not in "iub":
        raise UsageError(f"{called} holds no labels: expected whole numbers, names, or rows of 0 and 1.")
    return [str(int(value)) for value in values.tolist()]


def _one_hot(values: np.ndarray, called: str, choices: Choices) -> list[str | None]:
    if values.dtype.kind not in "iubf" or not np.isin(values, (0, 1)).all():
        raise UsageError(f"{called} holds {values.shape[1]} values a picture, but these are not all 0 or 1.")
    counts = (values == 1).sum(axis=1)
    if (counts > 1).any() and choices.several_labels != LEAVE_OUT:
        raise several_labels(called, int((counts > 1).sum()), len(values))
    classes = values.argmax(axis=1).tolist()
    return [None if count > 1 else str(label) if count else "" for label, count in zip(classes, counts, strict=True)]


def several_labels(called: str, count: int = 0, total: int = 0) -> Undecided:
    """What is asked where pictures have more than one label."""
    how_many = f"{count:,} of {total:,} pictures have" if count else "Pictures have"
    return Undecided(
        f"{how_many} several labels in {called}. One label an image is what can be learned here.",
        [Option("leave out the pictures with several labels", Choices(several_labels=LEAVE_OUT))],
    )


def _named(text: str, names: Sequence[str], first: int, called: str) -> str:
    if text in ("", "-1"):
        return ""
    index = int(text) - first if text.isdecimal() else -1
    if not 0 <= index < len(names):
        raise UsageError(f"{called} holds the label {text}, but there are only {len(names)} names of classes.")
    return names[index]
