"""What several views of the chapter set."""

import numpy as np
from PIL import Image

from core.concepts.pooling.pooling import AVERAGE, MAX
from pages.concepts.picture_choice import choose_picture
from pages.concepts.state import State
from pages.shared.page import Page

LARGEST_WINDOW = 32
WIDTH = 124  # of a slider, so that all stand in a row
LABELS = {MAX: "Max", AVERAGE: "Average"}


def choose_kind(state: State) -> str:
    """Max or average."""
    return state.buttons("kind", labels=LABELS)


def choose_grey(page: Page, state: State, most_side: int) -> np.ndarray:
    """The picture in view in grey, (height, width) of float, at most so many pixels long; and the way to another."""
    image = Image.fromarray(choose_picture(page, state).pixels).convert("L")
    image.thumbnail((most_side, most_side))
    return np.asarray(image, float)


def choose_window(state: State, shape: tuple[int, ...]) -> None:
    """Size and stride, as far as a map has room for them."""
    state.slider("size", maximum=min(LARGEST_WINDOW, *shape), width=WIDTH)
    state.slider("stride", width=WIDTH)


def in_cells(values: np.ndarray) -> str:
    """Such as "512 × 512"."""
    return " × ".join(map(str, values.shape))
