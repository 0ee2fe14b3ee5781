"""How many numbers layers learn: a convolution beside dense layers, and whole networks."""

import streamlit as st

from core.architectures.formulas import formulas_of
from core.architectures.layers import LayerRow, shape_in_words
from core.architectures.registry import ARCHITECTURES
from core.concepts.layers.parameter_counts import LayersCompared, compare_layers
from core.errors import UsageError
from core.figures.parameter_growth import parameter_growth_figure
from pages.components.layer_table import show_layers
from pages.concepts.layer_arithmetic.sliding_window import FIELD_WIDTH, PADDING_LABELS, SAME, VALID
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.markdown import escape

LARGEST_DRAWN = 224
STEP = 8


def show_weights(state: State) -> None:
    """The parameters of a convolution and of dense layers, worked out and over the side of the image."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in ("side", "channels", "kernel", "filters", "units"):
            state.number(name, width=FIELD_WIDTH)
        state.toggle("bias")
    # "Zeros at each end" is a matter of the other pictures.
    padding = SAME if state["padding"] == SAME else VALID
    try:
        compared = _compared(state, state["side"], padding)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _show_growth(state, compared, padding)
    _show_sums(compared, state["side"])
    convolution = compared.convolution
    channels, filters = convolution.inputs[0][-1], convolution.shape[-1]
    window = f"{state['kernel']} × {state['kernel']}"
    maps = f"{convolution.shape[0]}² · {state['side']}² = {convolution.shape[0] ** 2 * state['side'] ** 2:,}"
    st.caption(
        f"Each filter is {window} × {channels:,}: as deep as what comes in. The output is "
        f"{shape_in_words(convolution.shape)}: as deep as there are filters, {filters:,}. Padding: "
        f"{PADDING_LABELS[padding]}. A dense layer with the same output needs k²n² weights for each pair of channels: "
        f"{maps}."
    )


def show_network(state: State) -> None:
    """All layers of a named network, as it was published, with the sum behind each number."""
    architecture = ARCHITECTURES[state.select("network", labels=titles())]
    rows = architecture.original_rows
    total = sum(row.parameters for row in rows)
    st.markdown(
        f"**{total:,} parameters** on images of {architecture.input_size} × {architecture.input_size} pixels, with "
        f"{architecture.usual_classes:,} classes. Choose a layer to see how its numbers come about."
    )
    show_layers(list(rows), architecture.input_size, f"original_{architecture.name}")


def titles() -> dict[str, str]:
    """The networks that one can choose, by name."""
    return {name: architecture.title for name, architecture in ARCHITECTURES.items()}


def _compared(state: State, side: int, padding: str) -> LayersCompared:
    sizes = (state["channels"], state["filters"], state["kernel"], state["units"])
    return compare_layers(side, *sizes, padding, state["bias"])


def _show_growth(state: State, compared: LayersCompared, padding: str) -> None:
    side, smallest = state["side"], 1 if padding == SAME else state["kernel"]
    sides = sorted({smallest, side, *range(STEP, max(LARGEST_DRAWN, side) + 1, STEP)})
    sides = [each for each in sides if each >= smallest]
    each_side = [_compared(state, each, padding) for each in sides]
    counts = {
        f"convolution, {state['filters']} filters": [each.convolution.parameters for each in each_side],
        f"dense, {state['units']:,} units": [each.units.parameters for each in each_side],
        "dense, same output": [each.same_numbers.parameters for each in each_side],
    }
    alt = (
        f"Parameters over the side of the image. At {side} pixels: convolution {compared.convolution.parameters:,}, "
        f"dense {compared.units.parameters:,}, dense with as many numbers {compared.same_numbers.parameters:,}. Only "
        "the convolution's do not grow."
    )
    show_figure(parameter_growth_figure(sides, counts, side), "parameter_growth", alt)


def _show_sums(compared: LayersCompared, side: int) -> None:
    rows = {
        "Convolution": compared.convolution,
        "Dense": compared.units,
        "Dense, same output": compared.same_numbers,
    }
    st.markdown("\n".join(f"- **{name}**: {_sum_in_words(row, side)}" for name, row in rows.items()))


def _sum_in_words(row: LayerRow, side: int) -> str:
    formula = next(each for each in formulas_of(row, side) if each.title == "Parameters")
    return escape(formula.text)
