"""The chapters, in their order."""

from pages.concepts.chapter import Chapter
from pages.concepts.chapters import (
    architectures,
    backpropagation,
    filter_lab,
    images_are_arrays,
    layer_arithmetic,
    learning,
    pooling,
    signals,
    transfer_learning,
    what_a_network_sees,
)

_MODULES = (
    images_are_arrays,
    signals,
    filter_lab,
    layer_arithmetic,
    pooling,
    backpropagation,
    learning,
    what_a_network_sees,
    architectures,
    transfer_learning,
)
CHAPTERS: dict[str, Chapter] = {module.CHAPTER.key: module.CHAPTER for module in _MODULES}
