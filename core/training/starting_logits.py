"""Bias initialisation: before it has seen an image, a network answers each class as often as training images have it.

Without it, the first epochs go into learning how common the classes are, and a training of few steps ends before it
has: Karpathy 2019, "A Recipe for Training Neural Networks" ("init well"); Lin et al. 2017, "Focal Loss", section 4.1.
"""

import numpy as np

from core.runs.settings import RunSettings
from core.training.class_weights import class_weights

# How many images all classes without any count as, together, since the logarithm of none is not finite.
IMAGES_OF_THE_UNSEEN = 0.5


def starting_logits(settings: RunSettings, targets: np.ndarray, class_count: int) -> np.ndarray:
    """The logits of the one answer to all images that has the least training loss.

    Parameters
    ----------
    settings
        Of the run: with class weights, classes count as much as they do in its loss, and with label smoothing their
        shares are smoothed as the labels are. Mixing images does not change how much there is of each class.
    targets : (n,) array of int
        Of the training images.

    Returns
    -------
    (class_count,) array of float32
        Logarithms of shares, and finite for every class.
    """
    counts = np.bincount(targets, minlength=class_count).astype(np.float64)
    weights = class_weights(settings, targets)
    if weights is not None:
        counts[: len(weights)] *= weights
    unseen = counts == 0
    counts[unseen] = IMAGES_OF_THE_UNSEEN / max(1, unseen.sum())
    shares = counts / counts.sum()
    smoothing = settings.label_smoothing
    return np.log((1 - smoothing) * shares + smoothing / class_count).astype(np.float32)
