"""Which columns of a table of pictures hold the pictures, the labels, the parts of a split and the groups."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.words import listed, quoted
from core.errors import UsageError

_USUAL_PICTURES = ("image", "img", "picture", "photo")
_USUAL_LABELS = (
    *("label", "labels", "label_name", "class", "class_name", "category", "target"),
    *("fine_label", "coarse_label", "species", "breed", "diagnosis"),
)
_USUAL_GROUPS = ("group", "patient", "patient_id", "subject_id")


@dataclass(frozen=True)
class PictureColumns:
    """Which columns of a file are what; "" where there is none.

    Parameters
    ----------
    pictures, label, split, group
        Names of the columns.
    names
        Names of the classes by number, empty where labels are no numbers or nothing says what they mean.
    """

    pictures: str
    label: str
    split: str
    group: str
    names: Sequence[str]


def _features(schema: Any) -> dict[str, Any]:
    """What `datasets` means by the columns; {} where it did not write the file."""
    try:
        known = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def picture_columns(schema: Any) -> list[str]:
    """Columns whose cells hold files of images."""
    import pyarrow as pa

    def is_binary(kind: Any) -> bool:
        return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)

    found = []
    for column in schema:
        kind = column.type
        is_struct = pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0
        if (is_struct and is_binary(kind.field("bytes").type)) or is_binary(kind):
            found.append(column.name)
    return found


def find_columns(schema: Any, choices: Choices, path: Path) -> PictureColumns:
    """Which column holds the pictures, which the labels, and so on.

    Parameters
    ----------
    schema
        The schema of a file, as pyarrow has it.
    choices
        Columns that a person named.
    path
        The file, for messages.

    Raises
    ------
    Undecided
        If several columns of pictures or of labels are sensible, and nobody said which is meant.
    UsageError
        If a column that was named is not there.
    """
    for name in (choices.path_column, *choices.label_columns[:1], choices.split_column, choices.group_column):
        if name and schema.names.count(name) != 1:
            raise UsageError(f"{path.name} has no column {quoted(name)}. Its columns are {listed(schema.names, 30)}.")
    pictures = picture_columns(schema)
    usual = [name for name in pictures if name.casefold() in _USUAL_PICTURES]
    chosen = choices.path_column or (pictures[0] if len(pictures) == 1 else usual[0] if len(usual) == 1 else "")
    if chosen not in pictures:
        options = [Option(f"the pictures in the column {quoted(name)}", Choices(path_column=name)) for name in pictures]
        raise Undecided(f"{path.name} has several columns of pictures. Which is meant?", options, path.name)
    label = "".join(choices.label_columns[:1]) or _label_column(schema, path)
    split = choices.split_column or ("split" if "split" in schema.names else "")
    group = choices.group_column or next((name for name in _USUAL_GROUPS if name in schema.names), "")
    return PictureColumns(chosen, label, split, group, _class_names(schema, label))


def _label_column(schema: Any, path: Path) -> str:
    """The column of labels; "" where there is none."""
    import pyarrow as pa

    features = _features(schema)
    candidates = [name for name in schema.names if _is_class_label(features.get(name))]
    if not candidates:
        candidates = [name for name in schema.names if name.casefold() in _USUAL_LABELS]
    if not candidates:
        candidates = [
            column.name
            for column in schema
            if pa.types.is_integer(column.type)
            or pa.types.is_string(column.type)
            or pa.types.is_dictionary(column.type)
            if column.name not in ("split", "path", "file_name", "filename", *_USUAL_GROUPS)
        ]
        if candidates:
            return _asked(candidates, "holds no column that is called label. Which one holds the labels?", path)
    return candidates[0] if len(candidates) == 1 else _asked(candidates, "has several labels.", path)


def _asked(candidates: list[str], words: str, path: Path) -> str:
    if not candidates:
        return ""
    options = [Option(f"the column {quoted(name)}", Choices(label_columns=(name,))) for name in candidates]
    raise Undecided(f"{path.name} {words}", options, path.name)


def _is_class_label(feature: Any) -> bool:
    if isinstance(feature, list) and feature:
        feature = feature[0]
    if isinstance(feature, dict) and feature.get("_type") in ("Sequence", "List", "LargeList"):
        feature = feature.get("feature")
    return isinstance(feature, dict) and feature.get("_type") == "ClassLabel"


def _class_names(schema: Any, label: str) -> list[str]:
    feature = _features(schema).get(label)
    while isinstance(feature, list | dict) and not (isinstance(feature, dict) and "names" in feature):
        feature = feature[0] if isinstance(feature, list) and feature else None
        feature = feature.get("feature") if isinstance(feature, dict) and "feature" in feature else feature
    names = feature.get("names") if isinstance(feature, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []
