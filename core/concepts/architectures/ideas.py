"""Which ideas of the named networks a network is made of, told by its layers."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from core.architectures.layers import WINDOWS, LayerRow

Rows = Sequence[LayerRow]


def _some(kind: str) -> Callable[[Rows], bool]:
    return lambda rows: any(row.layer.kind == kind for row in rows)


def _small_windows_in_a_row(rows: Rows) -> bool:
    """Two 3×3 convolutions with nothing else that looks around between them."""
    looking = [row.layer for row in rows if row.layer.kind in WINDOWS]
    small = [layer.kind == "conv" and layer.window == (3, 3) for layer in looking]
    return any(map(all, pairwise(small)))


def _depthwise(rows: Rows) -> bool:
    return any(row.layer.kind == "depthwise" or row.layer.groups == row.inputs[0][-1] > 1 for row in rows)


def _reduced(rows: Rows) -> bool:
    """A 1×1 convolution that leaves fewer maps than come in."""
    convolutions = [row for row in rows if row.layer.kind == "conv" and row.layer.window == (1, 1)]
    return any(row.shape[-1] < row.inputs[0][-1] for row in convolutions)


def _activated(name: str) -> Callable[[Rows], bool]:
    return lambda rows: any(row.layer.activation == name for row in rows)


_IDEAS: dict[str, tuple[str, Callable[[Rows], bool]]] = {
    "convolution and pooling in turn": (
        "LeNet-5, 1998",
        lambda rows: _some("conv")(rows) and (_some("max_pool")(rows) or _some("average_pool")(rows)),
    ),
    "ReLU": ("AlexNet, 2012", _activated("relu")),
    "dropout": ("AlexNet, 2012", _some("dropout")),
    "3×3 windows in a row": ("VGG, 2014", _small_windows_in_a_row),
    "1×1 convolutions that make maps fewer": ("Inception, 2014", _reduced),
    "paths side by side": ("Inception, 2014; DenseNet, 2016", _some("concatenate")),
    "batch normalisation": ("Inception, 2015", _some("batch_norm")),
    "shortcuts": ("ResNet, 2015", _some("add")),
    "depthwise convolutions": ("MobileNet, 2017", _depthwise),
    "maps turned up and down": ("squeeze-and-excitation, 2017", _some("multiply")),
    "layer normalisation": ("ConvNeXt, 2022", _some("layer_norm")),
}


def ideas_of(rows: Rows) -> dict[str, str]:
    """The ideas that stand in a network's layers, each with where it came up among the named ones."""
    return {idea: origin for idea, (origin, stands) in _IDEAS.items() if stands(rows)}
