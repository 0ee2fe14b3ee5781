"""COCO's JSON where it says of which class each image is, as iNaturalist and camera traps of LILA do."""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import MOST_IMAGES, Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile
from core.errors import UsageError

_WHERE = ("bbox", "segmentation", "keypoints")


def fits(sample: Any) -> bool:
    images = part(sample, "images", list)
    return bool(images) and isinstance(images[0], dict) and "file_name" in images[0]


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def _images(file: JsonFile) -> Iterator[Annotated]:
    names = {
        _key(one.get("id")): as_text(one.get("name")) for one in file.entries("categories") if isinstance(one, dict)
    }
    labels: dict[str, list[str]] = {}
    for annotation in file.entries("annotations"):
        if any(part(annotation, key, list) or part(annotation, key, dict) for key in _WHERE):
            raise no_classes(file.path.name, "a file of COCO for object detection")
        if part(annotation, "caption", str):
            raise UsageError(f"{file.path.name} is a file of COCO with captions, which are no classes.")
        if isinstance(annotation, dict) and "category_id" in annotation:
            number = _key(annotation["category_id"])
            if number not in names:
                raise UsageError(f"{file.path.name} names the category {number}, which is not among its categories.")
            labels.setdefault(_key(annotation.get("image_id")), []).append(names[number])
            if len(labels) > MOST_IMAGES:
                raise UsageError(
                    f"{file.path.name} names more than {MOST_IMAGES:,} images. Split it into smaller ones."
                )
    for image in file.entries("images"):
        number = _key(image.get("id")) if isinstance(image, dict) else ""
        yield Annotated(as_text(part(image, "file_name", str)), {"category": texts(labels.get(number, []))})


def _key(number: Any) -> str:
    return as_text(number)
