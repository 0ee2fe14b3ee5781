"""What an extraction of features is asked for: the backbone, and how it is to compute."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.architectures.architecture import Architecture
from core.features.plan import AUTO
from core.features.store import cache_key
from core.images.reading_settings import AS_USUAL, Reading
from core.jobs.gpus import AUTO as ANY_GPU


@dataclass(frozen=True)
class ExtractionSettings:
    """The settings that features of images depend on, or how they are computed.

    Parameters
    ----------
    architecture
        Of the backbone.
    image_size
        Side of the images in pixels, as the backbone is fed them.
    weights
        "imagenet", "untrained", or the path of a file; as `core.architectures.weights.fetch_weights` takes them.
    seed
        By which random weights are drawn.
    reading
        How deep values and many bands become red, green and blue.
    runtime
        "auto" for the quickest that gives the same features, or the name of one in `core.features.runtimes`.
    deterministic, gpu
        In which state Keras is started: see `core.features.keras_start`.
    """

    architecture: Architecture
    image_size: int
    weights: str
    seed: int = 0
    reading: Reading = AS_USUAL
    runtime: str = AUTO
    deterministic: bool = False
    gpu: str = ANY_GPU

    def cache_key(self, weights: Path | None, precision: str = "float32") -> dict[str, Any]:
        """By what these features of unaltered images are known: see `core.features.store.cache_key`.

        Parameters
        ----------
        weights
            The file that the backbone is loaded from; None for random weights.
        """
        return cache_key(self.architecture.name, self.image_size, weights, self.seed, precision, self.reading)
