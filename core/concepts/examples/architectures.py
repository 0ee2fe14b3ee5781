"""Named networks: what the course's material states in numbers."""

import numpy as np

from core.architectures.layers import LayerRow
from core.concepts.architectures.named_networks import NAMED_NETWORKS
from core.concepts.worked_example import WorkedExample

SOURCE = "named networks of the course"


def _rows(name: str, *kinds: str) -> list[LayerRow]:
    return [row for row in NAMED_NETWORKS[name].rows if row.layer.kind in kinds]


def _lenet() -> list[int]:
    """Sides of its maps, then the units of what comes behind them."""
    maps = [row.shape[0] for row in _rows("lenet_5", "conv", "average_pool")[:4]]
    return [*maps, *(row.shape[-1] for row in _rows("lenet_5", "conv", "dense")[2:])]


def _convolutions(name: str) -> np.ndarray:
    """Filters, side of the window and stride of each convolution."""
    layers = [row.layer for row in _rows(name, "conv")]
    return np.array([(layer.units, layer.window[0], layer.stride) for layer in layers])


def _dense(name: str) -> list[int]:
    return [row.layer.units for row in _rows(name, "dense")]


def _overlap() -> np.ndarray:
    return np.array([(row.layer.window[0], row.layer.stride) for row in _rows("alexnet", "max_pool")])


def _windows_side_by_side() -> str:
    layers = [row.layer for row in NAMED_NETWORKS["inception_v3"].block_rows]
    windows = sorted({"×".join(map(str, layer.window)) for layer in layers if layer.kind == "conv"})
    return f"{', '.join(windows)} and {' and '.join(row.kind for row in layers if 'pool' in row.kind)}"


def _weights_before_5x5() -> list[int]:
    """Weights of a 5×5 convolution on all maps that come in, and of the 1×1 and 5×5 that are there instead."""
    rows = NAMED_NETWORKS["inception_v3"].block_rows
    large = next(place for place, row in enumerate(rows) if row.layer.window == (5, 5))
    first = next(row for row in reversed(rows[:large]) if row.layer.kind == "conv")
    direct = 5 * 5 * first.inputs[0][-1] * rows[large].layer.units
    return [direct, first.parameters + rows[large].parameters]


def _residual_sum() -> str:
    """The shape that comes into the block, the shapes that are added, and what leaves it."""
    rows = NAMED_NETWORKS["resnet152"].block_rows
    added = next(row for row in rows if row.layer.kind == "add")
    same = len({rows[0].inputs[0], *added.inputs, added.shape}) == 1
    return "one shape" if same else "several shapes"


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "lenet-sizes",
        "architectures",
        "LeNet-5 on 32×32: maps of 28, 14, 10 and 5 pixels, then 120, 84 and 10 units.",
        np.array([28, 14, 10, 5, 120, 84, 10]),
        lambda: np.array(_lenet()),
        {"network": "lenet_5"},
        SOURCE,
    ),
    WorkedExample(
        "lenet-maps",
        "architectures",
        "LeNet-5 has 6 maps, then 16.",
        np.array([6, 6, 16, 16]),
        lambda: np.array([row.shape[-1] for row in _rows("lenet_5", "conv", "average_pool")[:4]]),
        {"network": "lenet_5"},
        SOURCE,
    ),
    WorkedExample(
        "alexnet-convolutions",
        "architectures",
        "AlexNet: 96 filters of 11×11 with stride 4, 256 of 5×5, then 384, 384 and 256 of 3×3.",
        np.array([(96, 11, 4), (256, 5, 1), (384, 3, 1), (384, 3, 1), (256, 3, 1)]),
        lambda: _convolutions("alexnet"),
        {"network": "alexnet"},
        SOURCE,
    ),
    WorkedExample(
        "alexnet-dense",
        "architectures",
        "AlexNet ends in 4,096, 4,096 and 1,000 units.",
        np.array([4096, 4096, 1000]),
        lambda: np.array(_dense("alexnet")),
        {"network": "alexnet"},
        SOURCE,
    ),
    WorkedExample(
        "alexnet-overlapping-pooling",
        "architectures",
        "AlexNet's pools overlap: windows of 3 pixels, 2 apart.",
        np.array([(3, 2)] * 3),
        _overlap,
        {"network": "alexnet"},
        SOURCE,
    ),
    WorkedExample(
        "alexnet-dropout",
        "architectures",
        "AlexNet drops half of the numbers behind each layer of 4,096.",
        0.5,
        lambda: NAMED_NETWORKS["alexnet"].architecture.usual_dropout,
        {"network": "alexnet"},
        SOURCE,
    ),
    WorkedExample(
        "vgg-windows",
        "architectures",
        "VGG16 has windows of 3×3 everywhere.",
        np.full(13, 3),
        lambda: _convolutions("vgg16")[:, 1],
        {"network": "vgg16"},
        SOURCE,
    ),
    WorkedExample(
        "vgg-dense",
        "architectures",
        "VGG16 ends in 4,096, 4,096 and 1,000 units.",
        np.array([4096, 4096, 1000]),
        lambda: np.array(_dense("vgg16")),
        {"network": "vgg16"},
        SOURCE,
    ),
    WorkedExample(
        "resnet-depth",
        "architectures",
        "ResNet152 has 152 layers that learn on its longest way.",
        152,
        lambda: NAMED_NETWORKS["resnet152"].depth,
        {"network": "resnet152"},
        SOURCE,
    ),
    WorkedExample(
        "residual-block",
        "architectures",
        "A residual block adds what came in to what its layers made of it: F(x) and x have one shape.",
        "one shape",
        _residual_sum,
        {"network": "resnet152"},
        SOURCE,
    ),
    WorkedExample(
        "inception-side-by-side",
        "architectures",
        "An Inception module has 1×1, 3×3 and 5×5 windows and pooling side by side.",
        "1×1, 3×3, 5×5 and average_pool",
        _windows_side_by_side,
        {"network": "inception_v3"},
        SOURCE,
    ),
    WorkedExample(
        "inception-reduction",
        "architectures",
        "A 1×1 convolution to 48 maps first: 86,016 weights instead of 307,200.",
        np.array([307_200, 86_016]),
        lambda: np.array(_weights_before_5x5()),
        {"network": "inception_v3"},
        "the course’s rule, on the layers of InceptionV3",
    ),
)
