"""VGG: 3 × 3 convolutions and nothing else, and its dense layers where they are kept."""

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.course_settings import CourseSettings
from core.architectures.layer_factories import CAFFE, conv, dense, dropout, max_pool
from core.architectures.layers import Layer

# Filters and convolutions of the five blocks (table 1 of the paper, column D).
BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


def _block(number: int, filters: int, convolutions: int) -> tuple[Layer, ...]:
    block = f"Block {number}"
    return *(conv(filters, block=block) for _ in range(convolutions)), max_pool(name=f"block{number}_pool", block=block)


DENSE_BLOCK = "Dense layers"
CONVOLUTIONS = (
    CAFFE,
    *(layer for number, (filters, count) in enumerate(BLOCKS, 1) for layer in _block(number, filters, count)),
)
POOLS = tuple(f"block{number}_pool" for number in range(1, 6))
SOURCE = "Simonyan and Zisserman, Very Deep Convolutional Networks, arXiv:1409.1556"

VGG16 = Architecture(
    name="vgg16",
    title="VGG16",
    group=BACKBONE,
    description="Large, plain and slow: thirteen 3 × 3 convolutions in a row, the classic of transfer learning "
    "courses. MobileNet is usually as accurate at a tenth of the time.",
    source=SOURCE,
    year=2014,
    input_size=224,
    minimum_size=32,
    body=CONVOLUTIONS,
    head=POOLED_HEAD,
    original_head=(Layer("flatten"), dense(4096), dense(4096)),
    departs="Its own head, two dense layers of 4,096 units with 50 % dropout on the flattened maps, is replaced by the "
    "average of each map.",
    preprocessing="caffe",
    weights=keras_file(
        "vgg16", "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", 58.9, "6d6bbae143d832006294945121d1f1fc"
    ),
    cuts=POOLS[:-1],
)
VGG16_FC7 = Architecture(
    name="vgg16_fc7",
    title="VGG16 through fc7",
    group=BACKBONE,
    description="VGG16 with the two dense layers of 4,096 units that it has learned on ImageNet, of which the course "
    "takes the second one's answer, fc7, for features. They hold nine tenths of its parameters, half a gigabyte to "
    "download, and know images of 224 × 224 pixels only. Compare it with VGG16, which averages each map instead.",
    source=SOURCE,
    year=2014,
    input_size=224,
    minimum_size=224,
    body=(
        *CONVOLUTIONS,
        Layer("flatten", block=DENSE_BLOCK),
        *(dense(4096, block=DENSE_BLOCK), dense(4096, block=DENSE_BLOCK)),
    ),
    head=(dropout(),),
    course=CourseSettings(
        {"epochs": 1, "min_steps_per_epoch": 50, "batch_size": 32, "dropout": 0.0},
        remark="Its 50 batches are one epoch here, which has more where there are more than 1,600 training images.",
    ),
    departs="The dropout of 50 % behind each of its dense layers hides nothing, as they learn no more; the course's "
    "one sigmoid unit for two classes is a softmax of two here, whose difference of logits is that unit's.",
    preprocessing="caffe",
    weights=keras_file(
        "vgg16",
        "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
        553.5,
        "64373286793e3c8b2b4e3219cbf3544b",
        with_top=True,
    ),
    cuts=POOLS,
)
