"""One-hot labels, and how many predictions are correct by a product and a sum."""

import numpy as np

from core.errors import UsageError

ROWS_AT_ONCE = 4096


def one_hot(labels: np.ndarray, class_count: int) -> np.ndarray:
    """A row for each label, with a 1 in the column of its class and 0 elsewhere.

    Parameters
    ----------
    labels : (n,) array of int
        From 0 to `class_count` - 1.

    Returns
    -------
    ndarray of uint8, shape (n, class_count)

    Raises
    ------
    UsageError
        If a label is none of the classes.
    """
    labels = np.asarray(labels)
    wrong = labels[(labels < 0) | (labels >= class_count)]
    if wrong.size:
        raise UsageError(f"There is no class {wrong[0]}: labels reach from 0 to {class_count - 1}.")
    return np.eye(class_count, dtype=np.uint8)[labels.astype(np.int64)]


def count_correct(test: np.ndarray, prediction: np.ndarray) -> int:
    """How many predictions are correct: `(test * prediction).sum()`.

    The product is 1 only where both have their 1 in the same column.

    Parameters
    ----------
    test, prediction : (n, k) arrays
        Both one-hot. Of probabilities, the sum would be how much all of them together give to the true classes.

    Raises
    ------
    UsageError
        If their shapes differ, which NumPy would stretch without a word.
    """
    test, prediction = np.asarray(test), np.asarray(prediction)
    if test.shape != prediction.shape:
        raise UsageError(f"Labels of shape {test.shape} and predictions of shape {prediction.shape} do not match.")
    return int((test * prediction).sum())


def count_equal(true: np.ndarray, predicted: np.ndarray, class_count: int) -> int:
    """The same of labels, some thousands at a time: of many classes, all rows at once would take gigabytes."""
    starts = range(0, len(true), ROWS_AT_ONCE)
    parts = ((true[start : start + ROWS_AT_ONCE], predicted[start : start + ROWS_AT_ONCE]) for start in starts)
    return sum(count_correct(one_hot(a, class_count), one_hot(b, class_count)) for a, b in parts)
