"""The drawing of a block: its layers as boxes, from what comes in to what goes out."""

import base64
import html
from collections.abc import Sequence

import streamlit as st

from core.architectures.layers import LayerRow
from core.concepts.architectures.block_graph import COMES_IN, BlockGraph, Node, block_graph
from pages.shared.network_diagram import COLOURS

# In pixels of the screen.
WIDE, TALL, ACROSS, DOWN, AROUND, EDGE = 120, 38, 130, 56, 30, 4
LINE = "#8c8c8c"
FILLS = {"plain": COLOURS["fixed"][1], "learns": "#c3c8f8", "meets": "#f5d38a"}
LEARNS = ("Conv", "Depthwise", "Dense")
MEETS = ("Sum", "Product", "Side by side")
STYLE = f"""<style>
text {{ fill: #1f2330; font-family: sans-serif; text-anchor: middle; }}
.label {{ font-size: 11px; font-weight: 600; }}
.detail {{ font-size: 10px; }}
rect {{ stroke: #141828; stroke-opacity: 0.4; }}
path {{ fill: none; stroke: {LINE}; stroke-width: 1.6; marker-end: url(#tip); }}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<polygon points="0,0 8,4 0,8" fill="{LINE}"/></marker></defs>"""


def show_block(rows: Sequence[LayerRow], title: str) -> None:
    """Draw a block of the network of this title."""
    st.html(block_picture(block_graph(rows), title))


def block_picture(graph: BlockGraph, title: str) -> str:
    """The drawing as HTML, with a text alternative."""
    left = AROUND if any(graph.passes_others(edge) for edge in graph.edges) else 0
    width = left + max(node.column for node in graph.nodes) * ACROSS + WIDE + 2 * EDGE + left
    height = max(node.level for node in graph.nodes) * DOWN + TALL + 2 * EDGE
    shapes = [_edge(graph, edge, left) for edge in graph.edges] + [_box(node, left) for node in graph.nodes]
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{STYLE}{"".join(shapes)}</svg>'
    # Streamlit strips drawings out of HTML, but lets images stand.
    source = base64.b64encode(drawing.encode()).decode()
    words = html.escape(f"A block of {title}. {graph.in_words}")
    style = f"display:block;margin:0 auto;max-width:100%;width:{width:g}px"
    return f'<img src="data:image/svg+xml;base64,{source}" alt="{words}" style="{style}">'


def _corner(node: Node, left: float) -> tuple[float, float]:
    return EDGE + left + node.column * ACROSS, EDGE + node.level * DOWN


def _box(node: Node, left: float) -> str:
    x, y = _corner(node, left)
    fill = FILLS["meets" if node.label in MEETS else "learns" if node.label.startswith(LEARNS) else "plain"]
    middle = x + WIDE / 2
    rounded = TALL / 2 if node.label == COMES_IN else 5
    detail = f'<text class="detail" x="{middle:g}" y="{y + 29:g}">{html.escape(node.detail)}</text>'
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDE}" height="{TALL}" rx="{rounded:g}" fill="{fill}"/>'
        f'<text class="label" x="{middle:g}" y="{y + (16 if node.detail else 23):g}">{html.escape(node.label)}</text>'
        + (detail if node.detail else "")
    )


def _edge(graph: BlockGraph, edge: tuple[int, int], left: float) -> str:
    (x, y), (to_x, to_y) = (_corner(graph.nodes[place], left) for place in edge)
    if graph.passes_others(edge):  # beside the boxes: on the left from what comes in, else on the right
        side = -1 if edge[0] == 0 else 1
        start, bend = (x, x - AROUND) if side < 0 else (x + WIDE, x + WIDE + AROUND / 2)
        y, to_y = y + TALL / 2, to_y + TALL / 2
        return f'<path d="M{start:g},{y:g} C{bend:g},{y:g} {bend:g},{to_y:g} {start:g},{to_y:g}"/>'
    x, to_x, y = x + WIDE / 2, to_x + WIDE / 2, y + TALL
    half = min(DOWN - TALL, to_y - y) / 2
    return f'<path d="M{x:g},{y:g} C{x:g},{y + 2 * half:g} {to_x:g},{to_y - 2 * half:g} {to_x:g},{to_y:g}"/>'
