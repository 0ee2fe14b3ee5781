"""Cells drawn small, without numbers: which are looked at, which come out, which are zeros, which are never seen."""

import html
from collections.abc import Sequence

import streamlit as st

from pages.concepts.number_grid import ACCENT

UNSEEN, OTHER, BLANK = "unseen", "other", "blank"
# In rem. A step of the sliding window, the picture and the fields above it fit on a usual screen.
LARGEST_CELL, LARGEST_MAP = 1.7, 13.0
MOST_LABELLED = 24
# Marks are told by their border or pattern as well as by their colour.
STYLE = f"""<style>
  .cell-maps {{ align-items: start; display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; }}
  .cell-maps figure {{ margin: 0; max-width: 100%; min-width: 0; }}
  .cell-maps figcaption {{ font-size: 0.875rem; opacity: 0.8; padding-bottom: 0.25rem; }}
  .cell-map {{ display: grid; gap: 1px; max-width: 100%; }}
  .cell-map i {{ background: color-mix(in srgb, currentColor 9%, transparent); border-radius: 2px;
    box-sizing: border-box; display: grid; font-size: 0.75rem; font-style: normal; line-height: 1; min-width: 0;
    overflow: hidden; place-items: center; }}
  .cell-map i.other {{ background: color-mix(in srgb, {ACCENT} 38%, transparent); }}
  .cell-map i.outside {{ background: none; border: 1px dashed color-mix(in srgb, currentColor 55%, transparent); }}
  .cell-map i.outside.other {{ background: color-mix(in srgb, {ACCENT} 18%, transparent); }}
  .cell-map i.window {{ background: {ACCENT}; color: #fff; }}
  .cell-map i.outside.window {{ background: color-mix(in srgb, {ACCENT} 45%, transparent); border-color: {ACCENT};
    color: inherit; }}
  .cell-map i.answer {{ background: #e69f00; color: #1f2330; font-weight: 700; }}
  .cell-map i.unseen {{ background: repeating-linear-gradient(45deg, #d6453280 0 1.5px, transparent 1.5px 5px);
    border: 1px solid #d64532; }}
  .cell-map i.blank {{ background: none; }}
  .cell-keys {{ display: flex; flex-wrap: wrap; font-size: 0.75rem; gap: 0.2rem 1.2rem; padding-top: 0.5rem; }}
  .cell-keys span {{ align-items: center; display: flex; gap: 0.4rem; }}
  .cell-keys .cell-map i {{ height: 0.8rem; width: 0.8rem; }}
</style>"""
Cell = tuple[str, str]  # what is written in it, and its marks


def cell_map(rows: Sequence[Sequence[Cell]], caption: str, alt: str, flat: bool = False) -> str:
    """Cells as HTML, for `show_maps`.

    Parameters
    ----------
    rows
        Each cell as (text, marks). Text is left out where there are too many cells to read it. Marks are those of
        `number_grid`, `UNSEEN`, `OTHER` for what another step looks at, `BLANK` for no cell, or several of them
        with blanks between.
    alt
        What can be seen, in words.
    flat
        Whether rows may be lower than columns are wide, so that many of them fit on a screen.
    """
    down, across = len(rows), max(map(len, rows))
    side = min(LARGEST_CELL, LARGEST_MAP / across)
    labelled = across <= MOST_LABELLED
    cells = "".join(_cell(text if labelled else "", marks) for row in rows for text, marks in row)
    columns = f"grid-template-columns: repeat({across}, minmax(0, {LARGEST_CELL if flat else side:.3f}rem))"
    heights = f"grid-auto-rows: {min(LARGEST_CELL, LARGEST_MAP / down):.3f}rem" if flat else ""
    shape = heights or f"aspect-ratio: {across} / {down}; width: {across * side:.2f}rem"
    return (
        f'<figure role="img" aria-label="{html.escape(alt)}"><figcaption>{html.escape(caption)}</figcaption>'
        f'<div class="cell-map" style="{columns}; {shape}">{cells}</div></figure>'
    )


def show_maps(*maps: str, keys: Sequence[tuple[str, str]] = ()) -> None:
    """Draw maps side by side, below each other where there is no room, with what those `keys` (marks, words) mean that
    stand in them."""
    drawn = "".join(maps)
    keys = [(marks, words) for marks, words in keys if f'class="{marks}' in drawn]
    said = "".join(
        f'<span><span class="cell-map">{_cell("", marks)}</span>{html.escape(words)}</span>' for marks, words in keys
    )
    below = f'<div class="cell-keys" aria-hidden="true">{said}</div>' if keys else ""
    st.html(f'{STYLE}<div class="cell-maps">{drawn}</div>{below}')


def _cell(text: str, marks: str) -> str:
    return f'<i class="{marks}">{html.escape(text)}</i>' if marks else f"<i>{html.escape(text)}</i>"
