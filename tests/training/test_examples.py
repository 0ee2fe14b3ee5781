"""Examples: what is trained on, and by what each image is evaluated."""

import numpy as np
import pandas as pd
import pytest

from core.training.examples import Examples


@pytest.fixture
def examples():
    table = pd.DataFrame({"path": list("abcd"), "split": ["train", "test", "train", "validation"]})
    return Examples(table, np.arange(4.0)[:, None], np.array([0, 1, 1, 0]))


def test_each_part_of_the_split_has_its_own_images(examples):
    inputs, targets = examples.of("train")
    assert inputs.ravel().tolist() == [0, 2]
    assert targets.tolist() == [0, 1]
    assert examples.of("test")[0].ravel().tolist() == [1]


def test_views_are_trained_on_beside_the_images(examples):
    examples.add(np.array([[10.0], [12.0]]), np.array([0, 1]))
    inputs, targets = examples.training()
    assert inputs[np.arange(4)].ravel().tolist() == [0, 2, 10, 12]
    assert targets.tolist() == [0, 1, 0, 1]
    assert examples.of("train")[0].ravel().tolist() == [0, 2]


def test_images_are_evaluated_as_they_are_and_by_the_views_that_are_added(examples):
    assert examples.views_evaluated == 1
    examples.evaluate_also(np.array([1, 3]), lambda: np.array([[11.0], [13.0]]))
    evaluated = [(rows.tolist(), inputs.ravel().tolist()) for rows, inputs in examples.evaluated()]
    assert evaluated == [([0, 1, 2, 3], [0, 1, 2, 3]), ([1, 3], [11, 13])]
    assert examples.views_evaluated == 2


def test_a_view_is_made_only_when_it_evaluates(examples):
    made = []

    def make():
        made.append(True)
        return np.zeros((1, 1))

    examples.evaluate_also(np.array([1]), make)
    examples.training()
    assert not made
    list(examples.evaluated())
    assert made == [True]
