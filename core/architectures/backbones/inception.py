"""Inception: several windows side by side on the same image, and a module's answer is all of theirs."""

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.course_settings import CourseSettings
from core.architectures.layer_factories import SIGNED, average_pool, max_pool, normalised_conv
from core.architectures.layers import SAME, VALID, Layer

# A path is written as its steps: (filters, window) of a convolution, HALVING behind it where it halves the image; or a
# pooling. FORK stands before the last two convolutions of a path that ends in both of them, side by side.
Step = tuple | str
HALVING, FORK = "halving", "fork"
AVERAGE, LARGEST = "average", "largest"


def _large_maps(pooled: int) -> tuple[tuple[Step, ...], ...]:
    """Modules on 35 × 35: up to 5 × 5 pixels, which two 3 × 3 convolutions in a row see as well, for less."""
    return (
        ((64, 1),),
        ((48, 1), (64, 5)),
        ((64, 1), (96, 3), (96, 3)),
        (AVERAGE, (pooled, 1)),
    )


def _middle_maps(narrow: int) -> tuple[tuple[Step, ...], ...]:
    """Modules on 17 × 17: a 7 × 7 window is a row of 7 and a column of 7, at two sevenths of the weights."""
    row, column = (1, 7), (7, 1)
    return (
        ((192, 1),),
        ((narrow, 1), (narrow, row), (192, column)),
        ((narrow, 1), (narrow, column), (narrow, row), (narrow, column), (192, row)),
        (AVERAGE, (192, 1)),
    )


SMALL_MAPS = (  # modules on 8 × 8: rows and columns side by side, for many features
    ((320, 1),),
    ((384, 1), FORK, (384, (1, 3)), (384, (3, 1))),
    ((448, 1), (384, 3), FORK, (384, (1, 3)), (384, (3, 1))),
    (AVERAGE, (192, 1)),
)
MODULES = (
    _large_maps(32),
    _large_maps(64),
    _large_maps(64),
    (((384, 3, HALVING),), ((64, 1), (96, 3), (96, 3, HALVING)), (LARGEST,)),
    _middle_maps(128),
    _middle_maps(160),
    _middle_maps(160),
    _middle_maps(192),
    (
        ((192, 1), (320, 3, HALVING)),
        ((192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3, HALVING)),
        (LARGEST,),
    ),
    SMALL_MAPS,
    SMALL_MAPS,
)


def _conv(filters: int, size: int | tuple[int, int], *, halves: bool = False, **more) -> tuple[Layer, ...]:
    """A convolution and a batch normalisation that only shifts: the next convolution scales anyway."""
    return normalised_conv(filters, size, scale=False, **({"stride": 2, "padding": VALID} if halves else {}), **more)


def _step(step: Step, **more) -> tuple[Layer, ...]:
    if isinstance(step, str):
        return (average_pool(3, 1, SAME, **more) if step == AVERAGE else max_pool(3, 2, **more),)
    filters, size = step[:2]
    return _conv(filters, size, halves=HALVING in step, **more)


def _path(steps: tuple[Step, ...], taken: str, name: str, block: str) -> tuple[list[Layer], str]:
    """The layers of a path that takes what is called `taken`, and the name of what it gives."""
    layers, straight = [], steps[: steps.index(FORK)] if FORK in steps else steps
    for number, step in enumerate(straight, 1):
        layers += _step(step, inputs=(taken,), name=f"{name}_{number}", block=block)
        taken = f"{name}_{number}"
    if straight == steps:
        return layers, taken
    tines = tuple(f"{name}_{tine}" for tine in ("row", "column"))
    for step, tine in zip(steps[-2:], tines, strict=True):
        layers += _step(step, inputs=(taken,), name=tine, block=block)
    return [*layers, Layer("concatenate", inputs=tines, name=f"{name}_both", block=block)], f"{name}_both"


def _module(number: int, paths: tuple[tuple[Step, ...], ...], taken: str) -> list[Layer]:
    block = f"Module {number}"
    parts = [_path(steps, taken, f"mixed{number}_path{place}", block) for place, steps in enumerate(paths, 1)]
    names = tuple(name for _, name in parts)
    layers = [layer for path, _ in parts for layer in path]
    return [*layers, Layer("concatenate", inputs=names, name=f"mixed{number}", block=block)]


START = "Start"
INCEPTION_V3 = Architecture(
    name="inception_v3",
    title="InceptionV3",
    group=BACKBONE,
    description="Looks at several scales at once: 1 × 1 to 7 × 7 windows side by side. Strong features from larger "
    "images (299 pixels); about ten times the work of MobileNet.",
    source="Szegedy et al., Rethinking the Inception Architecture, arXiv:1512.00567",
    year=2015,
    input_size=299,
    minimum_size=75,
    body=(
        SIGNED,
        *_conv(32, 3, halves=True, block=START),
        *_conv(32, 3, padding=VALID, block=START),
        *(*_conv(64, 3, block=START), max_pool(3, 2, block=START)),
        *(
            *_conv(80, 1, block=START),
            *_conv(192, 3, padding=VALID, block=START),
            max_pool(3, 2, name="start", block=START),
        ),
        *(
            layer
            for number, paths in enumerate(MODULES)
            for layer in _module(number, paths, taken=f"mixed{number - 1}" if number else "start")
        ),
    ),
    head=POOLED_HEAD,
    course=CourseSettings(
        {"epochs": 4, "min_steps_per_epoch": 1000, "dropout": 0.0},
        {"optimiser": "sgd", "momentum": 0.0, "nesterov": False, "learning_rate": 0.01, "batch_size": 100},
        "as in TensorFlow's example retrain.py",
        "The course's 4,000 steps are four epochs of 1,000 here, of a few more where that makes whole passes.",
    ),
    departs="The paper's second classifier, which helps the training only, is not there.",
    preprocessing="signed",
    weights=keras_file(
        "inception_v3",
        "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
        87.2,
        "bcbd6486424b2319ff4ef7d526e38f63",
    ),
    cuts=tuple(f"mixed{number}" for number in range(10)),
)
