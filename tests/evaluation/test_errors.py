"""Lists of images from predictions alone."""

import numpy as np

from core.evaluation.errors import confidently_wrong, least_sure, margins_of, runner_up
from core.evaluation.predictions import Predictions


def predictions(true, probabilities):
    count, classes = len(true), len(probabilities[0]) if probabilities else 2
    return Predictions(
        ids=np.array([f"{index}.png" for index in range(count)], dtype=object),
        splits=np.full(count, "test", dtype=object),
        true=np.array(true, dtype=int),
        probabilities=np.array(probabilities, dtype=float).reshape(count, classes),
        class_names=tuple("abcdef"[:classes]),
    )


def test_the_surest_mistake_comes_first():
    evaluated = predictions([0, 0, 1, 1], [[0.9, 0.1], [0.3, 0.7], [0.05, 0.95], [0.99, 0.01]])
    assert confidently_wrong(evaluated).tolist() == [3, 1]


def test_equally_sure_mistakes_keep_their_order():
    evaluated = predictions([1, 1, 1], [[0.8, 0.2]] * 3)
    assert confidently_wrong(evaluated).tolist() == [0, 1, 2]


def test_the_least_sure_may_be_right_or_wrong_and_the_sure_are_not_among_them():
    evaluated = predictions([0, 0, 1, 0], [[0.6, 0.4], [0.49, 0.51], [0.5, 0.5], [0.9, 0.1]])
    assert least_sure(evaluated).tolist() == [2, 1, 0]


def test_of_three_classes_the_second_counts_and_not_the_sum_of_the_others():
    probabilities = np.array([[0.5, 0.45, 0.05], [0.4, 0.3, 0.3]])
    np.testing.assert_allclose(margins_of(probabilities), [0.05, 0.1])
    assert runner_up(probabilities).tolist() == [1, 1]


def test_all_right_all_equal_one_class_and_none():
    assert confidently_wrong(predictions([0, 1], [[1.0, 0.0], [0.0, 1.0]])).tolist() == []
    equal = predictions([0, 1, 2], [[1 / 3] * 3] * 3)
    assert confidently_wrong(equal).tolist() == [1, 2]
    assert least_sure(equal).tolist() == [0, 1, 2]
    alone = predictions([0, 0], [[1.0], [1.0]])
    assert (confidently_wrong(alone).tolist(), least_sure(alone).tolist()) == ([], [])
    assert runner_up(alone.probabilities).tolist() == [0, 0]
    nothing = predictions([], [])
    assert (confidently_wrong(nothing).tolist(), least_sure(nothing).tolist()) == ([], [])
