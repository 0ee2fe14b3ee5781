"""Calibration: the temperature that makes a network as sure as it is right."""

import numpy as np

from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions

# Softmax in float32 gives exactly 0 to hopeless classes, whose logarithm would be infinite.
SMALLEST = 1e-12
COLDEST, HOTTEST = 0.05, 20.0
NEWTON_STEPS = 100


def fit_temperature(validation: Predictions) -> float:
    """The temperature that makes validation answers the likeliest (Guo et al., 2017, ICML, section 4.2).

    The log loss is convex in 1 / temperature, so that a search by Newton's steps, kept between bounds, finds its
    minimum.

    Parameters
    ----------
    validation : Predictions
        Rows that neither trained the network nor evaluate it.

    Returns
    -------
    float
        In [0.05, 20]; above 1 where the network is too sure of itself, below where it is not sure enough. Where every
        answer is right the least; where they are worse than chance, the greatest.

    Raises
    ------
    WorkbenchError
        If there are no rows.
    """
    if len(validation) == 0:
        raise WorkbenchError(
            "There are no validation images, on which a temperature would be fitted. "
            "Split the dataset with validation images and train again."
        )
    logits = _logits(validation.probabilities)
    of_truth = logits[np.arange(len(logits)), validation.true].mean()
    low, high = 1 / HOTTEST, 1 / COLDEST

    def slope(sharpness: float) -> tuple[float, float]:
        """First and second derivative of the log loss by 1 / temperature."""
        shares = _softmax(logits * sharpness)
        means = (shares * logits).sum(axis=1)
        return means.mean() - of_truth, ((shares * logits**2).sum(axis=1) - means**2).mean()

    if slope(low)[0] >= 0:
        # Flat throughout where every answer is the same share for each class: no temperature changes anything.
        return 1.0 if slope(high)[0] <= 0 else HOTTEST
    if slope(high)[0] <= 0:
        return COLDEST
    sharpness = 1.0
    for _ in range(NEWTON_STEPS):
        first, second = slope(sharpness)
        low, high = (low, sharpness) if first > 0 else (sharpness, high)
        step = sharpness - first / second if second > 0 else low
        new = step if low < step < high else (low + high) / 2
        if abs(new - sharpness) <= 1e-12 * sharpness:
            break
        sharpness = new
    return float(1 / sharpness)


def tempered(predictions: Predictions, temperature: float) -> Predictions:
    """The same predictions with logits divided by `temperature`: the answers stay, how sure they are changes.

    Raises
    ------
    ValueError
        If `temperature` is not positive.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
    if temperature == 1:
        return predictions
    softer = _softmax(_logits(predictions.probabilities) / temperature)
    return Predictions(predictions.ids, predictions.splits, predictions.true, softer, predictions.class_names)


def _logits(probabilities: np.ndarray) -> np.ndarray:
    """Up to a constant in each row, which softmax does not see."""
    return np.log(np.clip(np.asarray(probabilities, dtype=np.float64), SMALLEST, None))


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
