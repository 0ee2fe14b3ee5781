"""A SavedModel of TensorFlow, as servers take it."""

from pathlib import Path
from typing import Any

import keras

from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.inference_model import INPUT
from core.export.network.network_format import NetworkFormat, Sources

FOLDER = "saved_model"


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    import tensorflow as tf

    served: Any = tf.Module()
    # Keras's own export keeps each weight twice, as its layer's and in a list of all.
    served.weights = [variable.value for variable in model.variables]
    image = tf.TensorSpec((None, *model.input_shape[1:]), tf.uint8, name=INPUT)
    served.serve = tf.function(lambda pixels: model(pixels, training=False), input_signature=[image])
    tf.saved_model.save(served, str(folder / FOLDER), signatures=served.serve)


write = NetworkFormat(
    title="SavedModel",
    save=save,
    example=Example(
        imports="import tensorflow as tf",
        # In a variable of its own: what it holds goes with it.
        load=f'MODEL = tf.saved_model.load(str(HERE / "{FOLDER}"))',
        answer="return MODEL.serve(tf.constant(pixels)).numpy()",
    ),
    packages=("tensorflow",),
    bound=Bound(largest=1e-5),
).write
