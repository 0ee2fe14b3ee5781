"""VGG: 3 × 3 convolutions and nothing else."""

from core.architectures.architecture import BACKBONE, POOLED_HEAD, Architecture
from core.architectures.backbones.keras_files import keras_file
from core.architectures.layer_factories import CAFFE, conv, dense, max_pool
from core.architectures.layers import Layer

# Filters and convolutions of the five blocks (table 1 of the paper, column D).
BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


def _block(number: int, filters: int, convolutions: int) -> tuple[Layer, ...]:
    block = f"Block {number}"
    return *(conv(filters, block=block) for _ in range(convolutions)), max_pool(name=f"block{number}_pool", block=block)


VGG16 = Architecture(
    name="vgg16",
    title="VGG16",
    group=BACKBONE,
    description="Large, plain and slow: thirteen 3 × 3 convolutions in a row, the classic of transfer learning "
    "courses. MobileNet is usually as accurate at a tenth of the time.",
    source="Simonyan and Zisserman, Very Deep Convolutional Networks, arXiv:1409.1556",
    year=2014,
    input_size=224,
    minimum_size=32,
    body=(
        CAFFE,
        *(layer for number, (filters, count) in enumerate(BLOCKS, 1) for layer in _block(number, filters, count)),
    ),
    head=POOLED_HEAD,
    original_head=(Layer("flatten"), dense(4096), dense(4096)),
    departs="Its own head, two dense layers of 4,096 units with 50 % dropout on the flattened maps, is replaced by the "
    "average of each map.",
    preprocessing="caffe",
    weights=keras_file(
        "vgg16", "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", 58.9, "6d6bbae143d832006294945121d1f1fc"
    ),
    cuts=tuple(f"block{number}_pool" for number in range(1, 5)),
)
