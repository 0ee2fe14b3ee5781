"""What a chapter is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from core.runs.settings.parameters import Parameter
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.shared.page import Page


@dataclass(frozen=True)
class Chapter:
    """One idea, with something to move and a picture that answers.

    Parameters
    ----------
    key, title
        What links and people call it.
    icon
        A Material symbol.
    idea
        The idea in a few sentences, in Markdown.
    parameters
        What can be set in it, all of which stands in the URL.
    show
        Draws what there is to move, the picture and the formula. It is run as a fragment, so that only it is drawn
        anew when something in it is moved.
    in_your_network
        Says where the idea stands in the visitor's own network.
    questions
        Two or three.
    """

    key: str
    title: str
    icon: str
    idea: str
    parameters: tuple[Parameter, ...]
    show: Callable[[Page, State], None]
    in_your_network: Callable[[Page], None]
    questions: tuple[Question, ...]
