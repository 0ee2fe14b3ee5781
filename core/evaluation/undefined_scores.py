"""Undefined scores: those that can't be told from a confusion matrix, as they would be 0/0, and why.

They are given as scikit-learn gives them, mostly as 0, which nobody is to take for a result.
"""

import numpy as np

ONE_CLASS = "all images are of one class"
ONE_ANSWER = "all answers are the same class"
NO_IMAGE = "no image is of this class"
NO_ANSWER = "no image is taken for this class"


def undefined_scores(matrix: np.ndarray) -> dict[str, str]:
    """The scores of a whole matrix that can't be told.

    Parameters
    ----------
    matrix : ndarray of int, shape (k, k)
        Confusion matrix; rows are true classes.

    Returns
    -------
    dict
        By the name of a score ("kappa", "mcc"), the reason in words. A correlation needs two things that vary; kappa
        only that chance would not be right on all.
    """
    matrix = np.asarray(matrix)
    true, answered = np.flatnonzero(matrix.sum(axis=1)), np.flatnonzero(matrix.sum(axis=0))
    found = {}
    if len(true) <= 1 and np.array_equal(true, answered):
        found["kappa"] = f"{ONE_CLASS}, and all answers are it"
    if len(true) <= 1:
        found["mcc"] = ONE_CLASS
    elif len(answered) <= 1:
        found["mcc"] = ONE_ANSWER
    return found


def undefined_class_scores(matrix: np.ndarray) -> list[dict[str, str]]:
    """For each class the scores that can't be told, by name, with the reason in words.

    Parameters
    ----------
    matrix : ndarray of int, shape (k, k)
        Confusion matrix; rows are true classes.
    """
    matrix = np.asarray(matrix)
    found = []
    for support, called in zip(matrix.sum(axis=1), matrix.sum(axis=0), strict=True):
        lacking = {} if support else {"recall": NO_IMAGE, "average_precision": NO_IMAGE}
        lacking |= {} if called else {"precision": NO_ANSWER}
        lacking |= {} if support or called else {"f1": NO_IMAGE}
        found.append(lacking)
    return found
