"""A matrix whose every number can be read, with some of its cells marked."""

import html
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from core.figures.colours import SPLIT_COLOURS

ACCENT = SPLIT_COLOURS["train"]
MOST_SIDE = 40
# Marks are told by their border as well as by their colour.
STYLE = f"""<style>
  .number-grid {{ display: inline-block; margin: 0 1rem 0.5rem 0; max-width: 100%; overflow-x: auto;
    vertical-align: top; }}
  .number-grid table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
  .number-grid caption {{ caption-side: top; font-size: 0.875rem; opacity: 0.8; padding-bottom: 0.25rem;
    text-align: left; white-space: nowrap; }}
  .number-grid td {{ border: 1px solid color-mix(in srgb, currentColor 22%, transparent); font-size: 0.8125rem;
    height: 1.9rem; min-width: 1.9rem; padding: 0 0.3rem; text-align: center; }}
  .number-grid td.window {{ background: color-mix(in srgb, {ACCENT} 22%, transparent);
    box-shadow: inset 0 0 0 2px {ACCENT}; }}
  .number-grid td.answer {{ background: color-mix(in srgb, #e69f00 30%, transparent);
    box-shadow: inset 0 0 0 2px #e69f00; font-weight: 700; }}
  .number-grid td.outside {{ border-style: dashed; opacity: 0.55; }}
</style>"""
WINDOW, ANSWER, OUTSIDE = "window", "answer", "outside"


def number_grid(
    values: np.ndarray | Sequence[Sequence[float]],
    caption: str,
    marks: Mapping[tuple[int, int], str] | None = None,
    digits: int = 3,
) -> str:
    """A matrix as HTML, for `show_grids`.

    Parameters
    ----------
    values : (height, width) array
        NaN is an empty cell.
    marks
        By (row, column): `WINDOW` for what is looked at, `ANSWER` for what comes out, `OUTSIDE` for padding.
    digits
        Significant ones of each number.
    """
    rows = np.atleast_2d(np.asarray(values, float))[:MOST_SIDE, :MOST_SIDE]
    marks = marks or {}
    cells = "".join(
        "<tr>" + "".join(_cell(value, marks.get((y, x), ""), digits) for x, value in enumerate(row)) + "</tr>"
        for y, row in enumerate(rows.tolist())
    )
    return f'<div class="number-grid"><table><caption>{html.escape(caption)}</caption>{cells}</table></div>'


def show_grids(*grids: str) -> None:
    """Draw matrices side by side, below each other where there is no room."""
    st.html(STYLE + "".join(grids))


def _cell(value: float, mark: str, digits: int) -> str:
    text = "" if value != value else in_digits(value, digits)
    return f'<td class="{mark}">{text}</td>' if mark else f"<td>{text}</td>"


def in_digits(value: float, digits: int = 3) -> str:
    """A number as short as it can be read: whole numbers whole, others with so many significant digits."""
    if value == round(value) and abs(value) < 1e15:
        return f"{value + 0.0:.0f}".replace("-", "−")  # 0 · (−1) is no −0 to people
    return f"{value:.{digits}g}".replace("-", "−")
