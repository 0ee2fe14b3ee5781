"""What is written down about files of weights is what Keras reads from them."""

import re

import numpy as np
import pytest

from core.architectures.layout import layout_path, read_layout
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import add_weights
from core.networks.backbones import MAKERS, build_backbone
from core.networks.weight_layouts import inner_model, layout_of

PRETRAINED = [architecture for architecture in ARCHITECTURES.values() if architecture.weights]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", PRETRAINED, ids=lambda architecture: architecture.name)
def test_the_layers_are_keras_s(architecture):
    kept, made = read_layout(layout_path(architecture.name)), layout_of(architecture)
    assert [plain(layer.name) for layer in kept] == [plain(layer.name) for layer in made]
    assert [layer.shapes for layer in kept] == [layer.shapes for layer in made]
    assert [layer.places for layer in kept] == [layer.places for layer in made]


def plain(name):
    """Without its number: Keras counts layers that have no name through all that a process builds."""
    return re.sub(r"_\d+$", "", name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Keras's remarks about the old format
@pytest.mark.parametrize("ending", [".h5", ".weights.h5", ".keras"])
@pytest.mark.parametrize("name", ["mobilenet_075", "convnext_tiny"])  # the latter has layers made of layers
def test_a_backbone_that_somebody_saved_is_taken_and_keras_reads_it_where_it_lies_then(
    tmp_path, monkeypatch, name, ending
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    architecture = ARCHITECTURES[name]
    model = inner_model(build_backbone(architecture, 32, None))
    path = tmp_path / f"mine{ending}"
    model.save_weights(path) if ending == ".weights.h5" else model.save(path)
    added = add_weights(architecture, path)
    assert added.rewritten is (ending != ".h5")
    again = inner_model(build_backbone(architecture, 32, path))  # as a run takes it, with weights=FILE
    by_keras = MAKERS[name](include_top=False, weights=str(added.path), input_shape=(32, 32, 3), pooling="avg")
    for other in (again, by_keras):
        for left, right in zip(model.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(left, right)
