"""The confusion matrix, whose cells one clicks to see their images: as large as 2 classes or 200 need it."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from core.evaluation.class_order import by_similarity
from core.evaluation.confusion_matrix import classes_with_mistakes, normalised

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "workbench_confusion_matrix",
    html='<div class="matrix"></div>',
    css=(_FOLDER / "confusion_matrix.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "confusion_matrix.js").read_text(encoding="utf-8"),
)
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
# With fewer classes there is nothing to put in another order, or to leave out.
FEWEST_TO_ORDER = 4
SHARE_DIGITS = 4


def show_confusion_matrix(
    labels: Sequence[str],
    matrix: Sequence[Sequence[int]],
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
    matrix
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
    counts, part = np.asarray(matrix), normalised(matrix, NORMALIZE[by]).round(SHARE_DIGITS)
    shown = list(range(len(labels)) if classes is None else classes)
    rows, columns = np.nonzero(counts)
    _component(
        data={
            "name": key,
            "labels": list(labels),
            # Most of a large matrix is empty: only what holds images is sent.
            "cells": [
                [int(row), int(column), int(counts[row, column]), float(part[row, column])]
                for row, column in zip(rows, columns, strict=True)
            ],
            "rows": shown,
            "columns": shown,
            "selected": f"{selected[0]}-{selected[1]}" if selected else "",
            "by": by,
        },
        key=key,
        on_cell_change=lambda: _take(key, len(labels), clicked),
    )


def _take(key: str, class_count: int, clicked: Callable[[tuple[int, int]], None]) -> None:
    cell = parse_cell(st.session_state[key]["cell"], class_count)
    if cell is not None:
        clicked(cell)


def choose_appearance(matrix: Sequence[Sequence[int]]) -> tuple[str, list[int]]:
    """Controls for what the cells tell and in which order classes come.

    Returns
    -------
    by, classes
        As `show_confusion_matrix` takes them.
    """
    matrix = np.asarray(matrix)
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
