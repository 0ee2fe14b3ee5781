"""What is set in a chapter stands in the URL, and a link with values that there are not leads to the nearest."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.settings.parameters import Boolean, Choice, Number
from pages.concepts.state import nearest

STRIDE = Number("stride", "Stride", "How far the window moves.", 1, 8, default=1)
SIGMA = Number("sigma", "Sigma", "Spread.", 0.1, 20, default=1.5, whole=False)
PADDING = Choice("padding", "Padding", "What lies outside.", {"same": "zeros", "valid": "none"}, default="same")
FLIP = Boolean("flip", "Flip", "Turn the kernel around first.", default=False)


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (STRIDE, "3", 3),
        (STRIDE, "99", 8),
        (STRIDE, "-4", 1),
        (STRIDE, "2.6", 3),
        (STRIDE, "many", 1),
        (STRIDE, "nan", 1),
        (STRIDE, "inf", 8),
        (SIGMA, "1e9", 20),
        (PADDING, "valid", "valid"),
        (PADDING, "vaild", "valid"),
        (PADDING, "reflect?", "same"),
        (FLIP, "true", True),
        (FLIP, "perhaps", False),
    ],
)
def test_what_a_link_says_is_taken_or_the_nearest_to_it(parameter, text, value):
    found = nearest(parameter, text)
    assert found == value
    assert type(found) is type(value)
    assert not (isinstance(found, float) and math.isnan(found))


def chapter():
    import streamlit as st

    from core.runs.settings.parameters import Boolean, Choice, Number
    from pages.concepts.state import State

    stride = Number("stride", "Stride", "How far the window moves.", 1, 8, default=1)
    padding = Choice("padding", "Padding", "What lies outside.", {"same": "zeros", "valid": "none"}, default="same")
    flip = Boolean("flip", "Flip", "Turn the kernel around first.", default=False)

    @st.fragment
    def show():
        state = State("filters", (stride, padding, flip))
        for words in state.mended:
            st.warning(words)
        state.slider("stride")
        state.buttons("padding")
        if not state.toggle("flip"):
            st.caption("not flipped")
        st.button("An example", on_click=state.set, kwargs={"stride": 5, "padding": "valid"})
        st.markdown(f"{state['stride']} {state['padding']} {state['flip']}")

    show()


def opened(**query):
    at = AppTest.from_function(chapter)
    at.query_params = query
    return at.run()


def shown(at):
    assert not at.exception
    return at.markdown[0].value


def test_a_link_opens_what_it_says():
    at = opened(stride="3", padding="valid", flip="true")
    assert shown(at) == "3 valid True"
    assert not at.warning


def test_what_is_moved_stands_in_the_url_and_defaults_do_not():
    at = opened()
    assert shown(at) == "1 same False"
    at.slider[0].set_value(4).run()
    assert shown(at) == "4 same False"
    assert at.query_params == {"stride": "4"}
    at.slider[0].set_value(1).run()
    assert at.query_params == {}


def test_a_forged_link_opens_the_nearest_and_says_so():
    at = opened(stride="1000", padding="<b>vlid", flip="maybe")
    assert shown(at) == "8 valid False"
    assert "stride" in at.warning[0].value
    assert len(at.warning) == 3


def narrowed():
    from core.runs.settings.parameters import Number
    from pages.concepts.state import State

    state = State(
        "layers", (Number("length", "Length", "", 1, 99, default=9), Number("step", "Step", "", 1, 99, default=1))
    )
    state.slider("step", maximum=state.slider("length"))


def test_a_number_stays_where_its_range_changes_and_goes_no_further_than_that():
    at = AppTest.from_function(narrowed)
    at.query_params = {"step": "5"}
    at.run()
    at.slider[0].set_value(12).run()
    assert (at.slider[1].value, at.slider[1].max) == (5, 12)
    at.slider[1].set_value(11).run()
    at.slider[0].set_value(3).run()
    assert at.slider[1].value == 3
    assert at.query_params == {"length": "3", "step": "3"}


def test_an_example_sets_several_at_once():
    at = opened(flip="true")
    at.button[0].click().run()
    assert shown(at) == "5 valid True"
    assert at.query_params == {"flip": "true", "stride": "5", "padding": "valid"}


def test_another_link_in_the_same_tab_counts_more_than_what_was_set():
    at = opened()
    at.slider[0].set_value(4).run()
    at.query_params = {"stride": "7"}
    at.run()
    assert shown(at) == "7 same False"


def test_a_url_that_lags_behind_does_not_undo_what_was_moved():
    at = opened()
    at.slider[0].set_value(4).run()
    at.query_params = {}  # as the browser sends it where the next move comes before the answer
    at.slider[0].set_value(5).run()
    assert shown(at) == "5 same False"
    assert at.query_params == {"stride": "5"}
