"""Which head the settings build."""

import numpy as np
import pytest

from core.runs.settings import read_settings
from core.training.heads import build_head
from core.training.linear_head import LinearHead

CLASSES, WIDTH = 3, 20
FEATURES = np.random.default_rng(0).normal(size=(10, WIDTH)).astype("float32")


def head(**changes):
    return build_head(read_settings({"dataset": "any", "architecture": "mobilenet_075"} | changes), FEATURES, CLASSES)


@pytest.mark.parametrize(
    "changes", [{}, {"optimiser": "adam"}, {"label_smoothing": 0.1}, {"class_weights": "balanced"}]
)
def test_a_linear_head_that_chooses_its_penalty_needs_no_keras(changes):
    assert isinstance(head(**changes), LinearHead)


@pytest.mark.parametrize(
    ("changes", "parameters"),
    [
        ({"tune_weight_decay": False}, (WIDTH + 1) * CLASSES),
        ({"optimiser": "sgd"}, (WIDTH + 1) * CLASSES),
        ({"gradient_clipping": 1.0}, (WIDTH + 1) * CLASSES),
        ({"hidden": 7}, (WIDTH + 1) * 7 + (7 + 1) * CLASSES),
    ],
)
def test_others_are_built_as_asked(changes, parameters):
    built = head(**changes)
    assert built.model.count_params() == parameters
    probabilities = built.probabilities(FEATURES)
    assert probabilities.shape == (10, CLASSES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
