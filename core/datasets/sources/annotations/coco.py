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
    """The categories of whole images; annotations with a box or an outline are none."""
    warnings: list[str] = []
    return AnnotatedImages(file.path, _images(file, warnings), warnings=warnings)


def _images(file: JsonFile, warnings: list[str]) -> Iterator[Annotated]:
    labels = _labels(file, warnings)
    for image in file.entries("images"):
        number = _key(image.get("id")) if isinstance(image, dict) else ""
        yield Annotated(as_text(part(image, "file_name", str)), {"category": texts(labels.get(number, []))})


def _labels(file: JsonFile, warnings: list[str]) -> dict[str, list[str]]:
    """By the number of an image, its categories."""
    called, boxes, captions = file.path.name, 0, 0
    names = {
        _key(one.get("id")): as_text(one.get("name")) for one in file.entries("categories") if isinstance(one, dict)
    }
    labels: dict[str, list[str]] = {}
    for annotation in file.entries("annotations"):
        if any(part(annotation, key, list) or part(annotation, key, dict) for key in _WHERE):
            boxes += 1
        elif isinstance(annotation, dict) and "category_id" in annotation:
            number = _key(annotation["category_id"])
            if number not in names:
                raise UsageError(f"{called} names the category {number}, which is not among its categories.")
            labels.setdefault(_key(annotation.get("image_id")), []).append(names[number])
            if len(labels) > MOST_IMAGES:
                raise UsageError(f"{called} names more than {MOST_IMAGES:,} images. Split it into smaller ones.")
        else:
            captions += bool(part(annotation, "caption", str))
    if not labels and boxes:
        raise no_classes(called, "a file of COCO for object detection")
    if not labels and captions:
        raise UsageError(f"{called} is a file of COCO with captions, which are no classes.")
    if boxes:
        warnings.append(f"{boxes:,} annotations of {called} are boxes or outlines, and were not used.")
    return labels


def _key(number: Any) -> str:
    return as_text(number)
