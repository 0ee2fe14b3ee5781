"""Chapter 10: Transfer learning."""

import streamlit as st

from core.architectures.backbones import BACKBONES
from core.architectures.formulas import totals_of
from core.concepts.transfer_learning import rows_as_trained
from core.runs.settings.parameters import Choice
from pages.concepts.chapter import Chapter
from pages.concepts.network_in_view import NetworkInView, network_in_view
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.transfer_learning.frozen_blocks import CASE_TITLES, show_frozen_blocks
from pages.concepts.transfer_learning.reference_results import show_reference_results
from pages.shared.advice import show_advice
from pages.shared.four_cases import show_cases
from pages.shared.markdown import escape
from pages.shared.page import Page

PARAMETERS = (
    Choice("case", "Which of the four cases", "", CASE_TITLES, default=next(iter(CASE_TITLES))),
    Choice(
        "backbone",
        "Pretrained network",
        "Whose blocks are drawn.",
        {architecture.name: architecture.title for architecture in BACKBONES},
        default="vgg16",
    ),
)


def show(page: Page, state: State) -> None:
    """What learns in each case, where the visitor's images lie among them, and what others and they have reached."""
    show_frozen_blocks(page, state)
    st.markdown("**Where your images lie**")
    if page.dataset_in_view is not None and page.dataset.ready:
        show_advice(page)
    else:
        show_cases()
        page.link("dataset", "Bring images, and a linear probe tells", "photo_library")
    show_reference_results(page)


def in_your_network(page: Page) -> None:
    """How much of it was learned elsewhere."""
    network = network_in_view(page)
    if network is None:
        st.caption("Once there are images, it stands here how much of your network learned elsewhere.")
        return
    st.markdown(escape(in_words(network, page)))


def in_words(network: NetworkInView, page: Page) -> str:
    """What of the network is trained, and which of the cases that is."""
    architecture = network.architecture
    if not architecture.frozen:
        trained = totals_of(network.rows).trained
        return f"{architecture.title} is trained from scratch: all of its {trained:,} numbers begin at random."
    blocks = network.run.settings.unfreeze if network.run else page.draft.values()["unfreeze"]
    fine_tuned = totals_of(rows_as_trained(architecture, network.rows, blocks))
    head = totals_of(network.rows)
    words = (
        f"{architecture.title} keeps {head.frozen:,} numbers as they were learned on ImageNet, and its head trains "
        f"{head.trained:,}."
    )
    if not blocks:
        return f"{words} No block is fine-tuned: that is the case of few images like ImageNet’s."
    which = f"its last {blocks} blocks are" if blocks > 1 else "its last block is"
    return f"{words} Then {which} fine-tuned, {fine_tuned.trained:,} numbers in all."


QUESTIONS = (
    Question(
        "You have 300 photographs of dogs of five breeds. What is trained?",
        ("All of a pretrained network", "The last layer on a frozen pretrained network", "A network from scratch"),
        "The last layer on a frozen pretrained network",
        "Few images, and like ImageNet’s, which has 120 breeds of dogs: its features tell them apart already, and a "
        "few thousand numbers are all that 300 images can settle.",
    ),
    Question(
        "Why are the early blocks frozen, and the late ones trained, when images are few and unlike?",
        (
            "Early blocks hold edges and textures, which serve any images; late ones hold parts of ImageNet’s things.",
            "Early blocks have the most parameters.",
            "Late blocks compute quicker.",
        ),
        "Early blocks hold edges and textures, which serve any images; late ones hold parts of ImageNet’s things.",
        "What is general is kept, what is special to other images is learned anew. The late blocks even have most of "
        "the parameters.",
    ),
    Question(
        "Fine-tuning takes a learning rate that is far smaller than that of the head. Why?",
        (
            "The pretrained weights are good already: large steps would destroy what they know.",
            "The gradient is larger in early blocks.",
            "Smaller rates train quicker.",
        ),
        "The pretrained weights are good already: large steps would destroy what they know.",
        "At first the head’s answers are random, and so are the gradients that it sends back. That is why the head is "
        "trained before, on frozen features.",
    ),
)
CHAPTER = Chapter(
    "transfer",
    "Transfer learning",
    "move_down",
    "A network that has learned from a million photographs knows edges, textures and parts of things: **transfer "
    "learning** begins there instead of at random numbers. How much of it to train anew depends on two things: **how "
    "many** images there are, and **how like** ImageNet’s they are.",
    PARAMETERS,
    show,
    in_your_network,
    QUESTIONS,
)
