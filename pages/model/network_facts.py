"""What is to be known of a network: where it comes from, what it is good for, and what it comes with."""

import streamlit as st

from core.architectures.architecture import Architecture
from core.architectures.facts import original_in_words, preprocessing_in_words, source_in_words
from core.architectures.formulas import Totals
from core.runs.departures import course_in_words, departures_in_words
from core.runs.usual_settings import usual_settings_in_words
from pages.model.architecture_choice import short_count
from pages.shared.markdown import escape


def show_facts(architecture: Architecture, totals: Totals) -> None:
    """A paragraph on what it is good for, then its facts, each in a line."""
    st.markdown(escape(architecture.description))
    lines = [f"**{name}**  \n{escape(text)}" for name, text in facts(architecture, totals).items() if text]
    left, right = st.columns(2, gap="large")
    half = -(-len(lines) // 2)
    left.markdown("\n\n".join(lines[:half]))
    right.markdown("\n\n".join(lines[half:]))


def facts(architecture: Architecture, totals: Totals) -> dict[str, str]:
    """By their names, in words; "" where there is nothing to say."""
    settings = usual_settings_in_words(architecture)
    return {
        "Parameters": parameters_in_words(architecture, totals),
        "Work": f"{short_count(totals.multiplications)} multiplications for an image, each with an addition.",
        "Memory to train": f"{memory_in_words(totals.training_bytes)} for its numbers, their gradients and what "
        "the optimiser keeps of these. What its layers give for a batch of images comes on top.",
        "What it does to pixels first": f"{preprocessing_in_words(architecture)}." if architecture.body else "",
        "Comes with": f"{settings[0].upper()}{settings[1:]}. All of it can be changed on the training page."
        if settings
        else "",
        "Source": f"{source_in_words(architecture)}.",
        "Where it departs from that": departures_in_words(architecture),
        "As the course trains it": course_in_words(architecture),
    }


def parameters_in_words(architecture: Architecture, totals: Totals) -> str:
    """As published, and with the head that the visitor's classes need."""
    here = f"{totals.parameters:,}, all of which are trained"
    if totals.frozen:
        here = f"{short_count(totals.parameters)}, of which {totals.trained:,} are trained"
    if not architecture.published:
        return f"{here[0].upper()}{here[1:]}."
    return f"{original_in_words(architecture)} With your head: {here}."


def memory_in_words(size: int) -> str:
    """A number of bytes, as far as one needs to know it."""
    if size >= 1e9:
        return f"{size / 1e9:,.1f} GB"
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3)):,} kB"
