"""The confusion matrix, whose cells one clicks to see their images."""

import re
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "workbench_confusion_matrix",
    html='<div class="scroll"><table></table></div>',
    css=(_FOLDER / "confusion_matrix.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "confusion_matrix.js").read_text(encoding="utf-8"),
)


def show_confusion_matrix(
    labels: list[str], matrix: list[list[int]], selected: tuple[int, int] | None, key: str
) -> tuple[int, int] | None:
    """Draw the matrix.

    Parameters
    ----------
    labels
        The classes' names.
    matrix
        Counts; rows are the true classes, columns the predicted ones.
    selected
        The cell (true, predicted) to mark.

    Returns
    -------
    tuple of int or None
        The cell that was clicked just now.
    """
    name = f"{selected[0]}-{selected[1]}" if selected else ""
    result = _component(
        data={"labels": labels, "matrix": matrix, "selected": name}, key=key, on_cell_change=lambda: None
    )
    return parse_cell(result.cell, len(labels))


def parse_cell(text: str | None, class_count: int) -> tuple[int, int] | None:
    """Read "1-0" as a cell; None for anything that is not one."""
    match = re.fullmatch(r"(\d{1,6})-(\d{1,6})", text or "")
    if match is None:
        return None
    cell = int(match[1]), int(match[2])
    return cell if max(cell) < class_count else None
