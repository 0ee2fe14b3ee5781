"""Layouts as their writers leave them, of pictures whose pixels say what is true of them, whatever names say.

A module beside this one holds the cases of one kind of layout in a list `CASES`. `test_layouts.py` imports each as a
user would and compares what was taken with what the pixels say.
"""

import io
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.sources.choices import AS_FOUND, Choices
from core.errors import WorkbenchError
from core.images.reading import open_rgb
from core.workspace import Workspace

LEVELS = {"circle": 40, "square": 90, "cross": 140, "star": 190, "": 240}
"""How bright pictures of a class are; those without a label are the brightest."""

CORNERS = {"": 255, "train": 0, "validation": 80, "test": 170}
"""How bright the upper left quarter is of pictures in these parts; 255 where no part is given."""

SIDE = 16


@dataclass(frozen=True)
class Case:
    """A layout, and what is right to make of it.

    Parameters
    ----------
    layout
        What it is, as the table in the documentation names it.
    writer
        The program and version that wrote it, or what it was copied from.
    build
        Writes it into an empty folder and returns the path to bring.
    images
        By label, how many images are right to have; empty where it is asked or refused.
    names
        What labels are called where the writer can't call them "circle", "square", "cross" and "star".
    unlabelled
        How many images are kept without a label.
    has_split
        Whether the parts of the split that the pixels say are taken; else no split is.
    groups
        How many groups are taken; 0 where none are given.
    says
        What the first line of the import has to hold, such as "column “dx” of HAM10000_metadata.csv".
    left_out
        By a part of the reason, how many files are left out.
    warns
        What has to be among the warnings.
    choices
        What the person chose beforehand.
    asks
        What the question has to hold, where only a person can tell.
    refuses
        What the refusal has to hold, where it isn't read.
    """

    layout: str
    writer: str
    build: Callable[[Path], Path]
    images: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    unlabelled: int = 0
    has_split: bool = False
    groups: int = 0
    says: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    warns: str = ""
    choices: Choices = AS_FOUND
    asks: str = ""
    refuses: str = ""

    def __post_init__(self):
        assert bool(self.images) + bool(self.asks) + bool(self.refuses) == 1, "taken, asked or refused: one of them"

    @property
    def outcome(self) -> str:
        return "taken" if self.images else "asked" if self.asks else "refused with words"


def pixels(name: str, label: str, split: str = "", side: int = SIDE) -> np.ndarray:
    """A picture that says its label and its part of the split: (side, side, 3) array of uint8. No two names alike."""
    noise = np.random.default_rng(zlib.crc32(name.encode()))
    values = np.full((side, side), LEVELS[label], np.uint8)
    values[: side // 2, : side // 2] = CORNERS[split]
    values[side // 2 :, side // 2 :] += noise.integers(0, 12, (side - side // 2,) * 2, dtype=np.uint8)
    return np.repeat(values[..., None], 3, axis=2)


def encoded(name: str, label: str, split: str = "", side: int = SIDE, format: str = "") -> bytes:
    """The same as a file, of the kind that its name says."""
    written = io.BytesIO()
    kind = format or Image.registered_extensions()[Path(name).suffix.lower()]
    options = {"quality": 95} if kind == "JPEG" else {}
    Image.fromarray(pixels(name, label, split, side)).save(written, kind, **options)
    return written.getvalue()


def picture(path: Path, label: str, split: str = "", side: int = SIDE, format: str = "") -> Path:
    """The same, written to a path whose folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded("/".join(path.parts[-3:]), label, split, side, format))
    return path


def text(path: Path, content: str) -> Path:
    """A file of text, whose folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def truth(path: Path) -> tuple[str, str]:
    """What the pixels of a picture say: its label and its part of the split."""
    values = np.asarray(open_rgb(path).convert("L"), dtype=int)
    rows, columns = values.shape
    level, corner = values[rows // 4, -columns // 4], values[rows // 4, columns // 4]
    label = min(LEVELS, key=lambda name: abs(LEVELS[name] - level))
    return label, min(CORNERS, key=lambda name: abs(CORNERS[name] - corner))


def check(case: Case, folder: Path, workspace: Workspace) -> str:
    """Import a case as a user would; returns what the import's first line, question or refusal says.

    Raises
    ------
    AssertionError
        If what comes out is not what is right.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = case.build(folder)
    try:
        dataset = create_from_path(workspace, source, name="case", choices=case.choices)
        run_import(dataset)
    except WorkbenchError as error:
        said = str(error)
        assert case.refuses or case.asks, said
        assert (case.refuses or case.asks) in said, said
        if case.asks:
            assert dataset.question is not None, f"refused instead of asked: {said}"
        return said
    assert case.images, f"taken instead of {case.outcome}: {dataset.info.origin}, {dataset.summary()['counts']}"
    _check_what_was_taken(case, dataset)
    return dataset.info.origin


def _check_what_was_taken(case: Case, dataset) -> None:
    content = dataset.content
    table, names = content.table, {written: label for label, written in case.names.items()}
    found = Counter(names.get(label, label) for label in table["label"])
    assert found == dict(case.images), dict(found)
    for path, label, split in table[["path", "label", "given_split"]].to_numpy():
        true_label, true_split = truth(dataset.path_of(path))
        assert names.get(label, label) == true_label, f"{path} is a {true_label}, taken as {label}"
        assert split == (true_split if case.has_split else ""), f"{path} is in {true_split!r}, taken as {split!r}"
    assert len(content.unlabelled) == case.unlabelled, content.unlabelled["path"].tolist()
    assert table.loc[table["given_group"] != "", "given_group"].nunique() == case.groups
    origin = dataset.info.origin
    assert origin.startswith("labels from "), origin
    assert case.says in origin, origin
    assert bool(dataset.info.split_from) == case.has_split, origin
    reasons = content.unreadable["problem"].tolist()
    for words, count in case.left_out.items():
        assert sum(words in reason for reason in reasons) == count, reasons
    assert len(reasons) == sum(case.left_out.values()), reasons
    assert case.warns in "\n".join(dataset.info.warnings), dataset.info.warnings
