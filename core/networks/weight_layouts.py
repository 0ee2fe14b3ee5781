"""Writes down what a backbone's file of weights holds: `python -m core.networks.weight_layouts [ARCHITECTURE …]`.

To be run by whoever adds a backbone to the registry. What it writes is what `core.architectures.weights_check` compares
files with, so that looking at a file takes no Keras.
"""

import argparse

import keras

from core.architectures.architecture import Architecture
from core.architectures.registry import ARCHITECTURES, find_architecture
from core.architectures.weights_check import LayerWeights, layout_path, write_layout
from core.networks.backbones import build_backbone


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.networks.weight_layouts", description=__doc__.splitlines()[0])
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
    weights = [(layer.name, layer.trainable_weights + layer.non_trainable_weights) for layer in backbone.layers]
    return [LayerWeights(name, tuple(tuple(each.shape) for each in held)) for name, held in weights if held]


def inner_model(model: keras.Model) -> keras.Model:
    """Of what `build_backbone` makes, the network without its preprocessing, as Keras has it in its files."""
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


if __name__ == "__main__":
    main()
