"""Chapter 9: Architectures."""

import pandas as pd
import streamlit as st

from core.architectures.depth import depth_of
from core.architectures.facts import PREPARING
from core.concepts.architectures.ideas import ideas_of
from core.concepts.architectures.named_networks import NAMED_NETWORKS, NamedNetwork
from core.figures.network_costs import NetworkCost, network_costs_figure
from core.runs.settings.parameters import Choice
from pages.concepts.architectures.block_drawing import show_block
from pages.concepts.chapter import Chapter
from pages.concepts.formulas import show_formulas
from pages.concepts.network_in_view import network_in_view
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.markdown import escape
from pages.shared.network_diagram import show_network
from pages.shared.page import Page

TITLES = {name: network.architecture.title for name, network in NAMED_NETWORKS.items()}
NONE = "none"
PUBLISHED = {"trained": "learns", "fixed": "nothing to learn"}
NETWORK = Choice("network", "Network", "", TITLES, default="lenet_5")
BESIDE = Choice("beside", "Compare with", "A second network beside it.", {NONE: "none"} | TITLES, default=NONE)


def show(page: Page, state: State) -> None:
    """The network, by the idea it brought; beside another one, in numbers, and among all."""
    labels = {name: f"{title} · {NAMED_NETWORKS[name].architecture.year}" for name, title in TITLES.items()}
    network = NAMED_NETWORKS[state.buttons("network", label_visibility="collapsed", wrap=True, labels=labels)]
    beside = NAMED_NETWORKS.get(state["beside"])
    if beside is None:
        left, right = st.columns(2, gap="large")
        with left:
            show_idea(network)
            show_figures(network)
            state.select("beside")
            choose_it(page, network)
        with right:
            show_block(network.block_rows, network.architecture.title)
    else:
        state.select("beside")
        for column, each in zip(st.columns(2, gap="large"), (network, beside), strict=True):
            with column:
                show_idea(each)
                show_figures(each)
                choose_it(page, each)
                show_block(each.block_rows, each.architecture.title)
    for each in filter(None, (network, beside)):
        st.markdown(f"**All of {each.architecture.title}**")
        classes = f"{each.architecture.original_classes:,} classes"
        published = [row for row in each.rows if row.layer.kind not in PREPARING]  # it was fed prepared images
        show_network(published, each.architecture.input_size, answer=classes, kinds=PUBLISHED)
    show_all(network, beside)


def show_idea(network: NamedNetwork) -> None:
    """What was new, in words and as a formula."""
    st.markdown(f"**{network.idea}** ({network.architecture.title}, {network.architecture.year})  \n{network.words}")
    show_formulas(*network.formulas)


def show_figures(network: NamedNetwork) -> None:
    """What it comes to."""
    entries = {
        "parameters": short(network.architecture.original_parameters),
        "layers deep": f"{network.depth}",
        "multiply–adds": short(network.multiplications),
    }
    if network.top_5_error is not None:
        entries["top‑5 error"] = error_in_words(network)
    st.markdown(" · ".join(f"{name} **{value}**" for name, value in entries.items()))


def error_in_words(network: NamedNetwork) -> str:
    """Its top-5 error on ImageNet, where the course's material states one."""
    return "–" if network.top_5_error is None else f"{network.top_5_error:g} %"


def short(number: int) -> str:
    """A large number in three digits: "61.7 k", "138 M", "15.5 G"."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return str(number)


def choose_it(page: Page, network: NamedNetwork) -> None:
    """The way to the Model page, with it chosen."""
    if page.dataset_in_view is None or not page.dataset.ready:
        st.caption("Open a dataset, and you can train it on your images.")
        return
    key = f"concepts_choose_{network.name}"
    if st.button(f"Choose {network.architecture.title} for your images", icon=":material/account_tree:", key=key):
        page.draft.choose(architecture=network.name)
        page.go("model")


def show_all(network: NamedNetwork, beside: NamedNetwork | None) -> None:
    """Every one of them, as a chart and as a table."""
    costs = [
        NetworkCost(each.architecture.title, each.architecture.year, *figures(each)) for each in NAMED_NETWORKS.values()
    ]
    chosen = {each.architecture.title for each in (network, beside) if each}
    words = "Parameters against multiply–adds of an image: " + ", ".join(
        f"{cost.title} ({cost.year}) {short(cost.parameters)} and {short(cost.multiplications)}" for cost in costs
    )
    show_figure(network_costs_figure(costs, chosen), "network_costs", words)
    st.caption("The dotted line leads from year to year.")
    frame = pd.DataFrame(
        {
            "network": list(TITLES.values()),
            "year": [each.architecture.year for each in NAMED_NETWORKS.values()],
            "what was new": [each.idea for each in NAMED_NETWORKS.values()],
            "pixels": [each.architecture.input_size for each in NAMED_NETWORKS.values()],
            "layers deep": [each.depth for each in NAMED_NETWORKS.values()],
            "parameters": [cost.parameters for cost in costs],
            "multiply–adds": [cost.multiplications for cost in costs],
            "top-5 error": [error_in_words(each) for each in NAMED_NETWORKS.values()],
        }
    )
    numbers = {name: st.column_config.NumberColumn(format="localized") for name in ("parameters", "multiply–adds")}
    numbers["year"] = st.column_config.NumberColumn(format="%d")
    st.dataframe(frame, hide_index=True, column_config=numbers, alt="The named networks with their figures")
    st.caption(
        "All as published, on their usual image size; depth counts the layers with weights on the longest way. Errors "
        "are those that the course's material states for ImageNet, of several networks together."
    )


def figures(network: NamedNetwork) -> tuple[int, int]:
    return network.architecture.original_parameters, network.multiplications


def in_your_network(page: Page) -> None:
    """Which of the ideas stand in the visitor's own network."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset: then it stands here which of these ideas your network is made of.")
        return
    found = ideas_of(network.rows)
    parameters = short(sum(row.parameters for row in network.rows))
    work = short(sum(row.multiplications for row in network.rows))
    said = ", ".join(f"{idea} ({origin})" for idea, origin in found.items()) or "none of these ideas"
    st.markdown(
        f"**{escape(network.architecture.title)}** is {depth_of(network.rows)} layers deep and has {parameters} "
        f"parameters; an image of {network.image_size} pixels takes {work} multiply–adds. It is made of: {said}."
    )


CHAPTER = Chapter(
    "architectures",
    "Architectures",
    "account_tree",
    "Few networks changed how all others are built, each by **one idea**: the shared window, depth with ReLU, plain "
    "blocks, paths side by side, a way around, cheaper convolutions. Choose one: you see the block in which its idea "
    "shows, and what the whole comes to. Most of today’s networks are made of several of these ideas.",
    (NETWORK, BESIDE),
    show,
    in_your_network,
    (
        Question(
            "Why two 3 × 3 convolutions rather than one of 5 × 5?",
            (
                "they see as much with fewer weights and one ReLU more",
                "they see more of the image",
                "they need no padding",
            ),
            "they see as much with fewer weights and one ReLU more",
            "Both see 5 × 5 pixels; 2 · 9 C² = 18 C² weights against 25 C².",
        ),
        Question(
            "What does the shortcut of a residual block make easy to learn?",
            ("to change nothing", "to make the image smaller", "to forget the image"),
            "to change nothing",
            "With F(x) = 0 the block passes x on. So more blocks hardly make it worse, and gradients find a way back.",
        ),
        Question(
            "VGG16 has 138 million parameters, ResNet50 25.6 million. Where are most of VGG16’s?",
            ("in its first dense layer", "in its first convolution", "in its pooling"),
            "in its first dense layer",
            "7 · 7 · 512 · 4,096 = 102.8 million. ResNet takes the mean of each map instead, which has none.",
        ),
    ),
)
