"""Figures of many confusion matrices at once, and of those where a figure is not defined."""

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from core.evaluation import confusion_scores
from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.confusion_scores import Counts

FIGURES = [
    confusion_scores.accuracy,
    confusion_scores.balanced_accuracy,
    confusion_scores.macro_f1,
    confusion_scores.weighted_f1,
    confusion_scores.kappa,
    confusion_scores.mcc,
]


@pytest.mark.parametrize("figure", FIGURES)
def test_many_matrices_at_once_are_evaluated_as_each_alone(figure):
    matrices = np.random.default_rng(0).poisson(0.7, (40, 5, 5))
    each = [float(figure(Counts.of(matrix))) for matrix in matrices]
    many = Counts(*(np.stack(part) for part in zip(*[_parts(Counts.of(m)) for m in matrices], strict=True)))
    assert figure(many) == pytest.approx(each, abs=1e-12)


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_counted_gives_zero_without_a_warning(figure):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert figure(Counts.of(np.zeros((3, 3)))) == 0.0


def test_agreement_where_all_images_are_of_one_class():
    """Nothing can be told by chance from merit: 0, as scikit-learn says, or is told to say."""
    all_right = Counts.of(np.array([[7, 0], [0, 0]]))
    some_wrong = Counts.of(np.array([[4, 3], [0, 0]]))
    assert confusion_scores.kappa(all_right) == confusion_scores.mcc(all_right) == 0.0
    assert confusion_scores.kappa(some_wrong) == confusion_scores.mcc(some_wrong) == 0.0
    assert reference.matthews_corrcoef([0] * 7, [0] * 7) == 0.0
    assert reference.cohen_kappa_score([0] * 7, [0] * 4 + [1] * 3) == 0.0


def test_the_figures_do_not_overflow_with_many_images():
    true = np.random.default_rng(0).integers(0, 3, 200_000)
    answers = np.where(np.arange(len(true)) % 7 == 0, (true + 1) % 3, true)
    counts = Counts.of(confusion_matrix(true, answers, 3))
    assert confusion_scores.mcc(counts) == pytest.approx(reference.matthews_corrcoef(true, answers), abs=1e-9)
    assert confusion_scores.kappa(counts) == pytest.approx(reference.cohen_kappa_score(true, answers), abs=1e-9)


def _parts(counts):
    return counts.hits, counts.true, counts.answered
