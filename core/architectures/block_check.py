"""Whether blocks make a network: the shape behind each, the first that can't stand, and what would put it right."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from core.architectures.architecture import BYTES_PER_TRAINED_PARAMETER, check_parameters
from core.architectures.blocks import MOST_BLOCKS, START, Block, expand, usual_block
from core.architectures.dropout_check import REMARK, dropouts_before_batch_norm
from core.architectures.layers import (
    SAME,
    TO_UNIT,
    VALID,
    ImpossibleLayer,
    Layer,
    LayerRow,
    Shape,
    does_not_divide,
    in_words,
    shape_in_words,
    tabulate,
)
from core.errors import UsageError

MOST_OF_A_SORT = 2
BYTES_PER_NUMBER = 4
FLATTENING = ("flatten", "global_average_pool", "global_max_pool")
NEEDS_IMAGE = ("convolution", "residual", "max_pool", "average_pool", "global_average_pool", "global_max_pool")


@dataclass(frozen=True)
class Repair:
    """A change that lets a block stand: what it is called, and the blocks with it."""

    title: str
    blocks: tuple[Block, ...]


class ImpossibleBlock(UsageError):
    """A block that can't stand where it does.

    Parameters
    ----------
    index
        Its place among the blocks, from 0.
    reason
        Why, with the formula; the message has the row before it.
    repairs
        What would put it right.
    """

    def __init__(self, index: int, reason: str, where: str = "", repairs: tuple[Repair, ...] = ()):
        super().__init__(f"{where}: {reason}" if where else reason)
        self.index, self.reason, self.repairs = index, reason, repairs


@dataclass(frozen=True)
class BlockRow:
    """A block and what leaves it.

    Parameters
    ----------
    block
        What it is about.
    layers
        A row for each layer that it stands for.
    remark
        What is to be known of it though it can stand; "" for nothing.
    """

    block: Block
    layers: tuple[LayerRow, ...]
    remark: str = ""

    @property
    def shape(self) -> Shape:
        """The shape that leaves it."""
        return self.layers[-1].shape

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return sum(row.parameters for row in self.layers)

    @property
    def receptive_field(self) -> tuple[int, int] | None:
        """As of `LayerRow`."""
        return self.layers[-1].receptive_field


@dataclass(frozen=True)
class Followed:
    """An image followed through blocks.

    Parameters
    ----------
    rows
        One for each block, up to the first that can't stand.
    answer
        The row of the dense layer that answers; None where the blocks don't lead to it.
    fault
        What is wrong first; None where the blocks make a network.
    """

    rows: tuple[BlockRow, ...]
    answer: LayerRow | None = None
    fault: ImpossibleBlock | None = None

    @property
    def layers(self) -> list[LayerRow]:
        """A row for each layer of the blocks, and for the one that answers."""
        rows = [layer for row in self.rows for layer in row.layers]
        return [*rows, self.answer] if self.answer else rows

    @property
    def parameters(self) -> int:
        """How many numbers they hold together."""
        return sum(row.parameters for row in self.layers)

    def training_bytes(self, batch_size: int = 32) -> int:
        """About how much memory a step takes in float32: the weights with their gradients and the optimiser's two
        averages, and what leaves each layer, which is kept for the way back, for each image of a batch."""
        kept = sum(math.prod(row.shape) for row in self.layers)
        return self.parameters * BYTES_PER_TRAINED_PARAMETER + batch_size * kept * BYTES_PER_NUMBER

    @property
    def receptive_field(self) -> tuple[int, int] | None:
        """Of the last block from which an image leaves; None where there is none."""
        return next((row.receptive_field for row in reversed(self.rows) if len(row.shape) == 3), None)


def first_layers(channels: int) -> tuple[Layer, ...]:
    """What brings pixels from 0…255 to 0…1 before the first block, and to grey where there is one channel."""
    unit = Layer("rescale", scale=TO_UNIT[0], offset=TO_UNIT[1])
    layers = (unit, Layer("grey")) if channels == 1 else (unit,)
    return (*layers[:-1], replace(layers[-1], name=START))


def follow(blocks: Iterable[Block], image_size: int, channels: int, class_count: int) -> Followed:
    """Follow an image of `image_size` pixels a side and 1 or 3 channels through blocks, as far as they can stand."""
    blocks = tuple(blocks)
    found = _follow(blocks, image_size, channels, class_count)
    if not found.fault:
        return found

    def stands(repaired: tuple[Block, ...], place: int) -> bool:
        fault = _follow(repaired, image_size, channels, class_count).fault
        return fault is None or fault.index > place

    index = found.fault.index
    incoming = found.rows[index - 1].shape if index else (image_size, image_size, channels)
    repairs, of_a_sort = [], Counter()
    for title, repaired, place in _candidates(blocks, index, found, incoming):
        sort = title.split()[0]  # such as "Stride", of which the nearest are enough
        if (
            of_a_sort[sort] < MOST_OF_A_SORT
            and title not in [each.title for each in repairs]
            and stands(repaired, place)
        ):
            repairs.append(Repair(title, repaired))
            of_a_sort[sort] += 1
    where = f"Row {index + 1} ({blocks[index].title})" if blocks else ""
    return replace(found, fault=ImpossibleBlock(index, found.fault.reason, where, tuple(repairs)))


def _follow(blocks: tuple[Block, ...], image_size: int, channels: int, class_count: int) -> Followed:
    """As `follow`, without repairs."""
    if not blocks:
        reason = "There are no blocks yet. Add a convolution, then pooling, and at the end global average pooling."
        return Followed((), fault=ImpossibleBlock(0, reason))
    start = first_layers(channels)
    expanded, owner = expand(blocks, channels)
    rows, fault = _tabulate((*start, *expanded), image_size)
    dropouts = dropouts_before_batch_norm([row.layer for row in rows])
    rows = rows[len(start) :]
    fault = fault and ImpossibleBlock(owner[fault.index - len(start)], str(fault))
    for index, row in enumerate(rows):
        if blocks[owner[index]].kind == "convolution" and (skipped := does_not_divide(row.layer, row.inputs[0])):
            reason = f"{in_words(row.layer)} behind {shape_in_words(row.inputs[0])}: {skipped}."
            fault = ImpossibleBlock(owner[index], reason)
            break
    standing = fault.index if fault else len(blocks)
    unwise = {owner[place - len(start)] for place in dropouts}
    gathered = tuple(_gather(blocks[index], rows, owner, index, index in unwise) for index in range(standing))
    if fault is None and len(blocks) > MOST_BLOCKS:
        fault = ImpossibleBlock(MOST_BLOCKS, f"A network can have at most {MOST_BLOCKS} blocks, and this is one more.")
    if fault:
        return Followed(gathered, fault=fault)
    return _with_answer(gathered, owner, class_count)


def _tabulate(layers: tuple[Layer, ...], image_size: int) -> tuple[list[LayerRow], ImpossibleLayer | None]:
    """The rows of all layers, or of those before the first that can't stand, and why it can't."""
    try:
        return tabulate(layers, (image_size, image_size, 3)), None
    except ImpossibleLayer as error:
        return tabulate(layers[: error.index], (image_size, image_size, 3)), error


def _gather(block: Block, rows: list[LayerRow], owner: tuple[int, ...], index: int, unwise: bool) -> BlockRow:
    """A block's rows, with what is to be known of it; `unwise` is a dropout before a batch normalisation."""
    own = tuple(row for row, place in zip(rows, owner, strict=False) if place == index)
    skipped = next(filter(None, (does_not_divide(row.layer, row.inputs[0]) for row in own)), "")
    if unwise:
        return BlockRow(block, own, REMARK)
    return BlockRow(block, own, f"{skipped}. For pooling that is usual and harmless." if skipped else "")


def _with_answer(rows: tuple[BlockRow, ...], owner: tuple[int, ...], class_count: int) -> Followed:
    """With the dense layer that answers, where a list of numbers comes in and it all is of a size to be trained."""
    last = len(rows) - 1
    shape = rows[-1].shape
    if len(shape) > 1:
        reason = (
            f"The answer is a sum over a list of numbers, but {shape_in_words(shape)} is an image still. Add global "
            "average pooling, or flatten, behind it."
        )
        return Followed(rows, fault=ImpossibleBlock(last, reason))
    (answer,) = tabulate((Layer("dense", class_count),), shape)
    followed = Followed(rows, answer)
    try:
        check_parameters(followed.layers)
    except ImpossibleLayer as error:
        index = owner[error.index] if error.index < len(owner) else last
        return replace(followed, fault=ImpossibleBlock(index, str(error)))
    return followed


# Repairs -------------------------------------------------------------------------------------------------------------

# What the change is called, the blocks with it, and where the block stands then.
Candidate = tuple[str, tuple[Block, ...], int]


def _candidates(blocks: tuple[Block, ...], index: int, found: Followed, incoming: Shape) -> Iterator[Candidate]:
    """Changes that may put it right, the likeliest first; whether they do is for the caller to see."""
    if not blocks:
        end = usual_block("global_average_pool")
        start = (usual_block("convolution"), usual_block("max_pool"), usual_block("convolution", filters=64), end)
        yield "Begin with two convolutions", start, len(start)
    elif len(blocks) > MOST_BLOCKS:
        yield "Remove this row", blocks[:index] + blocks[index + 1 :], index - 2
    elif len(found.rows) == len(blocks):
        yield from _other_ends(blocks, index, found)
    elif blocks[index].kind in NEEDS_IMAGE and len(incoming) == 1:
        yield from _where_an_image_is(blocks, index, found.rows)
    elif blocks[index].kind == "dense":
        yield from _before(blocks, index, "global_average_pool", "Put global average pooling before it")
        yield from _before(blocks, index, "flatten", "Put flatten before it")
    else:
        for title, block in _other_windows(blocks[index]):
            yield title, _with(blocks, index, block), index


def _with(blocks: tuple[Block, ...], index: int, *put: Block) -> tuple[Block, ...]:
    return (*blocks[:index], *put, *blocks[index + 1 :])


def _before(blocks: tuple[Block, ...], index: int, kind: str, title: str) -> Iterator[Candidate]:
    yield title, _with(blocks, index, usual_block(kind), blocks[index]), index + 1


def _other_windows(block: Block) -> Iterator[tuple[str, Block]]:
    """The nearest strides and kernels, and the other padding."""
    values = block.values
    if values.get("dilation", 1) > 1:
        if values["stride"] > 1:
            yield "Stride 1", block.having(stride=1)
        yield "Dilation 1", block.having(dilation=1)
    window = "kernel" if "kernel" in values else "size"
    for name, most in (("stride", 8), (window, 15)):
        others = sorted(range(1, most + 1), key=lambda value, name=name: (abs(value - values[name]), value))
        for value in others[1:]:
            yield f"{name.capitalize()} {value}", block.having(**{name: value})
    if values.get("padding") == VALID:
        yield "Padding “same”", block.having(padding=SAME)


def _where_an_image_is(blocks: tuple[Block, ...], index: int, rows: tuple[BlockRow, ...]) -> Iterator[Candidate]:
    """Before what made a list of the image, or nowhere."""
    flattened = next(place for place, row in enumerate(rows) if len(row.shape) == 1)
    without = blocks[:index] + blocks[index + 1 :]
    if blocks[index].kind not in FLATTENING:
        moved = (*without[:flattened], blocks[index], *without[flattened:])
        yield f"Move it up, before row {flattened + 1} ({blocks[flattened].title})", moved, flattened
    yield "Remove this row", without, index - 1


def _other_ends(blocks: tuple[Block, ...], index: int, found: Followed) -> Iterator[Candidate]:
    """For blocks that stand, each by itself, but make no network: without a list at the end, or far too large."""
    if found.answer is None:
        yield "Add global average pooling", (*blocks, usual_block("global_average_pool")), len(blocks)
        yield "Add flatten", (*blocks, usual_block("flatten")), len(blocks)
        return
    for place in (place for place, block in enumerate(blocks) if block.kind == "flatten"):
        pooled = _with(blocks, place, usual_block("global_average_pool"))
        yield f"Global average pooling for flatten in row {place + 1}", pooled, len(blocks)
    for name in ("units", "filters"):
        fewer = blocks[index].values.get(name, 0)
        while fewer > 1:
            fewer = 1 << (fewer - 1).bit_length() - 1  # the next power of two below
            title = f"{name.capitalize()} {fewer:,}"
            yield title, _with(blocks, index, blocks[index].having(**{name: fewer})), len(blocks)
