"""The ways to run a frozen backbone: the same network in Keras or OpenVINO, in float32 or in half the bits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.features.devices import cards, device_count, shared_answers
from core.features.openvino_network import OPENVINO, compiled, converted, is_installed

if TYPE_CHECKING:  # takes seconds to load
    import keras

# From pixels, uint8 of shape (n, side, side, 3), to features, float32 of shape (n, width).
Compute = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Runtime:
    """A way to run a backbone.

    Parameters
    ----------
    name
        What settings call it.
    title
        What people call it.
    family
        Features of one family agree to the last digits and are kept in one store; those of another are not mixed in.
    missing
        Why it can't be used here; "" where it can.
    make
        From a backbone, as `core.networks.backbones.build_backbone` gives it, to what computes its features.
    """

    name: str
    title: str
    family: str
    missing: str
    make: "Callable[[keras.Model], Compute]"


def plain_name() -> str:
    """The runtime that every machine has, and whose features the others are compared with."""
    import keras

    return f"{keras.config.backend()}-float32"


def runtimes() -> dict[str, Runtime]:
    """All ways by name: first Keras in float32, then the others, those first that are fastest on most machines."""
    import keras

    backend = keras.config.backend()
    no_tensorflow = "" if backend == "tensorflow" else f"Keras runs on {backend} here, not on TensorFlow"
    no_card = "" if cards() else "there is no graphics card"
    no_openvino = _why_no_openvino()
    on_keras = "TensorFlow" if backend == "tensorflow" else f"Keras on {backend}"
    ways = (
        Runtime(plain_name(), f"{on_keras} in float32", "float32", "", _keras),
        Runtime(
            "openvino-bfloat16",
            "OpenVINO in bfloat16",
            "openvino-bfloat16",
            no_tensorflow or no_openvino,
            lambda backbone: compiled(converted(backbone), OPENVINO["openvino-bfloat16"]),
        ),
        Runtime(
            "tensorflow-bfloat16",
            "TensorFlow in bfloat16",
            "tensorflow-bfloat16",
            no_tensorflow,
            lambda backbone: _keras(_in_precision(backbone, "mixed_bfloat16")),
        ),
        Runtime(
            "tensorflow-float16",
            "TensorFlow in float16",
            "tensorflow-float16",
            no_tensorflow or no_card,
            lambda backbone: _keras(_in_precision(backbone, "mixed_float16")),
        ),
        Runtime(
            "openvino-float32",
            "OpenVINO in float32",
            "float32",
            no_tensorflow or no_openvino,
            lambda backbone: compiled(converted(backbone), OPENVINO["openvino-float32"]),
        ),
    )
    return {way.name: way for way in ways}


def _why_no_openvino() -> str:
    if cards():
        return "OpenVINO would compute on the processor, and there is a graphics card"
    return "" if is_installed() else "the package openvino is not installed"


def _keras(backbone: "keras.Model") -> Compute:
    # Pixels go as bytes, a quarter of what they take as float32; the model casts them. Measured against a `tf.function`
    # of the same backbone, alternating on 2 cores: 148 to 172 and 145 to 256 images a second, no difference to rely on.
    answers = shared_answers(backbone) if device_count() > 1 else backbone.predict_on_batch
    return lambda pixels: np.asarray(answers(pixels), np.float32)


def _in_precision(backbone: "keras.Model", policy: str) -> "keras.Model":
    """The same network with the same weights, computing under another dtype policy."""
    import keras

    def with_policy(layer: keras.Operation) -> keras.Operation:
        if isinstance(layer, keras.Model):
            return keras.models.clone_model(layer, clone_function=with_policy)
        # Pixels come in as they are, and bare operations, which have no policy, compute in what they are given.
        takes_policy = isinstance(layer, keras.layers.Layer) and not isinstance(layer, keras.layers.InputLayer)
        return layer.__class__.from_config(layer.get_config() | ({"dtype": policy} if takes_policy else {}))

    clone = keras.models.clone_model(backbone, clone_function=with_policy)
    clone.set_weights(backbone.get_weights())
    clone.trainable = False
    return clone
