"""JSON as scripts write it: lists of records; files and labels; classes and files; also one for each part of a split.

A record is an object, or a list of a path, a number and a name, as in the splits of CoOp
(https://github.com/KaiyangZhou/CoOp, ``split_zhou_Caltech101.json``).
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_path, as_text, texts
from core.datasets.sources.annotations.json_file import JsonFile
from core.datasets.sources.listing import is_image
from core.datasets.sources.split_names import split_in_name


def fits(sample: Any) -> bool:
    is_of_lists = bool(_image_key(sample) or _lists_of_records(sample) or _lists_of_rows(sample))
    return is_of_lists or _is_by_file(sample) or _is_by_class(sample) or _are_parts_by_class(sample)


def read(file: JsonFile) -> AnnotatedImages:
    """Of records, every field but the path may be the label: which one is told as for the columns of a table."""
    if file.holds_list:
        return AnnotatedImages(file.path, _of_records(file, _image_key(file.sample)), is_certain=False)
    if lists := _lists_of_records(file.sample):
        images = (image for name, key in lists.items() for image in _of_records(file, key, name))
        return AnnotatedImages(file.path, images, is_certain=False)
    if parts := _lists_of_rows(file.sample):
        images = (image for name in parts for image in _of_rows(file, name))
        return AnnotatedImages(file.path, images, label="name")
    if _is_by_file(file.sample):
        images = (Annotated(as_text(path), {"label": texts(label)}) for path, label in file.pairs())
    elif _is_by_class(file.sample):
        images = _of_classes(file)
    else:
        images = (image for part in file.sample for image in _of_classes(file, part))
    return AnnotatedImages(file.path, images)


def _of_records(file: JsonFile, key: str, held_under: str = "") -> Iterator[Annotated]:
    split = held_under if split_in_name(held_under) else ""
    for entry in file.entries(held_under):
        record = entry if isinstance(entry, dict) else {}
        fields = {as_text(name): texts(value) for name, value in record.items() if name != key}
        yield Annotated(as_text(record.get(key)), {name: given for name, given in fields.items() if given}, split)


def _of_rows(file: JsonFile, part: str) -> Iterator[Annotated]:
    for entry in file.entries(part):
        path, number, name = entry if isinstance(entry, list) and len(entry) == 3 else ("", None, None)
        yield Annotated(as_text(path), {"name": texts(name), "number": texts(number)}, part)


def _of_classes(file: JsonFile, part: str = "") -> Iterator[Annotated]:
    for name, paths in file.pairs(part):
        for path in paths if isinstance(paths, list) else ():
            yield Annotated(as_text(path), {"class": texts(name)}, part)


def _image_key(sample: Any) -> str:
    """The only key under which all of the first records hold the path of an image; "" where there is none."""
    records = sample if isinstance(sample, list) and all(isinstance(entry, dict) for entry in sample) else []
    keys = list(records[0]) if records else []
    fitting = [key for key in keys if all(_is_path(record.get(key)) for record in records)]
    return fitting[0] if len(fitting) == 1 and len(keys) > 1 else ""


def _lists_of_records(sample: Any) -> dict[str, str]:
    """By the name of each list of records, the key of its images: one list, or one for each part of a split."""
    lists = sample.items() if isinstance(sample, dict) else ()
    found = {name: key for name, value in lists if (key := _image_key(value))}
    return found if len(found) == 1 or all(map(split_in_name, found)) else {}


def _lists_of_rows(sample: Any) -> list[str]:
    """The parts of a split, where each is a list of a path, a number and a name."""
    parts = [name for name in sample if split_in_name(name)] if isinstance(sample, dict) else []
    rows = [row for name in parts for row in (sample[name] if isinstance(sample[name], list) else [None])]
    is_row = [isinstance(row, list) and list(map(type, row)) == [str, int, str] and _is_path(row[0]) for row in rows]
    return parts if rows and all(is_row) else []


def _is_by_file(sample: Any) -> bool:
    by_file = isinstance(sample, dict) and bool(sample) and all(_is_path(key) for key in sample)
    return by_file and not any(isinstance(value, float) for value in sample.values())  # scores are no classes


def _is_by_class(sample: Any) -> bool:
    lists = list(sample.values()) if isinstance(sample, dict) else []
    return len(lists) > 1 and all(isinstance(paths, list) and paths and all(map(_is_path, paths)) for paths in lists)


def _are_parts_by_class(sample: Any) -> bool:
    """Whether the parts of a split each hold classes and their files."""
    parts = sample if isinstance(sample, dict) else {}
    return len(parts) > 1 and all(split_in_name(name) and _is_by_class(held) for name, held in parts.items())


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and is_image(as_path(value).replace("\\", "/").rpartition("/")[2])
