"""Monitored images: those whose loss chooses the best epoch.

They are the validation images, as far as these are of classes that are trained on.

Images of a class that nobody trains on would choose the epoch that has learned least, as a network that is sure of what
it has learned is sure that they are something else. And where a class has training images but none to validate on, the
choice would fall on an epoch that has given it up: so some of its training images stand in for them.
"""

import math

import numpy as np


def monitored_rows(splits: np.ndarray, targets: np.ndarray, seed: int) -> np.ndarray:
    """The images whose loss chooses the best epoch.

    Parameters
    ----------
    splits : (n,) array of str
        Which part of the split an image is of.
    targets : (n,) array of int
    seed
        Of which training images stand in.

    Returns
    -------
    (m,) array of int
        Rows in order; none where no validation image is of a class that is trained on. Of a class that validation
        lacks there are as many as it would have by its share of the training images, and at least one.
    """
    trained, validated = splits == "train", splits == "validation"
    training_counts = np.bincount(targets[trained], minlength=targets.max(initial=0) + 1)
    rows = np.flatnonzero(validated & (training_counts[targets] > 0))
    if not len(rows):
        return rows
    present = np.unique(targets[rows])
    share = len(rows) / training_counts[present].sum()
    lacking = np.setdiff1d(np.flatnonzero(training_counts), present)
    draw = np.random.default_rng(seed)
    stand_ins = [
        draw.permutation(np.flatnonzero(trained & (targets == number)))[: math.ceil(share * training_counts[number])]
        for number in lacking
    ]
    return np.sort(np.concatenate([rows, *stand_ins]))


def monitored_in_words(splits: np.ndarray, rows: np.ndarray) -> str:
    """In which way the images that choose the best epoch aren't the validation images; "" where they are."""
    validation_count = int((splits == "validation").sum())
    chosen_count = int((splits[rows] == "validation").sum())
    stand_ins, unlearned = len(rows) - chosen_count, validation_count - chosen_count
    parts = []
    if stand_ins:
        parts.append(f"with {stand_ins:,} training image{'s' * (stand_ins > 1)} of classes that validation lacks")
    if unlearned:
        parts.append(f"without {unlearned:,} of classes that have no training images")
    if not parts:
        return ""
    return f"The best epoch is chosen by {chosen_count:,} validation images, {', '.join(parts)}."
