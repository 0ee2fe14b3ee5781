"""The optimiser and the loss that a run's settings ask for."""

import keras

from core.runs.settings import RunSettings


def build_optimiser(settings: RunSettings) -> keras.optimizers.Optimizer:
    """The optimiser with its gradient clipping; the learning rate is that of the settings, before any schedule."""
    rate, common = settings.learning_rate, {"global_clipnorm": settings.gradient_clipping or None}
    if settings.optimiser == "sgd":
        # Decay apart from the gradient, as AdamW's: Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization".
        common |= {"weight_decay": settings.weight_decay or None, "nesterov": settings.nesterov}
        return keras.optimizers.SGD(rate, momentum=settings.momentum, **common)
    if settings.optimiser == "rmsprop":
        return keras.optimizers.RMSprop(rate, momentum=settings.momentum, **common)
    if settings.optimiser == "adam":
        return keras.optimizers.Adam(rate, **common)
    return keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay, **common)


def build_loss(settings: RunSettings):
    """Cross-entropy of logits and class numbers, with the labels smoothed where that is asked for.

    Smoothed, a label is 1 - s on its own class plus s spread evenly over all classes: Szegedy et al. 2016,
    "Rethinking the Inception Architecture", section 7. Where images are mixed, labels may be shares of the classes too.
    """
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if not settings.label_smoothing and not any(step.mixes for step in settings.augmentation):
        return plain
    of_shares = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing)

    class Crossentropy(keras.losses.Loss):
        def call(self, y_true, y_pred):
            if len(y_true.shape) < 2 or y_true.shape[-1] != y_pred.shape[-1]:
                classes = keras.ops.reshape(keras.ops.cast(y_true, "int32"), (-1,))
                y_true = keras.ops.one_hot(classes, y_pred.shape[-1])
            return of_shares.call(y_true, y_pred)

    return Crossentropy(name="crossentropy")
