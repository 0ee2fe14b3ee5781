"""Google Vertex AI: JSON Lines with ``imageGcsUri``.

See https://cloud.google.com/vertex-ai/docs/image-data/classification/prepare-data.
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile

_SPLIT, _NO_SPLIT = "aiplatform.googleapis.com/ml_use", "unassigned"


def fits(sample: Any) -> bool:
    return isinstance(sample, list) and bool(sample) and isinstance(sample[0], dict) and "imageGcsUri" in sample[0]


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def _images(file: JsonFile) -> Iterator[Annotated]:
    has_boxes = any_label = False
    for entry in file.entries():
        annotations = part(entry, "classificationAnnotations", list) or [part(entry, "classificationAnnotation", dict)]
        labels = texts([part(annotation, "displayName", str) for annotation in annotations])
        any_label = any_label or bool(labels)
        has_boxes = has_boxes or bool(part(entry, "boundingBoxAnnotations", list))
        split = as_text(part(part(entry, "dataItemResourceLabels", dict), _SPLIT, str))
        yield Annotated(
            as_text(part(entry, "imageGcsUri", str)),
            {"displayName": labels},
            "" if split.casefold() == _NO_SPLIT else split,
        )
    if has_boxes and not any_label:
        raise no_classes(file.path.name, "a list of Vertex AI for object detection")
