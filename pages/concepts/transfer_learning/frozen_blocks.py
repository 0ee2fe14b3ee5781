"""Which blocks of a pretrained network stay as they are, and which learn, in each of the four cases."""

import streamlit as st

from core.advice.architecture_advice import CASES, SCRATCH, TRAIN_ALL, TRAIN_LATE, Plan, plan_for
from core.architectures.architecture import FEWEST_CLASSES, Architecture
from core.architectures.formulas import totals_of
from core.architectures.layers import LayerRow
from core.architectures.registry import ARCHITECTURES
from core.concepts.transfer_learning import never_trained, rows_as_trained, rows_from_scratch
from core.errors import UsageError
from pages.concepts.state import State
from pages.shared.advice import say_settings, take_button
from pages.shared.markdown import escape
from pages.shared.network_diagram import show_network
from pages.shared.page import Page

NEARLY_ALL = 99.9  # in percent; from there on, rounding would tell of all
# Few images first, which most people have.
CASES_BY_NAME = {
    f"{'many' if case.large else 'few'}-{'alike' if case.similar else 'unlike'}": case
    for case in sorted(CASES, key=lambda case: case.large)
}
CASE_TITLES = {
    name: f"{'Many' if case.large else 'Few'} images, {'alike' if case.similar else 'unlike'}"
    for name, case in CASES_BY_NAME.items()
}


def show_frozen_blocks(page: Page, state: State) -> None:
    """The backbone with the colours of what is frozen and what learns, how many numbers that is, and a button."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        case = CASES_BY_NAME[state.buttons("case", wrap=True)]
        architecture = ARCHITECTURES[state.select("backbone", width=220)]
    ready = page.dataset_in_view is not None and page.dataset.ready
    classes = len(page.dataset.class_names) if ready else FEWEST_CLASSES
    plan = plan_for(case.way, architecture)
    try:
        table = architecture.table(architecture.input_size, classes)
    except UsageError as error:  # too few classes
        st.info(escape(str(error)))
        return
    rows = rows_from_scratch(table) if case.way == SCRATCH else rows_as_trained(architecture, table, plan.blocks)
    st.markdown(f"**{escape(case.words)}** {escape(counts_in_words(rows, classes))}")
    show_network(rows, architecture.input_size)
    if words := remark(plan, architecture, never_trained(architecture, table)):
        st.caption(escape(words))
    if ready:
        take_button(page, plan, "take_case")
        say_settings(page, plan)


def counts_in_words(rows: list[LayerRow], classes: int) -> str:
    """How many of its numbers are trained."""
    totals = totals_of(rows)
    if not totals.frozen:
        return f"For {classes} classes, all {totals.trained:,} numbers are trained."
    percent = 100 * totals.trained / totals.parameters
    share = f"{percent:.3g} %" if percent < NEARLY_ALL else f"over {NEARLY_ALL} %"
    return f"For {classes} classes, {totals.trained:,} of {totals.parameters:,} numbers are trained: {share}."


def remark(plan: Plan, backbone: Architecture, never: int) -> str:
    """What is done otherwise here, and what has to be there first; "" where there is nothing to say.

    Parameters
    ----------
    never
        How many numbers of the backbone are never trained.
    """
    words = []
    if plan.way == SCRATCH:
        words.append(
            f"All begin at random. Here {plan.architecture.title} is taken for that: so large a network as "
            f"{backbone.title} wants far more images and time."
        )
    if plan.way == TRAIN_ALL:
        words.append(f"Here the {never:,} numbers of the first block stay frozen even so.")
    if plan.way in (TRAIN_ALL, TRAIN_LATE) and any(layer.kind == "batch_norm" for layer in backbone.body):
        words.append("Batch normalisation keeps what it learned on ImageNet, in blocks that are trained as well.")
    if plan.download:
        words.append(f"The weights are not here yet: {plan.download:g} MB are downloaded first.")
    return " ".join(words)
