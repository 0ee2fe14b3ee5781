"""Chapter 5: Pooling."""

from core.concepts.examples.pooling import LESSON_FILTER
from core.concepts.filters.kernels import KERNELS
from core.concepts.pooling.pooling import KINDS, MAX
from core.concepts.pooling.shifting import EDGES, NEAREST
from core.runs.settings.parameters import Choice, Number
from pages.concepts.chapter import Chapter
from pages.concepts.picture_choice import PICTURE
from pages.concepts.pooling.accuracy import show_accuracy
from pages.concepts.pooling.alike import WINDOWS, show_alike
from pages.concepts.pooling.controls import LARGEST_WINDOW
from pages.concepts.pooling.network import in_your_network
from pages.concepts.pooling.picture import MOST_CELLS, show_picture
from pages.concepts.pooling.shift import show_shift
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.page import Page

VIEWS = {
    "picture": ("Pool a picture", show_picture),
    "alike": ("Two arrays, one answer", show_alike),
    "shift": ("Shift a picture", show_shift),
    "run": ("Shift your images", show_accuracy),
}
PARAMETERS = (
    view_parameter(VIEWS),
    PICTURE,
    Choice(
        "filter",
        "Filter",
        "What the picture is filtered with before, as a convolution stands before a pooling layer.",
        {kernel.name: kernel.title for kernel in KERNELS.values()},
        default=LESSON_FILTER,
    ),
    Choice("kind", "Pooling", "What is kept of each window.", KINDS, default=MAX),
    Number("size", "Window", "Side of the window, in cells of the map.", 1, LARGEST_WINDOW, default=4),
    Number("stride", "Stride", "By how many cells the window moves.", 1, LARGEST_WINDOW, default=4),
    Number("row", "Row", "Of the pooled cell that is looked at.", 0, MOST_CELLS - 1, default=None, optional=True),
    Number("column", "Column", "Of the pooled cell that is looked at.", 0, MOST_CELLS - 1, default=None, optional=True),
    Number("cell", "Window", "Which of the windows is looked at.", 1, WINDOWS, default=1),
    Number(
        "right", "To the right", "By how many pixels the picture is shifted; below 0 to the left.", -64, 64, default=2
    ),
    Number("down", "Down", "By how many pixels the picture is shifted; below 0 up.", -64, 64, default=0),
    Choice("edge", "What comes in at the edge", "", EDGES, default=NEAREST),
)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(page, state)


QUESTIONS = (
    Question(
        "A 4×4 window, stride 4, takes the largest value. Something bright moves by one pixel. What does the pooled "
        "map do?",
        (
            "It moves by a quarter of a cell.",
            "It stays as it is, unless the bright pixel leaves its window.",
            "It is another one in every cell.",
        ),
        "It stays as it is, unless the bright pixel leaves its window.",
        "Which cell of a window is the largest, the pooled map doesn't say: a small shift is forgotten, a larger one "
        "is not.",
    ),
    Question(
        "How many numbers does a max pooling layer of 2×2 learn on a map of 64 channels?",
        ("None", "4", "256"),
        "None",
        "It takes the largest value by rule. So it costs no parameters, and can't be adapted either.",
    ),
    Question(
        "A network pools with stride 2, and its accuracy falls when images are shifted by 1 pixel. How can that be? "
        "Convolutions are equivariant.",
        (
            "It can't: each layer follows a shift exactly.",
            "With stride 2 the map follows shifts by even numbers of pixels only.",
            "Max pooling adds noise.",
        ),
        "With stride 2 the map follows shifts by even numbers of pixels only.",
        "After a shift by 1 the windows hold other pixels than before. Varying training images by shifts makes up for "
        "it in part.",
    ),
)
CHAPTER = Chapter(
    "pooling",
    "Pooling",
    "grid_view",
    "Pooling keeps **one number of each window** of a map: the largest, or the mean. The map gets smaller, each of its "
    "cells sees more of the picture, and *where* in its window something was is forgotten. A convolution's map follows "
    "when the picture shifts (**equivariance**); what is pooled stays as it is while the shift is small "
    "(**invariance**).",
    PARAMETERS,
    show,
    in_your_network,
    QUESTIONS,
)
