"""Two confusion matrices, one taken from the other, whose cells one clicks to see their images."""

from pathlib import Path

import numpy as np
import streamlit as st

from pages.widgets.confusion_matrix import parse_cell

# Of more classes only those whose answers changed most are shown: a table of 200 × 200 can't be read.
MOST_CLASSES = 24
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "workbench_comparison_matrix",
    html='<div class="scroll"><table></table></div>',
    css=(_FOLDER / "comparison_matrix.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "comparison_matrix.js").read_text(encoding="utf-8"),
)


def show_matrix_difference(
    labels: tuple[str, ...], changes: np.ndarray, names: tuple[str, str], selected: tuple[int, int] | None, key: str
) -> tuple[int, int] | None:
    """Draw how many images more or fewer the second run has in each cell.

    Parameters
    ----------
    labels
        The names of all k classes.
    changes : ndarray of int, shape (k, k)
        As `core.evaluation.comparison.matrix_difference` gives them.
    names
        What the two runs are called.
    selected
        The cell (true, predicted) to mark.

    Returns
    -------
    tuple of int or None
        The cell that was clicked just now.
    """
    shown = classes_to_show(changes)
    result = _component(
        data={
            "classes": [{"index": int(index), "label": labels[index]} for index in shown],
            "changes": changes[np.ix_(shown, shown)].tolist(),
            "names": list(names),
            "selected": f"{selected[0]}-{selected[1]}" if selected else "",
        },
        key=key,
        on_cell_change=lambda: None,
    )
    if len(shown) < len(labels):
        st.caption(f"The {len(shown)} of {len(labels)} classes whose answers differ most.")
    return parse_cell(result.cell, len(labels))


def classes_to_show(changes: np.ndarray) -> list[int]:
    """All classes where they are few; else those whose rows and columns changed most, in their own order."""
    if len(changes) <= MOST_CLASSES:
        return list(range(len(changes)))
    amounts = abs(changes).sum(axis=0) + abs(changes).sum(axis=1)
    most = np.argsort(-amounts, kind="stable")[:MOST_CLASSES]
    return sorted(int(index) for index in most if amounts[index]) or [0, 1]
