"""How a run computes: what was measured and chosen, and what of its features was there already."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import WorkbenchError
from core.features.store import usage
from core.runs.run_record import RunRecord
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import duration

BY_HAND = "*Way to compute* under *More settings*, `runtime` on the command line, chooses by hand."


def show_execution(page: Page, record: RunRecord, active: bool) -> None:
    """What was measured and chosen, as far as the run has told; `active` says whether it is still going."""
    plan, features, views = record.plan, record.features, record.views
    if not plan and not features:
        return
    with st.expander("How it computes", icon=":material/speed:"):
        if plan:
            st.markdown(f"{escape(plan.get('words', ''))} {BY_HAND}")
            if trials := plan.get("trials"):
                show_trials(trials, plan.get("runtime", ""))
        if features:
            st.caption(features_in_words(features))
        if views:
            st.caption(views_in_words(views, record.views_averaged))
        # Counting what is kept takes a look at every file, which is too much for every second of a run.
        if not active and features:
            st.caption(usage_in_words(page))


def show_trials(trials: list[dict[str, Any]], chosen: str) -> None:
    """The ways that were tried, with their figures."""
    rows = [
        {
            "way": trial.get("title", trial.get("name", "")),
            "images a second": trial.get("images_per_second"),
            "agreement": trial.get("agreement"),
            "": trial.get("reason") or ("chosen" if trial.get("name") == chosen else ""),
        }
        for trial in trials
    ]
    configuration = {
        "images a second": st.column_config.NumberColumn(format="localized"),
        "agreement": st.column_config.NumberColumn(
            format="%.4f", help="How alike its features are to those in float32: mean cosine similarity, 1 at most."
        ),
    }
    st.dataframe(rows, hide_index=True, column_config=configuration, alt="The ways to compute that were tried")


def features_in_words(features: Mapping[str, int]) -> str:
    """How many of a run's features were there, and how many were not."""
    found, computed = features.get("found", 0), features.get("computed", 0)
    if not computed:
        return f"All {found:,} features were found where earlier runs had left them."
    if not found:
        return f"All {computed:,} features were computed, and are kept for later runs."
    return f"{found:,} features were found where earlier runs had left them; {computed:,} were computed."


def views_in_words(views: Mapping[str, float], count: int) -> str:
    """What the views that evaluate an image have cost and gained."""
    words = (
        f"Each answer is the average over {count} views of the image: {views['averaged']:.1%} of the test images are "
        f"right, and {views['alone']:.1%} by the images as they are."
    )
    seconds = views["seconds"]
    return f"{words} To compute the views took {duration(seconds)}." if seconds else words


def usage_in_words(page: Page) -> str:
    """How full the store of features is and, where one is not a stranger, how often it had what was asked for."""
    try:
        held = usage(page.workspace.features)
    except WorkbenchError as error:
        return escape(str(error))
    words = f"Kept of all runs: {_size(held.size_bytes)} of the {_size(held.quota_bytes)} allowed"
    if page.hosting.hosted or held.hit_rate is None:
        return f"{words}."
    return f"{words}; {held.hit_rate:.0%} of what was asked for was there."


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.1f} MB"
