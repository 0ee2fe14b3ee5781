"""A network's layers in the few sections that a picture or a long table has room for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from core.architectures.layers import Layer, LayerRow

# They change neither the shape nor what is seen, and stand beside the layer that they belong to.
QUIET = (
    "rescale",
    "standardise",
    "caffe",
    "grey",
    "batch_norm",
    "layer_norm",
    "layer_scale",
    "activation",
    "dropout",
    "zero_pad",
    "to_map",
)
SHORT = {
    "conv": "Conv",
    "depthwise": "Depthwise",
    "max_pool": "Max pool",
    "average_pool": "Average pool",
    "flatten": "Flatten",
    "global_average_pool": "Global pool",
    "global_max_pool": "Global pool",
    "dense": "Dense",
    "pointwise": "Dense",
    "add": "Sum",
    "multiply": "Product",
    "concatenate": "Side by side",
}
ANSWER = "Your classes"
_UNIT = re.compile(r"(.+), (\w+ \d+)")
_NUMBERED = re.compile(r"(.*\S) (\d+)")


@dataclass(frozen=True)
class Section:
    """Layers in a row that belong together.

    Parameters
    ----------
    title
        Such as "Stage 4", "Blocks 6–11" or "Conv 3×3".
    units
        Its parts that repeat, each the rows of its layers.
    """

    title: str
    units: tuple[tuple[LayerRow, ...], ...]

    @property
    def label(self) -> str:
        """Its title, and how often it repeats where the title does not say so: "Stage 4 ×36", "Blocks 6–11"."""
        count = len(self.units)
        return f"{self.title} ×{count}" if count > 1 and "–" not in self.title else self.title

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """All of its layers."""
        return tuple(row for unit in self.units for row in unit)

    @property
    def parameters(self) -> int:
        """How many numbers its layers hold."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiplications(self) -> int:
        """How many an image takes in it."""
        return sum(row.multiplications for row in self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """What leaves it."""
        return self.rows[-1].shape

    @property
    def frozen(self) -> bool:
        """Whether what it holds stays as it was learned elsewhere."""
        return any(row.frozen for row in self.rows)


def is_quiet(layer: Layer) -> bool:
    """Whether a picture does better without it."""
    return layer.kind in QUIET


def sections(rows: Sequence[LayerRow], answer: str = ANSWER) -> list[Section]:
    """Divide a network's rows: by the blocks that it is written in, and where it has none, by alike layers in a row.

    Every row is in exactly one section, in their order. The units of a stage make one section however their shapes
    grow; numbered blocks do as long as they leave the same shape. The last dense layer stands by itself, as `answer`.
    """
    units = _units(rows)
    answers = units.pop() if len(units) > 1 and rows[-1].layer.kind == "dense" else None
    found = []
    for _, members in groupby(units, key=_key):
        alike = tuple(members)
        found.append(Section(_title(alike), alike))
    return [*found, Section(answer, (answers,))] if answers else found


def _units(rows: Sequence[LayerRow]) -> list[tuple[LayerRow, ...]]:
    """The rows of each block, and each row that is in none; quiet ones go with what is before them, or else behind."""
    units: list[list[LayerRow]] = []
    for row in rows:
        alone = not units or all(is_quiet(each.layer) and not each.layer.block for each in units[-1])
        same_block = bool(units) and bool(row.layer.block) and units[-1][-1].layer.block == row.layer.block
        trails = bool(units) and not row.layer.block and is_quiet(row.layer)
        if units and (alone or same_block or trails):
            units[-1].append(row)
        else:
            units.append([row])
    return [tuple(unit) for unit in units]


def _named(unit: tuple[LayerRow, ...]) -> str:
    return next((row.layer.block for row in unit if row.layer.block), "")


def _main(unit: tuple[LayerRow, ...]) -> Layer:
    """The layer that a unit without a block is about."""
    return next((row.layer for row in unit if not is_quiet(row.layer)), unit[0].layer)


def _key(unit: tuple[LayerRow, ...]) -> tuple:
    block = _named(unit)
    if match := _UNIT.fullmatch(block):
        return (match[1],)
    if match := _NUMBERED.fullmatch(block):
        return (match[1], unit[-1].shape)
    return (block, short_name(_main(unit)), unit[-1].shape) if not block else (block,)


def _title(units: tuple[tuple[LayerRow, ...], ...]) -> str:
    first, last = _named(units[0]), _named(units[-1])
    if not first:
        return short_name(_main(units[0]))
    if match := _UNIT.fullmatch(first):
        return match[1]
    lowest, highest = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    return f"{lowest[1]}s {lowest[2]}–{highest[2]}" if lowest and highest and len(units) > 1 else first


def short_name(layer: Layer) -> str:
    """What a layer is, in a word or two."""
    word = SHORT.get(layer.kind, layer.kind)
    return f"{word} {layer.window[0]}×{layer.window[1]}" if layer.kind in ("conv", "depthwise") else word
