"""The answer before any training: the shares of the classes as the training's loss counts them, finite for each."""

import numpy as np
import pytest

from core.runs.settings import read_settings
from core.training.class_weights import class_weights
from core.training.starting_logits import starting_logits


def settings(**changes):
    return read_settings({"dataset": "any", "architecture": "mobilenet_075"} | changes)


def shares(targets, class_count, **changes):
    powers = np.exp(starting_logits(settings(**changes), np.array(targets), class_count).astype(float))
    return powers / powers.sum()


def test_they_are_the_shares_of_the_training_images():
    np.testing.assert_allclose(shares([0] * 180 + [1] * 4, 2), [180 / 184, 4 / 184], rtol=1e-6)


def test_where_every_class_counts_the_same_no_class_is_ahead():
    np.testing.assert_allclose(shares([0] * 180 + [1] * 4 + [2], 3, class_weights="balanced"), 1 / 3, rtol=1e-6)


@pytest.mark.parametrize("weighted", ["none", "balanced"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_no_other_answer_to_all_images_has_a_lower_training_loss(weighted, smoothing):
    targets = np.array([0] * 30 + [1] * 5 + [2] * 2)
    chosen = settings(class_weights=weighted, label_smoothing=smoothing)
    weights = class_weights(chosen, targets)
    weights = np.ones(len(targets)) if weights is None else weights[targets]
    labels = (1 - smoothing) * np.eye(3)[targets] + smoothing / 3

    def loss(logits):
        return -(weights[:, None] * labels * (logits - np.log(np.exp(logits).sum()))).sum()

    best = starting_logits(chosen, targets, 3).astype(float)
    draws = np.random.default_rng(0)
    assert all(loss(best) < loss(best + change) for change in draws.normal(0, 0.1, (200, 3)))


@pytest.mark.parametrize("weighted", ["none", "balanced"])
@pytest.mark.parametrize(
    ("targets", "class_count"),
    [([0], 2), ([1], 200), ([3, 3, 5], 200), ([0] * 1000 + [1], 2), ([0] * 1000 + [1], 10_000), ([], 3)],
)
def test_classes_without_images_have_little_but_something(targets, class_count, weighted):
    found = shares(np.array(targets, int), class_count, class_weights=weighted)
    seen = np.bincount(np.array(targets, int), minlength=class_count) > 0
    assert np.isfinite(found).all()
    assert (found > 0).all()
    if seen.any():
        assert found[~seen].sum() <= found[seen].min() + 1e-9
