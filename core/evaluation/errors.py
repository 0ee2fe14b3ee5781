"""Lists of errors: the images that a run is most surely wrong about, hesitates over, or that its features doubt.

The first two come from its predictions alone. Label issues and images out of distribution take its features, and are
found by `core.explain.feature_analysis`.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.evaluation.predictions import Predictions

# Two classes at 75 % and 25 % are so far apart: what is surer than that is no hesitation.
UNSURE_MARGIN = 0.5


@dataclass(frozen=True)
class AnsweredImage:
    """An image with what a run answered.

    Parameters
    ----------
    path, split : str
        Which image, and of which part.
    true, predicted, next : str
        The names of its class, of the most probable one, and of the second most probable one.
    probability : float
        Of the most probable class, in [0, 1].
    margin : float
        By how much that is above the next one, in [0, 1].
    """

    path: str
    split: str
    true: str
    predicted: str
    probability: float
    next: str
    margin: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LabelIssue:
    """An image beside what its features say of its label.

    Parameters
    ----------
    path, split, label : str
        Which image, of which part, and its label.
    likely : str
        The most probable class besides the label.
    likely_probability, label_probability : float
        How probable that class and the label are, to classifiers that have not seen the image.
    suspected : bool
        Whether the label is probably wrong.
    """

    path: str
    split: str
    label: str
    likely: str
    likely_probability: float
    label_probability: float
    suspected: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DistantImage:
    """An image with its distance from the training images.

    Parameters
    ----------
    path, split : str
        Which image, and of which part.
    distance : float
        In the feature space, 0 to 2 (`core.explain.out_of_distribution`).
    farther_than : float
        The share of the training images that are nearer to theirs, 0 to 1.
    unlike : bool
        Whether that is so many of them that the image is out of distribution.
    """

    path: str
    split: str
    distance: float
    farther_than: float
    unlike: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


@dataclass(frozen=True)
class Neighbour:
    """A training image that is near to another image.

    Parameters
    ----------
    path, label
        Of the training image.
    similarity
        Cosine similarity of the two images' features, at most 1.
    """

    path: str
    label: str
    similarity: float


@dataclass(frozen=True)
class LabelIssueList:
    """Label issues: all images of a run, the one whose label is most surely wrong first.

    Parameters
    ----------
    images : tuple of LabelIssue
        Also those that are not suspected, behind the others.
    origin : str
        Of the features, in words.
    caution : str
        What limits it; "" where nothing does.
    """

    images: tuple[LabelIssue, ...]
    origin: str
    caution: str = ""


@dataclass(frozen=True)
class DistantImageList:
    """Out of distribution: all images of a run, those farthest from its training images first.

    Parameters
    ----------
    images : tuple of DistantImage
        Also those that are like the training images, behind the others.
    origin : str
        Of the features, in words.
    """

    images: tuple[DistantImage, ...]
    origin: str


def confidently_wrong(predictions: Predictions) -> np.ndarray:
    """The images that are taken for another class, the surest mistake first.

    Returns
    -------
    (m,) array of int
        Rows of `predictions`. Equally sure mistakes keep their order.
    """
    predicted = predictions.predicted
    rows = np.flatnonzero(predicted != predictions.true)
    return rows[np.argsort(-predictions.probabilities[rows, predicted[rows]], kind="stable")]


def least_sure(predictions: Predictions) -> np.ndarray:
    """The images whose two most probable classes are less than `UNSURE_MARGIN` apart, the closest first.

    They may be right or wrong. The distance is the margin of active learning (Scheffer, Decomain & Wrobel 2001).

    Returns
    -------
    (m,) array of int
        Rows of `predictions`. Equally close ones keep their order.
    """
    margins = margins_of(predictions.probabilities)
    rows = np.flatnonzero(margins < UNSURE_MARGIN)
    return rows[np.argsort(margins[rows], kind="stable")]


def answered_images(predictions: Predictions, rows: np.ndarray) -> list[AnsweredImage]:
    """What is known of some images.

    Parameters
    ----------
    rows : (m,) array of int
        Rows of `predictions`, as `confidently_wrong` and `least_sure` give them.
    """
    names, probabilities = predictions.class_names, predictions.probabilities[rows]
    columns = (
        predictions.ids[rows],
        predictions.splits[rows],
        predictions.true[rows],
        probabilities.argmax(axis=1),
        probabilities.max(axis=1),
        runner_up(probabilities),
        margins_of(probabilities),
    )
    return [
        AnsweredImage(path, split, names[true], names[predicted], float(probability), names[following], float(margin))
        for path, split, true, predicted, probability, following, margin in zip(*columns, strict=True)
    ]


def margins_of(probabilities: np.ndarray) -> np.ndarray:
    """How far the most probable class of each image is above the next one.

    Parameters
    ----------
    probabilities : (n, classes) array of float

    Returns
    -------
    (n,) array of float
        0 to 1; of a single class, its probability.
    """
    if probabilities.shape[1] == 1:
        return probabilities[:, 0].astype(np.float64)
    highest = np.partition(probabilities, -2, axis=1)[:, -2:].astype(np.float64)
    return highest[:, 1] - highest[:, 0]


def runner_up(probabilities: np.ndarray) -> np.ndarray:
    """The second most probable class of each image; of a single class, that class.

    Parameters
    ----------
    probabilities : (n, classes) array of float

    Returns
    -------
    (n,) array of int
    """
    rows, others = np.arange(len(probabilities)), probabilities.astype(np.float64)
    others[rows, probabilities.argmax(axis=1)] = -1
    return others.argmax(axis=1)
