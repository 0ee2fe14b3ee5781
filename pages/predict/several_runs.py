"""Several runs asked about the same images: their answers side by side, and their average."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.errors import UsageError
from core.prediction.answers import Answers, averaged
from core.runs.record import Run
from pages.shared.answer_in_words import percent
from pages.shared.inference import has_weights
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.run_label import run_label

MOST_OTHERS = 3
AVERAGE = "average"
ROWS_SHOWN = 1000


def choose_others(page: Page, key: str) -> list[Run]:
    """Runs that are asked besides the one in view; nothing is drawn where there is no other."""
    others = {run.id: run for run in page.runs if has_weights(run) and run.id != page.run.id}
    if not others:
        return []
    chosen = st.multiselect(
        "Ask other runs too",
        list(others),
        format_func=lambda run_id: run_label(others[run_id]),
        max_selections=MOST_OTHERS,
        placeholder="Their answers side by side, and the average",
        key=f"{key}_{page.run.id}",
    )
    return [others[run_id] for run_id in chosen]


def show_side_by_side(answers: Mapping[str, Answers]) -> None:
    """A table with a row an image, and a column for each run and for their average.

    Parameters
    ----------
    answers
        By the run's label; of two runs or more.
    """
    shown = dict(answers)
    try:
        shown = {AVERAGE: averaged(list(answers.values()))} | shown
    except UsageError as error:
        st.info(escape(str(error)))
    table, agreed = side_by_side(shown), agreement(answers)
    st.markdown(f"**They agree on {int(agreed.sum()):,} of {len(agreed):,} images.**")
    if len(table) > ROWS_SHOWN:
        st.caption(f"The first {ROWS_SHOWN:,}, beginning with those that they don't agree on.")
    st.dataframe(
        table.loc[agreed.sort_values(kind="stable").index[:ROWS_SHOWN]].rename_axis("file").reset_index(),
        hide_index=True,
        # The names of runs are long: what doesn't fit is read by hovering.
        column_config={label: st.column_config.TextColumn(width="medium") for label in shown},
        alt="What each run says of each image, and their average",
    )


def side_by_side(answers: Mapping[str, Answers]) -> pd.DataFrame:
    """A row an image, and a column for each run: the answer and how sure it is; missing where it could not read it."""
    return pd.DataFrame({label: answered(each) for label, each in answers.items()})


def agreement(answers: Mapping[str, Answers]) -> pd.Series:
    """By image, whether all runs answer the same."""
    table = pd.DataFrame({label: dict(zip(each.names, each.predicted, strict=True)) for label, each in answers.items()})
    return table.eq(table.iloc[:, 0], axis=0).all(axis=1)


def answered(answers: Answers) -> dict[str, str]:
    """By image, the answer and how sure it is."""
    shares = map(percent, answers.confidence)
    return {
        # The share first: a class that is called like a formula is none then, where the table is copied.
        name: f"{share} {answer}"
        for name, answer, share in zip(answers.names, answers.predicted, shares, strict=True)
    }
