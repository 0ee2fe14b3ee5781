"""How deep a network is: the layers that learn on the longest way through it, as its name often counts them."""

from collections.abc import Sequence

from core.architectures.layers import LayerRow

COUNTED = ("conv", "depthwise", "dense", "pointwise")


def depth_of(rows: Sequence[LayerRow]) -> int:
    """The most convolutions and dense layers that lie one behind the other between the image and the answer."""
    named, last = {"image": 0}, 0
    for row in rows:
        layer = row.layer
        last = max([named[name] for name in layer.inputs] or [last]) + (layer.kind in COUNTED)
        if layer.name:
            named[layer.name] = last
    return last
