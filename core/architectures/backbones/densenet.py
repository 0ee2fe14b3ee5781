"""DenseNet: each layer sees what all layers before it in its block gave, side by side, and adds a few channels."""

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.layer_factories import STANDARDISED, average_pool, max_pool, normalised, normalised_conv
from core.architectures.layers import VALID, Layer

# The layers of the four dense blocks of DenseNet-121 (table 1 of the paper), each of which adds `GROWTH` channels.
LAYERS = (6, 12, 24, 16)
GROWTH = 32
FIRST = 64
START, END = "Start", "End"


def _dense_layer(name: str, taken: str, block: str) -> tuple[Layer, ...]:
    """Batch normalisation and rectifier come first here: 1 × 1 to 4 · `GROWTH` channels, then 3 × 3 to `GROWTH`."""
    return (
        *normalised(block=block),
        *normalised_conv(4 * GROWTH, 1, block=block),
        Layer("conv", GROWTH, 3, bias=False, name=f"{name}_2_conv", block=block),
        Layer("concatenate", inputs=(taken, f"{name}_2_conv"), name=f"{name}_concat", block=block),
    )


def _transition(number: int, channels: int) -> tuple[Layer, ...]:
    """Half of the channels, and half of the height and width."""
    block = f"Transition {number - 1}"
    return (
        *normalised(block=block),
        Layer("conv", channels // 2, 1, bias=False, block=block),
        average_pool(2, name=f"pool{number}_pool", block=block),
    )


def _dense_blocks() -> list[Layer]:
    layers, taken, channels = [], "pool1", FIRST
    for number, count in enumerate(LAYERS, 1):
        for place in range(1, count + 1):
            layers += _dense_layer(f"conv{number + 1}_block{place}", taken, f"Dense block {number}, layer {place}")
            taken = layers[-1].name
        channels += count * GROWTH
        if number < len(LAYERS):
            layers += _transition(number + 1, channels)
            taken, channels = layers[-1].name, channels // 2
    return layers


DENSENET_121 = Architecture(
    name="densenet121",
    title="DenseNet121",
    group=BACKBONE,
    description="Every layer sees all earlier ones of its block: 1,024 features, as good as those of ResNet50, from a "
    "third of its parameters. Slower than its size suggests, for its many layers run one after the other.",
    source="Huang, Liu, van der Maaten and Weinberger, Densely Connected Convolutional Networks, arXiv:1608.06993",
    year=2016,
    input_size=224,
    minimum_size=32,
    body=(
        *STANDARDISED,
        Layer("zero_pad", edges=(3, 3), block=START),
        *normalised_conv(FIRST, 7, stride=2, padding=VALID, block=START),
        Layer("zero_pad", edges=(1, 1), block=START),
        max_pool(3, 2, name="pool1", block=START),
        *_dense_blocks(),
        *normalised(block=END),
    ),
    head=POOLED_HEAD,
    preprocessing="torch",
    weights=keras_file(
        "densenet",
        "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
        28.2,
        "30ee3e1110167f948a6b9946edeeb738",
    ),
    cuts=("pool1", *(f"pool{number}_pool" for number in (2, 3, 4))),
)
