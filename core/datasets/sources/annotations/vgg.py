"""VGG Image Annotator, version 2: attributes of files, in a project or in annotations exported as JSON or CSV.

See https://www.robots.ox.ac.uk/~vgg/software/via/ and ``file_attributes`` in its source.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile, reading
from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError

_PROJECT = "_via_img_metadata"
_LETTERS_TO_LOOK_AT = 100


def fits(sample: Any) -> bool:
    entries = part(sample, _PROJECT, dict) or (sample if isinstance(sample, dict) else {})
    first = next(iter(entries.values()), None)
    return isinstance(first, dict) and {"filename", "file_attributes"} <= first.keys()


def read(file: JsonFile) -> AnnotatedImages:
    return AnnotatedImages(file.path, _images(file))


def is_csv(path: Path) -> bool:
    """Whether a CSV is one that VGG Image Annotator exports, by its first line."""
    with path.open("rb") as file:
        head = file.read(_LETTERS_TO_LOOK_AT).removeprefix(b"\xef\xbb\xbf").lstrip(b"#")
    return head.replace(b'"', b"").startswith(b"filename,file_size,file_attributes,")


def read_csv(path: Path) -> AnnotatedImages:
    """The same as `read` of a CSV, in which each region of an image has a line."""
    return AnnotatedImages(path, _of_entries(_lines(path), path.name))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    text, _ = decoded(path.read_bytes(), path.name)
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(text.lstrip("#"), newline="")), start=2):
            with reading(path.name, first_line=number):
                attributes = json.loads(row.get("file_attributes") or "{}")
            is_region = (row.get("region_shape_attributes") or "{}") != "{}"
            yield {"filename": row["filename"], "file_attributes": attributes, "regions": [1] if is_region else []}
    except csv.Error as error:
        raise UsageError(f"{path.name} is damaged ({error}). Export it again.") from error


def _images(file: JsonFile) -> Iterator[Annotated]:
    entries = (entry for _, entry in file.pairs(_PROJECT if _PROJECT in file.sample else ""))
    return _of_entries(entries, file.path.name)


def _of_entries(entries: Iterable[Any], called: str) -> Iterator[Annotated]:
    has_regions = any_label = False
    for entry in entries:
        attributes = part(entry, "file_attributes", dict)
        labels = {as_text(name): given for name, value in attributes.items() if (given := _chosen(value))}
        any_label = any_label or bool(labels)
        has_regions = has_regions or bool(part(entry, "regions", list) or part(entry, "regions", dict))
        yield Annotated(as_text(part(entry, "filename", str)), labels)
    if has_regions and not any_label:
        raise no_classes(called, "a file of VGG Image Annotator with regions and no attributes of files")


def _chosen(value: Any) -> list[str]:
    """The name that a text or a radio button holds, or the names of the boxes that are ticked."""
    return [as_text(name) for name, on in value.items() if on is True] if isinstance(value, dict) else texts(value)
