"""Layer arithmetic: what the course's material states in numbers."""

from core.architectures.layer_factories import conv, dense
from core.architectures.layers import Layer, LayerRow, tabulate
from core.architectures.registry import ARCHITECTURES
from core.concepts.layers.layer_arithmetic import SlidingWindow, padded_by, same_in_tensorflow
from core.concepts.worked_example import WorkedExample

ODD_KERNELS = (1, 3, 5, 7, 9, 11)
# What the material states of whole networks: as published, with the classes that they have there.
TOTALS = {
    "perceptron": ("Dense layers 784-10-10-3 hold", 7_993),
    "two_conv": ("Two 3 × 3 convolutions of 10 filters (same), flatten and 3 units on 28 × 28 × 1 hold", 24_533),
    "two_conv_pooled": ("The same with 2 × 2 max pooling behind each convolution holds", 2_483),
    "dense_20": ("Flatten, 20 and 10 units on 28 × 28 hold", 15_910),
    "cnn_64_64": ("Convolution 64, pool, convolution 64, pool, 20 and 10 units hold", 69_798),
    "mnist_cnn": ("The chapter's MNIST network (5 × 5 × 64, pool, 5 × 5 × 128, pool, 1,024, 10) holds", 6_640_394),
    "cervix_cnn": ("The chapter's cervix network on 64 × 64 × 3 holds", 9_024_131),
    "cnn_32_64": ("The slides' 32-64 network on 28 × 28 × 1 holds", 1_199_882),
    "cnn_32_32_64_64": ("The slides' 32-32-64-64 network on 100 × 100 × 3 holds", 7_998_250),
    "vgg16": ("VGG16 with its top holds", 138_357_544),
    "inception_v3": ("InceptionV3 with its top holds", 23_851_784),
    "resnet152": ("ResNet152 with its top holds", 60_419_944),
}


def total(name: str) -> WorkedExample:
    statement, parameters = TOTALS[name]
    return WorkedExample(
        f"parameters-of-{name.replace('_', '-')}",
        "layers",
        f"{statement} {parameters:,} parameters.",
        parameters,
        lambda: sum(row.parameters for row in ARCHITECTURES[name].original_rows),
        {"view": "networks", "network": name},
        "layer arithmetic",
    )


def example(name: str, statement: str, expected, compute, **state: str) -> WorkedExample:
    return WorkedExample(name, "layers", statement, expected, compute, state, "layer arithmetic")


def only(layer: Layer, *shape: int) -> LayerRow:
    return tabulate([layer], shape)[0]


def zeros_at_each_end(kernel: int) -> float:
    window = same_in_tensorflow(64, kernel)
    return (window.before + window.behind) / 2


def depths(row: LayerRow) -> list[int]:
    return [row.inputs[0][-1], row.shape[-1]]


EXAMPLES: tuple[WorkedExample, ...] = (
    example(
        "output-length",
        "L' = (L − K + 2P) / S + 1: LeNet's 32 pixels under a 5 × 5 kernel leave 28.",
        28,
        lambda: SlidingWindow(32, 5).steps,
        view="line",
        length="32",
        kernel="5",
        stride="1",
    ),
    example(
        "stride-does-not-divide",
        "L = 12, K = 3, P = 0, S = 2 gives 5.5, which is no number of steps: the stride does not divide.",
        5.5,
        lambda: SlidingWindow(12, 3, 2).unrounded_steps,
        length="12",
        kernel="3",
        stride="2",
    ),
    example(
        "never-seen",
        "Libraries round that down to 5 steps, and the last of the 12 cells (11, counted from 0) is never looked at.",
        [11],
        lambda: SlidingWindow(12, 3, 2).unseen,
        length="12",
        kernel="3",
        stride="2",
        step="5",
    ),
    example(
        "same-padding",
        "“Same” at stride 1 needs P = (K − 1) / 2 zeros: 0, 1, 2, 3, 4, 5 for kernels of 1, 3, 5, 7, 9, 11.",
        [0, 1, 2, 3, 4, 5],
        lambda: [zeros_at_each_end(kernel) for kernel in ODD_KERNELS],
        length="8",
        kernel="5",
        stride="1",
        padding="same",
    ),
    example(
        "dilation",
        "Dilation D makes a kernel of K act as one of D(K − 1) + 1: K = 3 with D = 2 reaches over 5 cells.",
        5,
        lambda: padded_by(0, 9, 3, dilation=2).reach,
        length="9",
        kernel="3",
        stride="1",
        dilation="2",
    ),
    example(
        "odd-zero-behind",
        "TensorFlow puts an odd padding pixel on the right and at the bottom: L = 6, K = 3, S = 2 has 0 zeros before "
        "and 1 behind.",
        [0, 1],
        lambda: [same_in_tensorflow(6, 3, 2).before, same_in_tensorflow(6, 3, 2).behind],
        view="same",
        length="6",
        kernel="3",
        stride="2",
    ),
    example(
        "ten-filters",
        "10 filters of 3 × 3 on one channel have 90 weights without biases.",
        90,
        lambda: only(conv(10, bias=False), 28, 28, 1).parameters,
        view="weights",
        bias="false",
    ),
    example(
        "fully-connected-map",
        "One feature map fully connected from n × n to k × k needs k²n² weights: 529,984 from 28 × 28 to 26 × 26.",
        529_984,
        lambda: only(dense(26 * 26, bias=False), 28 * 28).parameters,
        view="weights",
        side="28",
        filters="1",
        padding="valid",
        bias="false",
    ),
    example(
        "dense-on-64",
        "64 × 64 grey pixels into 500 units need 2,048,000 weights.",
        2_048_000,
        lambda: tabulate([Layer("flatten"), dense(500, bias=False)], (64, 64, 1))[-1].parameters,
        view="weights",
        bias="false",
    ),
    example(
        "depth-of-filters",
        "Of 36 filters on 16 channels, each has depth 16, and the output has depth 36.",
        [16, 36],
        lambda: depths(only(conv(36), 28, 28, 16)),
        view="weights",
        channels="16",
        filters="36",
    ),
    *map(total, TOTALS),
)
