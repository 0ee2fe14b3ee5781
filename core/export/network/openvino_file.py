"""The two files of OpenVINO in float32, quick on processors of Intel."""

from pathlib import Path

import keras

from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.inference_model import OUTPUT
from core.export.network.network_format import NetworkFormat, Sources
from core.features.openvino_network import import_openvino

FILE, PACKAGES = "model.xml", ("openvino",)
EXAMPLE = Example(
    imports="import openvino",
    # Left to itself, a processor may compute in bfloat16, whose answers differ by hundredths.
    load="CORE = openvino.Core()\n"
    f'MODEL = CORE.compile_model(CORE.read_model(HERE / "{FILE}"), "CPU", {{"INFERENCE_PRECISION_HINT": "f32"}})\n'
    "REQUEST = MODEL.create_infer_request()",
    # The next request writes into the same memory.
    answer="return REQUEST.infer({0: pixels})[0].copy()",
)


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    openvino = import_openvino()
    # The path has to end so; and the weights stay in float32, which `openvino.save_model` would halve.
    model.export(str(folder / "unnamed.xml"), format="openvino", verbose=False)
    network = openvino.Core().read_model(folder / "unnamed.xml")
    network.outputs[0].tensor.set_names({OUTPUT})
    openvino.save_model(network, folder / FILE, compress_to_fp16=False)
    del network
    for unnamed in folder.glob("unnamed.*"):
        unnamed.unlink()


write = NetworkFormat("OpenVINO", save, EXAMPLE, PACKAGES, Bound(largest=1e-4)).write
