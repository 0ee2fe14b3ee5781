"""A file of Keras 3: the whole network, which can be trained on."""

from pathlib import Path

import keras

from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.network_format import NetworkFormat, Sources

FILE = "model.keras"


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    model.save(folder / FILE)


write = NetworkFormat(
    title="Keras",
    save=save,
    example=Example(
        imports="import keras",
        load=f'MODEL = keras.saving.load_model(HERE / "{FILE}")',
        answer="return MODEL.predict_on_batch(pixels)",
    ),
    packages=("keras", "tensorflow"),
    bound=Bound(largest=1e-5),
).write
