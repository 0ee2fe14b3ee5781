"""Several filters in a row."""

import streamlit as st

from core.concepts.filters.filter_chain import FILTERS, MOST_STEPS, FilterStep, read_chain, run_chain, write_chain
from core.errors import UsageError
from core.runs.settings.parameters import Parameter
from pages.concepts.filter_lab.shown_picture import (
    SMALL_SIDE,
    choose_pixels,
    choose_shown,
    offer_png,
    show_pictures,
)
from pages.concepts.state import State, default_of
from pages.shared.markdown import escape
from pages.shared.page import Page

LONGEST = 400


class _ChainParameter(Parameter):
    """Filters in a row, as they are typed."""

    def check(self, value: str) -> str:
        read_chain(str(value))
        return str(value)


CHAIN = _ChainParameter(
    "chain",
    "Filters",
    "Their names, parted by commas; “=” sets an amount.",
    default="salt_pepper,median_filter,sobel",
)


def show_chain_view(page: Page, state: State) -> None:
    """The list of filters, and the picture after each."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pixels = choose_pixels(page, state, SMALL_SIDE)
        shown = choose_shown(state)
    steps = _choose_chain(state)
    answers = run_chain(pixels, steps)
    labelled = [
        (f"{number} {escape(step.title)}", answer, shown)
        for number, (step, answer) in enumerate(zip(steps, answers, strict=True), 1)
    ]
    show_pictures(("The picture", pixels, "clip"), *labelled)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Each filter works on the numbers that the one before it gave, unclipped. Convolutions may change places; "
            "a median, noise, a magnitude and clipping may not.",
            width="stretch",
        )
        if answers:
            offer_png(answers[-1], shown, "filtered")


def _choose_chain(state: State) -> tuple[FilterStep, ...]:
    text = state.text("chain", max_chars=LONGEST)
    kept = f"{state.key('chain')}_read"
    try:
        steps = st.session_state[kept] = read_chain(text)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        steps = st.session_state.get(kept, read_chain(default_of(CHAIN)))
    with st.container(horizontal=True):
        with st.popover("Add", icon=":material/add:", disabled=len(steps) >= MOST_STEPS):
            _add(state, steps)
        st.button("Last one off", on_click=lambda: state.set(chain=write_chain(steps[:-1])), disabled=not steps)
        st.button("Turn around", on_click=lambda: state.set(chain=write_chain(steps[::-1])), disabled=len(steps) < 2)
    return steps


def _add(state: State, steps: tuple[FilterStep, ...]) -> None:
    key = f"{state.key('chain')}_added"

    def take() -> None:
        if name := st.session_state[key]:
            state.set(chain=write_chain((*steps, FilterStep(FILTERS[name], FILTERS[name].usual))))
            st.session_state[key] = None

    st.selectbox(
        "Filter",
        list(FILTERS),
        index=None,
        format_func=lambda name: FILTERS[name].title,
        key=key,
        on_change=take,
        placeholder="Choose one",
    )
