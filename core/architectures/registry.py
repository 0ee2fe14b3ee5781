"""The networks one can choose: the single list from which pages, command line and training read everything."""

from dataclasses import dataclass

from core.architectures.layers import Layer, LayerRow, tabulate
from core.errors import UsageError

# How the backbones shrink an image, read off their definitions in keras.applications. MobileNet pads its later strided
# convolutions by one pixel below and to the right, which rounds like a window of two.
MOBILENET_PATH = ((3, 2, "same"), *((2, 2, "valid"),) * 4)
VGG_PATH = ((2, 2, "valid"),) * 5
INCEPTION_PATH = tuple((3, stride, "valid") for stride in (2, 1, 2, 1, 2, 2, 2))
# The layers behind which a backbone can be cut, as keras.applications names them: behind each begins a block. What is
# before the first, edges and colours, is the same for all photographs and stays frozen.
MOBILENET_CUTS = ("conv1_relu", *(f"conv_pw_{block}_relu" for block in range(1, 13)))
VGG_CUTS = tuple(f"block{block}_pool" for block in range(1, 5))
INCEPTION_CUTS = tuple(f"mixed{block}" for block in range(10))
KERAS_FILES = "https://storage.googleapis.com/tensorflow/keras-applications"


@dataclass(frozen=True)
class PretrainedWeights:
    """A file of ImageNet weights without the top, under Keras's own name.

    Parameters
    ----------
    file_name
        In ``$KERAS_HOME/models``.
    url
        Where Keras has it from.
    megabytes
        Of the download.
    md5
        As Keras states it; "" where Keras states none.
    """

    file_name: str
    url: str
    megabytes: float
    md5: str = ""


@dataclass(frozen=True)
class Architecture:
    """An entry of the registry.

    Parameters
    ----------
    name, title
        What the command line and people call it.
    kind
        "scratch": all of it is trained, from random numbers. "frozen": a backbone that learned on ImageNet computes
        features, and only a small head on them is trained.
    description
        What it is good for, in a sentence or two.
    source
        Who published it, and when.
    input_size, minimum_size
        Side of the square image it is fed, in pixels: the usual one, and the least that works.
    preprocessing
        "unit" (0…1), "signed" (−1…1), or "caffe" (BGR, ImageNet's mean colour subtracted).
    layers
        For "scratch", the network up to its output layer; for "frozen", the backbone.
    weights
        For "frozen".
    cuts
        For "frozen", the names of the layers behind which its blocks begin, in their order.
    """

    name: str
    title: str
    kind: str
    description: str
    source: str
    input_size: int
    minimum_size: int
    preprocessing: str
    layers: tuple[Layer, ...]
    weights: PretrainedWeights | None = None
    cuts: tuple[str, ...] = ()

    @property
    def frozen(self) -> bool:
        return self.kind == "frozen"

    def network(self, class_count: int, dropout: float) -> tuple[Layer, ...]:
        """All layers, with the head that `class_count` classes need."""
        head = (Layer("global_average_pool"), Layer("dropout", rate=dropout), Layer("dense", class_count))
        return self.layers + head

    def table(self, image_size: int, class_count: int, dropout: float = 0.2) -> list[LayerRow]:
        """A row a layer, for images of `image_size` × `image_size` pixels.

        Raises
        ------
        UsageError
            If the image is smaller than the network's minimum.
        """
        self.check_size(image_size)
        return tabulate(self.network(class_count, dropout), (image_size, image_size, 3))

    def check_size(self, image_size: int) -> None:
        """Refuse an input size that is too small for the network.

        Raises
        ------
        UsageError
            Naming the least size that works.
        """
        if image_size < self.minimum_size:
            raise UsageError(
                f"{self.title} needs images of at least {self.minimum_size} pixels a side. Got {image_size}. "
                f"Its usual size is {self.input_size}."
            )

    def check_unfreeze(self, blocks: int) -> None:
        """Refuse to fine-tune more blocks than there are.

        Raises
        ------
        UsageError
            Naming how many there are.
        """
        if blocks and not self.frozen:
            raise UsageError(f"{self.title} is trained from scratch: all of it learns anyway. Leave 'unfreeze' at 0.")
        if blocks > len(self.cuts):
            raise UsageError(
                f"The setting 'unfreeze' must be from 0 to {len(self.cuts)}: {self.title} has as many blocks that can "
                f"be fine-tuned. Got {blocks}."
            )


def _convolution_block(filters: int) -> tuple[Layer, ...]:
    return Layer("conv", filters, 3), Layer("batch_norm"), Layer("relu"), Layer("max_pool", size=2)


def _mobilenet(name: str, title: str, alpha_file: str, units: int, parameters: int, megabytes: float) -> Architecture:
    file_name = f"mobilenet_{alpha_file}_224_tf_no_top.h5"
    return Architecture(
        name=name,
        title=title,
        kind="frozen",
        description=f"Small and quick: knows 1,000 kinds of things from ImageNet and turns an image into {units:,} "
        "features. The place to start for photographs.",
        source="Howard et al., 2017, arXiv:1704.04861",
        input_size=224,
        minimum_size=32,
        preprocessing="signed",
        layers=(Layer("backbone", units, name=f"{title} backbone", parameters=parameters, path=MOBILENET_PATH),),
        weights=PretrainedWeights(file_name, f"{KERAS_FILES}/mobilenet/{file_name}", megabytes),
        cuts=MOBILENET_CUTS,
    )


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            name="small_cnn",
            title="Small CNN",
            kind="scratch",
            description="Four convolution blocks, trained from nothing on your images alone. Quick on small, simple "
            "images; with a few hundred photographs a pretrained backbone does far better.",
            source="the usual course network, with batch normalisation (Ioffe and Szegedy, 2015)",
            input_size=96,
            minimum_size=32,
            preprocessing="unit",
            layers=(
                Layer("rescale"),
                *_convolution_block(16),
                *_convolution_block(32),
                *_convolution_block(64),
                *_convolution_block(128),
            ),
        ),
        _mobilenet("mobilenet_075", "MobileNet α 0.75", "7_5", 768, 1_832_976, 7.5),
        _mobilenet("mobilenet", "MobileNet", "1_0", 1024, 3_228_864, 17.2),
        Architecture(
            name="vgg16",
            title="VGG16",
            kind="frozen",
            description="Large, plain and slow: thirteen 3×3 convolutions in a row. The classic of transfer learning "
            "courses; MobileNet is usually as accurate at a tenth of the time.",
            source="Simonyan and Zisserman, 2014, arXiv:1409.1556",
            input_size=224,
            minimum_size=32,
            preprocessing="caffe",
            layers=(Layer("backbone", 512, name="VGG16 backbone", parameters=14_714_688, path=VGG_PATH),),
            weights=PretrainedWeights(
                "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
                f"{KERAS_FILES}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
                58.9,
                "6d6bbae143d832006294945121d1f1fc",
            ),
            cuts=VGG_CUTS,
        ),
        Architecture(
            name="inception_v3",
            title="InceptionV3",
            kind="frozen",
            description="Looks at several scales at once. Strong features from larger images; slower than MobileNet.",
            source="Szegedy et al., 2015, arXiv:1512.00567",
            input_size=299,
            minimum_size=75,
            preprocessing="signed",
            layers=(Layer("backbone", 2048, name="InceptionV3 backbone", parameters=21_802_784, path=INCEPTION_PATH),),
            weights=PretrainedWeights(
                "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
                f"{KERAS_FILES}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
                87.9,
                "bcbd6486424b2319ff4ef7d526e38f63",
            ),
            cuts=INCEPTION_CUTS,
        ),
    )
}


def find_architecture(name: str) -> Architecture:
    """The architecture with this name.

    Raises
    ------
    UsageError
        If there is none, naming those that there are.
    """
    if name not in ARCHITECTURES:
        raise UsageError(f"There is no architecture {name!r}. There are: {', '.join(ARCHITECTURES)}.")
    return ARCHITECTURES[name]
