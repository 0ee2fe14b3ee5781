"""Datumaro's JSON, which CVAT exports too: ``annotations/<subset>.json`` beside ``images/<subset>/``."""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import (
    Annotated,
    AnnotatedImages,
    as_text,
    named,
    part,
)
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile


def fits(sample: Any) -> bool:
    return isinstance(sample, dict) and isinstance(sample.get("items"), list) and "categories" in sample


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def _images(file: JsonFile) -> Iterator[Annotated]:
    labels = part(part(file.value("categories"), "label", dict), "labels", list)
    names = [as_text(part(label, "name", str)) for label in labels]
    others: set[str] = set()
    any_label = False
    for item in file.entries("items"):
        annotations = part(item, "annotations", list)
        numbers = [one.get("label_id") for one in annotations if part(one, "type", str) == "label"]
        others |= {as_text(part(one, "type", str)) for one in annotations} - {"label", ""}
        any_label = any_label or bool(numbers)
        path = part(part(item, "image", dict) or part(item, "media", dict), "path", str) or part(item, "id", str)
        yield Annotated(as_text(path), {"label": named(numbers, names, file.path.name)})
    if others and not any_label:
        raise no_classes(file.path.name, f"a file of Datumaro with annotations of type {', '.join(sorted(others)[:5])}")
