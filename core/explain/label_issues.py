"""Label issues: images that probably carry a wrong label, by confident learning on the features of a run.

Northcutt, Jiang & Chuang (2021), Confident learning: estimating uncertainty in dataset labels, Journal of Artificial
Intelligence Research 70, 1373–1411. A linear head learns from four fifths of the images and evaluates the last one,
five times over, so that no image is evaluated by a head that has seen its label. A class's threshold is how sure the
head is, on average, of the images that carry its label. An image is suspected where another class than its label
reaches its own threshold and is more probable than the label. The heads are then trained once more without the
suspected images, which would teach them their mistakes, and evaluate all images again.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from core.jobs.progress import Report, unheard

FOLDS = 5
# Beyond those, features say little of what most images are, and take time. Of 5 % flipped labels of a thousand
# photographs, 128 of 768 find as many as all do.
WIDTH = 128
# λ of λ/2 · |W|² beside the mean cross-entropy, as in `core.training.linear_head`, and more than any there: a head that
# fits each image fits the wrong labels too. From 0.01 to 0.1, as many of the flipped labels were found.
PENALTY = 0.03
TOLERANCE, MOST_STEPS = 1e-2, 100


@dataclass(frozen=True, eq=False)
class LabelIssues:
    """Label issues: all images, the one whose label is most surely wrong first.

    Parameters
    ----------
    rows : (n,) array of int
        Which images these are.
    likely : (n,) array of int
        Of each, the most probable class besides its label.
    likely_probability, label_probability : (n,) arrays of float
        How probable that class and the label are, to heads that have not seen the image.
    suspected : (n,) array of bool
        Whether the label is probably wrong. The others follow behind by how far the label is above the next class.
    """

    rows: np.ndarray
    likely: np.ndarray
    likely_probability: np.ndarray
    label_probability: np.ndarray
    suspected: np.ndarray


def find_label_issues(
    vectors: np.ndarray, labels: np.ndarray, groups: np.ndarray, class_count: int, report: Report = unheard
) -> LabelIssues:
    """Order images by how surely their labels are wrong.

    Parameters
    ----------
    vectors : (n, width) array of float
        Their features.
    labels : (n,) array of int
        0 ≤ `labels` < `class_count`.
    groups : (n,) array of int
        Images of one group are never evaluated by a head that has seen others of it.
    class_count
        How many classes there are. With fewer than two among the labels, nothing is suspected.
    report
        Called with how many of the heads have learned and evaluated.
    """

    def tell(heads: int) -> None:
        report("Evaluating each image by what the others say", heads, 2 * FOLDS)

    # Its sums are so small that sharing them out among cores takes longer than doing them.
    with threadpool_limits(1):
        inputs, folds = _reduced(vectors), _folds(labels, groups)
        everything = np.ones(len(labels), dtype=bool)
        first = _cross_validated(inputs, labels, folds, class_count, everything, tell)
        trusted = ~_suspected(first, labels)
        probabilities = _cross_validated(inputs, labels, folds, class_count, trusted, lambda fold: tell(FOLDS + fold))
    suspected = _suspected(probabilities, labels)
    likely, likely_probability, label_probability = _rivals(probabilities, labels)
    order = np.lexsort((label_probability - likely_probability, ~suspected))
    ordered = (likely, likely_probability, label_probability, suspected)
    return LabelIssues(order, *(values[order] for values in ordered))


def _reduced(vectors: np.ndarray) -> np.ndarray:
    """The directions in which images differ most, as long as features of unit size on average."""
    vectors = np.asarray(vectors, np.float32)
    size = max(float(np.sqrt(vectors.var(axis=0).mean())), 1e-6) if len(vectors) else 1.0
    kept = min(WIDTH, *vectors.shape)
    if kept < 1:
        return np.zeros((len(vectors), 1), np.float32)
    with np.errstate(invalid="ignore"):  # of features that are all the same, PCA divides nothing by nothing
        return PCA(kept, random_state=0).fit_transform(vectors / size)


def _folds(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """In which fold each image is evaluated: whole groups, each class spread over all folds as evenly as they allow."""
    names, first, numbers = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(0).permutation(len(names))
    dealt = shuffled[np.argsort(labels[first][shuffled], kind="stable")]
    fold_of = np.empty(len(names), dtype=int)
    fold_of[dealt] = np.arange(len(names)) % FOLDS
    return fold_of[numbers]


def _cross_validated(
    inputs: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    class_count: int,
    trusted: np.ndarray,
    tell: Callable[[int], None],
) -> np.ndarray:
    """How probable each class of each image is to a head of the other folds' trusted images: (n, classes)."""
    probabilities = np.zeros((len(labels), class_count))
    for fold in np.unique(folds).tolist():
        tell(fold)
        evaluated, learned = folds == fold, (folds != fold) & trusted
        present = np.unique(labels[learned])
        if len(present) < 2:  # nothing to tell apart: each class as often as it is
            counts = np.bincount(labels[learned], minlength=class_count) + 1e-9
            probabilities[evaluated] = counts / counts.sum()
            continue
        strength = 1 / (PENALTY * learned.sum())
        head = LogisticRegression(C=strength, tol=TOLERANCE, max_iter=MOST_STEPS)
        head.fit(inputs[learned], labels[learned])
        probabilities[np.ix_(evaluated, present)] = head.predict_proba(inputs[evaluated])
    return probabilities


def _suspected(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which images lie off the diagonal of the confident joint: (n,) array of bool."""
    classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels]
    counts = np.bincount(labels, minlength=classes)
    thresholds = np.bincount(labels, weights=own, minlength=classes) / np.maximum(counts, 1)
    # How sure one may be of a class that has no image is unknown.
    reaches = (probabilities >= np.where(counts > 0, thresholds, np.inf)) & (probabilities > own[:, None])
    return np.any(reaches, axis=1)


def _rivals(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each image the most probable class besides its label, how probable it is, and how probable the label."""
    rows, others = np.arange(len(labels)), probabilities.copy()
    others[rows, labels] = -1
    likely = others.argmax(axis=1)
    return likely, np.maximum(others[rows, likely], 0), probabilities[rows, labels]
