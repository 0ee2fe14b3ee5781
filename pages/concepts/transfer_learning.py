"""Chapter 10: Transfer learning."""

import streamlit as st

from pages.concepts.chapter import Chapter
from pages.concepts.state import State
from pages.shared.page import Page


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    st.caption("Nothing is here yet.")


def in_your_network(page: Page) -> None:
    """Where this stands in the visitor's own network."""
    st.caption("Nothing is here yet.")


CHAPTER = Chapter("transfer", "Transfer learning", "move_down", "", (), show, in_your_network, ())
