"""Chapter 6: Backpropagation."""

from functools import partial

import streamlit as st

from core.architectures.layers import LayerRow
from core.concepts.pooling.pooling import AVERAGE, MAX
from core.runs.settings.parameters import Choice, Number
from pages.concepts.backpropagation.convolution import FOLLOWED, LOSSES, show_convolution
from pages.concepts.backpropagation.pooling import show_pooling
from pages.concepts.chapter import Chapter
from pages.concepts.matrix_field import MatrixParameter
from pages.concepts.network_in_view import NetworkInView, network_in_view
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.markdown import escape
from pages.shared.page import Page

IDEA = (
    "To learn, a layer must know how the loss **L** changes with each of its numbers. From above it gets **δ**, one "
    "number for each of its outputs; from that follow the gradient of its kernel, by which it learns, and the gradient "
    "of its input, which is the δ of the layer below. For a convolution both are convolutions again; pooling only "
    "hands δ on."
)
VIEWS = {
    "convolution": ("Convolution", show_convolution),
    MAX: ("Max pooling", partial(show_pooling, kind=MAX)),
    AVERAGE: ("Average pooling", partial(show_pooling, kind=AVERAGE)),
}
MOST_SIDE, MOST_POOLED_SIDE = 5, 6
ROWS = "Rows of numbers, parted by “;”, at most {side} × {side}."
PARAMETERS = (
    view_parameter(VIEWS),
    MatrixParameter(
        "input", "Input x", ROWS.format(side=MOST_SIDE), default="1 2 0; 0 1 3; 2 1 1", most_side=MOST_SIDE
    ),
    MatrixParameter("kernel", "Kernel w", ROWS.format(side=MOST_SIDE), default="1 0; -1 2", most_side=MOST_SIDE),
    Choice("loss", "Where δ comes from", "", LOSSES, default="target"),
    MatrixParameter(
        "target", "Target t", "What the output should be. δ = y − t.", default="2 5; 1 0", most_side=MOST_SIDE
    ),
    MatrixParameter("delta", "δ = ∂L/∂y", "What comes from the layer above.", default="1 2; 3 4", most_side=MOST_SIDE),
    Choice("follow", "Follow a cell of", "Which result is written out, cell by cell.", FOLLOWED, default="kernel"),
    Number("cell", "Cell", "Which cell, row by row.", 1, MOST_POOLED_SIDE**2, default=1),
    Number("rate", "Learning rate", "How far a step goes against the gradient.", 0, 1, default=0.05, whole=False),
    MatrixParameter(
        "map",
        "Input x",
        ROWS.format(side=MOST_POOLED_SIDE),
        default="1 3 2 1; 4 2 0 5; 3 3 1 2; 0 3 2 2",
        most_side=MOST_POOLED_SIDE,
    ),
    MatrixParameter(
        "above", "δ = ∂L/∂y", "What comes from the layer above.", default="4 8; 6 2", most_side=MOST_POOLED_SIDE
    ),
    Number("size", "Window", "Side of the window.", 1, MOST_POOLED_SIDE, default=2),
    Number("move", "Stride", "How far it moves.", 1, 2 * MOST_POOLED_SIDE, default=2),
)
QUESTIONS = (
    Question(
        "A 3 × 3 kernel slides over an image and gives a 100 × 100 map. How many products make up the gradient of one "
        "of its weights, for one image?",
        ("9", "100", "10,000"),
        "10,000",
        "The weight was used at every place of the map, so each δ contributes: weights that are shared sum up what all "
        "places say.",
    ),
    Question(
        "Why is the kernel flipped on the way back to the input?",
        (
            "A pixel meets the kernel's last weight at the first place it is looked at from, and the first weight last",
            "Because the gradient has the opposite sign",
            "Because libraries compute true convolutions",
        ),
        "A pixel meets the kernel's last weight at the first place it is looked at from, and the first weight last",
        "As the window moves on by one, the pixel meets the weight one before. Read from δ, the weights stand in "
        "reverse.",
    ),
    Question(
        "With 2 × 2 max pooling, how many of the cells below get a gradient, where none tie?",
        ("All of them", "Half of them", "A quarter of them"),
        "A quarter of them",
        "In each window of four only the winner gets δ. With average pooling, all four get a quarter of it.",
    ),
)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(state)


def in_your_network(page: Page) -> None:
    """Which sums make the gradients of the visitor's own network."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset and choose a network: what its gradients are made of stands here.")
        return
    lines = [*_convolution_in_words(network), *_pooling_in_words(network.rows), *_learned_in_words(network.rows)]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _convolution_in_words(network: NetworkInView) -> list[str]:
    title = escape(network.architecture.title)
    row = next((row for row in network.rows if row.layer.kind == "conv"), None)
    if row is None:
        return [f"{title} has no convolution: each weight is used once an image, and its gradient is one product."]
    height, width, _ = row.shape
    return [
        f"{escape(row.name)}, the first of **{title}**, is used at {height:,} × {width:,} places: the gradient of each "
        f"of its {row.parameters:,} numbers is a sum of {height * width:,} products for each image, and of as many "
        "more for each other image of the batch."
    ]


def _pooling_in_words(rows: list[LayerRow]) -> list[str]:
    pools = [row for row in rows if row.layer.kind == "max_pool"]
    if not pools:
        return ["It has no max pooling: no cell goes without a gradient because another one won."]
    first = pools[0]
    (height, width, _), (rows_left, columns_left, _) = first.inputs[0], first.shape
    count = "Its only layer" if len(pools) == 1 else f"The first of its {len(pools)} layers"
    return [
        f"{count} of max pooling ({escape(first.name)}) hands δ to the winners alone: of the {height * width:,} cells "
        f"of each map, at most {min(height * width, rows_left * columns_left):,} get any."
    ]


def _learned_in_words(rows: list[LayerRow]) -> list[str]:
    total, frozen = sum(row.parameters for row in rows), sum(row.parameters for row in rows if row.frozen)
    if frozen:
        return [
            f"{frozen:,} of its {total:,} numbers are frozen: the way back ends before them, and no gradient is needed."
        ]
    averages = sum(2 * row.inputs[0][-1] for row in rows if row.layer.kind == "batch_norm")
    kept = f" The other {averages:,}, the running means and variances of batch normalisation, are only averaged."
    return [f"{total - averages:,} of its {total:,} numbers learn from their gradients.{kept * bool(averages)}"]


CHAPTER = Chapter("backpropagation", "Backpropagation", "undo", IDEA, PARAMETERS, show, in_your_network, QUESTIONS)
