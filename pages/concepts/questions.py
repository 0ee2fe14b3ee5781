"""Questions that check themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Question:
    """A question with a few answers, one of which is right.

    Parameters
    ----------
    text
        The question, in Markdown.
    options
        The answers, each once.
    right
        The right one.
    why
        What makes it right, in a sentence or two; shown after any answer.
    """

    text: str
    options: tuple[str, ...]
    right: str
    why: str

    def __post_init__(self):
        if self.right not in self.options:
            raise ValueError(f"{self.right!r} is not among the answers to {self.text!r}.")


def show_questions(questions: Sequence[Question], chapter: str) -> None:
    """The questions of a chapter, each answered at once."""
    st.subheader("Try yourself")
    for number, question in enumerate(questions):
        chosen = st.radio(question.text, question.options, index=None, key=f"question_{chapter}_{number}")
        if chosen is None:
            continue
        if chosen == question.right:
            st.success(f"Right. {question.why}", icon=":material/check:")
        else:
            st.warning(f"Not quite: **{question.right}**. {question.why}", icon=":material/lightbulb:")
