"""Matrices of true and predicted classes, whose cells one clicks to see their images.

One of how many images each cell holds, as large as 2 classes or 200 need it, and one of how many more or fewer one run
has there than another.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from core.evaluation.class_order import by_similarity
from core.evaluation.confusion_matrix import classes_with_mistakes, normalised

_FOLDER = Path(__file__).parent
_component = component(
    "workbench_matrix",
    html='<div class="matrix"></div>',
    css=(_FOLDER / "matrix.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "matrix.js").read_text(encoding="utf-8"),
)
CHANGES = "changes"
COUNTS, BY_ROW, BY_COLUMN = "counts", "by row", "by column"
# What cells are shaded by: see `core.evaluation.confusion_matrix.normalised`.
NORMALIZE = {COUNTS: "true", BY_ROW: "true", BY_COLUMN: "pred"}
IN_ORDER, SIMILAR, MISTAKEN = "all classes", "similar side by side", "only with mistakes"
SIMILAR_MISTAKEN = "mistaken, similar side by side"
CELL_WORDS = {
    COUNTS: "How many images.",
    BY_ROW: "Percent of the images in its row.",
    BY_COLUMN: "Percent of the images in its column.",
}
# Of more classes than FEW_CLASSES those are left out that nothing changed for, and of more than MOST_CLASSES only the
# largest changes are shown: a table of 200 × 200 can't be read.
FEW_CLASSES, MOST_CLASSES = 6, 21
# With fewer classes there is nothing to put in another order, or to leave out.
FEWEST_TO_ORDER = 4
SHARE_DIGITS = 4


def show_confusion_matrix(
    labels: Sequence[str],
    matrix: np.ndarray,
    selected: tuple[int, int] | None,
    key: str,
    by: str = COUNTS,
    classes: Sequence[int] | None = None,
    clicked: Callable[[tuple[int, int]], None] = lambda cell: None,
) -> None:
    """Draw the matrix.

    Parameters
    ----------
    labels
        The classes' names.
    matrix : ndarray of int, shape (k, k)
        Counts; rows are the true classes, columns the predicted ones.
    selected
        The cell (true, predicted) to mark.
    by
        What cells tell and are shaded by: `COUNTS`, `BY_ROW` or `BY_COLUMN`.
    classes
        Which classes to show, in this order; all in their own where it is None.
    clicked
        Is called with a cell (true, predicted) that was clicked, before the page is drawn anew.
    """
    part = normalised(matrix, NORMALIZE[by])
    shown = list(range(len(labels)) if classes is None else classes)
    # Most of a large matrix is empty: only what holds images is sent.
    places: list[list[int]] = np.argwhere(matrix).tolist()
    cells = [(row, column, matrix[row, column], part[row, column]) for row, column in places]
    _show(labels, shown, cells, {"by": by}, selected, key, clicked)


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
    most = max(1, abs(changes[np.ix_(shown, shown)]).max())
    cells = [(row, column, changes[row, column], abs(changes[row, column]) / most) for row in shown for column in shown]
    _show(labels, shown, cells, {"by": CHANGES, "runs": list(names)}, selected, key, clicked)
    if len(shown) < len(labels):
        those = "that differ" if (changes.any(axis=0) | changes.any(axis=1)).sum() == len(shown) else "that differ most"
        st.caption(f"The {len(shown)} of {len(labels)} classes {those}.")


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


def _show(
    labels: Sequence[str],
    shown: Sequence[int],
    cells: Iterable[tuple[int, int, int, float]],
    meaning: dict[str, Any],
    selected: tuple[int, int] | None,
    key: str,
    clicked: Callable[[tuple[int, int]], None],
) -> None:
    """Hand a matrix to the browser.

    Parameters
    ----------
    shown
        Which classes, in this order.
    cells
        Of each its true class, its predicted class, its number, and how strong that is, in [0, 1].
    meaning
        What the numbers are: `by`, and for changes the names of both `runs`.
    """
    _component(
        data={
            "name": key,
            "labels": list(labels),
            "cells": [
                [int(row), int(column), int(number), round(float(share), SHARE_DIGITS)]
                for row, column, number, share in cells
            ],
            "rows": list(shown),
            "columns": list(shown),
            "selected": f"{selected[0]}-{selected[1]}" if selected else "",
            **meaning,
        },
        key=key,
        on_cell_change=lambda: _take(key, len(labels), clicked),
    )


def _take(key: str, class_count: int, clicked: Callable[[tuple[int, int]], None]) -> None:
    cell = parse_cell(st.session_state[key]["cell"], class_count)
    if cell is not None:
        clicked(cell)


def choose_appearance(matrix: np.ndarray) -> tuple[str, list[int]]:
    """Controls for what the cells tell and in which order classes come.

    Returns
    -------
    by, classes
        As `show_confusion_matrix` takes them.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        by = st.segmented_control(
            "Cells",
            [COUNTS, BY_ROW, BY_COLUMN],
            default=COUNTS,
            required=True,
            format_func=str.capitalize,
            label_visibility="collapsed",
            key="cells",
            bind="query-params",
        )
        orders = orders_of(matrix)
        if len(orders) == 1:
            return by, orders[IN_ORDER]()
        if st.session_state.get("classes", IN_ORDER) not in orders:
            st.session_state["classes"] = IN_ORDER
        order = st.selectbox(
            "Classes", list(orders), label_visibility="collapsed", key="classes", width=215, bind="query-params"
        )
    return by, orders[order]()


def orders_of(matrix: np.ndarray) -> dict[str, Callable[[], list[int]]]:
    """By what people call them, the ways to order classes and to leave some out that make a difference here."""
    everything = list(range(len(matrix)))
    orders: dict[str, Callable[[], list[int]]] = {IN_ORDER: lambda: everything}
    if len(matrix) < FEWEST_TO_ORDER:
        return orders
    orders[SIMILAR] = lambda: by_similarity(matrix)
    mistaken = classes_with_mistakes(matrix)
    if 0 < len(mistaken) < len(matrix):
        orders[MISTAKEN] = lambda: mistaken
        orders[SIMILAR_MISTAKEN] = lambda: [index for index in by_similarity(matrix) if index in set(mistaken)]
    return orders


def parse_cell(text: str | None, class_count: int) -> tuple[int, int] | None:
    """Read "1-0" as a cell; None for anything that is not one."""
    match = re.fullmatch(r"(\d{1,6})-(\d{1,6})", text or "")
    if match is None:
        return None
    cell = int(match[1]), int(match[2])
    return cell if max(cell) < class_count else None
