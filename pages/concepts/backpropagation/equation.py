"""Matrices as an equation: one, a kernel that slides over it, and what comes out."""

import html
from collections.abc import Sequence

from pages.concepts.number_grid import show_grids

STYLE = """<style>
  .equations { display: flex; flex-wrap: wrap; gap: 0.5rem; }
  .equation { border-left: 3px solid transparent; max-width: 100%; padding-left: 0.4rem; }
  .equation.followed { border-left-color: #e69f00; }
  .equation strong { display: block; font-size: 0.9rem; padding-bottom: 0.25rem; }
  .equation .parts { align-items: center; display: flex; flex-wrap: wrap; }
  .equation .number-grid { margin-right: 0; }
  .equation .sign { padding: 1.2rem 0.35rem 0; }
</style>"""


def equation(title: str, grids: Sequence[str], signs: Sequence[str], followed: bool = False) -> str:
    """Grids of `number_grid` with signs between them as HTML, for `show_equations`."""
    parts = [grids[0]]
    for sign, grid in zip(signs, grids[1:], strict=True):
        parts += [f'<span class="sign">{html.escape(sign)}</span>', grid]
    return (
        f'<div class="equation{" followed" * followed}"><strong>{html.escape(title)}</strong>'
        f'<div class="parts">{"".join(parts)}</div></div>'
    )


def show_equations(*equations: str) -> None:
    """Draw equations side by side, below each other where there is no room."""
    show_grids(f'{STYLE}<div class="equations">{"".join(equations)}</div>')
