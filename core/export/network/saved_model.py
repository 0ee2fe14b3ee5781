"""A SavedModel of TensorFlow, as servers take it."""

from pathlib import Path

import keras

from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.network_format import NetworkFormat, Sources

FOLDER = "saved_model"


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    model.export(str(folder / FOLDER), format="tf_saved_model", verbose=False)


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
