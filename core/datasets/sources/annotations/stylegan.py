"""``dataset.json`` of StyleGAN and EDM: {"labels": [["00000/img00000000.png", 6], …]}."""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.json_file import JsonFile
from core.errors import UsageError


def fits(sample: Any) -> bool:
    first = next(iter(part(sample, "labels", list)), None)
    return isinstance(first, list) and len(first) == 2 and isinstance(first[0], str)


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def _images(file: JsonFile) -> Iterator[Annotated]:
    for entry in file.entries("labels"):
        path, label = entry if isinstance(entry, list) and len(entry) == 2 else ("", None)
        if isinstance(label, list):
            raise UsageError(f"{file.path.name} gives images vectors of numbers, not classes.")
        yield Annotated(as_text(path), {"labels": texts(label)})
