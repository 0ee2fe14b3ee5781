"""A field in which filters are listed."""

import streamlit as st

from core.concepts.number_list import ALL, read_numbers
from core.errors import UsageError
from core.runs.settings.parameters import Parameter
from pages.concepts.state import State
from pages.shared.markdown import escape

LONGEST = 200


class NumberListParameter(Parameter):
    """Numbers as they are typed, such as "1,5,7-9"."""

    def check(self, value: str) -> str:
        """The text, or an error that says where it is no list."""
        read_numbers(str(value)[: LONGEST + 1])
        return str(value)


def number_list_field(state: State, name: str, most: int) -> list[int]:
    """A field for a list of numbers from 1 to `most`, and what it holds.

    What is typed stays; where it is no list, a word below says why, and the last one that was goes on.
    """
    text, kept = state.text(name, max_chars=LONGEST), f"{state.key(name)}_numbers"
    try:
        numbers = read_numbers(text)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        numbers = read_numbers(st.session_state.get(kept, ALL))
    else:
        st.session_state[kept] = text
    if numbers is None:
        return list(range(1, most + 1))
    there = [number for number in numbers if number <= most]
    if len(there) < len(numbers):
        st.caption(f"The layer has {most:,} filters; those beyond are left out.")
    return there or list(range(1, most + 1))
