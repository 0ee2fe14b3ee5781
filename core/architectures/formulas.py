"""How the figures of a layer come about, written out: every number with what it stands for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from core.architectures.layers import (
    COLLECTING,
    SAME,
    WINDOWS,
    Layer,
    LayerRow,
    does_not_divide,
    output_side,
    parameter_terms,
    same_padding,
    shape_in_words,
)

BYTES_PER_NUMBER = 4
# How many numbers optimisers keep for each that they train: averages of its gradient and of its square, or momentum.
KEPT_BY_OPTIMISERS = {"adam": 2, "adamw": 2, "rmsprop": 2, "sgd": 1}
SIDES = ("height", "width")
OPENING, CLOSING = "(⌈⌊", ")⌉⌋"


@dataclass(frozen=True)
class Term:
    """A piece of a sum, and what it stands for; "" where it is an operator."""

    text: str
    meaning: str = ""


@dataclass(frozen=True)
class Formula:
    """How one figure of a layer comes about.

    Parameters
    ----------
    title
        Which figure it is, such as "Parameters".
    terms
        The sum, piece by piece; () where there is nothing to work out.
    note
        What is to be said of it besides, in sentences.
    """

    title: str
    terms: tuple[Term, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        """The sum as a line, such as "3 × 3 × 64 × 128 + 128 = 73,856"."""
        text = " ".join(term.text for term in self.terms)
        for opening in OPENING:
            text = text.replace(f"{opening} ", opening)
        for closing in CLOSING:
            text = text.replace(f" {closing}", closing)
        return text

    @property
    def meanings(self) -> tuple[tuple[str, str], ...]:
        """Its numbers, each with what it stands for."""
        return tuple((term.text, term.meaning) for term in self.terms if term.meaning)

    def to_dict(self) -> dict:
        """Ready for JSON."""
        return {"title": self.title, "sum": self.text, "terms": [list(pair) for pair in self.meanings]} | (
            {"note": self.note} if self.note else {}
        )


def formulas_of(row: LayerRow, image_size: int) -> list[Formula]:
    """How shape, parameters, receptive field and multiplications of a layer come about.

    Parameters
    ----------
    row
        The layer's line of the table.
    image_size
        Side of the image that comes into the network, in pixels.
    """
    return [*_shape_sums(row), _parameter_sum(row), _field_sum(row, image_size), _multiplication_sum(row)]


# Shape ---------------------------------------------------------------------------------------------------------------


def _shape_sums(row: LayerRow) -> list[Formula]:
    layer, shape = row.layer, row.inputs[0]
    if layer.kind in WINDOWS:
        return _window_sums(row)
    if layer.kind == "zero_pad":
        before, behind = ((layer.edges[0], "zeros above, left"), (layer.edges[1], "zeros below, right"))
        terms = _terms((shape[0], "pixels that come in"), "+", before, "+", behind, "=", (row.shape[0], ""))
        return [Formula("Height and width", terms)]
    if layer.kind == "flatten":
        factors = _product(shape, ("height", "width", "channels") if len(shape) == 3 else ("numbers in a row",))
        return [Formula("Output", (*factors, Term("="), Term(_number(row.shape[0]), "numbers in a row")))]
    if layer.kind == "concatenate":
        parts = _joined([Term(_number(each[-1]), f"of path {place}") for place, each in enumerate(row.inputs, 1)], "+")
        return [Formula("Channels", (*parts, Term("="), Term(_number(row.shape[-1]), "channels side by side")))]
    return [Formula("Output", note=_shape_note(row))]


def _shape_note(row: LayerRow) -> str:
    """How a shape comes about where there is nothing to work out."""
    layer, comes, leaves = row.layer, row.inputs[0], shape_in_words(row.shape)
    if layer.kind in ("global_average_pool", "global_max_pool"):
        taken = "mean" if layer.kind == "global_average_pool" else "largest"
        return f"Of each channel, the {taken} of its {comes[0]} × {comes[1]} pixels is left: {leaves}."
    if layer.kind == "dense":
        return f"One number for each unit: {leaves}."
    if layer.kind == "pointwise":
        return f"The same dense layer at each pixel: {leaves}."
    if layer.kind == "add":
        return f"Number by number, so all paths must have one shape, and it stays: {leaves}."
    if layer.kind == "multiply":
        return f"Each channel is multiplied by a factor of its own; the shape stays: {leaves}."
    if layer.kind == "grey":
        return f"One channel is left of {comes[-1]}: {leaves}."
    return f"The shape stays: {leaves}."


def _window_sums(row: LayerRow) -> list[Formula]:
    """Height and width, in one sum where they are alike."""
    layer, shape = row.layer, row.inputs[0]
    alike = shape[0] == shape[1] and layer.reach[0] == layer.reach[1]
    sums = [_side_sum(row, axis, "Height and width" if alike else SIDES[axis].capitalize()) for axis in (0, 1)]
    channels = f"{row.shape[2]:,} channels leave it, " + (
        "one for each filter." if layer.kind == "conv" else "as many as come in: each is looked at by itself."
    )
    return [*(sums[:1] if alike else sums), Formula("Channels", note=channels)]


def _side_sum(row: LayerRow, axis: int, title: str) -> Formula:
    layer, side = row.layer, row.inputs[0][axis]
    reach, left = layer.reach[axis], output_side(layer, axis, side)
    dilated = f"{layer.dilation} × ({layer.window[axis]} − 1) + 1 = {reach}"
    spread = f" With dilation {layer.dilation} the window reaches over K = {dilated} pixels." * (layer.dilation > 1)
    if layer.padding == SAME:
        terms = _terms("⌈", (side, "L: pixels that come in"), "/", (layer.stride, "S: stride"), "⌉ =", (left, ""))
        return Formula(title, terms, _padding_note(layer, axis, side) + spread)
    divides = (side - reach) % layer.stride == 0
    opening = "(" if divides else "⌊("
    terms = (
        *_terms(opening, (side, "L: pixels that come in"), "−", (reach, "K: window"), "+", ("2·0", "2P: no padding")),
        *_terms(")", "/", (layer.stride, "S: stride"), "+ 1 =" if divides else "⌋ + 1 =", (left, "")),
    )
    rest = does_not_divide(layer, row.inputs[0])
    lost = f"{rest[0].upper()}{rest[1:]}: the last ones, below and on the right." if rest else ""
    return Formula(title, terms, (lost + spread).strip())


def _padding_note(layer: Layer, axis: int, side: int) -> str:
    """What "same" means in rows of zeros, of which TensorFlow puts an odd one below and on the right."""
    before, behind = same_padding(layer, axis, side)
    if not before + behind:
        return "Padding “same”, but here no zeros are needed."
    reach, left = layer.reach[axis], output_side(layer, axis, side)
    formula = f"({side} − {reach} + {before} + {behind}) / {layer.stride} + 1 = {left}"
    if before == behind:
        return f"Padding “same”: P = {before} row{'s' * (before > 1)} of zeros on each side, so that {formula}."
    return (
        f"Padding “same”: {before} row{'s' * (before != 1)} of zeros above and left, {behind} below and right, where "
        f"TensorFlow puts the odd one, so that {formula}."
    )


# Parameters and multiplications --------------------------------------------------------------------------------------


def _parameter_sum(row: LayerRow) -> Formula:
    terms = parameter_terms(row.layer, row.inputs[0])
    if not terms:
        return Formula("Parameters", note="None: there is nothing to learn here.")
    parts = [_product(factors, tuple(meaning.split(" × ")), meaning) for factors, meaning in terms]
    pieces = [part for product in _joined(parts, (Term("+"),)) for part in product]
    single = len(terms) == 1 and len(terms[0][0]) == 1
    ending = () if single else (Term("="), Term(_number(row.parameters), "parameters"))
    return Formula("Parameters", (*pieces, *ending), _groups_note(row))


def _groups_note(row: LayerRow) -> str:
    layer, channels = row.layer, row.inputs[0][-1]
    if layer.groups == 1:
        return ""
    each = channels // layer.groups
    return (
        f"The {channels:,} channels are divided into {layer.groups:,} groups, so that each filter looks at {each:,} of "
        "them."
    )


def _multiplication_sum(row: LayerRow) -> Formula:
    layer, shape, title = row.layer, row.inputs[0], "Multiply–adds"
    if not row.multiplications:
        return Formula(title, note="Few beside those of the convolutions and dense layers; they are not counted.")
    if layer.kind == "conv":
        factors = (*layer.window, shape[-1] // layer.groups)
        parts = (*_product(factors, ("window", "window", "channels in")), Term("×"))
    elif layer.kind == "depthwise":
        parts = (*_product(layer.window, ("window", "window")), Term("×"))
    else:
        parts = (Term(_number(shape[-1]), "numbers in"), Term("×"))
    shape_of_it = f": {shape_in_words(row.shape)}" if len(row.shape) > 1 else ""
    leaving = Term(_number(math.prod(row.shape)), f"numbers that leave it{shape_of_it}")
    return Formula(title, (*parts, leaving, Term("="), Term(_number(row.multiplications), "for each image")))


# Receptive field -----------------------------------------------------------------------------------------------------


def _field_sum(row: LayerRow, image_size: int) -> Formula:
    layer, title = row.layer, "Receptive field"
    if row.receptive_field is None or row.seen is None:
        collects = layer.kind in COLLECTING and len(row.inputs[0]) == 3
        which = "It brings together" if collects else "What comes in has seen"
        return Formula(title, note=f"{which} all places of the image, so each output depends on all of it.")
    if layer.kind not in WINDOWS:
        meet = " The largest of the paths that meet counts." if len(row.inputs) > 1 else ""
        return Formula(title, note=f"As before it: {_pixels(row.receptive_field)} of the image.{meet}")
    axis = 0 if row.receptive_field[0] >= row.receptive_field[1] else 1
    reach, before, after = layer.reach[axis], row.seen[axis], row.receptive_field[axis]
    terms = (
        *_terms((before, "r: pixels seen before"), "+ (", (reach, "K: window"), "− 1 ) ×"),
        *_terms((row.jump, "j: image pixels between neighbours"), "=", (after, "pixels of the image")),
    )
    notes = []
    if len(set(row.receptive_field)) > 1:
        notes.append(f"So in {SIDES[axis]}; in all, an output depends on {_pixels(row.receptive_field)}.")
    if after > image_size:
        notes.append(f"That is more than the {image_size} there are: every output may depend on the whole image.")
    if layer.stride > 1:
        notes.append(f"From here on, neighbours are {row.jump} × {layer.stride} = {row.jump * layer.stride} apart.")
    return Formula(title, terms, " ".join(notes))


def _pixels(sides: tuple[int, int]) -> str:
    return f"{sides[0]:,} × {sides[1]:,} pixels"


# Pieces --------------------------------------------------------------------------------------------------------------


def _number(value: int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _terms(*pieces: str | tuple[int | str, str]) -> tuple[Term, ...]:
    """Operators are given as text, numbers as a pair with what they stand for."""
    return tuple(Term(piece) if isinstance(piece, str) else Term(_number(piece[0]), piece[1]) for piece in pieces)


def _product(factors: tuple[int, ...], meanings: tuple[str, ...], together: str = "") -> tuple[Term, ...]:
    """Factors with a meaning each; where there are fewer meanings, the product as one piece that means `together`."""
    if len(meanings) != len(factors):
        return (Term(" × ".join(map(_number, factors)), together),)
    terms = [Term(_number(factor), meaning) for factor, meaning in zip(factors, meanings, strict=True)]
    return tuple(_joined(terms, Term("×")))


def _joined(pieces: list, between) -> Iterator:
    for place, piece in enumerate(pieces):
        if place:
            yield Term(between) if isinstance(between, str) else between
        yield piece


@dataclass(frozen=True)
class Totals:
    """What all layers come to.

    Parameters
    ----------
    parameters, trained, frozen
        How many numbers they hold, how many of those learn, and how many stay as they were learned elsewhere.
    multiplications
        How many an image takes, each with an addition.
    training_bytes
        The memory that the numbers take while they are trained: the trained ones, their gradients and what the
        optimiser keeps of these, and the frozen ones. What the layers give for a batch of images comes on top.
    """

    parameters: int
    trained: int
    frozen: int
    multiplications: int
    training_bytes: int


def totals_of(rows: list[LayerRow], optimiser: str = "adamw") -> Totals:
    """Add up the table of a network.

    Parameters
    ----------
    optimiser
        By which it is trained, as the settings of runs call it.
    """
    frozen = sum(row.parameters for row in rows if row.frozen)
    trained = sum(row.parameters for row in rows if not row.frozen)
    size = BYTES_PER_NUMBER * ((2 + KEPT_BY_OPTIMISERS[optimiser]) * trained + frozen)
    return Totals(frozen + trained, trained, frozen, sum(row.multiplications for row in rows), size)
