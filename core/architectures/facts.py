"""What is to be known of a network besides its layers, in words that page and command line share."""

from core.architectures.architecture import Architecture
from core.architectures.layers import in_words
from core.architectures.weights import path_at_hand

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
    return f"{_megabytes(architecture)} to download"


def _megabytes(architecture: Architecture) -> str:
    """The size of the download of a backbone's weights."""
    size = architecture.weights.megabytes
    return f"{size:,.1f} MB" if size < 10 else f"{size:,.0f} MB"


def source_in_words(architecture: Architecture) -> str:
    """Who published it, and when."""
    source = f"{architecture.source[0].upper()}{architecture.source[1:]}"
    return f"{source}, {architecture.year}" if architecture.year else source
