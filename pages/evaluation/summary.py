"""All scores of a run side by side, whether it over-fits, and whether it can be told from the next best run."""

import streamlit as st

from core.advice.diagnosis import diagnosis_of
from core.errors import WorkbenchError
from core.evaluation.comparison import compare, difference_in_words
from core.evaluation.comparison import in_words as comparison_in_words
from core.evaluation.evaluation import Evaluation
from core.evaluation.summary_table import intervals_in_words, summary_table
from core.evaluation.words import SPLIT_WORDS
from core.runs.evaluated_runs import evaluated_run, trained_on
from core.runs.record import Run
from core.runs.run_names import names_of
from pages.shared.evaluated_run import evaluation_of, point_estimates_of, predictions_of
from pages.shared.markdown import escape
from pages.shared.page import Page

# Of runs beyond so many the newest count.
RUNS_COMPARED = 30


def show_summary(page: Page, run: Run, split: str, runs: list[Run]) -> None:
    """The table of figures, and what it means in words.

    Parameters
    ----------
    split
        The part that is in view, whose figures have intervals.
    runs
        Those of the dataset that can be evaluated.
    """
    evaluation = evaluation_of(run, split)
    others = {part: _point_estimates_or_none(run, part) for part in SPLIT_WORDS}
    words = [diagnosis_of(run).words]
    if len(runs) > 1:
        words.append(next_best_words(run, split, runs))
    for line in filter(None, words):
        st.markdown(escape(line))
    st.dataframe(
        summary_table(evaluation, others),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={"what it says": st.column_config.TextColumn(width="large")},
        alt=f"All figures on training, validation and test images, and 95 % intervals on {SPLIT_WORDS[split]} images",
    )
    st.caption(intervals_in_words(evaluation))


def _point_estimates_or_none(run: Run, split: str) -> Evaluation | None:
    """None for a part of the split without images."""
    try:
        return point_estimates_of(run, split)
    except WorkbenchError:
        return None


def next_best_words(run: Run, split: str, runs: list[Run]) -> str:
    """Whether these images are enough to tell this run from the next best one, or from a better one."""
    alike = [other for other in runs[:RUNS_COMPARED] if other.id != run.id and trained_on(other) == trained_on(run)]
    if not alike:
        return ""
    rival = max(alike, key=lambda other: other.test_accuracy or 0.0)
    mine, its = names_of([run, rival])
    try:
        others = evaluated_run(rival, its, predictions_of(rival))
    except WorkbenchError:  # it is damaged, which is for its own page to tell
        return ""
    pair = compare(evaluated_run(run, f"this run ({mine})", predictions_of(run)), others, split)
    if pair.p_value is None:
        return ""
    words = f"Beside the best other run: {comparison_in_words(pair)}"
    return f"{words} In accuracy that is {difference_in_words(pair)}." if pair.p_value < 1 else words
