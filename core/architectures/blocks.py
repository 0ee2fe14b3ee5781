"""The blocks that people compose networks of: what each can be set to, and the layers that it stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.architectures.layer_factories import normalised_conv
from core.architectures.layers import SAME, VALID, Layer
from core.errors import UsageError

MOST_BLOCKS = 100
# What the layers before the first block are called, where a shortcut begins at them.
START = "start"
NONE = "none"


@dataclass(frozen=True)
class Field:
    """What can be set on a block.

    Parameters
    ----------
    name, title
        What files and people call it.
    explanation
        What it does, in a sentence.
    minimum, maximum
        The numbers that are accepted, both ends included. Whole ones only, where the default is one.
    default
        What it is where nothing was chosen.
    options
        Where it is no number: what can be chosen, each with what people call it.
    """

    name: str
    title: str
    explanation: str
    minimum: float
    maximum: float
    default: float | str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are accepted."""
        return isinstance(self.default, int)

    @property
    def accepted(self) -> str:
        """What is accepted, in words."""
        if self.options:
            return f"one of {', '.join(name for name, _ in self.options)}"
        return f"a {'whole ' if self.whole else ''}number from {self.minimum:g} to {self.maximum:g}"

    def check(self, value: Any, where: str) -> float | str:
        """The value as it is kept.

        Raises
        ------
        UsageError
            If it is not accepted; `where` begins the sentence.
        """
        refusal = UsageError(f"{where}: '{self.name}' must be {self.accepted}. Got {value!r}.")
        if self.options:
            if value not in [name for name, _ in self.options]:
                raise refusal
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.minimum <= value <= self.maximum:
            raise refusal
        if self.whole and value % 1:
            raise refusal
        return int(value) if self.whole else float(value)


@dataclass(frozen=True)
class BlockKind:
    """A kind of block: what files and people call it, what it does, and what can be set on it."""

    name: str
    title: str
    explanation: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Block:
    """A block of a network: its kind, one of `BLOCKS`, and the value of each of that kind's fields."""

    kind: str
    values: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What people call its kind."""
        return BLOCKS[self.kind].title

    def having(self, **values: Any) -> "Block":
        """The same block with other values."""
        return replace(self, values={**self.values, **values})


_FUNCTIONS = (("relu", "ReLU"), ("tanh", "tanh"), ("sigmoid", "sigmoid"), ("gelu", "GELU"))
_ACTIVATION = Field(
    "activation",
    "Activation",
    "What is done to each sum. Without one, two layers in a row could be one.",
    0,
    0,
    "relu",
    (*_FUNCTIONS, (NONE, "none")),
)
_PADDING = ((SAME, "same"), (VALID, "valid"))


def _stride(default: int) -> Field:
    return Field("stride", "Stride", "By how many pixels the window moves: 2 halves the image.", 1, 8, default)


def _padding(default: str) -> Field:
    explanation = (
        "“same” puts zeros around the image and keeps its edges in play; “valid” does not, and the image shrinks."
    )
    return Field("padding", "Padding", explanation, 0, 0, default, _PADDING)


_FILTERS = Field("filters", "Filters", "How many patterns it looks for: the channels that leave it.", 1, 2048, 32)
_KERNEL = Field("kernel", "Kernel", "Height and width of the window it looks through, in pixels.", 1, 15, 3)
_POOL = (
    Field("size", "Size", "Height and width of the window, in pixels.", 1, 15, 2),
    _stride(2),
    _padding(VALID),
)
BLOCKS = {
    kind.name: kind
    for kind in (
        BlockKind(
            "convolution",
            "Convolution",
            "Looks for patterns wherever they are in the image.",
            (
                _FILTERS,
                _KERNEL,
                _stride(1),
                _padding(SAME),
                Field(
                    "dilation",
                    "Dilation",
                    "How far the pixels it looks at lie apart: 2 leaves out every other one and sees twice as far.",
                    1,
                    8,
                    1,
                ),
                _ACTIVATION,
            ),
        ),
        BlockKind(
            "residual",
            "Residual block",
            "Two convolutions whose result is added to what came in: deep networks learn better so (He et al., 2015).",
            (_FILTERS, _KERNEL, _stride(1)),
        ),
        BlockKind("max_pool", "Max pooling", "Keeps the largest number of each window: a smaller image.", _POOL),
        BlockKind("average_pool", "Average pooling", "Keeps the mean of each window: a smaller image.", _POOL),
        BlockKind(
            "batch_norm",
            "Batch normalisation",
            "Brings each channel to mean 0 and spread 1: training is steadier. A convolution without activation right "
            "before it needs no biases then, and has none.",
        ),
        BlockKind(
            "activation",
            "Activation",
            "Applies a function to each number, for instance behind a batch normalisation.",
            (replace(_ACTIVATION, options=_FUNCTIONS),),
        ),
        BlockKind(
            "dropout",
            "Dropout",
            "Hides some numbers at random in each training step, so that the network does not rely on a few.",
            (Field("rate", "Rate", "The share of numbers that is hidden.", 0, 0.9, 0.3),),
        ),
        BlockKind(
            "flatten", "Flatten", "Puts the whole image in a row, each pixel by itself: the way to dense layers."
        ),
        BlockKind(
            "global_average_pool",
            "Global average pooling",
            "The mean of each channel over the image: few numbers, wherever in the image something was.",
        ),
        BlockKind(
            "global_max_pool",
            "Global max pooling",
            "The largest number of each channel over the image: whether something was anywhere.",
        ),
        BlockKind(
            "dense",
            "Dense",
            "Each unit looks at all numbers that come in.",
            (Field("units", "Units", "How many numbers leave it.", 1, 16384, 64), _ACTIVATION),
        ),
    )
}


def usual_block(kind: str, **values: Any) -> Block:
    """A block with the default of each field that is not given."""
    return Block(kind, {field.name: field.default for field in BLOCKS[kind].fields} | values)


def read_blocks(values: Any) -> tuple[Block, ...]:
    """Blocks as files hold them: a list of such as ``{"kind": "dropout", "rate": 0.3}``; what lacks has its default.

    Raises
    ------
    UsageError
        Naming the row, the field, what is accepted and what was given.
    """
    if not isinstance(values, list | tuple):
        raise UsageError(f"The blocks of a network must be a list. Got {type(values).__name__}.")
    if len(values) > MOST_BLOCKS:
        raise UsageError(f"A network can have at most {MOST_BLOCKS} blocks. Got {len(values):,}.")
    return tuple(_read_block(row, entry) for row, entry in enumerate(values, 1))


def _read_block(row: int, entry: Any) -> Block:
    if not isinstance(entry, Mapping):
        raise UsageError(f"Row {row} must have a 'kind' and its fields. Got {entry!r:.60}.")
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in BLOCKS:
        raise UsageError(f"Row {row}: 'kind' must be one of {', '.join(BLOCKS)}. Got {kind!r:.60}.")
    where = f"Row {row} ({BLOCKS[kind].title})"
    fields = {field.name: field for field in BLOCKS[kind].fields}
    for name in entry:
        if name != "kind" and name not in fields:
            has = f"It has {', '.join(fields)}." if fields else "It has none."
            raise UsageError(f"{where} has no field {name!r:.60}. {has}")
    return Block(kind, {name: field.check(entry.get(name, field.default), where) for name, field in fields.items()})


def write_blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks as `read_blocks` reads them, ready for JSON."""
    return [{"kind": block.kind, **block.values} for block in blocks]


# Layers --------------------------------------------------------------------------------------------------------------


def expand(blocks: Iterable[Block], channels: int = 3) -> tuple[tuple[Layer, ...], tuple[int, ...]]:
    """The layers that blocks stand for, and for each layer the index of its block.

    Parameters
    ----------
    channels
        Of the image that comes in. What brings it in is named `START`, where the first block has a shortcut.
    """
    layers: list[Layer] = []
    owner: list[int] = []
    blocks = tuple(blocks)
    for index, block in enumerate(blocks):
        follows = blocks[index + 1].kind if index + 1 < len(blocks) else ""
        if block.kind == "residual":
            before = START
            if layers:
                before = layers[-1].name or f"row_{index}"
                layers[-1] = replace(layers[-1], name=before)
            added = _residual(block.values, index + 1, before, channels)
        else:
            added = (_layer(block, follows),)
        channels = block.values.get("filters", channels)
        layers += added
        owner += [index] * len(added)
    return tuple(layers), tuple(owner)


def _layer(block: Block, follows: str) -> Layer:
    values = dict(block.values)
    activation = values.get("activation", NONE)
    activation = "" if activation == NONE else activation
    if block.kind == "convolution":
        bias = bool(activation) or follows != "batch_norm"
        shape = {name: values[name] for name in ("stride", "padding", "dilation")}
        return Layer("conv", values["filters"], values["kernel"], bias=bias, activation=activation, **shape)
    if block.kind == "dense":
        return Layer("dense", values["units"], activation=activation)
    if block.kind == "activation":
        return Layer("activation", activation=activation)
    return Layer(block.kind, **values)


def _residual(values: Mapping[str, Any], row: int, before: str, channels: int) -> tuple[Layer, ...]:
    """Convolution, normalisation, ReLU, convolution, normalisation, plus the shortcut, and ReLU (He et al., 2015)."""
    filters, kernel, stride = (values[name] for name in ("filters", "kernel", "stride"))
    block = f"Residual {row}"
    path = (
        *normalised_conv(filters, kernel, stride=stride, block=block),
        *normalised_conv(filters, kernel, "", block=block),
    )
    path = (*path[:-1], replace(path[-1], name=f"path_{row}"))
    shortcut, beside = (), before
    if stride > 1 or filters != channels:
        beside = f"shortcut_{row}"
        first, norm = normalised_conv(filters, 1, "", stride=stride, inputs=(before,), block=block)
        shortcut = (first, replace(norm, name=beside))
    end = (
        Layer("add", inputs=(f"path_{row}", beside), block=block),
        Layer("activation", activation="relu", block=block),
    )
    return (*path, *shortcut, *end)


def as_blocks(layers: Iterable[Layer], dropout: float) -> tuple[Block, ...] | None:
    """The blocks that stand for `layers`, or None where blocks cannot say the same.

    Parameters
    ----------
    dropout
        The rate of dropout layers that have none of their own.
    """
    layers = tuple(
        replace(layer, rate=dropout) if layer.kind == "dropout" and layer.rate is None else layer for layer in layers
    )
    try:
        blocks = read_blocks([_entry(layer) for layer in layers])
    except UsageError:
        return None
    return blocks if expand(blocks)[0] == layers else None


def _entry(layer: Layer) -> dict[str, Any]:
    activation = {"activation": layer.activation or NONE}
    window = {"stride": layer.stride, "padding": layer.padding}
    if layer.kind == "conv":
        shape = {"filters": layer.units, "kernel": layer.size, "dilation": layer.dilation}
        return {"kind": "convolution"} | shape | window | activation
    if layer.kind in ("max_pool", "average_pool"):
        return {"kind": layer.kind, "size": layer.size} | window
    if layer.kind == "dense":
        return {"kind": "dense", "units": layer.units} | activation
    return (
        {"kind": layer.kind}
        | (activation if layer.kind == "activation" else {})
        | ({"rate": layer.rate} if layer.kind == "dropout" else {})
    )
