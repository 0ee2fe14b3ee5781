"""A network as a row of blocks, as high as the image is large at that point."""

import html

import streamlit as st

from core.architectures.layers import LayerRow

# Layers that change neither shape nor parameters would only crowd the picture; the table lists them.
QUIET = ("ReLU", "Batch", "Pixels", "Dropout")
KINDS = {"frozen": "learned on ImageNet, frozen", "trained": "trained on your images", "fixed": "nothing to learn"}


def show_network(rows: list[LayerRow], image_size: int) -> None:
    """Draw the layers from the image to the answer."""
    blocks = [_block(f"Image {image_size}×{image_size}×3", image_size, image_size, "input")]
    for row in rows:
        if row.name.startswith(QUIET):
            continue
        side = row.shape[0] if len(row.shape) == 3 else 0
        shape = "×".join(map(str, row.shape))
        blocks.append(_block(f"{row.name}\n→ {shape}", side, image_size, _kind(row)))
    kinds = [kind for kind in KINDS if any(_kind(row) == kind for row in rows)]
    keys = "".join(f'<span class="{kind}"><span class="bar"></span>{KINDS[kind]}</span>' for kind in kinds)
    picture = f'<div class="net" role="img" aria-label="the layers in their order">{"".join(blocks)}</div>'
    st.html(f'{_STYLE}{picture}<div class="key">{keys}</div>')


def _kind(row: LayerRow) -> str:
    return "frozen" if row.frozen else "trained" if row.parameters else "fixed"


def _block(text: str, side: int, image_size: int, kind: str) -> str:
    height = 26 + round(64 * (side / image_size) ** 0.5) if side else 26
    lines = "<br>".join(html.escape(line) for line in text.split("\n"))
    return f'<div class="layer {kind}"><div class="bar" style="height:{height}px"></div><div>{lines}</div></div>'


_STYLE = """<style>
.net { align-items: end; display: grid; gap: 6px; grid-template-columns: repeat(auto-fill, minmax(82px, 1fr)); }
.net .layer { font-size: 0.72rem; line-height: 1.25; }
.net .layer > div:last-child { height: 4.6em; overflow: hidden; padding-top: 4px; }
.net .bar, .key .bar { border-radius: 5px; }
.key { display: flex; font-size: 0.75rem; gap: 1.2rem; }
.key > span { align-items: center; display: flex; gap: 0.4rem; }
.key .bar { height: 0.8rem; width: 1.4rem; }
.input .bar { background: #8c8c8c; }
.fixed .bar { background: #b9bdd6; }
.trained .bar { background: #6470e8; }
.frozen .bar { background: repeating-linear-gradient(135deg, #56b4e9, #56b4e9 6px, #3b8fc0 6px, #3b8fc0 12px); }
</style>"""
