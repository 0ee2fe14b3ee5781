"""The majority baseline: always answering the commonest class of the training images."""

import numpy as np

from core.evaluation.confusion_matrix import class_indices


def majority_class(true_train: np.ndarray, k: int) -> int:
    """Index of the commonest of `k` classes in the training part, the lowest among equals; ValueError if empty."""
    true_train = class_indices(true_train, k)
    if len(true_train) == 0:
        raise ValueError("without training labels no class is the commonest")
    return int(np.bincount(true_train, minlength=k).argmax())


def majority_accuracy(true_train: np.ndarray, true_test: np.ndarray, k: int) -> float:
    """Accuracy of always answering the commonest class: what a network has to beat.

    The class is chosen on the training part, since choosing it on the test part would use the answers.

    Parameters
    ----------
    true_train, true_test : ndarray of int, shapes (n_train,) and (n_test,)
        True classes, 0 ≤ index < `k`; neither empty.
    k : int
        Number of classes.

    Returns
    -------
    float
        Share of `true_test` that is the commonest class of `true_train` (the lowest index among equals), in [0, 1].

    Raises
    ------
    ValueError
        If a part is empty or an index is out of range.
    """
    true_test = class_indices(true_test, k)
    if len(true_test) == 0:
        raise ValueError("without test labels there is no accuracy")
    return float((true_test == majority_class(true_train, k)).mean())
