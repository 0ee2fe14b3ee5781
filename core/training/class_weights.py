"""Class weights: how much an image of each class counts in the training loss."""

import numpy as np

from core.runs.settings import RunSettings


def class_weights(settings: RunSettings, targets: np.ndarray) -> np.ndarray | None:
    """How much each class counts in the training loss; None where all images count the same.

    Parameters
    ----------
    targets : (n,) array of int

    Returns
    -------
    (classes,) array of float32 or None
        n / (number of classes with images × images of the class), so that the mean over the images is 1; 0 for a
        class without any. King & Zeng 2001, "Logistic Regression in Rare Events Data", as in scikit-learn.
    """
    if settings.class_weights == "none":
        return None
    counts = np.bincount(targets)
    weights = len(targets) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.where(counts > 0, weights, 0).astype("float32")
