"""EfficientNetV2: blocks that widen, convolve and narrow, in numbers found by search for quick training."""

from dataclasses import dataclass

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.layer_factories import STANDARDISED, conv, normalised, normalised_conv
from core.architectures.layers import Layer


@dataclass(frozen=True)
class Stage:
    """A row of the paper's table 4, scaled to B0.

    Parameters
    ----------
    widening
        How many times wider it is within a block.
    channels
        Between its blocks.
    blocks
        How many.
    stride
        Of the first of them.
    fused
        Whether one 3 × 3 convolution widens and looks around; else a 1 × 1 convolution widens, a depthwise one looks
        around, and squeeze-and-excitation weighs the channels.
    """

    widening: int
    channels: int
    blocks: int
    stride: int
    fused: bool


STAGES = (
    Stage(1, 16, 1, 1, fused=True),
    Stage(4, 32, 2, 2, fused=True),
    Stage(4, 48, 2, 2, fused=True),
    Stage(4, 96, 3, 2, fused=False),
    Stage(6, 112, 5, 1, fused=False),
    Stage(6, 192, 8, 2, fused=False),
)
FIRST, LAST = 32, 1280
SQUEEZED = 4  # a quarter of the block's input
START, END = "Start", "End"


def _fused(stage: Stage, before: int, stride: int, name: str, block: str) -> tuple[Layer, ...]:
    """3 × 3 to more channels and 1 × 1 to fewer; where nothing is widened, the 3 × 3 alone."""
    if stage.widening == 1:
        return normalised_conv(
            stage.channels, 3, "swish", stride=stride, name=f"{name}_project_activation", block=block
        )
    return (
        *normalised_conv(stage.widening * before, 3, "swish", stride=stride, block=block),
        *normalised_conv(stage.channels, 1, "", name=f"{name}_project_bn", block=block),
    )


def _separate(stage: Stage, before: int, stride: int, name: str, block: str) -> tuple[Layer, ...]:
    """1 × 1 to more channels, 3 × 3 channel by channel, a weight for each channel, and 1 × 1 to fewer."""
    wide = stage.widening * before
    return (
        *normalised_conv(wide, 1, "swish", block=block),
        Layer("depthwise", size=3, stride=stride, bias=False, block=block),
        *normalised("swish", name=f"{name}_activation", block=block),
        *_squeeze_and_excite(wide, before // SQUEEZED, name, block),
        *normalised_conv(stage.channels, 1, "", name=f"{name}_project_bn", block=block),
    )


def _squeeze_and_excite(channels: int, squeezed: int, name: str, block: str) -> tuple[Layer, ...]:
    """A factor from 0 to 1 for each channel, worked out from the averages of all of them."""
    return (
        Layer("global_average_pool", block=block),
        Layer("to_map", block=block),
        conv(squeezed, 1, "swish", block=block),
        conv(channels, 1, "sigmoid", name=f"{name}_se_expand", block=block),
        Layer("multiply", inputs=(f"{name}_activation", f"{name}_se_expand"), block=block),
    )


def _blocks() -> list[tuple[Layer, ...]]:
    blocks, taken, before = [], "stem_activation", FIRST
    for number, stage in enumerate(STAGES, 1):
        for repeat in range(stage.blocks):
            name, title = f"block{number}{chr(ord('a') + repeat)}", f"Stage {number}, block {repeat + 1}"
            stride = 1 if repeat else stage.stride
            layers = (_fused if stage.fused else _separate)(stage, before, stride, name, title)
            if stride == 1 and before == stage.channels:
                added = Layer("add", inputs=(layers[-1].name, taken), name=f"{name}_add", block=title)
                layers = (*layers, added)
            blocks.append(layers)
            taken, before = layers[-1].name, stage.channels
    return blocks


BLOCKS = _blocks()
EFFICIENTNET_V2_B0 = Architecture(
    name="efficientnet_v2_b0",
    title="EfficientNetV2-B0",
    group=BACKBONE,
    description="The best features for their cost: more accurate on ImageNet than ResNet152 (78.7 % against 76.6 %, "
    "as Keras states) with an eighth of its parameters. 1,280 features.",
    source="Tan and Le, EfficientNetV2: Smaller Models and Faster Training, arXiv:2104.00298",
    year=2021,
    input_size=224,
    minimum_size=32,
    body=(
        *STANDARDISED,
        *normalised_conv(FIRST, 3, "swish", stride=2, name="stem_activation", block=START),
        *(layer for block in BLOCKS for layer in block),
        *normalised_conv(LAST, 1, "swish", name="top_activation", block=END),
    ),
    head=POOLED_HEAD,
    preprocessing="inside",
    weights=keras_file("efficientnet_v2", "efficientnetv2-b0_notop.h5", 23.7, "893217f2bb855e2983157299931e43ff"),
    cuts=("stem_activation", *(block[-1].name for block in BLOCKS)),
)
