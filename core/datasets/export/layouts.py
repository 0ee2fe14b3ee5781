"""Which image of a dataset goes where, in each layout; what is excluded, or can't be read, goes nowhere."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from core.datasets.export.file_names import FileNames
from core.datasets.folder_names import FolderNames
from core.datasets.store import Dataset
from core.errors import UsageError
from core.spreadsheet import safe_cell

FOLDERS, SPLIT_FOLDERS, CSV, HF_IMAGEFOLDER = "folders", "split-folders", "csv", "hf-imagefolder"
LAYOUTS = {
    FOLDERS: "a folder for each class",
    SPLIT_FOLDERS: "train, validation and test, each with a folder for each class",
    CSV: "the images in one folder, and a table of path, label, split and group",
    HF_IMAGEFOLDER: "train, validation and test, each with a metadata.jsonl, for Hugging Face's “imagefolder”",
}
TABLE, METADATA, IMAGES = "labels.csv", "metadata.jsonl", "images"


@dataclass
class Placed:
    """What is to be written.

    Parameters
    ----------
    files
        By the path in the new folder, with forward slashes, the image file that is copied there byte for byte.
    texts
        By the path, what is written there.
    remarks
        What people should know, in sentences.
    """

    files: dict[str, Path] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def placed(dataset: Dataset, layout: str) -> Placed:
    """A dataset in a layout, with its labels and split as they are by now.

    Raises
    ------
    UsageError
        If there is no such layout.
    WorkbenchError
        If the dataset is not ready.
    """
    if layout not in LAYOUTS:
        raise UsageError(f"There is no layout {layout!r}. There are: {', '.join(LAYOUTS)}.")
    found = _PLACERS[layout](dataset)
    found.texts["README.md"] = _readme(dataset, layout, found.remarks)
    return found


def selected(dataset: Dataset, rows: pd.DataFrame) -> Placed:
    """Some images, given by their rows in a table of the dataset, in a folder for each class."""
    return _in_folders(dataset, rows, lambda row: "")


def _folders(dataset: Dataset) -> Placed:
    found = _in_folders(dataset, dataset.images, lambda row: "")
    found.remarks.append("Folders alone don't keep which part of the split an image is in.")
    return _without_unlabelled(dataset, found)


def _split_folders(dataset: Dataset) -> Placed:
    return _without_unlabelled(dataset, _in_folders(dataset, dataset.images, lambda row: row.split))


def _in_folders(dataset: Dataset, rows: pd.DataFrame, part: Callable) -> Placed:
    found, folders, names = Placed(), FolderNames(), FileNames()
    for row in rows.itertuples(index=False):
        target = names.of("/".join(filter(None, [part(row), folders.of(row.label)])), row.path)
        found.files[target] = dataset.path_of(row.path)
    found.remarks += [f"The class “{label}” lies in the folder “{name}”." for label, name in folders.changed.items()]
    return found


def _csv(dataset: Dataset) -> Placed:
    # In one folder: their own folders may be called as classes that they are not of by now.
    found, names, rows = Placed(), FileNames(), [("path", "label", "split", "group")]
    unlabelled = dataset.content.unlabelled.assign(split="")
    for row in pd.concat([dataset.images, unlabelled]).itertuples(index=False):
        target = names.of(IMAGES, row.path)
        found.files[target] = dataset.path_of(row.path)
        rows.append((target, row.label, row.split, row.given_group))
    found.texts[TABLE] = _as_csv(rows)
    if any(safe_cell(label) != label for label in dataset.class_names):
        found.remarks.append(
            f"In {TABLE}, names that a spreadsheet would take for formulas have a ' before them; an import here, and a "
            "spreadsheet, takes it away."
        )
    return found


def _as_csv(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _hf_imagefolder(dataset: Dataset) -> Placed:
    found, names, lines = Placed(), FileNames(), {}
    for row in dataset.images.itertuples(index=False):
        target = names.of(row.split, row.path)
        found.files[target] = dataset.path_of(row.path)
        told = json.dumps({"file_name": target.partition("/")[2], "label": row.label}, ensure_ascii=False)
        lines.setdefault(row.split, []).append(told + "\n")
    found.texts |= {f"{part}/{METADATA}": "".join(told) for part, told in lines.items()}
    return _without_unlabelled(dataset, found)


def _without_unlabelled(dataset: Dataset, found: Placed) -> Placed:
    if count := len(dataset.content.unlabelled):
        found.remarks.append(f"{count:,} images without a label are left out; the layout {CSV} keeps them.")
    return found


_PLACERS: Mapping[str, Callable[[Dataset], Placed]] = {
    FOLDERS: _folders,
    SPLIT_FOLDERS: _split_folders,
    CSV: _csv,
    HF_IMAGEFOLDER: _hf_imagefolder,
}


def _readme(dataset: Dataset, layout: str, remarks: Iterable[str]) -> str:
    lines = [f"# {dataset.info.title}", "", f"{len(dataset.images):,} labelled images: {LAYOUTS[layout]}.", ""]
    if dataset.info.drawn:
        lines += ["**Synthetic: drawn by a program, not photographs.**", ""]
    lines += [f"Version {dataset.content.version} of “{dataset.name}” in the Image Classification Workbench.", ""]
    for label, counts in dataset.content.counts.iterrows():
        lines.append(f"- {label}: {', '.join(f'{count:,} {part}' for part, count in counts.items())}")
    return "\n".join([*lines, "", *remarks, ""])
