"""Scores of each class, also where there is nothing to divide by."""

import warnings

import numpy as np

from core.evaluation.class_scores import class_scores


def test_undefined_ratios_are_zero_without_a_warning_and_say_why():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        probabilities = np.array([[0.9, 0.1], [0.8, 0.2]])
        cats, dogs = class_scores(("cats", "dogs"), np.array([[2, 0], [0, 0]]), np.array([0, 0]), probabilities)
    assert (dogs.precision.value, dogs.recall.value, dogs.f1.value, dogs.support) == (0.0, 0.0, 0.0, 0)
    assert (cats.precision.value, cats.recall.value, cats.f1.value, cats.support) == (1.0, 1.0, 1.0, 2)
    assert all(score.defined for score in cats.scores.values())
    assert str(dogs.recall) == "undefined: no image is of this class"
    assert str(cats.recall) == "1.000"
