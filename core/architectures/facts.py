"""What is to be known of a network besides its layers, in words that page and command line share."""

from core.architectures.architecture import COURSE, Architecture, PretrainedWeights
from core.architectures.layers import in_words
from core.architectures.weights import path_at_hand

TRAINED_FROM_NOTHING = (
    "As all networks that learn from nothing here, it begins with the biases of its last layer at the logarithm of the "
    "classes' shares, computes in bfloat16 where that is quicker on this machine (setting 'runtime'), ends when "
    "validation stops improving, and answers with its best epoch."
)
TRAINED_ON_FEATURES = (
    "As all backbones here: layers and weights are those of Keras Applications; in place of its top for ImageNet's "
    "classes it has {dropout:g} % dropout and one dense layer for yours; its features are computed in the quickest way "
    "of this machine that gives nearly the same, often in bfloat16 (setting 'runtime')."
)
PREPARING = ("rescale", "standardise", "caffe", "grey")


def preprocessing_in_words(architecture: Architecture) -> str:
    """What a network does to pixels from 0 to 255 before its first layer."""
    steps = [in_words(layer) for layer in architecture.body if layer.kind in PREPARING]
    return ", then ".join([*steps[:1], *(f"{step[0].lower()}{step[1:]}" for step in steps[1:])])


def weights_in_words(architecture: Architecture) -> str:
    """Whether the pretrained weights are at hand, or how large their download is; "" where there are none."""
    if architecture.weights is None:
        return ""
    if path_at_hand(architecture):
        return "at hand"
    return f"{_megabytes(architecture.weights)} to download"


def _megabytes(weights: PretrainedWeights) -> str:
    """The size of the download."""
    size = weights.megabytes
    return f"{size:,.1f} MB" if size < 10 else f"{size:,.0f} MB"


def original_in_words(architecture: Architecture) -> str:
    """How many parameters it has where it comes from; "" where it was made here."""
    if not architecture.published:
        return ""
    where = "As in the course" if architecture.group == COURSE else "As published"
    return f"{where}, with {architecture.original_classes:,} classes: {architecture.original_parameters:,}."


def source_in_words(architecture: Architecture) -> str:
    """Who published it, and when."""
    source = f"{architecture.source[0].upper()}{architecture.source[1:]}"
    return f"{source}, {architecture.year}" if architecture.year else source
