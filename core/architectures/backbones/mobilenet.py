"""MobileNet: each convolution split into one over the image, channel by channel, and one over the channels.

MobileNetV2 does this between a 1 × 1 convolution that widens and one that narrows, with a shortcut around all three.
"""

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.layer_factories import SIGNED, normalised, normalised_conv
from core.architectures.layers import VALID, Layer

# The filters of the thirteen blocks at α 1, and the blocks that halve the image.
FILTERS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
HALVING = (2, 4, 6, 12)
# MobileNetV2 (table 2 of the paper): how many times wider within, the channels between, how many blocks, and the
# stride of the first of them.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
START, END = "Start", "End"


def _separable(number: int, filters: int) -> tuple[Layer, ...]:
    """A depthwise and a pointwise convolution."""
    block, halves = f"Block {number}", number in HALVING
    pad = (Layer("zero_pad", edges=(0, 1), block=block),) if halves else ()
    return (
        *pad,
        Layer(
            "depthwise", size=3, stride=2 if halves else 1, padding=VALID if halves else "same", bias=False, block=block
        ),
        *normalised("relu6", block=block),
        *normalised_conv(filters, 1, "relu6", name=f"conv_pw_{number}_relu", block=block),
    )


def _mobilenet(name: str, alpha: float, alpha_file: str, megabytes: float) -> Architecture:
    filters = [int(count * alpha) for count in FILTERS]
    return Architecture(
        name=name,
        title="MobileNet" if alpha == 1 else f"MobileNet α {alpha:.2f}",
        group=BACKBONE,
        description="Small and quick: knows 1,000 kinds of things from ImageNet and turns an image into "
        f"{filters[-1]:,} features. The place to start for photographs.",
        source="Howard et al., MobileNets, arXiv:1704.04861",
        year=2017,
        input_size=224,
        minimum_size=32,
        body=(
            SIGNED,
            *normalised_conv(int(32 * alpha), 3, "relu6", stride=2, name="conv1_relu", block=START),
            *(layer for number, count in enumerate(filters, 1) for layer in _separable(number, count)),
        ),
        head=POOLED_HEAD,
        preprocessing="signed",
        weights=keras_file("mobilenet", f"mobilenet_{alpha_file}_224_tf_no_top.h5", megabytes),
        cuts=("conv1_relu", *(f"conv_pw_{block}_relu" for block in range(1, 13))),
    )


MOBILENETS = (
    _mobilenet("mobilenet_025", 0.25, "2_5", 0.874),
    _mobilenet("mobilenet_050", 0.5, "5_0", 3.32),
    _mobilenet("mobilenet_075", 0.75, "7_5", 7.5),
    _mobilenet("mobilenet", 1.0, "1_0", 12.9),
)


def _inverted(number: int, taken: str, channels: tuple[int, int], widening: int, stride: int) -> tuple[Layer, ...]:
    """An inverted residual block: it widens, convolves channel by channel, and narrows without an activation."""
    before, behind = channels
    block, name = f"Block {number}", _narrow_name(number)
    wide = normalised_conv(widening * before, 1, "relu6", block=block) if widening > 1 else ()
    shortcut = stride == 1 and before == behind
    return (
        *wide,
        # Keras pads those of stride 2 by a layer of their own, in the way that "same" does.
        Layer("depthwise", size=3, stride=stride, bias=False, block=block),
        *normalised("relu6", block=block),
        *normalised_conv(behind, 1, "", name=name, block=block),
        *([Layer("add", inputs=(taken, name), name=f"block_{number}_add", block=block)] if shortcut else []),
    )


def _narrow_name(number: int) -> str:
    return f"block_{number}_project_BN" if number else "expanded_conv_project_BN"


def _inverted_blocks() -> list[tuple[Layer, ...]]:
    blocks, taken, before = [], "Conv1_relu", 32
    for widening, channels, count, stride in STAGES:
        for repeat in range(count):
            blocks.append(_inverted(len(blocks), taken, (before, channels), widening, 1 if repeat else stride))
            taken, before = blocks[-1][-1].name, channels
    return blocks


BLOCKS = _inverted_blocks()
MOBILENET_V2 = Architecture(
    name="mobilenet_v2",
    title="MobileNetV2",
    group=BACKBONE,
    description="Half the work of MobileNet and usually a little more accurate: shortcuts between narrow layers. "
    "Turns an image into 1,280 features.",
    source="Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, arXiv:1801.04381",
    year=2018,
    input_size=224,
    minimum_size=32,
    body=(
        SIGNED,
        *normalised_conv(32, 3, "relu6", stride=2, name="Conv1_relu", block=START),
        *(layer for block in BLOCKS for layer in block),
        *normalised_conv(1280, 1, "relu6", name="out_relu", block=END),
    ),
    head=POOLED_HEAD,
    preprocessing="signed",
    weights=keras_file("mobilenet_v2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5", 9.03),
    cuts=("Conv1_relu", *(block[-1].name for block in BLOCKS)),
)
