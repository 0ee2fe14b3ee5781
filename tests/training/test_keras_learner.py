"""A Keras model as a learner starts at the answer that it is given, whatever the model is made of."""

import numpy as np
import pytest

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork
from core.architectures.registry import ARCHITECTURES
from core.features.plan import Plan
from core.features.runtimes import plain_name
from core.networks.network import build_head, build_scratch
from core.runs.settings import read_settings
from core.training.keras_learner import KerasLearner
from core.training.scratch import build_learner

SHARES = np.array([0.9, 0.07, 0.03])
OWN = {
    "batch norm behind": (usual_block("convolution"), usual_block("batch_norm"), usual_block("flatten")),
    "dense in between": (usual_block("flatten"), usual_block("dense"), usual_block("dropout")),
    "a shortcut": (usual_block("residual"), usual_block("global_max_pool")),
}


def settings(**changes):
    return read_settings({"dataset": "any", "architecture": "small_cnn"} | changes)


def answers_where_nothing_is_seen(learner, shape):
    """To inputs of which the last layer, whose kernel is emptied, makes nothing."""
    learner.start_at(np.log(SHARES).astype("float32"))
    kernel = next(weight for weight in reversed(learner.model.trainable_variables) if weight.name == "kernel")
    kernel.assign(np.zeros(kernel.shape))
    return learner.probabilities(np.random.default_rng(0).uniform(0, 255, (2, *shape)).astype("float32"))


@pytest.mark.parametrize("hidden", [0, 5])
def test_a_head_starts_at_it(hidden):
    learner = KerasLearner(build_head(6, len(SHARES), 0.5, hidden), settings())
    np.testing.assert_allclose(answers_where_nothing_is_seen(learner, (6,)), [SHARES] * 2, atol=1e-6)


@pytest.mark.parametrize("name", ["small_cnn", "perceptron", "two_conv_pooled", "lenet_5"])
def test_a_network_of_the_registry_starts_at_it(name):
    architecture, side = ARCHITECTURES[name], ARCHITECTURES[name].minimum_size
    learner = KerasLearner(build_scratch(architecture, side, len(SHARES), 0.3), settings(architecture=name))
    np.testing.assert_allclose(answers_where_nothing_is_seen(learner, (side, side, 3)), [SHARES] * 2, atol=1e-6)


@pytest.mark.parametrize("blocks", OWN.values(), ids=OWN)
def test_an_own_network_starts_at_it(blocks):
    architecture = CustomNetwork("own", "Own", 12, 3, blocks).architecture
    learner = KerasLearner(build_scratch(architecture, 12, len(SHARES), 0.3), settings())
    np.testing.assert_allclose(answers_where_nothing_is_seen(learner, (12, 12, 3)), [SHARES] * 2, atol=1e-6)


@pytest.mark.parametrize("recipe", ["flip_horizontal", "mixup", "cutmix,rotation=10"])
def test_a_network_behind_its_augmentation_starts_at_it(recipe):
    plan = Plan(plain_name(), "float32", 32, "")
    learner = build_learner(settings(augmentation=recipe, image_size=32), len(SHARES), plan)
    np.testing.assert_allclose(answers_where_nothing_is_seen(learner, (32, 32, 3)), [SHARES] * 2, atol=1e-6)
