"""Reads tables of text whose cells are the pixels: MNIST in CSV, Kaggle's Digit Recognizer, FER2013.

A row is a picture. Its values stand in columns called ``pixel0``, ``pixel1``, … or ``1x1``, ``1x2``, …, row by row of
the picture (and colour by colour within a pixel), or all in one cell called ``pixels``, with blanks between.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.datasets.sources.packed.packed import Picture
from core.datasets.sources.packed.shards import one_set, split_of
from core.datasets.sources.words import in_a_row, listed
from core.errors import UsageError

_PIXEL = re.compile(r"(pixel|px|p)[ _.-]?\d+|\d+x\d+", re.IGNORECASE)
_CELL = "pixels"
_LABELS = ("label", "class", "emotion", "target", "y", "digit")
_INDEX = ("", "id", "index", "unnamed: 0")
_USAGES = {"training": "train", "train": "train", "publictest": "validation", "privatetest": "test", "test": "test"}
_LONGEST_LINE = 16 * 2**20
_LEAST_PIXELS = 64


@dataclass(frozen=True)
class _Form:
    """What the columns of a table are.

    Parameters
    ----------
    first, count
        The first column of pixels, and how many values a picture has.
    columns
        How many columns there are.
    label, usage
        The columns of the label and of the part of the split, -1 where there is none.
    has_header
        False where the first line is a picture.
    """

    first: int
    count: int
    columns: int
    label: int
    usage: int = -1
    has_header: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        side = math.isqrt(self.count)
        return (side, side) if side**2 == self.count else (math.isqrt(self.count // 3),) * 2 + (3,)

    @property
    def is_in_one_cell(self) -> bool:
        return self.columns - self.first < self.count


@dataclass
class PixelTable:
    """Pictures in tables of text: see `core.datasets.sources.packed.packed.Packed`."""

    files: Sequence[Path]
    forms: Sequence[_Form]
    splits: Sequence[str]
    labels_from: str
    split_from: str
    warnings: list[str]
    groups_from: str = ""
    count: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def pictures(self) -> Iterator[Picture]:
        for path, form, split in zip(self.files, self.forms, self.splits, strict=True):
            with path.open("rb") as file:
                if form.has_header:
                    _line(file, path)
                number = 0
                while line := _line(file, path):
                    number += 1
                    if line.strip():
                        yield _picture(line, form, split, f"{path.name} row {number:,}")


def find_pixel_tables(files: Sequence[Path], root: Path, wanted: Path | None = None) -> PixelTable | None:
    """The tables whose cells are pixels, told by their first line; None where there are none.

    Raises
    ------
    Undecided
        If there are several sets of them.
    UsageError
        If the label can't be told.
    """
    forms = {path: form for path in files if (form := _form(path)) is not None}
    chosen = one_set(list(forms), root, wanted)
    labelled = [path for path in chosen if forms[path].label >= 0]
    if not chosen:
        return None
    if not labelled:
        raise UsageError(f"{chosen[0].name} holds pixels, but no column of labels. Call it “label” in the first line.")
    splits = ["" if forms[path].label < 0 or forms[path].usage >= 0 else split_of(path, root) for path in chosen]
    told = [path.name for path, split in zip(chosen, splits, strict=True) if split]
    by_usage = any(forms[path].usage >= 0 for path in chosen)
    split_from = "the column “Usage”" if by_usage else f"the names {in_a_row(told, 2)}" if told else ""
    labels_from = f"the column of labels of {in_a_row([path.name for path in labelled], 2)}"
    return PixelTable(
        chosen, [forms[path] for path in chosen], splits, labels_from, split_from, _warnings(chosen, forms)
    )


def _warnings(chosen: Sequence[Path], forms: dict[Path, _Form]) -> list[str]:
    warnings = []
    for path in chosen:
        size = " × ".join(map(str, forms[path].shape))
        warnings.append(f"{path.name} holds pixels as numbers; they were read as pictures of {size}, row by row.")
        if not forms[path].has_header:
            warnings.append(f"{path.name} has no line of column names: its first column was taken as the label.")
        if forms[path].label < 0:
            warnings.append(f"{path.name} has no column of labels: its pictures are kept without a label.")
        if forms[path].usage >= 0:
            warnings.append("Pictures whose Usage is PublicTest are taken for validation, PrivateTest for the test.")
    return warnings


def _form(path: Path) -> _Form | None:
    """What the columns of a table are by its first line; None where they are no pixels."""
    try:
        with path.open("rb") as file:
            first, second = (file.readline(2**20).decode("utf-8-sig", "replace").strip() for _ in range(2))
    except OSError:
        return None
    names = [name.strip().strip('"').casefold() for name in first.split(",")]
    if _CELL in names:
        index = names.index(_CELL)
        cells = second.split(",")
        count = len(cells[index].strip('"').split()) if index < len(cells) else 0
        return _checked(_Form(index, count, len(names), _label(names, path), _index(names, "usage")))
    pixels = [index for index, name in enumerate(names) if _PIXEL.fullmatch(name)]
    if len(pixels) >= _LEAST_PIXELS:
        if pixels != list(range(pixels[0], pixels[0] + len(pixels))):
            raise UsageError(f"The columns of pixels of {path.name} don't stand one after the other.")
        return _checked(_Form(pixels[0], len(pixels), len(names), _label(names, path), _index(names, "usage")))
    if len(names) > _LEAST_PIXELS and all(re.fullmatch(r"\d{1,3}", name) for name in names):
        return _checked(_Form(1, len(names) - 1, len(names), 0, has_header=False))
    return None


def _checked(form: _Form) -> _Form | None:
    return form if form.count >= _LEAST_PIXELS and math.prod(form.shape) == form.count else None


def _index(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -1


def _label(names: Sequence[str], path: Path) -> int:
    """The column of labels, -1 where there is none."""
    others = [name for name in names if not _PIXEL.fullmatch(name) and name not in (*_INDEX, _CELL, "usage")]
    usual = [name for name in _LABELS if name in others]
    if len(usual) != 1 and others:
        raise UsageError(
            f"Which column of {path.name} holds the label can't be told: {listed(others, 10)}. Call it “label”."
        )
    return names.index(usual[0]) if usual else -1


def _line(file: BinaryIO, path: Path) -> bytes:
    line = file.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise UsageError(f"{path.name} has a line that is too long for a picture.")
    return line


def _picture(line: bytes, form: _Form, split: str, called: str) -> Picture:
    cells = [cell.strip().strip('"') for cell in line.decode("utf-8", "replace").split(",")]
    if len(cells) != form.columns:
        raise UsageError(f"{called} has {len(cells):,} cells instead of {form.columns:,}: it is damaged or cut off.")
    values = cells[form.first].split() if form.is_in_one_cell else cells[form.first : form.first + form.count]
    try:
        pixels = np.array(values, dtype=np.float32)
    except ValueError as error:
        raise UsageError(f"{called} holds a cell that is no number.") from error
    if len(pixels) != form.count:
        raise UsageError(f"{called} holds {len(pixels):,} values instead of {form.count:,}: it is damaged or cut off.")
    if not ((pixels >= 0) & (pixels <= 255) & (pixels == np.floor(pixels))).all():
        raise UsageError(f"{called} holds values that are no whole numbers from 0 to 255.")
    label = cells[form.label] if form.label >= 0 else ""
    if form.usage >= 0:
        split = _USAGES.get(cells[form.usage].casefold().replace(" ", ""), "")
    label = label.removesuffix(".0") if re.fullmatch(r"\d+\.0", label) else label
    return Picture(pixels.astype(np.uint8).reshape(form.shape), label, split, name=called)
