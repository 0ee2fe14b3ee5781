"""What is written down about files of weights is what Keras reads from them."""

import re

import pytest

from core.architectures.registry import ARCHITECTURES
from core.architectures.weights_check import check_weights, layout_path, read_layout
from core.networks.backbones import build_backbone
from core.networks.weight_layouts import inner_model, layout_of

PRETRAINED = [architecture for architecture in ARCHITECTURES.values() if architecture.weights]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", PRETRAINED, ids=lambda architecture: architecture.name)
def test_the_layers_are_keras_s(architecture):
    kept, made = read_layout(layout_path(architecture.name)), layout_of(architecture)
    assert [plain(layer.name) for layer in kept] == [plain(layer.name) for layer in made]
    assert [layer.shapes for layer in kept] == [layer.shapes for layer in made]


def plain(name):
    """Without its number: Keras counts layers that have no name through all that a process builds."""
    return re.sub(r"_\d+$", "", name)


@pytest.mark.slow
def test_a_backbone_that_somebody_saved_is_taken_and_can_be_loaded(tmp_path):
    architecture = ARCHITECTURES["mobilenet_075"]
    model = build_backbone(architecture, 32, None)
    inner_model(model).save(tmp_path / "mine.h5")
    check_weights(architecture, tmp_path / "mine.h5")
    build_backbone(architecture, 32, tmp_path / "mine.h5")
