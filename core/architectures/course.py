"""The networks of CNN courses, as they are written there, and the small one that this program starts with."""

from core.architectures.architecture import COURSE, POOLED_HEAD, Architecture
from core.architectures.course_settings import CourseSettings
from core.architectures.layer_factories import UNIT, conv, dense, dropout, max_pool, normalised_conv
from core.architectures.layers import Layer
from core.architectures.unlearned_rate import UnlearnedRate

GREY = (UNIT, Layer("grey"))
FLATTEN = Layer("flatten")
SLIDES_SGD = {"optimiser": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.0}
ADAM = {"optimiser": "adam", "learning_rate": 1e-3}
# The decay of Keras's old SGD, and ModelCheckpoint as the slides advise it.
SLIDES_DECAY = {"schedule": "inverse_time", "decay_rate": 1e-6}
SLIDES_CHECKPOINT = {"restore_best_weights": True}


def _normalised_block(filters: int) -> tuple[Layer, ...]:
    return *normalised_conv(filters), max_pool()


SMALL_CNN = Architecture(
    name="small_cnn",
    title="Small CNN",
    group=COURSE,
    description="Four convolution blocks, trained from nothing on your images alone. Quick on small, simple images; "
    "with a few hundred photographs a pretrained backbone does far better.",
    source="made for this program, with batch normalisation (Ioffe and Szegedy, arXiv:1502.03167)",
    year=0,
    input_size=96,
    minimum_size=32,
    original_classes=0,
    body=(UNIT, *(layer for filters in (16, 32, 64, 128) for layer in _normalised_block(filters))),
    head=POOLED_HEAD,
)
PERCEPTRON = Architecture(
    name="perceptron",
    title="Multilayer perceptron",
    group=COURSE,
    description="Two dense layers of ten units on grey pixels in a row. It does not know which pixels are neighbours: "
    "good to see what convolutions add, and for images that are always centred.",
    source="Keras notes of the course: 784-10-10-classes",
    year=0,
    input_size=28,
    minimum_size=4,
    body=(*GREY, FLATTEN, dense(10), dense(10)),
    original_classes=3,
    settings=ADAM,
    course=CourseSettings({"epochs": 3}),
)
DENSE_20 = Architecture(
    name="dense_20",
    title="Flatten-20-10",
    group=COURSE,
    description="One dense layer of twenty units on grey pixels: the first network of many courses, and a baseline "
    "that whatever has convolutions should beat. Adam for 20 epochs on Fashion-MNIST: 86.8 % of the validation images.",
    source="lesson page of the course",
    year=0,
    input_size=28,
    minimum_size=4,
    body=(*GREY, FLATTEN, dense(20)),
    original_classes=10,
    settings=ADAM | {"epochs": 20},
    course=CourseSettings({"optimiser": "adam", "epochs": 20}),
)
TWO_CONVOLUTIONS = Architecture(
    name="two_conv",
    title="Two convolutions",
    group=COURSE,
    description="Two convolutions of ten filters and no pooling, so that nearly all of its parameters are in the last "
    "layer. Compare it with its twin that pools.",
    source="Keras notes of the course",
    year=0,
    input_size=28,
    minimum_size=4,
    body=(*GREY, conv(10), conv(10), FLATTEN),
    original_classes=3,
    settings=ADAM,
    course=CourseSettings({"batch_size": 10}, {"epochs": 3}, "as the perceptron of the same notes"),
)
TWO_CONVOLUTIONS_POOLED = Architecture(
    name="two_conv_pooled",
    title="Two convolutions with pooling",
    group=COURSE,
    description="Two convolutions of ten filters, each with 2 × 2 max pooling behind it: a tenth of the parameters of "
    "its twin without, and it minds less where in the image something is.",
    source="Keras notes of the course",
    year=0,
    input_size=28,
    minimum_size=4,
    body=(*GREY, conv(10), max_pool(), conv(10), max_pool(), FLATTEN),
    original_classes=3,
    settings=ADAM,
    course=CourseSettings({}, {"epochs": 3, "batch_size": 10}, "as the other networks of the same notes"),
)
LESSON_CNN = Architecture(
    name="cnn_64_64",
    title="64-64 CNN",
    group=COURSE,
    description="Two convolutions of 64 filters without padding, and a dense layer of twenty units. For small grey "
    "images such as clothes or digits.",
    source="lesson page of the course: convolution 64, pool, convolution 64, pool, 20, classes",
    year=0,
    input_size=28,
    minimum_size=10,
    body=(*GREY, conv(64, padding="valid"), max_pool(), conv(64, padding="valid"), max_pool(), FLATTEN, dense(20)),
    original_classes=10,
    settings=ADAM,
    course=CourseSettings({"optimiser": "adam", "epochs": 20}),
)
SLIDES_32_64 = Architecture(
    name="cnn_32_64",
    title="32-64 CNN",
    group=COURSE,
    description="Two convolutions, one pooling, dropout twice: the network of Keras's example mnist_cnn.py. "
    "Few filters early, more later.",
    source="slides of the course: convolution 32, convolution 64, pool, dropout, 128, dropout, classes",
    year=0,
    input_size=28,
    minimum_size=6,
    body=(
        *GREY,
        conv(32, padding="valid"),
        conv(64, padding="valid"),
        max_pool(),
        dropout(0.25),
        FLATTEN,
        dense(128),
        dropout(),
    ),
    original_classes=10,
    settings=ADAM | {"dropout": 0.5},
    course=CourseSettings(
        SLIDES_CHECKPOINT | {"dropout": 0.5},
        {"epochs": 12, "batch_size": 128},
        "as in Keras's example mnist_cnn.py, whose Adadelta is not among the optimisers here",
    ),
)
SLIDES_32_32_64_64 = Architecture(
    name="cnn_32_32_64_64",
    title="32-32-64-64 CNN",
    group=COURSE,
    description="Two pairs of convolutions on colour images, in the manner of VGG, with dropout behind each pair. "
    "Trained by SGD with Nesterov's momentum, as in the slides.",
    source="slides of the course; the VGG-like network of Keras's guide to sequential models",
    year=0,
    input_size=100,
    minimum_size=16,
    body=(
        UNIT,
        *(conv(32, padding="valid"), conv(32, padding="valid"), max_pool(), dropout(0.25)),
        *(conv(64, padding="valid"), conv(64, padding="valid"), max_pool(), dropout(0.25)),
        *(FLATTEN, dense(256), dropout()),
    ),
    original_classes=10,
    settings=SLIDES_SGD | {"dropout": 0.5},
    course=CourseSettings(
        SLIDES_SGD | SLIDES_DECAY | SLIDES_CHECKPOINT | {"dropout": 0.5},
        {"epochs": 10, "batch_size": 32},
        "as in Keras's guide to sequential models",
    ),
)
CHAPTER_MNIST_SETTINGS = ADAM | {"learning_rate": 0.01, "batch_size": 256, "epochs": 20, "dropout": 0.25}
CHAPTER_MNIST = Architecture(
    name="mnist_cnn",
    title="Chapter's MNIST CNN",
    group=COURSE,
    description="Two 5 × 5 convolutions with pooling and a dense layer of 1,024 units, which holds nearly all of its "
    "six million parameters. For digits: 97.7 % of the first 256 test images after 20 epochs in the chapter. Its Adam "
    "step of .01 is large: where the loss jumps, take a tenth of it.",
    source="book chapter on CNNs: 5×5×64, pool, 5×5×128, pool, 1024, dropout, classes; Adam .01, batches of 256",
    year=2017,
    input_size=28,
    minimum_size=4,
    body=(*GREY, conv(64, 5), max_pool(), conv(128, 5), max_pool(), FLATTEN, dense(1024), dropout()),
    original_classes=10,
    settings=CHAPTER_MNIST_SETTINGS,
    course=CourseSettings(CHAPTER_MNIST_SETTINGS),
)
CHAPTER_CERVIX_SETTINGS = ADAM | {"learning_rate": 0.01, "batch_size": 128}
# benchmarks/unlearned_rate.py: after 20 epochs at .01, after 12 at .001.
CHAPTER_CERVIX_UNLEARNED = UnlearnedRate(
    optimiser="adam",
    learning_rate=0.01,
    images="drawn cervix types",
    runs=3,
    constant=3,
    log_loss=1.100,
    found_rate=0.0052,
    learned_rate=0.001,
    learned_log_loss=0.65,
)
CHAPTER_CERVIX = Architecture(
    name="cervix_cnn",
    title="Chapter's cervix CNN",
    group=COURSE,
    description="Three 3 × 3 convolutions with pooling and two dense layers of 512, made for photographs of 64 × 64 "
    "pixels in three types. Nine million parameters: with a few hundred images it learns them by heart. Its Adam step "
    "of .01 is large: where the loss jumps, take a tenth of it.",
    source="book chapter on CNNs: 3×3 convolutions 64-128-256 with pooling, 512, 512; Adam .01, batches of 128",
    year=2017,
    input_size=64,
    minimum_size=8,
    body=(
        UNIT,
        *(conv(64), max_pool(), conv(128), max_pool(), conv(256), max_pool()),
        *(FLATTEN, dense(512), dropout(), dense(512), dropout()),
    ),
    original_classes=3,
    settings=CHAPTER_CERVIX_SETTINGS | {"dropout": 0.5},
    unlearned_rate=CHAPTER_CERVIX_UNLEARNED,
    course=CourseSettings(CHAPTER_CERVIX_SETTINGS | {"epochs": 200}, {"dropout": 0.5}, "as usual for dense layers"),
    departs="The chapter's listing casts pixels from 0 to 1 to whole numbers, which makes nearly all of them 0; "
    "here they stay as they are.",
)
COURSE_NETWORKS = (
    SMALL_CNN,
    PERCEPTRON,
    DENSE_20,
    TWO_CONVOLUTIONS,
    TWO_CONVOLUTIONS_POOLED,
    LESSON_CNN,
    SLIDES_32_64,
    SLIDES_32_32_64_64,
    CHAPTER_MNIST,
    CHAPTER_CERVIX,
)
