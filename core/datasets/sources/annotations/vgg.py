"""VGG Image Annotator, version 2: attributes of files, in a project or in exported annotations as JSON.

See https://www.robots.ox.ac.uk/~vgg/software/via/ and ``file_attributes`` in its source.
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile

_PROJECT = "_via_img_metadata"


def fits(sample: Any) -> bool:
    entries = part(sample, _PROJECT, dict) or (sample if isinstance(sample, dict) else {})
    first = next(iter(entries.values()), None)
    return isinstance(first, dict) and {"filename", "file_attributes"} <= first.keys()


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def _images(file: JsonFile) -> Iterator[Annotated]:
    has_regions = any_label = False
    for _, entry in file.pairs(_PROJECT if _PROJECT in file.sample else ""):
        attributes = part(entry, "file_attributes", dict)
        labels = {as_text(name): given for name, value in attributes.items() if (given := _chosen(value))}
        any_label = any_label or bool(labels)
        has_regions = has_regions or bool(part(entry, "regions", list) or part(entry, "regions", dict))
        yield Annotated(as_text(part(entry, "filename", str)), labels)
    if has_regions and not any_label:
        raise no_classes(file.path.name, "a file of VGG Image Annotator with regions and no attributes of files")


def _chosen(value: Any) -> list[str]:
    """The name that a text or a radio button holds, or the names of the boxes that are ticked."""
    return [as_text(name) for name, on in value.items() if on is True] if isinstance(value, dict) else texts(value)
