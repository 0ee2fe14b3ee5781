"""Pretrained networks without their top, from Keras Applications."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras

from core.architectures.architecture import Architecture
from core.architectures.weights_check import read_weights

# ImageNet's mean colour as blue, green, red, which the "caffe" networks have subtracted.
IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)
# ImageNet's mean and spread of red, green and blue from 0 to 1, which the "torch" networks are used to.
IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def _vgg16_through_fc7(input_shape: tuple[int, int, int], **options) -> keras.Model:
    """VGG16 up to the second of its dense layers, which the paper's authors called fc7; `options` are of others."""
    whole = keras.applications.VGG16(include_top=True, weights=None, input_shape=input_shape)
    return keras.Model(whole.input, whole.get_layer("fc2").output, name="vgg16_fc7")


MAKERS: dict[str, Callable[..., keras.Model]] = {
    "mobilenet_025": partial(keras.applications.MobileNet, alpha=0.25),
    "mobilenet_050": partial(keras.applications.MobileNet, alpha=0.5),
    "mobilenet_075": partial(keras.applications.MobileNet, alpha=0.75),
    "mobilenet": keras.applications.MobileNet,
    "mobilenet_v2": keras.applications.MobileNetV2,
    "vgg16": keras.applications.VGG16,
    "vgg16_fc7": _vgg16_through_fc7,
    "inception_v3": keras.applications.InceptionV3,
    "resnet50": keras.applications.ResNet50,
    "resnet152": keras.applications.ResNet152,
    "densenet121": keras.applications.DenseNet121,
    "efficientnet_v2_b0": keras.applications.EfficientNetV2B0,
    "convnext_tiny": keras.applications.ConvNeXtTiny,
}


def build_backbone(architecture: Architecture, image_size: int, weights: Path | None) -> keras.Model:
    """A frozen backbone with its preprocessing in front and, where it ends in feature maps, these averaged.

    Parameters
    ----------
    architecture
        A frozen one.
    image_size
        Side of the images in pixels.
    weights
        A file of Keras weights, as `core.architectures.weights_file` reads it; None for random numbers.

    Returns
    -------
    keras.Model
        From (n, image_size, image_size, 3) pixels, 0 to 255, to (n, features).

    Raises
    ------
    UsageError
        If the file holds the weights of another network, or is damaged.
    """
    shape = (image_size, image_size, 3)
    backbone = MAKERS[architecture.name](include_top=False, weights=None, input_shape=shape, pooling="avg")
    if weights is not None:
        _load(backbone, architecture, weights)
    backbone.trainable = False
    for layer in backbone.layers:
        # Within a model that is being fitted, Keras does not heed the `training=False` below.
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0
    pixels = keras.Input(shape)
    features = backbone(_preprocess(pixels, architecture.preprocessing), training=False)
    return keras.Model(pixels, features, name=f"frozen_{architecture.name}")


def _load(backbone: keras.Model, architecture: Architecture, weights: Path) -> None:
    """Give a backbone the weights of a file, in whichever of Keras's layouts it is."""
    layers = [layer for layer in backbone.layers if layer.weights]
    for layer, arrays in zip(layers, read_weights(architecture, weights), strict=True):
        # Of a layer, files have first what is trained.
        for variable, array in zip(layer.trainable_weights + layer.non_trainable_weights, arrays, strict=True):
            variable.assign(array)


def _preprocess(pixels, mode: str):
    """Pixels from 0 to 255 as the network was shown them on ImageNet."""
    if mode == "inside":  # it has layers of its own for that
        return pixels
    if mode == "caffe":
        return keras.ops.flip(pixels, axis=-1) - keras.ops.array(IMAGENET_MEAN_BGR, dtype="float32")
    if mode == "torch":
        scale = [1 / (255 * spread) for spread in IMAGENET_SPREAD]
        offset = [-mean / spread for mean, spread in zip(IMAGENET_MEAN, IMAGENET_SPREAD, strict=True)]
        return keras.layers.Rescaling(scale, offset)(pixels)
    return keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
