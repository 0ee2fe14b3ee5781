"""How accurate the run in view stays when its own images are shifted."""

import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.shift_robustness import HORIZONTAL, MOST_IMAGES, VERTICAL, ShiftRobustness
from core.figures.shift_robustness import ShiftPoint, shift_robustness_figure
from core.runs.record import Run
from pages.concepts.network_in_view import run_in_view
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.inference import awaited_task, has_weights, weights_written
from pages.shared.markdown import escape
from pages.shared.page import Page, untrained_badge
from pages.shared.run_label import run_label


def show_accuracy(page: Page, state: State) -> None:
    """The accuracy against the shift, once it was asked for."""
    run = run_in_view(page)
    if run is None or not (has_weights(run) and run.predictions_path.exists()):
        none = "There is no trained network yet." if run is None else "The run in view has none yet."
        st.markdown(
            "**Here a trained network is asked about your images, each moved by 1, 2, 4, 8 … pixels all four ways.** "
            f"{none}"
        )
        page.link("training", "Train one", "show_chart")
        return
    st.markdown(
        f"**{escape(run.settings.design.title)} is asked about up to {MOST_IMAGES} of its validation images, each "
        "moved by 1, 2, 4, 8 … pixels all four ways.** The edge is filled with the pixels there."
    )
    untrained_badge(run)
    st.caption(escape(run_label(run)))
    asked = f"concepts_shifted_{run.id}"
    if not st.session_state.get(asked):
        st.button(
            "Measure it",
            icon=":material/speed:",
            on_click=st.session_state.update,
            kwargs={asked: True},
            type="primary",
        )
        return
    try:
        found = _measured(page, run)
    except WorkbenchError as error:
        st.warning(escape(str(error)), icon=":material/error:")
        return
    if found is not None:
        show_found(page, found)


def _measured(page: Page, run: Run) -> ShiftRobustness | None:
    state = (weights_written(run), run.answers_as_of)
    words = "Asking the network about shifted images"
    return awaited_task("accuracy_by_shift", str(page.workspace.root), words, state=state, run=str(run.folder))


def show_found(page: Page, found: ShiftRobustness) -> None:
    """The chart, what it says, and what can be done."""
    words = found.words()
    st.markdown(f"**{escape(words)}**")
    if found.distances:
        show_figure(shift_robustness_figure(lines_of(found)), "accuracy_by_shift", words)
    st.caption(
        f"Pixels are those of the {found.side} × {found.side} that the network is fed; bars are 95 % intervals. Each "
        "image is asked about once, without the views that a run may average. What helps: training images that are "
        "shifted at random."
    )
    page.link("augmentation", "Vary the training images", "auto_awesome_motion")


def lines_of(found: ShiftRobustness) -> dict[str, list[ShiftPoint]]:
    """What the chart draws of each direction."""
    return {
        direction: [
            ShiftPoint(sum(move), found.accuracy(move), *found.interval(move)) for move in found.line(direction)
        ]
        for direction in (HORIZONTAL, VERTICAL)
    }
