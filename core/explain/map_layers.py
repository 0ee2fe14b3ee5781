"""The layers of a network that give maps, numbered: its convolutions, pools, activations, and where paths meet."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import keras

from core.architectures.map_layer import MapLayer
from core.errors import UsageError
from core.explain.receptive_field import POOLS, Field, receptive_fields
from core.explain.trained_network import CONVOLUTIONS, TrainedNetwork

# What is called by its own name; of the others, the class says it.
KINDS = {
    keras.layers.DepthwiseConv2D: "depthwise convolution",
    keras.layers.SeparableConv2D: "separable convolution",
    keras.layers.Conv2D: "convolution",
    keras.layers.MaxPooling2D: "max pooling",
    keras.layers.AveragePooling2D: "average pooling",
    keras.layers.BatchNormalization: "batch normalisation",
    keras.layers.LayerNormalization: "layer normalisation",
    keras.layers.Activation: "activation",
    keras.layers.ReLU: "activation",
    keras.layers.Add: "sum",
    keras.layers.Concatenate: "concatenation",
    keras.layers.Multiply: "product",
    keras.layers.Dense: "dense layer at each place",
    keras.Sequential: "several layers",
}
# What changes nothing but the margin or the range of numbers, or nothing at all while a network answers.
PASSED_OVER = (
    keras.layers.InputLayer,
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
    keras.layers.ZeroPadding2D,
    keras.layers.Rescaling,
    keras.layers.Normalization,
)


@dataclass(frozen=True)
class _Found:
    """The layers of a network, and what stands for them in its graph."""

    layers: list[MapLayer]
    operations: list[keras.layers.Layer]
    fields: list[Field | None]


def map_layers(network: TrainedNetwork) -> list[MapLayer]:
    """The layers of a network that give maps, from the image on; [] of one that has none."""
    return _found(network).layers


def operations_of(network: TrainedNetwork) -> list[keras.layers.Layer]:
    """The Keras layers that `map_layers` describes."""
    return _found(network).operations


def fields_of(network: TrainedNetwork) -> list[Field | None]:
    """Their receptive fields; None where one is not known."""
    return _found(network).fields


def find_layer(network: TrainedNetwork, number: int, with_kernels: bool = False) -> tuple[MapLayer, keras.layers.Layer]:
    """The layer of that number, and what it is in Keras.

    Raises
    ------
    UsageError
        If there is none, or with `with_kernels` if it has none, naming those that there are.
    """
    layers = map_layers(network)
    fitting = [layer for layer in layers if layer.channels or not with_kernels]
    what = "convolutions" if with_kernels else "layers that give maps"
    if not fitting:
        raise UsageError(f"{network.title} has no {what}: it looks at all pixels at once.")
    if all(layer.number != number for layer in fitting):
        there = ", ".join(f"{layer.number} ({layer.kind})" for layer in fitting)
        raise UsageError(f"There is no layer {number} among the {what} of {network.title}. There are: {there}.")
    return layers[number - 1], operations_of(network)[number - 1]


def _found(network: TrainedNetwork) -> _Found:
    if network not in _looked_up:
        operations = [operation for operation in network.body.operations if _gives_maps(operation)]
        known = receptive_fields(network.body)
        fields = [known.get(id(operation.output)) for operation in operations]
        layers = [_described(*each) for each in zip(range(1, len(fields) + 1), operations, fields, strict=True)]
        _looked_up[network] = _Found(layers, operations, fields)
    return _looked_up[network]


_looked_up: WeakKeyDictionary[TrainedNetwork, _Found] = WeakKeyDictionary()


def _gives_maps(operation: keras.Operation) -> bool:
    if not isinstance(operation, keras.layers.Layer) or isinstance(operation, PASSED_OVER):
        return False
    return isinstance(operation.output, keras.KerasTensor) and len(operation.output.shape) == 4


def _described(number: int, operation: keras.layers.Layer, field: Field | None) -> MapLayer:
    height, width, count = (int(side) for side in operation.output.shape[1:])
    window = None
    if isinstance(operation, (*CONVOLUTIONS, *POOLS)):
        window = operation.pool_size if isinstance(operation, POOLS) else operation.kernel_size
        window = int(window[0]), int(window[1])
    sizes = None if field is None else (field[0].size, field[1].size)
    return MapLayer(
        number, operation.name, _kind(operation), window, _channels(operation), (height, width, count), sizes
    )


def _kind(operation: keras.layers.Layer) -> str:
    return next((words for kind, words in KINDS.items() if isinstance(operation, kind)), type(operation).__name__)


def _channels(operation: keras.layers.Layer) -> int:
    """Into how many channels a kernel reaches."""
    if not isinstance(operation, CONVOLUTIONS):
        return 0
    # A depthwise convolution, also the one within a separable one, looks at one channel at a time.
    plain = isinstance(operation, keras.layers.Conv2D)
    return int(operation.kernel.shape[2]) if plain else 1
