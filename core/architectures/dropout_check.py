"""Dropout that stands before batch normalisation, where the two work against each other.

Li, Chen, Hu and Yang, Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift,
arXiv:1801.05134.
"""

from collections.abc import Sequence

from core.architectures.layers import Layer

LEARNING = ("conv", "depthwise", "dense", "pointwise")
# Layers that learn and lie between the two. Behind more, little is left of the shift.
MOST_BETWEEN = 1
REMARK = (
    "Batch normalisation follows this dropout. The dropout makes numbers vary more while training than at test time, "
    "and the normalisation then still divides by what it measured while training. Put the dropout behind the last "
    "batch normalisation."
)


def dropouts_before_batch_norm(layers: Sequence[Layer]) -> list[int]:
    """The places of the dropout layers from which a batch normalisation is reached, with one layer that learns at most
    in between.

    Parameters
    ----------
    layers
        Of a network; a rate of None, the one that a run's settings give, is taken to be above 0.
    """
    before = _before(layers)
    found: set[int] = set()
    for index, layer in enumerate(layers):
        if layer.kind == "batch_norm":
            _search(layers, before, index, MOST_BETWEEN, found)
    return sorted(found)


def _before(layers: Sequence[Layer]) -> list[list[int]]:
    """The places of the layers whose output each takes; [] of what takes the image."""
    places, before = {"image": -1}, []
    for index, layer in enumerate(layers):
        taken = [places[name] for name in layer.inputs] or [index - 1]
        before.append([place for place in taken if place >= 0])
        if layer.name:
            places[layer.name] = index
    return before


def _search(layers: Sequence[Layer], before: list[list[int]], index: int, left: int, found: set[int]) -> None:
    """Go back from a layer, as far as another batch normalisation or too many layers that learn."""
    for place in before[index]:
        layer = layers[place]
        if layer.kind == "dropout" and layer.rate != 0:
            found.add(place)
        learns = layer.kind in LEARNING
        if layer.kind != "batch_norm" and left >= learns:
            _search(layers, before, place, left - learns, found)
