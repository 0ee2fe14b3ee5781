"""Pictures to try ideas on that need no download: they come with scikit-image and scikit-learn."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from core.errors import UsageError
from core.images.reading import open_rgb


@dataclass(frozen=True)
class ShippedPicture:
    """A picture that comes with an installed library.

    Parameters
    ----------
    name, title
        What links and people call it.
    package, file
        Where it lies.
    """

    name: str
    title: str
    package: str
    file: str

    @property
    def path(self) -> Path:
        """Where it lies on this machine."""
        found = find_spec(self.package)  # which does not load the package
        if found is None or found.origin is None:
            raise UsageError(f"The picture {self.title!r} comes with {self.package}, which is not installed.")
        return Path(found.origin).parent / self.file


_PICTURES = (
    ShippedPicture("camera", "Photographer, grey", "skimage", "data/camera.png"),
    ShippedPicture("chelsea", "Cat", "skimage", "data/chelsea.png"),
    ShippedPicture("coffee", "Cup of coffee", "skimage", "data/coffee.png"),
    ShippedPicture("astronaut", "Astronaut", "skimage", "data/astronaut.png"),
    ShippedPicture("coins", "Coins, grey", "skimage", "data/coins.png"),
    ShippedPicture("brick", "Brick wall, grey", "skimage", "data/brick.png"),
    ShippedPicture("china", "Temple", "sklearn", "datasets/images/china.jpg"),
    ShippedPicture("flower", "Flower", "sklearn", "datasets/images/flower.jpg"),
)
PICTURES = {picture.name: picture for picture in _PICTURES}


@lru_cache(maxsize=len(_PICTURES))
def shipped_pixels(name: str) -> np.ndarray:
    """A shipped picture as an (height, width, 3) array of uint8, which must not be written to.

    Raises
    ------
    UsageError
        If there is none of that name, or its package is not installed.
    """
    if name not in PICTURES:
        raise UsageError(f"There is no picture {name!r}. There are: {', '.join(PICTURES)}.")
    pixels = np.asarray(open_rgb(PICTURES[name].path))
    pixels.setflags(write=False)
    return pixels
