"""Two runs side by side: the test in words, the matrices subtracted, and the images on which they disagree."""

import numpy as np
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.comparable import EvaluatedRun, comparable_rows
from core.evaluation.comparison import compare, difference_in_words, in_words
from core.evaluation.disagreement import cell_changes, disagreement, matrix_difference
from core.evaluation.predictions import Predictions
from core.runs.evaluated_runs import by_corrected_labels
from core.runs.record import Run
from pages.components.gallery import show_images
from pages.components.matrix import parse_cell, show_matrix_difference
from pages.shared.evaluated_run import images_of
from pages.shared.markdown import escape
from pages.shared.page import Page

IMAGES_PER_PAGE = 24
IMAGES_HEIGHT = 420
FEW_IMAGES = 8
FEW_CLASSES = 6


def show_pair(page: Page, runs: list[Run], entries: list[EvaluatedRun], split: str, first: int, second: int) -> None:
    """Compare two of the runs, given by their places in the list."""
    (entry, other_entry), remark = by_corrected_labels([runs[first], runs[second]], [entries[first], entries[second]])
    pair = compare(entry, other_entry, split)
    if pair.why_not:
        st.info(escape(in_words(pair)), icon=":material/block:")
        return
    st.markdown(f"**{pair.second} minus {pair.first}: {difference_in_words(pair)}.** {escape(in_words(pair))}")
    if remark:
        st.caption(escape(remark))
    one, other = comparable_rows(entry, other_entry, split)
    names = (pair.first, pair.second)
    cell = parse_cell(st.query_params.get("cell"), len(one.class_names))
    many = len(one.class_names) > FEW_CLASSES
    left, right = st.columns([3, 2] if many else [2, 3], gap="large")
    with left:
        st.caption(
            f"How many images more or fewer {names[1]} has in each cell than {names[0]}. Blue is better, orange worse. "
            "Click a cell to see its images."
        )
        changes = matrix_difference(one, other)
        show_matrix_difference(one.class_names, changes, names, cell, key="changes", clicked=_open_cell)
    with right:
        groups = _of_cell(one, other, cell, names) if cell else _by_who_is_right(one, other, names)
        if cell and st.button("All on which they disagree", icon=":material/arrow_back:", type="tertiary"):
            del st.query_params["cell"]
            st.rerun()
        _show_group(page, runs[first], one, other, names, groups)


def _open_cell(cell: tuple[int, int]) -> None:
    st.query_params["cell"] = f"{cell[0]}-{cell[1]}"


def _by_who_is_right(one: Predictions, other: Predictions, names: tuple[str, str]) -> dict[str, np.ndarray]:
    found = disagreement(one, other)
    return {
        f"Only {names[1]} right": found.only_second,
        f"Only {names[0]} right": found.only_first,
        "Both wrong": found.both_wrong,
    }


def _of_cell(
    one: Predictions, other: Predictions, cell: tuple[int, int], names: tuple[str, str]
) -> dict[str, np.ndarray]:
    came, left = cell_changes(one, other, *cell)
    true, predicted = (escape(one.class_names[index]) for index in cell)
    st.markdown(f"**Images of “{true}” that one of them takes for “{predicted}”**")
    return {f"Only {names[1]} does": came, f"Only {names[0]} does": left}


def _show_group(
    page: Page, run: Run, one: Predictions, other: Predictions, names: tuple[str, str], groups: dict[str, np.ndarray]
) -> None:
    """The images of one of several groups, each with what both runs make of it."""
    titles = list(groups)
    default = next((title for title in titles if len(groups[title])), titles[0])
    chosen = st.segmented_control(
        "Which images",
        titles,
        default=default,
        required=True,
        format_func=lambda title: f"{title} · {len(groups[title])}",
        label_visibility="collapsed",
        key=f"group_{'_'.join(titles)}_{run.id}",
    )
    rows = groups[chosen]
    if not len(rows):
        st.caption("No image.")
        return
    pages = -(-len(rows) // IMAGES_PER_PAGE)
    shown = st.container(height=IMAGES_HEIGHT if len(rows) > FEW_IMAGES else "content", border=False)
    number = st.pagination(pages, key=f"pair_page_{chosen}_{run.id}") if pages > 1 else 1
    rows = rows[(number - 1) * IMAGES_PER_PAGE : number * IMAGES_PER_PAGE]
    try:
        table = images_of(run).loc[list(one.ids[rows])]
    except (WorkbenchError, KeyError):
        st.info("The run's own list of images is gone, so that they can't be shown.", icon=":material/hide_image:")
        return
    notes = {str(one.ids[row]): _answers(one, other, names, row) for row in rows}
    with shown:
        show_images(page.dataset, table, key="pair_images", notes=notes, wrong=chosen == "Both wrong")


def _answers(one: Predictions, other: Predictions, names: tuple[str, str], row: int) -> str:
    """What those of the two answer that are wrong: the right answer stands above it."""
    parts = []
    for name, predictions in zip(names, (one, other), strict=True):
        given = predictions.predicted[row]
        if given != predictions.true[row]:
            parts.append(f"{name}: {predictions.class_names[given]} {predictions.probabilities[row, given]:.0%}")
    return " · ".join(parts) or "both right"
