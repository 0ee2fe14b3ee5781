"""The optimiser and the loss that a run's settings ask for."""

import keras
import numpy as np

from core.runs.settings import ON, RunSettings


def build_optimiser(settings: RunSettings) -> keras.optimizers.Optimizer:
    """The optimiser with its gradient clipping; the learning rate is that of the settings, before any schedule."""
    rate, common = settings.learning_rate, {"global_clipnorm": settings.gradient_clipping or None}
    if settings.optimiser == "sgd":
        # Decay apart from the gradient, as AdamW's: Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization".
        common |= {"weight_decay": settings.weight_decay or None, "nesterov": settings.nesterov == ON}
        return keras.optimizers.SGD(rate, momentum=settings.momentum, **common)
    if settings.optimiser == "rmsprop":
        return keras.optimizers.RMSprop(rate, momentum=settings.momentum, **common)
    if settings.optimiser == "adam":
        return keras.optimizers.Adam(rate, **common)
    return keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay, **common)


def build_loss(settings: RunSettings):
    """Cross-entropy of logits and class numbers, with the labels smoothed where that is asked for.

    Smoothed, a label is 1 - s on its own class plus s spread evenly over all classes: Szegedy et al. 2016,
    "Rethinking the Inception Architecture", section 7.
    """
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if not settings.label_smoothing:
        return plain
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing)

    class SmoothedCrossentropy(keras.losses.Loss):
        def call(self, y_true, y_pred):
            classes = keras.ops.reshape(keras.ops.cast(y_true, "int32"), (-1,))
            return smoothed.call(keras.ops.one_hot(classes, y_pred.shape[-1]), y_pred)

    return SmoothedCrossentropy(name="smoothed_crossentropy")


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
