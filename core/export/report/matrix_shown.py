"""The confusion matrix as a page of paper has room for it."""

import numpy as np

from core.evaluation.confusion_matrix import normalised
from core.evaluation.evaluation import Evaluation

MOST_CLASSES = 40


class MatrixShown:
    """The confusion matrix, or of many classes the part in which most is mixed up.

    Attributes
    ----------
    names : list of str
        The classes that are shown.
    rows : list of list of (int, float)
        For each true class, the images that were taken for each, and which share of the class that is.
    words : str
        What is left out; "" where nothing is.
    """

    def __init__(self, evaluation: Evaluation):
        counts, every = evaluation.confusion_matrix, evaluation.class_names
        chosen = _most_mistaken(counts) if len(every) > MOST_CLASSES else list(range(len(every)))
        shares = normalised(counts, "true")
        self.names = [every[index] for index in chosen]
        self.rows = [[(int(counts[row, column]), float(shares[row, column])) for column in chosen] for row in chosen]
        self.words = ""
        if len(chosen) < len(every):
            inside = int(counts[np.ix_(chosen, chosen)].sum())
            self.words = (
                f"Of {len(every):,} classes, the {len(chosen)} that are mistaken most often are shown, with {inside:,} "
                f"of {evaluation.n:,} images; the table below has all classes."
            )


def _most_mistaken(counts: np.ndarray) -> list[int]:
    """The classes of which most images were mistaken, or for which most were taken, in the order that they have."""
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * counts.diagonal()
    return sorted(np.argsort(-mistakes, kind="stable")[:MOST_CLASSES].tolist())
