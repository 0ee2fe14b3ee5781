"""A file of LiteRT (TensorFlow Lite) in float32, for phones and small computers."""

from pathlib import Path
from typing import Any

import keras

from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.network_format import NetworkFormat, Sources

FILE, PACKAGES = "model.tflite", ("ai-edge-litert",)
EXAMPLE = Example(
    imports="from ai_edge_litert.interpreter import Interpreter",
    load=f'MODEL = Interpreter(str(HERE / "{FILE}"))\n'
    "INPUT, OUTPUT = MODEL.get_input_details()[0], MODEL.get_output_details()[0]",
    answer='MODEL.resize_tensor_input(INPUT["index"], pixels.shape)\nMODEL.allocate_tensors()\n'
    'MODEL.set_tensor(INPUT["index"], pixels)\nMODEL.invoke()\nreturn MODEL.get_tensor(OUTPUT["index"])',
)


def save_litert(model: keras.Model, folder: Path, **converter: Any) -> None:
    """Write the file; `converter` are attributes of TensorFlow's converter."""
    model.export(str(folder / FILE), format="litert", verbose=False, **converter)


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    save_litert(model, folder)


write = NetworkFormat("LiteRT", save, EXAMPLE, PACKAGES, Bound(largest=1e-4)).write
