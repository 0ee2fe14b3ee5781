"""Risk–coverage curve: the least sure are refused first."""

import numpy as np
import pytest

from core.evaluation.predictions import Predictions
from core.evaluation.risk_coverage import risk_coverage


def make(true, probabilities):
    n = len(true)
    return Predictions(np.arange(n).astype(str), np.array(["validation"] * n), true, probabilities, ("a", "b"))


def test_the_least_sure_are_refused_first():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55]])
    found = risk_coverage(make(np.array([0, 1, 1, 1]), probabilities))
    assert found.answered.tolist() == [0.25, 0.5, 0.75, 1]
    assert found.accuracy == pytest.approx([1, 1, 2 / 3, 3 / 4])
    assert found.confidence.tolist() == [0.9, 0.8, 0.6, 0.55]
    assert found.at(0.5) == (1.0, 0.8, 2)
    assert found.at(0.9) == (pytest.approx(2 / 3), 0.6, 3)
    assert found.at(0.0) == (1.0, 0.9, 1)
    assert found.at(1.0)[2] == 4


def test_the_curve_is_drawn_over_the_share_refused():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55]])
    found = risk_coverage(make(np.array([0, 1, 1, 1]), probabilities))
    figure = found.figure(refused=0.25)
    (line,) = figure.data
    assert list(line.x) == [0, 0.25, 0.5, 0.75]
    assert list(line.y) == pytest.approx([3 / 4, 2 / 3, 1, 1])
    assert figure.layout.shapes[0].x0 == 0.25
    assert not found.figure().layout.shapes
