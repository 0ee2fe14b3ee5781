"""The views of a chapter, one of which is shown at a time."""

from collections.abc import Callable, Mapping

from core.runs.settings.parameters import Choice
from pages.concepts.state import State

# What a view is called, and what draws it.
View = tuple[str, Callable[..., None]]


def view_parameter(views: Mapping[str, View]) -> Choice:
    """Which view is shown: where a link says nothing, the first."""
    return Choice("view", "View", "", {name: title for name, (title, _) in views.items()}, default=next(iter(views)))


def chosen_view(state: State, views: Mapping[str, View]) -> Callable[..., None]:
    """What draws the view that is chosen by a row of buttons here. `view_parameter` has to be among the parameters."""
    return views[state.buttons("view", label_visibility="collapsed", wrap=True)][1]
