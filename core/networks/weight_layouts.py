"""Writes down what a backbone's file of weights holds: `python -m core.networks.weight_layouts [ARCHITECTURE …]`.

To be run by whoever adds a backbone to the registry. What it writes is what `core.architectures.weights_check` compares
files with, so that looking at a file takes no Keras.
"""

import argparse
import tempfile
from pathlib import Path

import h5py
import keras

from core.architectures.architecture import Architecture
from core.architectures.layout import LayerWeights, layout_path, write_layout
from core.architectures.registry import ARCHITECTURES, find_architecture
from core.architectures.weights_file import filed_places
from core.networks.backbones import build_backbone


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.networks.weight_layouts", description=__doc__)
    pretrained = [architecture.name for architecture in ARCHITECTURES.values() if architecture.weights]
    parser.add_argument("architectures", nargs="*", default=pretrained, metavar="ARCHITECTURE")
    for name in parser.parse_args().architectures:
        write_layout(layout_path(name), layout_of(find_architecture(name)))
        print(layout_path(name))


def layout_of(architecture: Architecture) -> list[LayerWeights]:
    """The layers that hold numbers, in the order in which Keras reads them from a file."""
    backbone = inner_model(build_backbone(architecture, architecture.input_size, None))
    # Of a layer, Keras has first what is trained.
    backbone.trainable = True
    places = _places(backbone)
    return [
        LayerWeights(
            layer.name,
            tuple(tuple(each.shape) for each in layer.trainable_weights + layer.non_trainable_weights),
            tuple(places[part.name] for part in _parts(layer) if part.weights),
        )
        for layer in backbone.layers
        if layer.weights
    ]


def _places(backbone: keras.Model) -> dict[str, str]:
    """Where Keras 3 files each layer in a ``.weights.h5``, by the layer's name, as it does it itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backbone.weights.h5"
        backbone.save_weights(path)
        with h5py.File(path) as file:
            return {layer.name: place for place, layer in filed_places(file["layers"]).items()}


def _parts(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The layers that a layer is made of, or itself."""
    if isinstance(layer, keras.Model):
        return [part for inner in layer.layers for part in _parts(inner)]
    return [layer]


def inner_model(model: keras.Model) -> keras.Model:
    """Of what `build_backbone` makes, the network without its preprocessing, as Keras has it in its files."""
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


if __name__ == "__main__":
    main()
