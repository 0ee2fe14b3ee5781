"""Keras models made from the registry's entries, and from the networks that people compose."""

from functools import partial

import keras

from core.architectures.architecture import Architecture
from core.architectures.layers import Layer
from core.networks.batch_normalisation import BatchNormalization

# Small datasets have a dozen steps an epoch. With Keras's own .99 the running means and variances lag behind the
# weights for tens of epochs, and the network that validates is not the one that trains.
BATCH_NORM_MOMENTUM = 0.9


def build_scratch(
    architecture: Architecture, image_size: int, class_count: int, dropout: float, precision: str = "float32"
) -> keras.Model:
    """A network to train from nothing.

    Parameters
    ----------
    precision
        Keras's dtype policy, such as "mixed_bfloat16": what its layers compute in. Weights and logits are float32.

    Returns
    -------
    keras.Model
        From (n, image_size, image_size, 3) pixels, 0 to 255, to (n, class_count) logits.
    """
    layers = architecture.layers(class_count, dropout)
    last = image = keras.Input((image_size, image_size, 3))
    named = {"image": image}
    for layer in layers:
        taken = [named[name] for name in layer.inputs] or [last]
        policy = "float32" if layer is layers[-1] else precision
        last = _build(layer, policy)(taken if len(taken) > 1 else taken[0])
        if layer.name:
            named[layer.name] = last
    return keras.Model(image, last, name=architecture.name)


def build_head(feature_count: int, class_count: int, dropout: float, hidden: int = 0) -> keras.Model:
    """The part that is trained on a frozen backbone: from (n, feature_count) features to (n, class_count) logits.

    Parameters
    ----------
    hidden
        Units of a layer in between; 0 for none.
    """
    layers = [keras.layers.Dropout(dropout)]
    if hidden:
        layers += [keras.layers.Dense(hidden, activation="relu"), keras.layers.Dropout(dropout)]
    layers.append(keras.layers.Dense(class_count, dtype="float32"))
    return keras.Sequential([keras.Input((feature_count,)), *layers], name="head")


def _build(layer: Layer, precision: str):
    """The Keras layer, or what else takes a tensor, that does what `layer` says."""
    if layer.kind == "grey":  # the weights of television's luminance, which Keras has from there
        return keras.ops.image.rgb_to_grayscale
    make = partial(MAKERS[layer.kind], layer)
    return make(dtype=precision)


def _windowed(kind: type, layer: Layer, **options) -> keras.layers.Layer:
    common = {"strides": layer.stride, "padding": layer.padding}
    if issubclass(kind, (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)):
        return kind(layer.window, **common, **options)
    common |= {"dilation_rate": layer.dilation, "use_bias": layer.bias, "activation": layer.activation or None}
    if kind is keras.layers.Conv2D:
        return kind(layer.units, layer.window, groups=layer.groups, **common, **options)
    return kind(layer.window, **common, **options)


MAKERS = {
    "rescale": lambda layer, **options: keras.layers.Rescaling(layer.scale, layer.offset, **options),
    "conv": partial(_windowed, keras.layers.Conv2D),
    "depthwise": partial(_windowed, keras.layers.DepthwiseConv2D),
    "max_pool": partial(_windowed, keras.layers.MaxPooling2D),
    "average_pool": partial(_windowed, keras.layers.AveragePooling2D),
    "zero_pad": lambda layer, **options: keras.layers.ZeroPadding2D((layer.edges, layer.edges), **options),
    "batch_norm": lambda layer, **options: BatchNormalization(
        momentum=BATCH_NORM_MOMENTUM, scale=bool(layer.scale), **options
    ),
    "activation": lambda layer, **options: keras.layers.Activation(layer.activation, **options),
    "dropout": lambda layer, **options: keras.layers.Dropout(layer.rate, **options),
    "flatten": lambda layer, **options: keras.layers.Flatten(**options),
    "global_average_pool": lambda layer, **options: keras.layers.GlobalAveragePooling2D(**options),
    "global_max_pool": lambda layer, **options: keras.layers.GlobalMaxPooling2D(**options),
    "dense": lambda layer, **options: keras.layers.Dense(
        layer.units, use_bias=layer.bias, activation=layer.activation or None, **options
    ),
    "add": lambda layer, **options: keras.layers.Add(**options),
    "concatenate": lambda layer, **options: keras.layers.Concatenate(**options),
}
