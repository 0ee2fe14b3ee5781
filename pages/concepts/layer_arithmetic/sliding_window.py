"""A window that slides: along one side of an image, and over all of it."""

import streamlit as st

from core.concepts.layers.layer_arithmetic import SlidingWindow, padded_by, same_in_tensorflow
from pages.concepts.formulas import show_formulas
from pages.concepts.layer_arithmetic.cell_map import BLANK, OTHER, UNSEEN, Cell, cell_map, show_maps
from pages.concepts.number_grid import ANSWER, OUTSIDE, WINDOW
from pages.concepts.state import State

# Of longer sides and larger images, as many cells around the window are drawn: more can't be told apart.
MOST_CELLS, MOST_ACROSS = 48, 32
VALID, SAME, ZEROS = "valid", "same", "zeros"
PADDINGS = {
    VALID: "Nothing: the window stays on the image.",
    SAME: "As few zeros as leave ⌈L / S⌉ numbers, as TensorFlow does.",
    ZEROS: "P zeros at each end.",
}
PADDING_LABELS = {VALID: "none", SAME: "“same”", ZEROS: "P zeros"}
FIELD_WIDTH = 132  # narrower ones have no buttons for more and less
KEYS = (
    (WINDOW, "looked at in this step"),
    (OTHER, "in another step"),
    (OUTSIDE, "zeros: padding"),
    (ANSWER, "comes out"),
    (UNSEEN, "never looked at"),
)


def choose_window(state: State, padding: bool = True) -> SlidingWindow:
    """The fields that say how a window slides, and the window."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in ("length", "kernel", "stride", "dilation"):
            state.number(name, width=FIELD_WIDTH)
        if padding:
            state.buttons("padding", labels=PADDING_LABELS)
        if padding and state["padding"] == ZEROS:
            state.number("zeros", width=FIELD_WIDTH)
    sizes = (state["length"], state["kernel"], state["stride"], state["dilation"])
    if state["padding"] == SAME:
        return same_in_tensorflow(*sizes)
    return padded_by(state["zeros"] if state["padding"] == ZEROS else 0, *sizes)


def show_line(state: State) -> None:
    """Every step of a window along one side, below each other."""
    window = choose_window(state)
    if not _fits(window):
        return
    step = state.slider("step", minimum=1, maximum=window.steps) - 1
    show_maps(staircase(window, step, "Each row is a step, and gives one number", MOST_CELLS), keys=KEYS)
    show_arithmetic(window, state["padding"])


def show_image(state: State) -> None:
    """A window over an image, and the map that comes out."""
    window = choose_window(state)
    if not _fits(window):
        return
    step = state.slider("step", minimum=1, maximum=window.steps**2) - 1
    show_maps(*image_maps(window, *divmod(step, window.steps)), keys=KEYS)
    show_arithmetic(window, state["padding"])


def staircase(window: SlidingWindow, step: int, caption: str, most: int) -> str:
    """The steps of a window as rows below the side that it slides along, with what comes out at their right.

    Of a side that is longer than `most` cells, those around the window are drawn.
    """
    cells = cells_in_view(window, step, most)
    top = [_cell_of_side(window, cell, window.covered(step)) for cell in cells]
    rows = [[*top, ("", BLANK), ("", BLANK)]]
    for row in _steps_in_view(window, step, cells):
        covered = window.covered(row)
        looked_at = WINDOW if row == step else OTHER
        drawn = [("", looked_at if cell in covered else BLANK) for cell in cells]
        rows.append([*drawn, ("", BLANK), (str(row), ANSWER if row == step else "")])
    if len(cells) < window.padded:
        caption = f"{caption}; cells {_number(cells[0])} to {_number(cells[-1])}"
    return cell_map(rows, caption, _in_words(window, step), flat=True)


def image_maps(window: SlidingWindow, row: int, column: int) -> tuple[str, str]:
    """The image with its window at one place, and the map with the number that comes of it, each as far as there is
    room."""
    down, across, unseen = window.covered(row), window.covered(column), set(window.unseen)

    def marks(y: int, x: int) -> str:
        outside = OUTSIDE if min(y, x) < 0 or max(y, x) >= window.length else ""
        if y in down and x in across:
            return f"{outside} {WINDOW}".strip()
        return outside or (UNSEEN if unseen & {y, x} else "")

    ys, xs = (cells_in_view(window, step, MOST_ACROSS) for step in (row, column))
    image = [[("", marks(y, x)) for x in xs] for y in ys]
    into, out = f"In: {window.length} × {window.length}", f"Out: {window.steps} × {window.steps}"
    if len(ys) < window.padded:
        into += f", around row {_number(down[0])}, column {_number(across[0])}"
    rows, columns = (_around(step, 0, window.steps, MOST_ACROSS) for step in (row, column))
    answer = [[("", ANSWER if (y, x) == (row, column) else "") for x in columns] for y in rows]
    if len(rows) < window.steps:
        out += f", around row {row}, column {column}"
    alt = f"The window at row {row}, column {column} of the output looks at rows {_listed(down)} and columns "
    return (
        cell_map(image, into, f"{alt}{_listed(across)} of the image."),
        cell_map(answer, out, f"The number at row {row}, column {column}."),
    )


def cells_in_view(window: SlidingWindow, step: int, most: int) -> range:
    """As many cells of the padded side as are drawn, those around the window among them."""
    covered = window.covered(step)
    return _around((covered[0] + covered[-1]) // 2, -window.before, window.length + window.behind, most)


def _steps_in_view(window: SlidingWindow, step: int, cells: range) -> list[int]:
    """The steps that lie wholly in view, and the one that is looked at."""
    ends = {each: (window.covered(each)[0], window.covered(each)[-1]) for each in range(window.steps)}
    return [each for each, (first, last) in ends.items() if each == step or (first in cells and last in cells)]


def _around(at: int, first: int, end: int, most: int) -> range:
    """At most so many whole numbers from `first` to before `end`, with `at` in their middle where there is room."""
    start = max(first, min(at - most // 2, end - most))
    return range(start, min(end, start + most))


def show_arithmetic(window: SlidingWindow, padding: str) -> None:
    """The formula with its numbers, and what does not come out even."""
    show_formulas(*length_formula(window, padding))
    if window.dilation > 1:
        st.caption(
            f"With dilation the window reaches over D(K − 1) + 1 = {window.dilation}·({window.kernel} − 1) + 1 = "
            f"{window.reach} cells, and that is the K of the formula."
        )
    if padding == SAME:
        st.caption(
            f"“Same” takes as few zeros as leave ⌈L / S⌉ numbers: {window.before} before and {window.behind} behind"
            f"{', where TensorFlow puts the odd one' * (window.before != window.behind)}."
        )
    if words := loss_in_words(window):
        st.info(words, icon=":material/visibility_off:")


def length_formula(window: SlidingWindow, padding: str) -> tuple[str, str]:
    """How many numbers come out, in LaTeX: in general, and in numbers. Together they are too wide for a telephone."""
    if padding == SAME:
        numbers = rf"\left\lceil \frac{{{window.length}}}{{{window.stride}}} \right\rceil"
        return r"L' = \left\lceil \frac{L}{S} \right\rceil", f"{numbers} = {window.steps}"
    general = r"\frac{L - K + 2P}{S}"
    numbers = rf"\frac{{{window.length} - {window.reach} + 2 \cdot {window.before}}}{{{window.stride}}}"
    if window.unrounded_steps != window.steps:
        general, numbers = (rf"\left\lfloor {fraction} \right\rfloor" for fraction in (general, numbers))
    return f"L' = {general} + 1", f"{numbers} + 1 = {window.steps}"


def loss_in_words(window: SlidingWindow) -> str:
    """That a stride does not divide, and which cells no step looks at; "" where all is well."""
    uneven = window.unrounded_steps != window.steps
    parts = []
    if uneven:
        parts.append(
            f"({window.length} − {window.reach} + {window.before + window.behind}) / {window.stride} + 1 = "
            f"{window.unrounded_steps:.4g} is no whole number: the stride does not divide, and libraries round down."
        )
    if window.unseen:
        those = "Cell" if len(window.unseen) == 1 else "Cells"
        parts.append(f"{those} {_listed(window.unseen)} (counted from 0) no step looks at.")
    elif uneven:
        parts.append("Only zeros are left over: all cells of the image are looked at.")
    return " ".join(parts)


def _fits(window: SlidingWindow) -> bool:
    """Whether anything comes out; says why where nothing does."""
    if window.steps:
        return True
    zeros = f" with {window.before + window.behind} zeros" if window.before + window.behind else ""
    st.error(
        f"The window reaches over {window.reach} cells, but there are only {window.padded}{zeros}: "
        f"({window.length} − {window.reach} + {window.before + window.behind}) / {window.stride} + 1 = "
        f"{window.unrounded_steps:.4g}, so nothing comes out. Take a smaller kernel or dilation, a longer side, or "
        "more zeros.",
        icon=":material/error:",
    )
    return False


def _cell_of_side(window: SlidingWindow, cell: int, covered: tuple[int, ...]) -> Cell:
    looked_at = WINDOW if cell in covered else ""
    if not 0 <= cell < window.length:
        return "0", f"{OUTSIDE} {looked_at}".strip()
    return str(cell), looked_at or (UNSEEN if cell in window.unseen else "")


def _in_words(window: SlidingWindow, step: int) -> str:
    words = f"{window.steps} steps over {window.length} cells. Step {step + 1} looks at {_listed(window.covered(step))}"
    return f"{words}; {_listed(window.unseen)} are never looked at." if window.unseen else f"{words}."


def _listed(cells: tuple[int, ...], most: int = 12) -> str:
    shown = ", ".join(map(_number, cells[:most]))
    return f"{shown} and {len(cells) - most} more" if len(cells) > most else shown


def _number(cell: int) -> str:
    return f"{cell}".replace("-", "−")
