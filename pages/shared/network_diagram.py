"""A network as a row of solids: as high as the image is large at that point, as thick as it has channels."""

import base64
import html
import math
from collections.abc import Mapping, Sequence

import streamlit as st

from core.architectures.layers import LayerRow, shape_in_words
from core.architectures.sections import ANSWER, Section, is_quiet, sections

KINDS = {"frozen": "learned on ImageNet, frozen", "trained": "trained on your images", "fixed": "nothing to learn"}
MOST_SECTIONS, FIRST_SECTIONS, LAST_SECTIONS = 20, 11, 8
MOST_SLABS = 40
# In pixels of the screen.
LEAST_HEIGHT, TALLEST = 10, 132
GAP, LEAST_THICKNESS, MOST_WIDTH, ALL_WIDTHS = 1.5, 3.5, 96, 640
# More sections than this have narrower labels, so that they stand in one row of a usual screen.
MANY_SECTIONS = 9
DEPTH = 0.24  # of a slab, as a share of its height
ROD = 9


def show_network(
    rows: Sequence[LayerRow],
    image_size: int,
    picture: str = "",
    answer: str = ANSWER,
    kinds: Mapping[str, str] = KINDS,
) -> None:
    """Draw the layers from the image to the answer.

    Parameters
    ----------
    picture
        The address of an image to begin with; "" for a grey square.
    answer
        What the last layer is called.
    kinds
        What is said of layers that are frozen, trained, and fixed.
    """
    st.html(_STYLE + network_picture(rows, image_size, picture, answer, kinds))


def network_picture(
    rows: Sequence[LayerRow],
    image_size: int,
    picture: str = "",
    answer: str = ANSWER,
    kinds: Mapping[str, str] = KINDS,
) -> str:
    """The drawing as HTML, with a text alternative."""
    found = sections(rows, answer)
    shape = image_size, image_size, rows[0].inputs[0][-1]
    image = _image(shape, picture)
    width = MOST_WIDTH if len(found) <= MANY_SECTIONS else ALL_WIDTHS / len(found)
    drawn = [_section(section, image_size, width, kinds) for section in found]
    if len(found) > MOST_SECTIONS:
        left_out = len(found) - FIRST_SECTIONS - LAST_SECTIONS
        more = f'<figure><div class="more">…</div><figcaption><b>{left_out} more</b></figcaption></figure>'
        drawn = [*drawn[:FIRST_SECTIONS], more, *drawn[-LAST_SECTIONS:]]
    there = {_kind((row,)) for row in rows if not is_quiet(row.layer)}
    keys = "".join(f'<span><i class="{kind}"></i>{said}</span>' for kind, said in kinds.items() if kind in there)
    words = html.escape(in_words(found, shape))
    style, many = f"max-width:{(len(drawn) + 1) * 128}px", " many" * (len(drawn) > MANY_SECTIONS)
    return (
        f'<div class="net{many}" role="img" aria-label="{words}" style="{style}">{image}{"".join(drawn)}</div>'
        f'<div class="net-key" aria-hidden="true">{keys}</div>'
    )


def in_words(found: list[Section], shape: tuple[int, ...]) -> str:
    """The same for those who can't see it."""
    parts = [f"{section.label} to {shape_in_words(section.shape)}" for section in found]
    return f"An image of {shape_in_words(shape)}, then {', then '.join(parts)}."


def _kind(rows: tuple[LayerRow, ...]) -> str:
    if not any(row.parameters for row in rows):
        return "fixed"
    # Where a block learns, its batch normalisation may stay as it was.
    return "trained" if any(row.parameters and not row.frozen for row in rows) else "frozen"


def _image(shape: tuple[int, ...], picture: str) -> str:
    source = f'<img class="image" src="{html.escape(picture)}" alt="">' if picture else '<div class="image"></div>'
    return f"<figure>{source}<figcaption><b>Image</b><br>{'×'.join(map(str, shape))}</figcaption></figure>"


def _section(section: Section, image_size: int, width: float, kinds: Mapping[str, str]) -> str:
    slabs = _slabs(section)
    drawing = _drawing([(row.shape, _kind(rows)) for row, rows in slabs], image_size, width)
    shape = "×".join(map(str, section.shape))
    rows = section.rows
    details = [f"{len(rows)} layer{'s' if len(rows) > 1 else ''}", shape_in_words(section.shape)]
    details += [f"{section.parameters:,} parameters"] if section.parameters else []
    hint = html.escape(f"{section.label}: {', '.join(details)}, {kinds[_kind(rows)]}")
    title = html.escape(section.label)
    return f'<figure title="{hint}">{drawing}<figcaption><b>{title}</b><br>{shape}</figcaption></figure>'


def _slabs(section: Section) -> list[tuple[LayerRow, tuple[LayerRow, ...]]]:
    """What is drawn of a section, each by its last layer: its units, or of a single plain one the layers."""
    (first, *others) = section.units
    if others:
        return [(unit[-1], unit) for unit in section.units[:MOST_SLABS]]
    loud = [row for row in first if not is_quiet(row.layer)]
    plain = loud and not any(row.layer.inputs for row in first)
    return [(row, (row,)) for row in loud] if plain else [(first[-1], first)]


def _drawing(slabs: list[tuple[tuple[int, ...], str]], image_size: int, most: float) -> str:
    """An SVG of slabs side by side, from (shape, kind) of each, not much more than `most` pixels wide."""
    shapes, left, widest = [], 0.0, max(LEAST_THICKNESS * most / MOST_WIDTH, most / len(slabs) - GAP)
    depth = height = 0.0
    for shape, kind in slabs:
        tall = _height(shape, image_size)
        thick = min(_thickness(shape), widest)
        depth = min(DEPTH * tall, 20) if len(shape) > 1 else 3
        shapes.append((left, thick, tall, depth, kind))
        left += thick + GAP
        height = max(height, tall + depth)
    width = left - GAP + max(x + thick + back for x, thick, _, back, _ in shapes) - max(x + t for x, t, *_ in shapes)
    solids = "".join(_solid(*each, bottom=height) for each in shapes)
    size = f'width="{width + 2:.1f}" height="{height + 2:.1f}" viewBox="-1 -1 {width + 2:.1f} {height + 2:.1f}"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_FACES}</style>{solids}</svg>'
    # Streamlit strips drawings out of HTML, but lets images stand.
    source = base64.b64encode(drawing.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{source}" alt="" {size.partition(" viewBox")[0]}>'


def _height(shape: tuple[int, ...], image_size: int) -> float:
    if len(shape) == 1:  # a list of numbers, as a rod
        return LEAST_HEIGHT + 15 * math.log10(shape[0])
    return LEAST_HEIGHT + (TALLEST - LEAST_HEIGHT) * min(1, shape[0] / image_size) ** 0.5


def _thickness(shape: tuple[int, ...]) -> float:
    return ROD if len(shape) == 1 else 3 + 1.7 * math.log2(shape[2])


def _solid(left: float, thick: float, tall: float, depth: float, kind: str, bottom: float) -> str:
    top, right = bottom - tall, left + thick
    front = [(left, top), (right, top), (right, bottom), (left, bottom)]
    above = [(left, top), (left + depth, top - depth), (right + depth, top - depth), (right, top)]
    side = [(right, top), (right + depth, top - depth), (right + depth, bottom - depth), (right, bottom)]
    return "".join(
        f'<polygon class="{kind} {face}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'
        for face, corners in (("above", above), ("side", side), ("front", front))
    )


COLOURS = {  # of the front, above and at the side
    "frozen": ("#79bfe8", "#a9d8f3", "#4f9bc9"),
    "trained": ("#5b67e0", "#929bf0", "#4049b5"),
    "fixed": ("#b4b9cb", "#d2d6e2", "#8d93a9"),
}
_FACES = "polygon{stroke:#141828;stroke-opacity:.35;stroke-linejoin:round;stroke-width:.5}" + "".join(
    f".{kind}.{face}{{fill:{colour}}}"
    for kind, colours in COLOURS.items()
    for face, colour in zip(("front", "above", "side"), colours, strict=True)
)
_STYLE = (
    """<style>
.net { align-items: end; display: flex; flex-wrap: wrap; gap: 12px 6px; justify-content: space-between; }
.net figure { align-items: center; display: flex; flex-direction: column; margin: 0; min-width: 62px; }
.net figcaption { font-size: 0.72rem; height: 2.8em; line-height: 1.35; padding-top: 6px; text-align: center; }
.net figcaption b { font-weight: 600; }
.net .image { background: #8c8c8c; border-radius: 4px; height: 132px; object-fit: cover; width: 132px; }
.net.many { column-gap: 3px; }
.net.many figure { min-width: 54px; }
.net.many figcaption { height: 4.1em; max-width: 74px; }
.net.many .image { height: 112px; width: 112px; }
@media (max-width: 640px) { .net { zoom: 0.75; } .net figcaption { font-size: 0.9rem; } }
.net .more { font-size: 1.6rem; opacity: 0.6; }
.net-key { display: flex; flex-wrap: wrap; font-size: 0.75rem; gap: 0.2rem 1.2rem; padding-top: 8px; }
.net-key span { align-items: center; display: flex; gap: 0.4rem; }
.net-key i { border-radius: 3px; height: 0.8rem; width: 1.1rem; }
"""
    + "".join(f".net-key .{kind} {{ background: {colours[0]}; }}\n" for kind, colours in COLOURS.items())
    + "</style>"
)
