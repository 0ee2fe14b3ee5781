"""Accuracy against the shift: all points are drawn, evenly spaced, each with its interval."""

import pytest

from core.figures.shift_robustness import ShiftPoint, shift_robustness_figure


def test_every_point_stands_at_its_shift_with_its_interval():
    across = [ShiftPoint(shift, 0.8, 0.7, 0.9) for shift in (-2, -1, 0, 1, 2)]
    figure = shift_robustness_figure({"left and right": across, "up and down": across[1:4]})
    assert [trace.name for trace in figure.data] == ["left and right", "up and down"]
    assert list(figure.layout.xaxis.ticktext) == ["−2", "−1", "0", "+1", "+2"]
    first, second = figure.data
    assert [round(place) for place in first.x] == [0, 1, 2, 3, 4]
    assert [round(place) for place in second.x] == [1, 2, 3]
    assert list(first.error_y.array) == pytest.approx([0.1] * 5)
    assert list(first.error_y.arrayminus) == pytest.approx([0.1] * 5)
