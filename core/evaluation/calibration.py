"""Calibration: the temperature that makes a network as sure as it is right."""

import numpy as np

from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions

# Softmax in float32 gives exactly 0 to hopeless classes, whose logarithm would be infinite.
SMALLEST = 1e-12
COLDEST, HOTTEST = 0.05, 20.0
PRECISION = 1e-9


def fit_temperature(validation: Predictions) -> float:
    """The temperature that makes validation answers the likeliest (Guo et al., 2017, ICML, section 4.2).

    The log loss is convex in 1 / temperature, so that a search between bounds (Brent, 1973) finds its minimum.

    Parameters
    ----------
    validation : Predictions
        Rows that neither trained the network nor evaluate it.

    Returns
    -------
    float
        In [0.05, 20]; above 1 where the network is too sure of itself, below where it is not sure enough. Where they
        are worse than chance, the greatest. Where every answer is right, 1: then the surer the likelier without an
        end, and how unsure to be of other images can't be told.

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
    if (validation.predicted == validation.true).all():
        return 1.0
    logits = _logits(validation.probabilities)
    logits -= logits.max(axis=1, keepdims=True)  # so that no power of e overflows
    of_truth = logits[np.arange(len(logits)), validation.true].mean()

    def loss(sharpness: float) -> float:
        return float(np.log(np.exp(logits * sharpness).sum(axis=1)).mean() - of_truth * sharpness)

    bounds = (1 / HOTTEST, 1 / COLDEST)
    from scipy.optimize import minimize_scalar  # which takes longer to load than all else here

    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": PRECISION}).x
    # The search comes close to a bound but never onto it. Where no temperature is better than another, none is chosen.
    return min((1.0, COLDEST, HOTTEST, float(1 / found)), key=lambda temperature: loss(1 / temperature))


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
    from scipy.special import softmax

    softer = softmax(_logits(predictions.probabilities) / temperature, axis=1)
    return Predictions(predictions.ids, predictions.splits, predictions.true, softer, predictions.class_names)


def _logits(probabilities: np.ndarray) -> np.ndarray:
    """Up to a constant in each row, which softmax does not see."""
    return np.log(np.clip(np.asarray(probabilities, dtype=np.float64), SMALLEST, None))
