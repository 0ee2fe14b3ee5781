"""Chapter 1: Images are arrays."""

import streamlit as st

from core.concepts.arrays.grey_levels import SHOWN
from core.runs.settings.parameters import Boolean, Choice, Number
from pages.concepts.chapter import Chapter
from pages.concepts.images_are_arrays.array_views import (
    COLOURS,
    DEPTHS,
    GREYS,
    show_channels,
    show_depth,
    show_grey,
    show_paint,
    show_pixels,
)
from pages.concepts.images_are_arrays.matrix_view import PIXEL_MATRIX, show_matrix
from pages.concepts.images_are_arrays.one_hot_view import PREDICTED, TRUE, count_in_words, show_labels
from pages.concepts.network_in_view import network_in_view
from pages.concepts.picture_choice import PICTURE, SIDE
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.markdown import escape
from pages.shared.page import Page

IDEA = (
    "An image is an array of numbers: height × width × 3, for the red, green and blue of every pixel. "
    "In 8 bits, 0 is none of a colour and 255 all of it. Whatever a program or a network does to it is arithmetic. "
    "Point at a pixel and read its numbers."
)
VIEWS = {
    "pixels": ("Pixels", show_pixels),
    "channels": ("Channels", show_channels),
    "paint": ("Paint", show_paint),
    "grey": ("Grey", show_grey),
    "depth": ("8 and 16 bits", show_depth),
    "matrix": ("Type one", show_matrix),
    "labels": ("Labels", show_labels),
}
PARAMETERS = (
    PICTURE,
    view_parameter(VIEWS),
    Number("row", "Row", "The pixel that is looked at.", 0, SIDE - 1, default=None, optional=True),
    Number("column", "Column", "The pixel that is looked at.", 0, SIDE - 1, default=None, optional=True),
    Boolean("red", "Red", "Channel 0.", default=True),
    Boolean("green", "Green", "Channel 1.", default=True),
    Boolean("blue", "Blue", "Channel 2.", default=True),
    Number("top", "First row", "Rows are counted from above, from 0.", 0, SIDE, default=100),
    Number("bottom", "Up to row", "The first that is not painted.", 0, SIDE, default=200),
    Number("left", "First column", "Columns are counted from the left, from 0.", 0, SIDE, default=150),
    Number("right", "Up to column", "The first that is not painted.", 0, SIDE, default=350),
    Choice("colour", "Colour", "Red, green and blue, 1 for all of it.", COLOURS, default="green"),
    Choice("mean", "Weights", "How much each colour counts.", GREYS, default="luminance"),
    Choice("depth", "Numbers", "The type of the array's numbers.", DEPTHS, default="uint16"),
    PIXEL_MATRIX,
    Choice("shown", "Shades", "Which number is black, which white.", SHOWN, default="stretch"),
    TRUE,
    PREDICTED,
)
QUESTIONS = (
    Question(
        "A colour photograph of 300 × 451 pixels is stored in 8 bits. How many bytes is its array?",
        ("135,300", "405,900", "1,082,400"),
        "405,900",
        "300 × 451 pixels with three numbers each, a byte a number. The file is smaller because it is compressed.",
    ),
    Question(
        "A value is 200, of type `uint8`. What is it after `pixels + np.uint8(100)`?",
        ("300", "255", "44"),
        "44",
        "8 bits end at 255 and NumPy counts on from 0: 300 − 256 = 44. Bright parts turn dark. Make floats of it first "
        "and clip afterwards.",
    ),
    Question(
        "One-hot labels of 200 test images are multiplied with the one-hot predictions. The sum is 174. What is it?",
        ("The number of correct predictions", "The number of classes that were met", "The loss"),
        "The number of correct predictions",
        "A product is 1 only where label and prediction have their 1 in the same column. Here the accuracy is "
        "174 / 200 = 87 %.",
    ),
)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(page, state)


def in_your_network(page: Page) -> None:
    """What its arrays look like, and how many of its predictions are correct."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset and choose a network: what it is fed, and what it got right, is counted here.")
        return
    side = network.image_size
    st.markdown(
        f"**{escape(network.architecture.title)}** is fed arrays of {side} × {side} × 3, that is {3 * side * side:,} "
        "numbers, whatever size your images have: each is read as red, green and blue and stretched to that square. "
        f"Several at once, as a batch, are one array of n × {side} × {side} × 3."
    )
    st.markdown(count_in_words(page))


CHAPTER = Chapter("arrays", "Images are arrays", "grid_on", IDEA, PARAMETERS, show, in_your_network, QUESTIONS)
