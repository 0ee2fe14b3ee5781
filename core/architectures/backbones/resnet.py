"""ResNet: each unit learns only what to add to its input, so that a hundred and fifty layers can be trained."""

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.layer_factories import CAFFE, max_pool, normalised_conv
from core.architectures.layers import VALID, Layer

# Of the stages that the paper calls conv2_x to conv5_x (its table 1): the filters within a unit, which gives four times
# as many channels; and the units of a network of so many layers.
FILTERS = {2: 64, 3: 128, 4: 256, 5: 512}
UNITS = {50: (3, 4, 6, 3), 152: (3, 8, 36, 3)}
WIDER = 4
START = "Start"


def _conv(filters: int, size: int, activation: str = "relu", **more) -> tuple[Layer, ...]:
    """A convolution that has a bias although a batch normalisation follows: so do the published weights."""
    return normalised_conv(filters, size, activation, bias=True, **more)


def _start() -> tuple[Layer, ...]:
    return (
        Layer("zero_pad", edges=(3, 3), block=START),
        *_conv(64, 7, stride=2, padding=VALID, block=START),
        Layer("zero_pad", edges=(1, 1), block=START),
        max_pool(3, 2, name="pool1_pool", block=START),
    )


def _unit(stage: int, number: int, taken: str) -> tuple[Layer, ...]:
    """A bottleneck: 1 × 1 to fewer channels, 3 × 3, and 1 × 1 to more, which is added to what came in.

    The first of a stage changes the channels, and from the third stage on halves the image; so must its shortcut.
    """
    name, first = f"conv{stage}_block{number}", number == 1
    filters, stride = FILTERS[stage], 2 if first and stage > 2 else 1
    block = f"Stage {stage}, unit {number}"
    shortcut, beside = (), taken
    if first:
        beside = f"{name}_0_bn"
        shortcut = _conv(WIDER * filters, 1, "", stride=stride, inputs=(taken,), name=beside, block=block)
    return (
        *shortcut,
        *_conv(filters, 1, stride=stride, inputs=(taken,), block=block),
        *_conv(filters, 3, block=block),
        *_conv(WIDER * filters, 1, "", name=f"{name}_3_bn", block=block),
        Layer("add", inputs=(beside, f"{name}_3_bn"), block=block),
        Layer("activation", activation="relu", name=f"{name}_out", block=block),
    )


def _units(depth: int) -> list[tuple[Layer, ...]]:
    units, taken = [], "pool1_pool"
    for stage, count in zip(FILTERS, UNITS[depth], strict=True):
        for number in range(1, count + 1):
            units.append(_unit(stage, number, taken))
            taken = units[-1][-1].name
    return units


def _resnet(depth: int, description: str, megabytes: float, digest: str) -> Architecture:
    units = _units(depth)
    return Architecture(
        name=f"resnet{depth}",
        title=f"ResNet{depth}",
        group=BACKBONE,
        description=description,
        source="He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, arXiv:1512.03385",
        year=2015,
        input_size=224,
        minimum_size=32,
        body=(CAFFE, *_start(), *(layer for unit in units for layer in unit)),
        head=POOLED_HEAD,
        preprocessing="caffe",
        weights=keras_file("resnet", f"resnet{depth}_weights_tf_dim_ordering_tf_kernels_notop.h5", megabytes, digest),
        cuts=("pool1_pool", *(unit[-1].name for unit in units[:-1])),
    )


RESNETS = (
    _resnet(
        50,
        "The usual baseline: a shortcut around every three convolutions, and 2,048 strong features. About seven "
        "times the work of MobileNet.",
        94.4,
        "4d473c1dd8becc155b73f8504c6f6626",
    ),
    _resnet(
        152,
        "The network that won ImageNet in 2015 (3.6 % top-5 error in an ensemble): 152 layers deep, 50 shortcuts. "
        "Large and slow; ResNet50 is nearly as good at a third of the work.",
        233.0,
        "ee4c566cf9a93f14d82f913c2dc6dd0c",
    ),
)
