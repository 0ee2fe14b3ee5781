"""Create ML's JSON: a list of images, each with its annotations.

See https://developer.apple.com/documentation/createmlcomponents/creating-a-multi-label-image-classifier.
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile

_IMAGE, _LABELS = ("image", "imagefilename", "filename"), ("annotations", "annotation")


def fits(sample: Any) -> bool:
    first = sample[0] if isinstance(sample, list) and sample else None
    return isinstance(first, dict) and any(key in first for key in _IMAGE) and any(key in first for key in _LABELS)


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def _images(file: JsonFile) -> Iterator[Annotated]:
    for entry in file.entries():
        path = next((part(entry, key, str) for key in _IMAGE if part(entry, key, str)), "")
        annotations = next((entry[key] for key in _LABELS if isinstance(entry, dict) and key in entry), None)
        said = annotations if isinstance(annotations, list) else [annotations]
        if any(isinstance(one, dict) and "coordinates" in one for one in said):
            raise no_classes(file.path.name, "a file of Create ML for object detection")
        yield Annotated(as_text(path), {"label": texts(said)})
