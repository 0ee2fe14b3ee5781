"""A file of ONNX, which most libraries read, and browsers too."""

import shutil
from pathlib import Path

import keras
import numpy as np

from core.errors import WorkbenchError
from core.export.network.check import Bound
from core.export.network.example import Example
from core.export.network.inference_model import OUTPUT
from core.export.network.network_format import NetworkFormat, Sources

FILE = "model.onnx"
# tf2onnx copies the weights many times over: VGG16 through fc7, with 134 million, took 20 GB and was not done then.
MOST_PARAMETERS = 100_000_000
EXAMPLE = Example(
    imports="import onnxruntime",
    load=f'MODEL = onnxruntime.InferenceSession(HERE / "{FILE}", providers=["CPUExecutionProvider"])',
    answer='return MODEL.run(None, {"image": pixels})[0]',
)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Answers images</title>
<!-- Serve this folder (python -m http.server) and open example.html there: opened as a file it may read nothing. -->
<body data-side="{side}">
<label>An image <input type="file" accept="image/*" disabled></label>
<ol></ol>
<script type="module" src="example.js"></script>
</body>
</html>
"""


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    import onnx

    if model.count_params() > MOST_PARAMETERS:
        raise WorkbenchError(
            f"The converter to ONNX takes tens of gigabytes of memory for a network of {model.count_params():,} "
            f"parameters, so it is not tried beyond {MOST_PARAMETERS:,}. Take OpenVINO, Keras or LiteRT."
        )
    model(np.zeros((1, *model.input_shape[1:]), np.uint8))  # what was never called can't be exported
    model.export(str(folder / FILE), format="onnx", verbose=False)
    network = onnx.load(folder / FILE)
    _name_output(network.graph, OUTPUT)
    onnx.checker.check_model(network)
    onnx.save(network, folder / FILE)
    (folder / "example.html").write_text(PAGE.format(side=model.input_shape[1]), encoding="utf-8")
    shutil.copyfile(Path(__file__).with_name("web_example.js"), folder / "example.js")


def _name_output(graph, name: str) -> None:
    """Call the output so, whatever the process has built before, and its rows and the input's a batch."""
    former = graph.output[0].name
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [name if each == former else each for each in names]
    graph.output[0].name = name
    for each in (graph.input[0], graph.output[0]):
        each.type.tensor_type.shape.dim[0].dim_param = "batch"


write = NetworkFormat(
    "ONNX", save, EXAMPLE, ("onnxruntime",), Bound(largest=1e-4), needed_to_write=("tf2onnx", "onnx")
).write
