"""Keras models made from the registry's entries."""

import keras

from core.architectures.layers import Layer
from core.architectures.registry import Architecture
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
    model = keras.Sequential([keras.Input((image_size, image_size, 3))], name=architecture.name)
    for layer in architecture.network(class_count, dropout):
        model.add(_build(layer, precision))
    return model


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


def _build(layer: Layer, precision: str) -> keras.layers.Layer:
    layers, policy = keras.layers, {"dtype": precision}
    make = {
        "rescale": lambda: layers.Rescaling(1 / 255, **policy),
        "conv": lambda: layers.Conv2D(layer.units, layer.size, padding="same", use_bias=False, **policy),
        "batch_norm": lambda: BatchNormalization(momentum=BATCH_NORM_MOMENTUM, **policy),
        "relu": lambda: layers.ReLU(**policy),
        "max_pool": lambda: layers.MaxPooling2D(layer.size, **policy),
        "global_average_pool": lambda: layers.GlobalAveragePooling2D(**policy),
        "dropout": lambda: layers.Dropout(layer.rate, **policy),
        "dense": lambda: layers.Dense(layer.units, dtype="float32"),
    }
    return make[layer.kind]()
