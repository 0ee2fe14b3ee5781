"""The two files of Teachable Machine: ``keras_model.h5`` and ``labels.txt``, as its own example code opens them.

It gives the network images of 224 × 224 pixels in numbers from -1 to 1, which are turned into the run's inside.
"""

from collections.abc import Iterator
from pathlib import Path

import keras

from core.errors import WorkbenchError
from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.inference_model import taking_floats
from core.export.network.network_format import NetworkFormat, Sources, resized

FILE, SIDE, WHITE = "keras_model.h5", 224, 127.5
REMARK = (
    "It answers to an image as it is, also where the run averages over views of it, and resizes images of 224 × 224 "
    "once more where the run’s have another size. Teachable Machine’s own example cuts the middle square out of an "
    "image; this network learned from whole ones: the example.py here reads them so. There is no model.json for "
    "browsers: tensorflowjs 4.22, which writes it, does not install beside TensorFlow 2.21. Take ONNX there."
)


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    if not all(isinstance(operation, keras.layers.Layer) for operation in _operations(model)):
        raise WorkbenchError(
            f"{FILE} holds layers only, and this network does something between them that is none: classes were put "
            "together since it was trained, or it turns colours to grey. Take the format Keras."
        )
    image = keras.Input((SIDE, SIDE, 3), name="image")
    pixels = keras.layers.Rescaling(WHITE, WHITE)(image)
    side = model.input_shape[1]
    answers = taking_floats(model)(pixels if side == SIDE else resized(pixels, side))
    keras.Model(image, answers).save(folder / FILE)


def number_labels(folder: Path) -> None:
    """Put their numbers before the labels, as Teachable Machine does, whose example leaves out two letters."""
    path = folder / "labels.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{number} {line}\n" for number, line in enumerate(lines)), encoding="utf-8")


def _operations(model: keras.Model) -> Iterator[keras.Operation]:
    """What a model is made of, models in it too."""
    for operation in getattr(model, "operations", model.layers):
        yield from _operations(operation) if isinstance(operation, keras.Model) else (operation,)


write = NetworkFormat(
    title="Teachable Machine",
    save=save,
    example=Example(
        imports="import keras",
        load=f'MODEL = keras.saving.load_model(HERE / "{FILE}", compile=False)',
        answer=f"return MODEL.predict_on_batch(pixels.astype(np.float32) / {WHITE} - 1)",
    ),
    packages=("keras", "tensorflow"),
    bound=Bound(largest=1e-4),
    side=SIDE,
    averages=False,
    finish=number_labels,
    remark=REMARK,
).write
