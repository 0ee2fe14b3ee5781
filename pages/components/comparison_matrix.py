"""Two confusion matrices, one taken from the other, whose cells one clicks to see their images."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from pages.components.confusion_matrix import parse_cell

# Of more classes than FEW_CLASSES those are left out that nothing changed for, and of more than MOST_CLASSES only the
# largest changes are shown: a table of 200 × 200 can't be read.
FEW_CLASSES, MOST_CLASSES = 6, 21
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "workbench_comparison_matrix",
    html='<div class="scroll"><table></table></div>',
    css=(_FOLDER / "comparison_matrix.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "comparison_matrix.js").read_text(encoding="utf-8"),
)


def show_matrix_difference(
    labels: Sequence[str],
    changes: np.ndarray,
    names: tuple[str, str],
    selected: tuple[int, int] | None,
    key: str,
    clicked: Callable[[tuple[int, int]], None],
) -> None:
    """Draw how many images more or fewer the second run has in each cell.

    Parameters
    ----------
    labels
        The names of all k classes.
    changes : ndarray of int, shape (k, k)
        Rows are true classes: see `core.evaluation.disagreement.matrix_difference`.
    names
        What the two runs are called.
    selected
        The cell (true, predicted) to mark.
    clicked
        Is called with a cell that was clicked, before the page is drawn anew.
    """
    shown = classes_to_show(changes)
    if not shown:
        st.caption("No cell holds more or fewer images than before.")
        return
    _component(
        data={
            "classes": [{"index": int(index), "label": labels[index]} for index in shown],
            "changes": changes[np.ix_(shown, shown)].tolist(),
            "names": list(names),
            "selected": f"{selected[0]}-{selected[1]}" if selected else "",
        },
        key=key,
        on_cell_change=lambda: _take(key, len(labels), clicked),
    )
    if len(shown) < len(labels):
        those = "that differ" if (changes.any(axis=0) | changes.any(axis=1)).sum() == len(shown) else "that differ most"
        st.caption(f"The {len(shown)} of {len(labels)} classes {those}.")


def _take(key: str, class_count: int, clicked: Callable[[tuple[int, int]], None]) -> None:
    cell = parse_cell(st.session_state[key]["cell"], class_count)
    if cell is not None:
        clicked(cell)


def classes_to_show(changes: np.ndarray) -> list[int]:
    """All classes where they are few; else those that changed, or changed most, in their own order.

    The largest changes of mistakes come first, each with both of its classes: what one class lost is then beside what
    another won, which would not be so if classes were chosen one by one.
    """
    if len(changes) <= FEW_CLASSES:
        return list(range(len(changes)))
    mistakes = abs(changes)
    right = mistakes.diagonal().copy()
    np.fill_diagonal(mistakes, 0)
    chosen: dict[int, None] = {}
    for cell in np.argsort(-mistakes, axis=None, kind="stable")[: np.count_nonzero(mistakes)].tolist():
        new = [index for index in dict.fromkeys(divmod(cell, len(changes))) if index not in chosen]
        if len(chosen) + len(new) <= MOST_CLASSES:
            chosen |= dict.fromkeys(new)
    others = [index for index in np.argsort(-right, kind="stable").tolist() if right[index] and index not in chosen]
    return sorted([*chosen, *others[: MOST_CLASSES - len(chosen)]])
