"""What keeps an image in its class: known of public datasets and samples, else asked once."""

import streamlit as st

from core.augmentation.label_preserving import LabelPreserving
from core.datasets.known import known_card
from core.datasets.label_preservation import answer, label_preserving
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from pages.shared.markdown import escape

SIDEWAYS = "Mirrored left to right, is it still of the same class?"
UPSIDE_DOWN = "And upside down?"
DEGREES = "Turned by how many degrees at most?"
USUAL_DEGREES = 20
ANSWERS = ["Yes", "No"]


def ask_what_keeps_the_class(dataset: Dataset) -> LabelPreserving | None:
    """Say what may be done to an image here; where only a person can know, three short questions, folded away.

    Returns
    -------
    LabelPreserving or None
        None where nobody has answered yet.
    """
    allowed = label_preserving(dataset)
    card = known_card(dataset)
    if allowed is not None:
        where = f"In {escape(card.title)}" if card else "Here"
        st.caption(f"{where} an image may {allowed.in_words()} and keeps its class.")
    if card is None and not dataset.info.drawn:
        title = "Three questions about your images" if allowed is None else "Other answers"
        with st.expander(title, icon=":material/help:"):
            _ask(dataset, allowed)
    return allowed


def _ask(dataset: Dataset, allowed: LabelPreserving | None) -> None:
    if allowed is None:
        st.caption("Your answers let this page warn of variations that would make a label wrong.")
    with st.form(f"questions_{dataset.name}", border=False):
        sideways = _yes_or_no(dataset, SIDEWAYS, allowed and allowed.flip_horizontal)
        upside_down = _yes_or_no(dataset, UPSIDE_DOWN, allowed and allowed.flip_vertical)
        degrees = st.slider(
            DEGREES,
            0,
            180,
            USUAL_DEGREES if allowed is None else allowed.rotation,
            step=5,
            format="%d°",
            key=f"question_{dataset.name}_{DEGREES}",
            help="A 6 turned half way is a 9; a field seen from above stays one whichever way it lies.",
        )
        if not st.form_submit_button("Keep the answers", icon=":material/check:"):
            return
    if sideways is None or upside_down is None:
        st.error("Answer all three questions.", icon=":material/error:")
        return
    try:
        answer(dataset, LabelPreserving(sideways, upside_down, int(degrees)))
    except (WorkbenchError, OSError) as error:
        st.error(escape(str(error)), icon=":material/error:")
    else:
        st.rerun()


def _yes_or_no(dataset: Dataset, question: str, known: bool | None) -> bool | None:
    """The answer, None where nothing was chosen."""
    index = None if known is None else 0 if known else 1
    chosen = st.radio(question, ANSWERS, index=index, horizontal=True, key=f"question_{dataset.name}_{question}")
    return None if chosen is None else chosen == ANSWERS[0]
