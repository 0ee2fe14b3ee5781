"""Chapter 7: Learning."""

from pages.concepts.chapter import Chapter
from pages.concepts.learning import (
    batches,
    dropout,
    learning_rate,
    losses,
    normalisation,
    overfitting,
    variance_shift,
)
from pages.concepts.learning.in_your_network import show_learning
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.page import Page

VIEWS = {
    "losses": ("Losses", losses.show),
    "rate": ("Learning rate", learning_rate.show),
    "batches": ("Batches and epochs", batches.show),
    "overfitting": ("Over-fitting", overfitting.show),
    "dropout": ("Dropout", dropout.show),
    "normalisation": ("Batch normalisation", normalisation.show),
    "shift": ("Both together", variance_shift.show),
}
MODULES = (losses, learning_rate, batches, overfitting, dropout, normalisation, variance_shift)
VIEW = view_parameter(VIEWS)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(page, state)


CHAPTER = Chapter(
    "learning",
    "Learning",
    "trending_down",
    "A network learns by going downhill: a **loss** says how wrong its answers are, the gradient says which way each "
    "weight should go, and the **learning rate** how far. Each step looks at a **batch** of images; an **epoch** is "
    "over when all have been seen. What it gets right on training images alone it has learned by heart; dropout works "
    "against that, and batch normalisation keeps the numbers in between of one size.",
    (VIEW, *(parameter for module in MODULES for parameter in module.PARAMETERS)),
    show,
    show_learning,
    (
        Question(
            "The right class has a probability of .2. What is the slope of the cross-entropy along its logit?",
            ("−.8", ".2", "1.6"),
            "−.8",
            "It is p − y = .2 − 1: the surer of something wrong, the stronger the pull. Nothing makes it fade.",
        ),
        Question(
            "Training loss falls on, validation loss has been rising for ten epochs. What is to be kept?",
            (
                "the weights of the best validation loss",
                "the last weights, for their training loss is lowest",
                "the first weights",
            ),
            "the weights of the best validation loss",
            "From there on the network learns its training images by heart. Look at both losses together.",
        ),
        Question(
            "Dropout keeps each of 10 units with probability ½. Among how many networks does it choose at each step?",
            ("1,024", "100", "20"),
            "1,024",
            "Each unit is in or out: 2 · 2 · … · 2 = 2¹⁰. (A book chapter prints N², which would be 100.)",
        ),
    ),
)
