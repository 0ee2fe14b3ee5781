"""The figures of the chapters on learning and architectures draw what they are given."""

import numpy as np
import pytest

from core.figures.descent import descent_figure
from core.figures.gradient_noise import gradient_noise_figure
from core.figures.loss_curves import binary_loss_figure, class_bars_figure
from core.figures.network_costs import NetworkCost, network_costs_figure
from core.figures.normalisation import histograms_figure, running_averages_figure
from core.figures.overfitting import overfitting_figure
from core.figures.thinned_networks import thinned_networks_figure


def test_the_tangent_touches_the_curve_with_its_slope():
    logits = np.linspace(-2, 2, 5)
    figure = binary_loss_figure(logits, logits**2, logits, (1.0, 1.0), 2.0)
    tangent, point = figure.data[2], figure.data[3]
    assert (tangent.y[1] - tangent.y[0]) / (tangent.x[1] - tangent.x[0]) == pytest.approx(2)
    assert np.interp(point.x[0], tangent.x, tangent.y) == pytest.approx(point.y[0])


def test_the_right_class_stands_out_and_names_are_shown_as_they_are():
    figure = class_bars_figure(("<b>", "B"), (("Probabilities", [0.3, 0.7]),), right=1)
    assert figure.data[0].x[0] == "&lt;b&gt;"
    assert figure.data[0].marker.color[0] != figure.data[0].marker.color[1]


def test_a_descent_is_drawn_in_the_plane_and_over_its_steps():
    path, losses = np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([2.0, 1.0])
    figure = descent_figure(np.ones((3, 4)), ((-1, 1), (-2, 2)), path, losses, (0, 0))
    contour, way, _, over = figure.data
    assert (list(contour.x), list(contour.y)) == (np.linspace(-1, 1, 4).tolist(), [-2, 0, 2])
    assert (list(way.y), list(over.y)) == ([1.0, 0.5], [2.0, 1.0])


def test_the_size_that_is_looked_at_stands_out():
    figure = gradient_noise_figure(np.zeros((5, 2)), np.zeros(2), 1, [1, 2, 4], [3, 2, 1], [3, 2, 1], 2)
    sizes = figure.data[-1].marker.size
    assert sizes[1] > sizes[0] == sizes[2]


def test_the_best_epoch_is_named_and_losses_near_nothing_do_not_stretch_the_axis():
    x = np.linspace(-1, 1, 3)
    losses = {"train": np.array([1.0, 1e-20]), "validation": np.array([1.0, 0.5])}
    figure = overfitting_figure((x, x), x, dict.fromkeys(("true", "best", "last"), x), losses, 1)
    assert "after 1 epochs" in [trace.name for trace in figure.data]
    assert figure.layout.yaxis2.range[0] > -5


def test_thinned_networks_rise_and_carry_their_means():
    figure = thinned_networks_figure(
        np.array([0.9, 0.1]), np.array([0.5, 0.5]), ["keeps 1", "keeps none"], {"arithmetic mean": 0.5}
    )
    points, mean = figure.data
    assert list(points.y) == [0.1, 0.9]
    assert points.customdata[0][0] == "keeps none"
    assert list(mean.y) == [0.5, 0.5]


def test_histograms_share_their_axis_and_each_adds_up_to_all():
    figure = histograms_figure({"in": {"training": np.arange(10.0)}, "out": {"training": np.full(4, 3.0)}})
    first, second = figure.data
    assert list(first.x) == list(second.x)
    assert sum(first.y) == pytest.approx(sum(second.y)) == 1
    assert [first.showlegend, second.showlegend] == [True, False]


def test_running_averages_begin_before_the_first_step():
    figure = running_averages_figure({"Mean": (np.array([1.0, 2.0]), np.array([0.0, 0.1, 0.3]), 1.5)})
    measured, average = figure.data
    assert (list(measured.x), list(average.x)) == ([1, 2], [0, 1, 2])


def test_networks_are_joined_by_year_and_the_chosen_stand_out():
    costs = [NetworkCost("New", 2020, 10**7, 10**9), NetworkCost("Old", 1998, 10**5, 10**6)]
    line, points = network_costs_figure(costs, {"Old"}).data
    assert list(line.x) == [10**5, 10**7]
    assert list(points.text) == ["Old", "New"]
    assert points.marker.size[0] > points.marker.size[1]
    assert points.textposition[0] == "middle right"
