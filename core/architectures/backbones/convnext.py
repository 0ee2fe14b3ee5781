"""ConvNeXt: a ResNet rebuilt with what transformers brought: large windows, few activations, layer normalisation."""

from core.architectures.architecture import BACKBONE, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.layer_factories import STANDARDISED, conv, dropout
from core.architectures.layers import VALID, Layer

# The channels and the blocks of the four stages of the tiny one (section 3 of the paper).
STAGES = ((96, 3), (192, 3), (384, 9), (768, 3))
WIDER = 4
NAME = "convnext_tiny"


def _begin(stage: int, channels: int) -> tuple[Layer, ...]:
    """4 × 4 patches side by side before the first stage, 2 × 2 before the others; each is looked at once."""
    block, name = f"Before stage {stage + 1}", _begin_name(stage)
    if stage:
        halve = conv(channels, 2, "", stride=2, padding=VALID, name=name, block=block)
        return Layer("layer_norm", block=block), halve
    patches = conv(channels, 4, "", stride=4, padding=VALID, block=block)
    return patches, Layer("layer_norm", name=name, block=block)


def _begin_name(stage: int) -> str:
    return f"{NAME}_downsampling_block_{stage - 1}" if stage else f"{NAME}_stem"


def _block(stage: int, number: int, channels: int, taken: str) -> tuple[Layer, ...]:
    """7 × 7 channel by channel, then two layers at each pixel as a transformer has them, added to what came in."""
    name, block = f"{NAME}_stage_{stage}_block_{number}", f"Stage {stage + 1}, block {number + 1}"
    return (
        conv(channels, 7, "", groups=channels, inputs=(taken,), block=block),
        Layer("layer_norm", block=block),
        Layer("pointwise", WIDER * channels, block=block),
        Layer("activation", activation="gelu", block=block),
        Layer("pointwise", channels, block=block),
        Layer("layer_scale", name=f"{name}_layer_scale", block=block),
        Layer("add", inputs=(taken, f"{name}_layer_scale"), name=name, block=block),
    )


def _stages() -> list[Layer]:
    layers = []
    for stage, (channels, blocks) in enumerate(STAGES):
        layers += _begin(stage, channels)
        for number in range(blocks):
            layers += _block(stage, number, channels, taken=layers[-1].name)
    return layers


CONVNEXT_TINY = Architecture(
    name=NAME,
    title="ConvNeXt-Tiny",
    group=BACKBONE,
    description="The most recent and the most accurate of those here (81.3 % of ImageNet right at once, as Keras "
    "states): 768 features. Slow without a graphics card.",
    source="Liu et al., A ConvNet for the 2020s, arXiv:2201.03545",
    year=2022,
    input_size=224,
    minimum_size=32,
    # Its features are normalised once more behind the pooling, by numbers that it learned on ImageNet.
    body=(
        *STANDARDISED,
        *_stages(),
        Layer("global_average_pool", block="End"),
        Layer("layer_norm", block="End"),
    ),
    head=(dropout(),),
    preprocessing="inside",
    weights=keras_file(
        "convnext",
        "convnext_tiny_notop.h5",
        111.0,
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
    ),
    cuts=tuple(_begin_name(stage) for stage in range(len(STAGES))),
)
