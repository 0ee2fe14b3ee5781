"""A file of LiteRT whose weights take half the room: it computes in float32 from weights of float16.

TensorFlow's converter would round all weights. Those of depthwise convolutions are few and spread wide, and to round
them costs the most: on real photographs a MobileNet's probabilities came to differ by up to .0033 in its file, by .0007
where only the large weights are rounded, in a file that is 2 % larger.
"""

from collections import Counter
from copy import copy
from pathlib import Path

import keras
import numpy as np

from core.export.network.check import Bound
from core.export.network.litert import EXAMPLE, FILE, PACKAGES, save_litert
from core.export.network.network_format import NetworkFormat, Sources

FEWEST_VALUES = 1024
IDENTIFIER = b"TFL3"


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    save_litert(model, folder)
    (folder / FILE).write_bytes(with_halved_weights((folder / FILE).read_bytes()))


def with_halved_weights(content: bytes) -> bytes:
    """A file of LiteRT whose convolutions and dense layers have weights of float16, turned into float32 as it runs."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph, codes = model.subgraphs[0], [code.builtinCode for code in model.operatorCodes]
    kinds = (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.FULLY_CONNECTED)
    uses = Counter(tensor.buffer for tensor in graph.tensors)
    turns = []
    for index in sorted({int(each.inputs[1]) for each in graph.operators if codes[each.opcodeIndex] in kinds}):
        whole = graph.tensors[index]
        buffer = model.buffers[whole.buffer]
        size = 0 if buffer.data is None or uses[whole.buffer] > 1 else len(buffer.data)
        if whole.type != schema.TensorType.FLOAT32 or size < 4 * FEWEST_VALUES:
            continue
        buffer.data = np.asarray(buffer.data, np.uint8).view(np.float32).astype(np.float16).view(np.uint8)
        half = copy(whole)
        half.name, half.type = whole.name + b"_half", schema.TensorType.FLOAT16
        whole.buffer = 0  # the empty one: it is worked out
        turns.append(schema.OperatorT(len(codes), inputs=[len(graph.tensors)], outputs=[index]))
        graph.tensors.append(half)
    dequantize = schema.BuiltinOperator.DEQUANTIZE
    model.operatorCodes.append(schema.OperatorCodeT(dequantize, builtinCode=dequantize))
    graph.operators = turns + graph.operators
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


write = NetworkFormat("LiteRT, float16", save, EXAMPLE, PACKAGES, Bound(largest=2e-3, on_odd_images=False)).write
