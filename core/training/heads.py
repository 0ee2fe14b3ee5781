"""Classification heads on a frozen backbone: a linear layer or two, with a weight decay that is chosen or given."""

import numpy as np

from core.runs.settings import RunSettings
from core.training.learner import Learner
from core.training.linear_head import LinearHead


def build_head(settings: RunSettings, features: np.ndarray, class_count: int) -> Learner:
    """The head that the settings ask for, from (n, width) features to (n, class_count) probabilities.

    Parameters
    ----------
    features : (n, width) array
        Of the training images as they are.
    """
    if is_linear_with_chosen_decay(settings):
        return LinearHead(features, class_count, settings)

    from core.features.keras_start import start_keras
    from core.networks import network  # loads Keras, which takes seconds and is not always needed
    from core.training.keras_learner import KerasLearner

    start_keras(settings)
    head = network.build_head(features.shape[1], class_count, settings.dropout, settings.hidden)
    return KerasLearner(head, settings)


def is_linear_with_chosen_decay(settings: RunSettings) -> bool:
    """Whether the penalty is all that decays the weights, and Adam all that moves them."""
    moved_by_adam = settings.optimiser in ("adam", "adamw") and not settings.gradient_clipping
    return bool(settings.tune_weight_decay and moved_by_adam and not settings.hidden)
