"""The tiny network: its gradients are slopes, and it shows what over-fitting is."""

import numpy as np
import pytest

from core.concepts.learning.tiny_network import answers, first_weights, loss_and_gradient, noisy_points, train


@pytest.mark.parametrize("units", [1, 3, 8])
def test_the_gradient_is_the_slope_along_every_weight(units):
    x, y = noisy_points(7, 0.3, seed=0)
    weights = first_weights(units) * 0.5
    _, gradient = loss_and_gradient(weights, x, y)
    step = np.eye(len(weights)) * 1e-6
    slopes = [(loss_and_gradient(weights + d, x, y)[0] - loss_and_gradient(weights - d, x, y)[0]) / 2e-6 for d in step]
    assert len(weights) == 3 * units + 1
    assert gradient == pytest.approx(np.array(slopes), abs=1e-6)


def test_its_loss_is_the_mean_squared_error_of_its_answers():
    x, y = noisy_points(9, 0.3, seed=0)
    weights = first_weights(4)
    assert loss_and_gradient(weights, x, y)[0] == pytest.approx(np.mean((answers(weights, x) - y) ** 2))


def test_many_units_learn_few_points_by_heart():
    found = train(30, 12, 0.3, 600)
    assert found.losses[-1] < 1e-4
    assert found.validation_losses[-1] > 1.2 * found.validation_losses.min()
    assert found.best_epoch < 300
    assert found.validation_losses[found.best_epoch - 1] == found.validation_losses.min()


def test_more_points_and_fewer_units_both_help():
    crowded, many_points, few_units = train(30, 12, 0.3, 600), train(30, 120, 0.3, 600), train(2, 12, 0.3, 600)

    def gap(found):
        return found.validation_losses[-1] - found.losses[-1]

    assert gap(many_points) < 0.3 * gap(crowded)
    assert gap(few_units) < 0.5 * gap(crowded)


def test_without_noise_there_is_nothing_false_to_learn():
    assert train(30, 60, 0.0, 1000).validation_losses[-1] < 1e-3
