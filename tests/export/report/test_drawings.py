"""The drawings of reports: round values on axes, all that is drawn within its frame, and the same in words."""

import re

import numpy as np
import pytest

from core.evaluation.reliability import reliability
from core.export.report.drawings import (
    HEIGHT,
    WIDTH,
    Axis,
    Chart,
    Curve,
    Estimate,
    draw_curves,
    draw_estimates,
    draw_reliability,
)


def estimate(name, value, words="80 % of 50"):
    return Estimate(name, value, max(0.0, value - 0.1), min(1.0, value + 0.1), words, "#4477aa")


def curve(name, *values):
    return Curve(name, range(1, len(values) + 1), values, "#4477aa")


def numbers(drawing, attribute):
    return [float(value) for value in re.findall(rf'\b{attribute}="(-?[\d.]+)"', drawing)]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.34, 0.51, [0.35, 0.4, 0.45, 0.5]),
        (0, 7.3, [0, 2, 4, 6]),
        (0, 0.004, [0, 0.001, 0.002, 0.003, 0.004]),
    ],
)
def test_axes_have_round_values(low, high, ticks):
    assert Axis(low, high, 0, 100).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize("epochs", [1, 2, 3, 12, 100])
def test_of_epochs_there_are_whole_ones(epochs):
    ticks = Axis(min(1, epochs - 1), epochs, 0, 100).ticks(whole=True)
    assert ticks == [round(tick) for tick in ticks]
    assert 1 <= len(ticks) <= 8


def test_an_axis_without_extent_draws_all_the_same():
    assert Axis(1, 1, 10, 20)(1) == 10
    assert Axis(1, 1, 10, 20).ticks()


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_estimates_lie_within_their_intervals(value):
    drawing = draw_estimates([estimate("A", value), estimate("B", 0.3)], [("by chance", 0.05)])
    lows, highs = numbers(drawing, "x1"), numbers(drawing, "x2")
    assert all(0 <= x <= WIDTH for x in [*lows, *highs, *numbers(drawing, "cx")])
    assert 'aria-label="A: 80 % of 50; B: 80 % of 50; by chance: 5.0%"' in drawing


def test_a_value_that_can_not_be_told_breaks_no_curve():
    drawing = draw_curves([curve("train", 1.0, float("nan"), 0.5)], Chart("Loss", "epoch"))
    assert len(numbers(drawing, "cx")) == 2
    assert "nan" not in drawing
    assert draw_curves([curve("train")], Chart("Loss", "epoch")) == ""


@pytest.mark.parametrize("count", [2, 9, 15])
def test_names_at_the_ends_of_curves_do_not_lie_on_each_other(count):
    drawing = draw_curves([curve(f"run {index}", 1.0, 0.5) for index in range(count)], Chart("Loss", "epoch"))
    places = sorted(float(y) for y in re.findall(r'y="([\d.]+)" text-anchor="start" class="name"', drawing))
    assert len(places) == count
    assert min(np.diff(places)) >= 12
    assert places[0] > 0 and places[-1] < HEIGHT


def test_names_are_no_markup():
    drawing = draw_curves([curve('"><script>', 1.0, 0.5)], Chart("<b>", "<i>"))
    assert "<script>" not in drawing and "<b>" not in drawing and "<i>" not in drawing
    assert "&lt;script&gt;" in drawing


def test_the_reliability_diagram_has_a_bar_for_each_bin_that_holds_answers():
    confidence = np.array([0.55, 0.58, 0.91, 0.99, 0.99])
    found = reliability(confidence, np.array([True, False, True, True, False]))
    drawing = draw_reliability(found)
    assert drawing.count("<rect") == sum(each.count > 0 for each in found.bins)
    assert "99% sure, 50% right: 2 images" in drawing
