"""Where libraries compute something else than the textbook."""

import numpy as np
import streamlit as st

from core.concepts.filters.library_differences import LIBRARY_DIFFERENCES
from core.runs.settings.parameters import Choice
from pages.concepts.number_grid import ANSWER, number_grid, show_grids
from pages.concepts.state import State
from pages.shared.page import Page

DIFFERENCE = Choice(
    "difference",
    "Difference",
    "What libraries do in different ways.",
    {name: difference.title for name, difference in LIBRARY_DIFFERENCES.items()},
    default="flip",
)


def show_libraries_view(page: Page, state: State) -> None:
    """One input, and two results of it; where they differ is marked."""
    difference = LIBRARY_DIFFERENCES[state.buttons("difference", label_visibility="collapsed", wrap=True)]
    results = [(words, np.asarray(compute(), float)) for words, compute in difference.results]
    differ = np.argwhere(~np.isclose(results[0][1], results[1][1]))
    marks = {(int(row), int(column)): ANSWER for row, column in differ}
    show_grids(
        number_grid(difference.given, "The input"),
        *([] if difference.kernel is None else [number_grid(difference.kernel, "The kernel")]),
        *(number_grid(answer, words, marks) for words, answer in results),
    )
    st.markdown(difference.explanation)
    st.caption(
        "SciPy, scikit-image and Pillow compute theirs here; the layers of Keras and PyTorch are the same sum. "
        "What differs is marked."
    )
