"""A backbone in two: what stays frozen, and its last blocks, which learn together with the head."""

import keras

from core.architectures.architecture import Architecture


def activation_shape(backbone: keras.Model, architecture: Architecture, blocks: int) -> tuple[int, int, int]:
    """Height, width and channels of what an image is at the cut before the last `blocks` blocks."""
    return tuple(_inner(backbone).get_layer(architecture.cuts[-blocks]).output.shape[1:])


def cut_backbone(backbone: keras.Model, architecture: Architecture, blocks: int) -> tuple[keras.Model, keras.Model]:
    """Cut a backbone before its last blocks. The parts share its weights, and one after the other do what it does.

    Parameters
    ----------
    backbone
        As `core.networks.backbones.build_backbone` gives it.
    blocks
        How many of the last blocks learn, from 1 to the number of the architecture's cuts.

    Returns
    -------
    lower : keras.Model
        From (n, side, side, 3) pixels, 0 to 255, to (n, height, width, channels) activations. Frozen.
    tail : keras.Model
        From activations to (n, features). Its weights can be trained, but for its batch normalisation, which stays as
        it is in inference: the few images of a batch would spoil the means and variances that it has from ImageNet.
    """
    inner = _inner(backbone)
    at_cut = inner.get_layer(architecture.cuts[-blocks]).output
    preprocessed = backbone.operations[-2].output
    below = keras.Model(inner.input, at_cut)
    below.trainable = False
    lower = keras.Model(backbone.input, below(preprocessed, training=False), name=f"lower_{architecture.name}")
    above = keras.Model(at_cut, inner.output)
    for layer in above.layers:
        # What is frozen is in inference mode whatever Keras calls it with: within a model that is being fitted, it does
        # not heed the `training=False` below.
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    activations = keras.Input(at_cut.shape[1:])
    return lower, keras.Model(activations, above(activations, training=False), name=f"tail_{architecture.name}")


def build_fine_tuned(tail: keras.Model, head: keras.Model) -> keras.Model:
    """The part that fine-tuning trains: from (n, height, width, channels) activations to (n, class_count) logits."""
    activations = keras.Input(tail.input_shape[1:])
    return keras.Model(activations, head(tail(activations)), name="fine_tuned")


def _inner(backbone: keras.Model) -> keras.Model:
    """The network of Keras Applications in a backbone, behind the preprocessing."""
    return backbone.operations[-1]
