"""Layers as data: what each does to a shape and how many numbers it learns, without building anything."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import UsageError

Shape = tuple[int, ...]
SAME, VALID = "same", "valid"
WINDOWS = ("conv", "depthwise", "max_pool", "average_pool")
COLLECTING = ("flatten", "global_average_pool", "global_max_pool", "dense")


@dataclass(frozen=True)
class Layer:
    """One layer.

    Parameters
    ----------
    kind
        One of `KINDS`.
    units
        Filters of a convolution, units of a dense layer.
    size
        Height and width of a kernel or a pool's window; one number where they are equal.
    stride, dilation
        Of a convolution or a pool: how far the window moves, and how far its pixels lie apart.
    padding
        "same" (the image is padded with zeros, so that ⌈L / S⌉ remain) or "valid" (not at all).
    bias
        Whether a convolution or a dense layer has one.
    activation
        What a convolution or a dense layer does to its sums, such as "relu"; or what an "activation" is.
    rate
        Of a dropout, 0 to 1; None for the one that the run's settings give.
    scale
        Of a batch normalisation: whether it learns a scale besides the shift. Of "rescale": 1/255 makes 0…1.
    offset
        Of "rescale": what is added after the scaling.
    edges
        Of "zero_pad": rows added above and below, and columns left and right.
    groups
        Of a convolution: into how many parts its channels are divided, each with filters of its own.
    name
        By which others take its output.
    inputs
        The names of the layers whose output it takes; () for the layer before, "image" for the network's input.
    block
        The part of the network that it belongs to, by which pictures group layers; "" where it stands for itself.
    """

    kind: str
    units: int = 0
    size: int | tuple[int, int] = 0
    stride: int = 1
    dilation: int = 1
    padding: str = SAME
    bias: bool = True
    activation: str = ""
    rate: float | None = 0.0
    scale: float = 1.0
    offset: float = 0.0
    edges: tuple[int, int] = (0, 0)
    groups: int = 1
    name: str = ""
    inputs: tuple[str, ...] = ()
    block: str = ""

    @property
    def window(self) -> tuple[int, int]:
        """Height and width of its kernel or window."""
        return (self.size, self.size) if isinstance(self.size, int) else self.size

    @property
    def reach(self) -> tuple[int, int]:
        """Over how many pixels the window reaches: D(K − 1) + 1 with dilation D."""
        height, width = self.window
        return self.dilation * (height - 1) + 1, self.dilation * (width - 1) + 1


class ImpossibleLayer(UsageError):
    """A layer that can't stand where it does. `index` is its place among the layers, from 0."""

    def __init__(self, index: int, message: str):
        super().__init__(message)
        self.index = index


@dataclass(frozen=True)
class LayerRow:
    """A line of the table in which a network is shown.

    Parameters
    ----------
    layer
        What it is about.
    inputs
        The shapes that it takes.
    shape
        The shape that leaves it.
    parameters
        How many numbers it holds.
    multiplications
        How many it takes for one image, each with an addition.
    receptive_field
        Height and width of the part of the image that one of its outputs depends on, in pixels; None for all of it.
    seen, jump
        The receptive field of what comes in, and how many pixels of the image its neighbouring steps are apart.
    frozen
        Whether it stays as it was learned elsewhere.
    """

    layer: Layer
    inputs: tuple[Shape, ...]
    shape: Shape
    parameters: int
    multiplications: int
    receptive_field: tuple[int, int] | None
    seen: tuple[int, int] | None
    jump: int
    frozen: bool = False

    @property
    def name(self) -> str:
        """What the layer is, in a few words."""
        return in_words(self.layer)


@dataclass(frozen=True)
class _Value:
    """What leaves a layer: its shape, the receptive field, and how many pixels of the image its steps are apart."""

    shape: Shape
    field: tuple[int, int] | None = (1, 1)
    jump: int = 1


def tabulate(layers: Iterable[Layer], shape: Shape) -> list[LayerRow]:
    """Follow an image of `shape` (height, width, channels) through the layers.

    Raises
    ------
    ImpossibleLayer
        If a layer leaves no pixel of the image, or does not fit what comes before it, with the formula.
    """
    rows, last = [], _Value(shape)
    named = {"image": last}
    for index, layer in enumerate(layers):
        inputs = [named[name] for name in layer.inputs] or [last]
        shapes = tuple(value.shape for value in inputs)
        if fault := fault_of(layer, shapes):
            raise ImpossibleLayer(index, fault)
        seen, jump = _met(inputs)
        last = _Value(output_shape(layer, shapes), *_seen(layer, shapes[0], seen, jump))
        if layer.name:
            named[layer.name] = last
        parameters = count_parameters(layer, shapes[0])
        multiplications = _multiplications(layer, shapes[0], last.shape)
        rows.append(LayerRow(layer, shapes, last.shape, parameters, multiplications, last.field, seen, jump))
    return rows


# Shapes --------------------------------------------------------------------------------------------------------------


def output_shape(layer: Layer, inputs: tuple[Shape, ...]) -> Shape:
    """The shape that leaves a layer which the `inputs` come into and fit."""
    shape = inputs[0]
    if layer.kind in WINDOWS:
        sides = (output_side(layer, axis, shape[axis]) for axis in (0, 1))
        return (*sides, layer.units if layer.kind == "conv" else shape[2])
    if layer.kind == "concatenate":
        return (*shape[:-1], sum(each[-1] for each in inputs))
    if layer.kind == "multiply":  # a factor of shape (1, 1, channels) is stretched
        return max(inputs, key=math.prod)
    if layer.kind == "zero_pad":
        return (*(side + sum(layer.edges) for side in shape[:2]), shape[2])
    if layer.kind == "grey":
        return (*shape[:2], 1)
    if layer.kind in ("global_average_pool", "global_max_pool"):
        return shape[-1:]
    if layer.kind == "flatten":
        return (math.prod(shape),)
    if layer.kind == "to_map":
        return (1, 1, *shape)
    if layer.kind in ("dense", "pointwise"):
        return (*shape[:-1], layer.units)
    return shape


def output_side(layer: Layer, axis: int, side: int) -> int:
    """The height (axis 0) or width (axis 1) that a window leaves: ⌈L / S⌉ with "same" padding, else
    ⌊(L − K) / S⌋ + 1, where K is how far the window reaches."""
    if layer.padding == SAME:
        return -(-side // layer.stride)
    return (side - layer.reach[axis]) // layer.stride + 1


def same_padding(layer: Layer, axis: int, side: int) -> tuple[int, int]:
    """How many zeros "same" padding puts before and behind a height (axis 0) or width (axis 1), as TensorFlow does: of
    an odd number, the odd one goes behind."""
    total = max((-(-side // layer.stride) - 1) * layer.stride + layer.reach[axis] - side, 0)
    return total // 2, total - total // 2


def fault_of(layer: Layer, inputs: tuple[Shape, ...]) -> str:
    """Why a layer can't stand behind these shapes, in words and with the formula; "" where it can."""
    shape, words = inputs[0], in_words(layer)
    needs_map = layer.kind in WINDOWS or layer.kind in ("zero_pad", "grey", "global_average_pool", "global_max_pool")
    if needs_map and len(shape) != 3:
        return f"{words} needs an image of height, width and channels, but what comes in is {shape_in_words(shape)}."
    if layer.kind == "dense" and len(shape) == 3:
        return (
            f"{words} needs a list of numbers, but what comes in is {shape_in_words(shape)}. Put flatten or global "
            "pooling before it."
        )
    if layer.kind in ("add", "concatenate"):
        compared = {each if layer.kind == "add" else each[:-1] for each in inputs}
        if len(compared) > 1:
            return f"{words} needs equal shapes, but {' and '.join(map(shape_in_words, inputs))} come in."
    if layer.kind not in WINDOWS:
        return ""
    if layer.stride > 1 and layer.dilation > 1:
        return (
            f"{words} cannot have both a stride ({layer.stride}) and a dilation ({layer.dilation}) above 1: the pixels "
            "between its taps would be skipped twice. Set one of them to 1."
        )
    if layer.kind == "conv" and (shape[2] % layer.groups or layer.units % layer.groups):
        return f"{words}: {layer.groups} groups do not divide {shape[2]} channels and {layer.units} filters."
    for axis, side in enumerate(shape[:2]):
        if output_side(layer, axis, side) < 1:
            return (
                f"{words} does not fit: the image that comes in has a side of {side}, the window one of "
                f"{layer.reach[axis]}. {shape_sum(layer, axis, side)}, so nothing is left of the image. Take a larger "
                'image, a smaller window, "same" padding, or pool less before.'
            )
    return ""


def does_not_divide(layer: Layer, shape: Shape) -> str:
    """Why the last pixels of an image are never looked at, with the formula; "" where all are."""
    if layer.kind not in WINDOWS or layer.padding == SAME or layer.stride == 1:
        return ""
    for axis, side in enumerate(shape[:2]):
        rest = (side - layer.reach[axis]) % layer.stride
        if rest:
            steps = (side - layer.reach[axis]) / layer.stride + 1
            return (
                f"({side} − {layer.reach[axis]} + 2·0) / {layer.stride} + 1 = {steps:.4g} is no whole number: "
                f"the window moves by {layer.stride}, and {rest} pixel{'s' if rest > 1 else ''} at the edge would "
                "never be looked at"
            )
    return ""


# Counts --------------------------------------------------------------------------------------------------------------


def count_parameters(layer: Layer, shape: Shape) -> int:
    """How many numbers a layer holds: weights, biases, and the running means and variances of a batch norm."""
    return sum(math.prod(factors) for factors, _ in parameter_terms(layer, shape))


def parameter_terms(layer: Layer, shape: Shape) -> list[tuple[tuple[int, ...], str]]:
    """The products that a layer's parameters are the sum of, each with what it counts; () for none."""
    channels = shape[-1]
    if layer.kind == "conv":
        terms = [((*layer.window, channels // layer.groups, layer.units), "height × width × channels in × filters")]
        return terms + ([((layer.units,), "a bias for each filter")] if layer.bias else [])
    if layer.kind == "depthwise":
        terms = [((*layer.window, channels), "height × width, for each channel by itself")]
        return terms + ([((channels,), "a bias for each channel")] if layer.bias else [])
    if layer.kind in ("dense", "pointwise"):
        terms = [((channels, layer.units), "numbers in × units")]
        return terms + ([((layer.units,), "a bias for each unit")] if layer.bias else [])
    if layer.kind == "batch_norm":
        learned = "scale, shift" if layer.scale else "shift"
        each = 4 if layer.scale else 3
        return [((each, channels), f"{learned}, running mean and running variance for each channel")]
    if layer.kind == "layer_norm":
        return [((2, channels), "scale and shift for each channel")]
    if layer.kind == "layer_scale":
        return [((channels,), "a factor for each channel")]
    return []


def _multiplications(layer: Layer, shape: Shape, leaving: Shape) -> int:
    """How many an image takes; those of normalisations and activations are few beside them, and are left out."""
    if layer.kind == "conv":
        return math.prod(layer.window) * shape[-1] // layer.groups * math.prod(leaving)
    if layer.kind == "depthwise":
        return math.prod(layer.window) * math.prod(leaving)
    if layer.kind in ("dense", "pointwise"):
        return shape[-1] * math.prod(leaving)
    return 0


def _met(inputs: list[_Value]) -> tuple[tuple[int, int] | None, int]:
    """The receptive field where paths meet, and how far apart the steps are: the largest of theirs."""
    fields = [value.field for value in inputs]
    # A factor for each channel, as squeeze-and-excitation has it, has seen all of the image.
    field = None if None in fields else tuple(max(sides) for sides in zip(*fields, strict=True))
    return field, max(value.jump for value in inputs)


def _seen(layer: Layer, shape: Shape, seen: tuple[int, int] | None, jump: int) -> tuple[tuple[int, int] | None, int]:
    """The receptive field behind a layer, and how far apart its steps are: r + (K − 1)·j and j·S."""
    if layer.kind in COLLECTING and len(shape) == 3:
        return None, jump
    if layer.kind not in WINDOWS or seen is None:
        return seen, jump
    (height, width), (reach_down, reach_across) = seen, layer.reach
    return (height + (reach_down - 1) * jump, width + (reach_across - 1) * jump), jump * layer.stride


# Words ---------------------------------------------------------------------------------------------------------------


def shape_sum(layer: Layer, axis: int, side: int) -> str:
    """How the height (axis 0) or width (axis 1) behind a window comes about, written out."""
    if layer.padding == SAME:
        return f"⌈{side} / {layer.stride}⌉ = {output_side(layer, axis, side)}"
    return f"⌊({side} − {layer.reach[axis]} + 2·0) / {layer.stride}⌋ + 1 = {output_side(layer, axis, side)}"


def shape_in_words(shape: Shape) -> str:
    """Such as "56 × 56 × 64", or "512 numbers"."""
    if len(shape) == 1:
        return f"{shape[0]:,} numbers"
    return " × ".join(f"{side:,}" for side in shape)


ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU up to 6",
    "swish": "swish",
    "gelu": "GELU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}


def in_words(layer: Layer) -> str:
    """What a layer is, in a few words."""
    height, width = layer.window
    window = f"{height}×{width}"
    details = [f"stride {layer.stride}"] if layer.stride > 1 else []
    details += [f"dilation {layer.dilation}"] if layer.dilation > 1 else []
    details += [ACTIVATIONS[layer.activation]] if layer.activation and layer.kind != "activation" else []
    more = "".join(f", {detail}" for detail in details)
    pool_stride = f", stride {layer.stride}" if layer.stride != height else ""
    return KINDS[layer.kind].format(
        window=window,
        units=f"{layer.units:,}",
        more=more,
        pool=f"{window}{pool_stride}",
        rate="as set" if layer.rate is None else f"{layer.rate:.0%}",
        activation=ACTIVATIONS.get(layer.activation, layer.activation),
        edges=f"{layer.edges[0]} before, {layer.edges[1]} behind",
        rescaled=RESCALED.get((layer.scale, layer.offset), f"Pixels × {layer.scale:.4g} + {layer.offset:g}"),
    )


TO_UNIT, TO_SIGNED = (1 / 255, 0.0), (1 / 127.5, -1.0)
RESCALED = {TO_UNIT: "Pixels to 0…1", TO_SIGNED: "Pixels to −1…1"}
KINDS = {
    "rescale": "{rescaled}",
    "standardise": "Pixels less ImageNet's mean, over its spread",
    "caffe": "Pixels as blue, green, red, less ImageNet's mean colour",
    "grey": "Colours to grey",
    "conv": "Convolution {window}, {units} filters{more}",
    "depthwise": "Depthwise convolution {window}{more}",
    "zero_pad": "Zeros around ({edges})",
    "max_pool": "Max pooling {pool}",
    "average_pool": "Average pooling {pool}",
    "batch_norm": "Batch normalisation",
    "layer_norm": "Layer normalisation",
    "layer_scale": "A factor for each channel",
    "activation": "{activation}",
    "dropout": "Dropout {rate}",
    "flatten": "Flatten",
    "global_average_pool": "Global average pooling",
    "global_max_pool": "Global max pooling",
    "to_map": "As an image of one pixel",
    "dense": "Dense, {units} units{more}",
    "pointwise": "Dense at each pixel, {units} units{more}",
    "add": "Sum of both paths",
    "multiply": "Product of both paths",
    "concatenate": "All paths side by side",
}
