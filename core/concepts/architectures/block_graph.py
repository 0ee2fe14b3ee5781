"""Where the layers of a block stand when it is drawn: paths beside each other, from what comes in to what goes out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.architectures.layers import ACTIVATIONS, LayerRow, shape_in_words
from core.architectures.sections import is_quiet, short_name

MEETING = ("add", "multiply", "concatenate")
COMES_IN = "Comes in"
WORDS = {
    "batch_norm": "batch norm",
    "layer_norm": "layer norm",
    "layer_scale": "a factor each",
    "zero_pad": "padded",
    "to_map": "1 × 1",
}


@dataclass(frozen=True)
class Node:
    """A layer in the drawing.

    Parameters
    ----------
    label, detail
        What it is, and what belongs to it.
    column, level
        How far to the right, and how far down.
    """

    label: str
    detail: str
    column: float
    level: int


@dataclass(frozen=True)
class BlockGraph:
    """A block in the drawing.

    Parameters
    ----------
    nodes
        The first is what comes in, the last gives what goes out.
    edges
        Pairs of places of nodes.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]

    def passes_others(self, edge: tuple[int, int]) -> bool:
        """Whether a straight line would run through nodes that it has nothing to do with."""
        start, end = (self.nodes[place] for place in edge)
        between = [node for node in self.nodes if start.level < node.level < end.level]
        return start.column == end.column and any(node.column == start.column for node in between)

    @property
    def in_words(self) -> str:
        """For those who can't see it."""
        parts = []
        for place, node in enumerate(self.nodes[1:], 1):
            taken = [self.nodes[start].label for start, end in self.edges if end == place]
            detail = f" ({node.detail})" if node.detail else ""
            parts.append(f"{node.label}{detail} takes {' and '.join(taken)}")
        return f"{COMES_IN}: {self.nodes[0].detail}. {'. '.join(parts)}."


def block_graph(rows: Sequence[LayerRow]) -> BlockGraph:
    """Lay out the layers of a block; what neither changes the shape nor is looked for goes with the layer before."""
    nodes = [Node(COMES_IN, shape_in_words(rows[0].inputs[0]), 0, 0)]
    edges: list[tuple[int, int]] = []
    named: dict[str, int] = {}
    last, columns = 0, 0
    for row in rows:
        taken = [named.get(name, 0) for name in row.layer.inputs] or [last]
        if is_quiet(row.layer) and taken == [last] and last:
            nodes[last] = replace(nodes[last], detail=_joined(nodes[last].detail, _quiet(row)))
        else:
            column, columns = _column(row, taken, nodes, edges, columns)
            level = 1 + max(nodes[place].level for place in taken)
            last = len(nodes)
            nodes.append(Node(_label(row), _detail(row), column, level))
            edges += [(place, last) for place in taken]
        if row.layer.name:
            named[row.layer.name] = last
    nodes[last] = replace(nodes[last], detail=_joined(nodes[last].detail, shape_in_words(rows[-1].shape)))
    first = [nodes[end].column for start, end in edges if start == 0 and nodes[end].level == 1]
    nodes[0] = replace(nodes[0], column=sum(first) / len(first))
    return BlockGraph(tuple(nodes), tuple(edges))


def _column(
    row: LayerRow, taken: list[int], nodes: list[Node], edges: list[tuple[int, int]], columns: int
) -> tuple[float, int]:
    """Below what it takes; a path of its own where that goes on elsewhere already; in the middle where paths meet."""
    inside = [nodes[place].column for place in taken if place]
    if row.layer.kind in MEETING and inside:
        return (sum(inside) / len(inside) if len(inside) > 2 else inside[0]), columns
    if inside and not any(start == taken[0] for start, _ in edges):
        return inside[0], columns
    return columns, columns + 1


def _label(row: LayerRow) -> str:
    layer = row.layer
    if is_quiet(layer):
        return _quiet(row).capitalize() if layer.kind in WORDS else _quiet(row)
    name = "Depthwise" if layer.groups > 1 and layer.groups == layer.units else ""
    name = short_name(layer).replace("Conv", name, 1) if name else short_name(layer)
    if layer.kind in ("max_pool", "average_pool"):
        name = f"{name} {layer.window[0]}×{layer.window[1]}"
    return f"{name}, {layer.units:,}" if layer.kind in ("conv", "dense", "pointwise") else name


def _detail(row: LayerRow) -> str:
    stride = f"stride {row.layer.stride}" if row.layer.stride > 1 else ""
    activation = "" if is_quiet(row.layer) else ACTIVATIONS.get(row.layer.activation, row.layer.activation)
    return _joined(stride, activation)


def _quiet(row: LayerRow) -> str:
    return WORDS.get(row.layer.kind) or ACTIVATIONS.get(row.layer.activation, "") or row.name


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
