"""Risk–coverage curve: how accurate the network is if it may refuse what it is least sure of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Risk–coverage curve: accuracy against the share of images that is answered, the surest first.

    Parameters
    ----------
    answered : ndarray of float, shape (n,)
        Share of images answered, from 1/n to 1.
    accuracy : ndarray of float, shape (n,)
        Share of these that is right.
    confidence : ndarray of float, shape (n,)
        The least confidence among these: refuse what lies below it.
    """

    answered: np.ndarray
    accuracy: np.ndarray
    confidence: np.ndarray

    def at(self, share: float) -> tuple[float, float, int]:
        """Accuracy, least confidence, and how many are answered when the surest `share`, in [0, 1], is.

        At least one image is.
        """
        count = max(1, int(np.floor(share * len(self.answered) + 1e-9)))
        return float(self.accuracy[count - 1]), float(self.confidence[count - 1]), count

    def figure(self, refused: float | None = None) -> "Figure":
        """The curve as a Plotly figure.

        Parameters
        ----------
        refused : float, optional
            A share of images to mark, in [0, 1].
        """
        from core.figures.risk_coverage import risk_coverage_figure

        return risk_coverage_figure(self.answered, self.accuracy, refused)


def risk_coverage(predictions: Predictions) -> RiskCoverage:
    """The risk–coverage curve of a network that may refuse what it is least sure of.

    El-Yaniv and Wiener (2010), Journal of Machine Learning Research 11, 1605–1641.

    Parameters
    ----------
    predictions : Predictions
        Of the split in question; n ≥ 1. Equally sure answers are taken in the order they are in.
    """
    confidence, right = predictions.probabilities.max(axis=1), predictions.predicted == predictions.true
    surest_first = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(right) + 1)
    return RiskCoverage(counts / max(1, len(right)), np.cumsum(right[surest_first]) / counts, confidence[surest_first])
