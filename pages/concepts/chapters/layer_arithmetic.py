"""Chapter 4: Layer arithmetic."""

import streamlit as st

from core.architectures.layers import WINDOWS, LayerRow
from core.runs.settings.parameters import Boolean, Choice, Number
from pages.components.layer_table import show_layers
from pages.concepts.chapter import Chapter
from pages.concepts.layer_arithmetic.parameter_counts import show_network, show_weights, titles
from pages.concepts.layer_arithmetic.sliding_window import PADDINGS, show_image, show_line
from pages.concepts.layer_arithmetic.two_same_paddings import show_two_paddings
from pages.concepts.network_in_view import network_in_view
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.markdown import escape
from pages.shared.page import Page

IDEA = (
    "A window slides over the image and gives one number at each place it can stand. How many places there are follows "
    "from four numbers: the length **L**, the window **K**, the padding **P** and the stride **S**. How much the layer "
    "has to learn does not depend on the image at all: the same few weights are used everywhere."
)
VIEWS = {
    "line": ("Along a side", show_line),
    "image": ("Over an image", show_image),
    "same": ("Two kinds of “same”", show_two_paddings),
    "weights": ("Parameters", show_weights),
    "networks": ("Whole networks", show_network),
}
PARAMETERS = (
    view_parameter(VIEWS),
    Number("length", "Length L", "How many cells a side of the image has.", 1, 1024, default=12),
    Number("kernel", "Kernel K", "How many cells the window looks at, in each direction.", 1, 64, default=3),
    Number("stride", "Stride S", "How far the window moves from one step to the next.", 1, 64, default=2),
    Number("dilation", "Dilation D", "How far the cells that the window looks at lie apart.", 1, 16, default=1),
    Choice("padding", "Padding", "What is put around the image.", PADDINGS, default="valid"),
    Number("zeros", "Zeros P", "How many zeros are put at each end.", 0, 64, default=1),
    Number("step", "Step", "Which place the window stands at.", 1, 1_048_576, default=1),
    Number("side", "Image side n", "Height and width of the image, in pixels.", 1, 512, default=64),
    Number(
        "channels", "Channels in", "How many numbers each pixel has: 1 for grey, 3 for colours.", 1, 2048, default=1
    ),
    Number(
        "filters", "Filters", "How many kernels the convolution has, each of which gives a map.", 1, 2048, default=10
    ),
    Number("units", "Dense units", "How many numbers the dense layer gives.", 1, 10_000, default=500),
    Boolean("bias", "Biases", "Whether each filter and unit also learns a number that is added.", default=False),
    Choice("network", "Network", "As it was published.", titles(), default="two_conv"),
)
QUESTIONS = (
    Question(
        "A 3 × 3 convolution with padding “same” and stride 1 works on photographs of 100 × 100. You now feed it "
        "200 × 200. What happens to its number of weights?",
        ("It stays", "It doubles", "It is four times as large"),
        "It stays",
        "The kernel is the same at every place. Only the map that comes out, and the work, are four times as large.",
    ),
    Question(
        "L = 10, K = 4, S = 3, no padding. How many numbers come out?",
        ("2", "3", "4"),
        "3",
        "(10 − 4) / 3 + 1 = 3: the window stands at 0, 3 and 6, and its last cell is 9, the last there is.",
    ),
    Question(
        "Why does a network that was moved from PyTorch to TensorFlow, weight for weight, sometimes answer a little "
        "differently?",
        (
            "With stride 2, “same” padding puts the zeros elsewhere",
            "TensorFlow flips the kernels",
            "Its weights are rounded",
        ),
        "With stride 2, “same” padding puts the zeros elsewhere",
        "On a side of even length, TensorFlow's windows stand one cell further to the right and below than those with "
        "(K − 1) / 2 zeros at both ends. Neither library flips kernels.",
    ),
)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(state)


def in_your_network(page: Page) -> None:
    """The layers of the visitor's own network, each with its formula filled in."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset and choose a network: its layers are worked out here, each with its formula.")
        return
    title, rows = escape(network.architecture.title), network.rows
    first = next((row for row in rows if row.layer.kind in WINDOWS), None)
    if first is None:
        st.markdown(
            f"{title} has no convolution and no pooling: every pixel has a weight of its own in its first layer."
        )
    else:
        st.markdown(_shares_in_words(title, rows))
        link = page.query(chapter=CHAPTER.key, view="line", **_state_of(first))
        st.page_link(
            page.step.path, label="Its first window, step by step", icon=":material/straighten:", query_params=link
        )
    show_layers(rows, network.image_size, f"concepts_{network.architecture.name}_{network.image_size}")


def _shares_in_words(title: str, rows: list[LayerRow]) -> str:
    total = sum(row.parameters for row in rows)
    convolutions = [row for row in rows if row.layer.kind in ("conv", "depthwise")]
    dense = [row for row in rows if row.layer.kind == "dense"]
    learned = ", ".join(
        f"{sum(row.parameters for row in part):,} of them in {len(part)} {name}{'s' * (len(part) > 1)}"
        for part, name in ((convolutions, "convolution"), (dense, "dense layer"))
        if part
    )
    return f"**{title}** holds {total:,} parameters, {learned}."


def _state_of(row: LayerRow) -> dict[str, str]:
    """The link's parameters that show a layer's window."""
    layer = row.layer
    sizes = {"length": row.inputs[0][0], "kernel": layer.window[0], "stride": layer.stride, "dilation": layer.dilation}
    return {name: str(size) for name, size in sizes.items()} | {"padding": layer.padding}


CHAPTER = Chapter("layers", "Layer arithmetic", "calculate", IDEA, PARAMETERS, show, in_your_network, QUESTIONS)
