"""LeNet-5 and AlexNet, trained from random numbers."""

from core.architectures.architecture import CLASSIC, Architecture
from core.architectures.course import FLATTEN, GREY
from core.architectures.layer_factories import UNIT, average_pool, conv, dense, dropout, max_pool

# The paper's section 5.
SGD_OF_THE_PAPER = {"optimiser": "sgd", "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0005}
SGD_OF_THE_PAPER |= {"batch_size": 128, "dropout": 0.5}

LENET_5 = Architecture(
    name="lenet_5",
    title="LeNet-5",
    group=CLASSIC,
    description="The first convolutional network that read cheques: two 5 × 5 convolutions, each with sub-sampling, "
    "and three dense layers, on grey images of 32 × 32. Quick, and good for digits and simple shapes.",
    source="LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition",
    year=1998,
    input_size=32,
    minimum_size=32,
    body=(
        *GREY,
        *(conv(6, 5, "tanh", padding="valid"), average_pool()),
        *(conv(16, 5, "tanh", padding="valid"), average_pool()),
        *(conv(120, 5, "tanh", padding="valid"), FLATTEN, dense(84, "tanh")),
    ),
    original_classes=10,
    settings={"optimiser": "adam", "learning_rate": 1e-3},
    departs="The paper's sub-sampling has a trainable factor and bias for each map, here it is average pooling; its "
    "second convolution looks at chosen maps only, here at all six; its answers are distances to drawn letters "
    "(radial basis functions), here logits for softmax with cross-entropy; its tanh is 1.7159 · tanh(2/3 · x), here "
    "it is plain; its pixels go from −0.1 (white) to 1.175 (black), here from 0 (black) to 1; its weights begin evenly "
    "between ±2.4 over the number of inputs, here as Keras draws them (Glorot uniform, biases 0); it "
    "learns image by image with step sizes from second derivatives, here by Adam from batches.",
)
ALEXNET = Architecture(
    name="alexnet",
    title="AlexNet",
    group=CLASSIC,
    description="The network that won ImageNet in 2012 (15.3 % top-5 error of several together by the paper, "
    "15.4 % in the course) and began today's deep learning: large "
    "windows early, overlapping max pooling, and 4,096 units twice, which hold most of its parameters. From scratch "
    "it wants tens of thousands of images.",
    source="Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural Networks",
    year=2012,
    input_size=227,
    minimum_size=67,
    body=(
        UNIT,
        *(conv(96, 11, stride=4, padding="valid"), max_pool(3, 2)),
        *(conv(256, 5), max_pool(3, 2)),
        *(conv(384), conv(384), conv(256), max_pool(3, 2)),
        *(FLATTEN, dense(4096), dropout(), dense(4096), dropout()),
    ),
    settings=SGD_OF_THE_PAPER,
    departs="The paper halves the channels of three convolutions over two graphics cards (61.0 million parameters), "
    "here each looks at all of them (62.4 million); its local response normalisation, which later work found of no "
    "use, is left out; it says 224 pixels, but only with 227 does its arithmetic come out even; "
    "it takes the mean image off the pixels, here they go from 0 to 1; it trains on crops, mirror images and shifted "
    "colours and averages ten crops to answer, here augmentation is yours to set; its weights begin normal with spread "
    "of .01 and some biases at 1, here as Keras draws them (Glorot uniform, biases 0); it divides the learning rate by "
    "10 three times, here it stays; its weight decay goes through the momentum, here it is apart from it, which is "
    "weaker.",
)
CLASSIC_NETWORKS = (LENET_5, ALEXNET)
