"""What the course's material and others reached on public datasets, beside what one's own runs have."""

from itertools import islice

import pandas as pd
import streamlit as st

from core.advice.baselines import Published
from core.datasets.cards import load_cards
from core.datasets.known import known_card
from core.errors import WorkbenchError
from core.evaluation.words import percent
from core.runs.record import Run
from pages.shared.evaluated_run import point_estimates_of, predictions_of
from pages.shared.markdown import escape
from pages.shared.page import Page

MOST_RUNS = 5


def show_reference_results(page: Page) -> None:
    """A line for each of the newest evaluated runs, and the table of what was published."""
    st.markdown("**What your runs reached**")
    lines = list(islice(filter(None, map(run_in_words, page.runs)), MOST_RUNS))
    for words in lines:
        st.markdown(f"- {escape(words)}")
    if not lines:
        st.caption("They stand here once there are any.")
    st.markdown("**What the course’s material and others reached**")
    st.dataframe(
        published(page), hide_index=True, alt="What the course's material and others reached on public datasets"
    )


def run_in_words(run: Run) -> str:
    """What a run trained, and what it reached on its test images; "" where it was not evaluated."""
    try:
        images = len(predictions_of(run, "test"))
        accuracy = point_estimates_of(run, "test").accuracy
    except WorkbenchError:
        return ""
    low, high = (percent(end, images) for end in accuracy.interval)
    return (
        f"{way_in_words(run)}: {percent(accuracy.value, images)} of {images:,} test images (95 % interval "
        f"{low.removesuffix(' %')} to {high})"
    )


def way_in_words(run: Run) -> str:
    """How much of its network the run trained."""
    settings = run.settings
    title = settings.design.title
    if not settings.design.frozen:
        return f"{title}, from scratch"
    weights = "frozen, with untrained weights" if settings.untrained else "frozen"
    if settings.unfreeze:
        return f"{title}, {weights}, then its last {settings.unfreeze} blocks fine-tuned"
    return f"{title}, {weights}"


def published(page: Page) -> pd.DataFrame:
    """What was published: that of the dataset in view first."""
    known = known_card(page.dataset) if page.dataset_in_view is not None and page.dataset.ready else None
    cards = sorted(load_cards().values(), key=lambda card: known is None or card.name != known.name)
    return pd.DataFrame(
        [
            {
                "Dataset": card.title,
                "Result": Published(result).words(),
                "Setting": result.setting,
                "Source": result.source,
            }
            for card in cards
            for result in card.results
        ]
    )
