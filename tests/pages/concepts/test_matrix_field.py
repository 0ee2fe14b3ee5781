"""A matrix that is typed: what is none is told beside the field, and the last one that was goes on."""

from streamlit.testing.v1 import AppTest


def chapter():
    import streamlit as st

    from pages.concepts.matrix_field import MatrixParameter, matrix_field
    from pages.concepts.state import State

    state = State("arrays", (MatrixParameter("matrix", "Matrix", "Rows.", default="1 2\n3 4", most_side=3),))
    for words in state.mended:
        st.warning(words)
    st.markdown(str(matrix_field(state, "matrix").tolist()))


def opened(**query):
    at = AppTest.from_function(chapter)
    at.query_params = query
    return at.run()


def test_a_matrix_is_typed_and_stands_in_the_url_in_one_line():
    at = opened()
    assert at.markdown[0].value == "[[1.0, 2.0], [3.0, 4.0]]"
    at.text_area[0].set_value("1/2 1\n0 1").run()
    assert at.markdown[0].value == "[[0.5, 1.0], [0.0, 1.0]]"
    assert at.query_params == {"matrix": "1/2 1; 0 1"}
    assert opened(matrix="1/2 1; 0 1").markdown[0].value == at.markdown[0].value


def test_what_is_no_matrix_stays_in_the_field_with_a_word():
    at = opened(matrix="5 6; 7 8")
    at.text_area[0].set_value("1 2\n3 <b>x").run()
    assert at.text_area[0].value == "1 2\n3 <b>x"
    assert "Row 2, number 2" in at.error[0].value
    assert at.markdown[0].value == "[[5.0, 6.0], [7.0, 8.0]]"


def test_a_link_to_what_is_no_matrix_opens_the_usual_one():
    at = opened(matrix="1 2 3 4")
    assert "which there is not" in at.warning[0].value
    assert at.markdown[0].value == "[[1.0, 2.0], [3.0, 4.0]]"
    assert not at.error


def row():
    import streamlit as st

    from pages.concepts.matrix_field import MatrixParameter, matrix_field
    from pages.concepts.state import State

    state = State("signals", (MatrixParameter("signal", "Signal", "", default="1 2 3", most_side=4, is_row=True),))
    for words in state.mended:
        st.warning(words)
    st.markdown(str(matrix_field(state, "signal").tolist()))


def test_a_row_is_typed_in_a_line_and_has_no_second_one():
    at = AppTest.from_function(row)
    at.query_params = {"signal": "1; 2"}
    at.run()
    assert "which there is not" in at.warning[0].value
    assert at.markdown[0].value == "[1.0, 2.0, 3.0]"
    at.text_input[0].set_value("[1/2, 4]").run()
    assert at.markdown[0].value == "[0.5, 4.0]"
    at.text_input[0].set_value("1 2; 3 4").run()
    assert "There are 2 rows" in at.error[0].value
    assert at.markdown[0].value == "[0.5, 4.0]"
