"""Pretrained networks without their top, from Keras Applications."""

from collections.abc import Callable
from pathlib import Path

import keras

from core.architectures.registry import Architecture
from core.errors import UsageError

# ImageNet's mean colour as blue, green, red, which the "caffe" networks have subtracted.
IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)

MAKERS: dict[str, Callable[..., keras.Model]] = {
    "mobilenet_075": lambda **options: keras.applications.MobileNet(alpha=0.75, **options),
    "mobilenet": keras.applications.MobileNet,
    "vgg16": keras.applications.VGG16,
    "inception_v3": keras.applications.InceptionV3,
}


def build_backbone(architecture: Architecture, image_size: int, weights: Path | None) -> keras.Model:
    """A frozen backbone with its preprocessing in front and its feature maps averaged.

    Parameters
    ----------
    architecture
        A frozen one.
    image_size
        Side of the images in pixels.
    weights
        A file in Keras's format without the top; None for random numbers.

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
    pixels = keras.Input(shape)
    features = backbone(_preprocess(pixels, architecture.preprocessing), training=False)
    return keras.Model(pixels, features, name=f"frozen_{architecture.name}")


def _load(backbone: keras.Model, architecture: Architecture, weights: Path) -> None:
    try:
        backbone.load_weights(weights)
    except (ValueError, OSError, KeyError, RuntimeError, TypeError) as error:  # all of them from damaged files
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(
            f"{weights} does not hold weights of {architecture.title} without its top ({reason}). Expected the file "
            f"that Keras calls {architecture.weights.file_name}, {architecture.weights.megabytes:g} MB."
        ) from error


def _preprocess(pixels, mode: str):
    if mode == "caffe":
        return keras.ops.flip(pixels, axis=-1) - keras.ops.array(IMAGENET_MEAN_BGR, dtype="float32")
    return keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
