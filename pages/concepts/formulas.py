"""Formulas side by side, below each other where there is no room: a telephone would cut one long line off."""

import streamlit as st


def show_formulas(*formulas: str) -> None:
    """Draw each, in LaTeX."""
    with st.container(horizontal=True, horizontal_alignment="center", gap="medium"):
        for formula in formulas:
            st.latex(formula, width="content")
