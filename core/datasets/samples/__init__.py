"""Sample datasets which the program draws itself, so that everything can be tried without bringing images.

The pictures are sketches, not photographs, and every description says so. Each image has its own random generator
derived from the seed, the sample, the class and the image's number: the same seed gives the same pixels, in whatever
order the images are drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from PIL import Image

from core.datasets.samples import aerial_scenes, cats_and_dogs, cervix_types
from core.errors import WorkbenchError

__all__ = ["SAMPLES", "Sample", "write_sample"]

JPEG_QUALITY = 90
UNLABELLED_FOLDER = "test"


@dataclass(frozen=True)
class Sample:
    """A dataset which can be drawn.

    Attributes
    ----------
    name
        How the sample is asked for.
    title, description
        What people read.
    class_names
        The classes, in the order of their folders.
    images_per_class
        How many labelled images each class has.
    draw
        Draws one image of the given class.
    file_name
        The pattern of the file names; it may use `class_name`, `index` (within the class) and `number` (over all
        classes). Its ending decides the format.
    labelled_folder
        The folder which holds the class folders; empty where they lie at the top.
    unlabelled_count
        How many images lie in a folder `test` and have no label.
    """

    name: str
    title: str
    description: str
    class_names: tuple[str, ...]
    images_per_class: int
    draw: Callable[[str, np.random.Generator], Image.Image]
    file_name: str
    labelled_folder: str = ""
    unlabelled_count: int = 0

    @property
    def suffix(self) -> str:
        """The ending of every file, with its dot."""
        return Path(self.file_name).suffix

    @property
    def image_count(self) -> int:
        """How many images are drawn, the unlabelled ones included."""
        return len(self.class_names) * self.images_per_class + self.unlabelled_count


_ALL = (
    Sample(
        name="cats_vs_dogs_sample",
        title="Cats vs dogs (drawn)",
        description="Cats and dogs in varied surroundings, drawn by this program; they are not photographs.",
        class_names=cats_and_dogs.CLASS_NAMES,
        images_per_class=300,
        draw=cats_and_dogs.draw,
        file_name="{class_name}_{index:03}.jpg",
    ),
    Sample(
        name="aerial_scenes_sample",
        title="Aerial scenes (drawn)",
        description="The 21 land-use classes of UC Merced as sketches from above, drawn by this program; they are not "
        "photographs.",
        class_names=aerial_scenes.CLASS_NAMES,
        images_per_class=40,
        draw=aerial_scenes.draw,
        file_name="{class_name}{index:02}.tif",
    ),
    Sample(
        name="cervix_types_sample",
        title="Cervix types (drawn)",
        description="Abstract sketches of the three cervix types, drawn by this program; they are not photographs and "
        "of no medical use.",
        class_names=cervix_types.CLASS_NAMES,
        images_per_class=150,
        draw=cervix_types.draw,
        file_name="{number}.jpg",
        labelled_folder="train",
        unlabelled_count=30,
    ),
)
SAMPLES: dict[str, Sample] = {sample.name: sample for sample in _ALL}


def write_sample(name: str, folder: Path, *, seed: int = 0, progress: Callable[[int, int], None] | None = None) -> None:
    """Draw the sample `name` into `folder`.

    Parameters
    ----------
    name
        A key of `SAMPLES`.
    folder
        Where the images go; it is created, and must not hold any of the sample's files already.
    seed
        Another seed (not below 0) gives other images of the same kind.
    progress
        Called after each image with the number of images written and the number of all.

    Raises
    ------
    WorkbenchError
        If there is no such sample, or files of it are already there.
    """
    if name not in SAMPLES:
        raise WorkbenchError(f"There is no sample “{name}”. Choose one of: {', '.join(SAMPLES)}.")
    sample = SAMPLES[name]
    planned = [(folder / path, class_name, index) for path, class_name, index in _plan(sample)]
    for path, _, _ in planned:
        if path.exists():
            raise WorkbenchError(f"{path} exists already. Choose an empty folder for the sample.")
    for parent in dict.fromkeys(path.parent for path, _, _ in planned):
        parent.mkdir(parents=True, exist_ok=True)
    for done, (path, class_name, index) in enumerate(planned, start=1):
        _save(_draw_image(sample, class_name, index, seed), path)
        if progress is not None:
            progress(done, len(planned))


def _plan(sample: Sample) -> Iterator[tuple[Path, str, int]]:
    """Yield where each image goes, its class (empty for an unlabelled one) and its number within the class."""
    class_count = len(sample.class_names)
    for position, class_name in enumerate(sample.class_names):
        for index in range(sample.images_per_class):
            # The numbers alternate between the classes, so that a file's number does not tell its class.
            number = index * class_count + position
            file_name = sample.file_name.format(class_name=class_name, index=index, number=number)
            yield Path(sample.labelled_folder) / class_name / file_name, class_name, index
    for index in range(sample.unlabelled_count):
        yield Path(UNLABELLED_FOLDER) / f"{index}{sample.suffix}", "", index


def _draw_image(sample: Sample, class_name: str, index: int, seed: int) -> Image.Image:
    # A checksum stands for the names, as Python's own hash of a text changes from process to process.
    generator = np.random.default_rng([seed, crc32(f"{sample.name}/{class_name}".encode()), index])
    if not class_name:
        class_name = sample.class_names[int(generator.integers(len(sample.class_names)))]
    return sample.draw(class_name, generator)


def _save(image: Image.Image, path: Path) -> None:
    if path.suffix == ".jpg":
        image.save(path, quality=JPEG_QUALITY)
    else:
        image.save(path)
