"""All scores of a run side by side, whether it over-fits, and whether it can be told from the next best run."""

import numpy as np
import pandas as pd
import streamlit as st

from core.advice.diagnosis import diagnosis_of
from core.errors import WorkbenchError
from core.evaluation.comparison import compare, difference_in_words
from core.evaluation.comparison import in_words as comparison_in_words
from core.evaluation.evaluation import Evaluation
from core.evaluation.words import SPLIT_WORDS, percent
from core.runs.evaluated_runs import evaluated_run, trained_on
from core.runs.record import Run
from core.runs.run_names import names_of
from pages.shared.evaluated_run import evaluation_of, point_estimates_of, predictions_of
from pages.shared.markdown import escape
from pages.shared.page import Page

# Of runs beyond so many the newest count.
RUNS_COMPARED = 30
SHARES = {
    "accuracy": ("Accuracy", "The share of images that it is right on."),
    "balanced_accuracy": ("Balanced accuracy", "The mean of the classes' recalls: small classes count as large ones."),
    "macro_f1": ("Macro F1", "The mean over classes of how precise and how complete it is."),
    "weighted_f1": ("Weighted F1", "The same, each class counting as often as it has images."),
}
NUMBERS = {
    "log_loss": ("Log loss", "Punishes being sure and wrong; 0 is perfect, guessing gives {guessing:.3f}."),
    "kappa": ("Cohen's kappa", "Agreement beyond what chance would give: 0 is chance, 1 is perfect."),
    "mcc": ("Matthews correlation", "Between answers and truth: 0 is chance, 1 is perfect."),
    "brier": ("Brier score", "The mean squared error of the probabilities; 0 is perfect."),
    "ece": ("Calibration error (ECE)", "By how much it says to be surer, or less sure, than it is right."),
}


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
    groups = evaluation.group_count
    drawn = f"drawing {groups:,} groups" if groups != evaluation.n else f"drawing {groups:,} images"
    st.caption(f"Intervals: Wilson's for accuracy; by {drawn} anew a thousand times (bootstrap) for the others.")


def summary_table(evaluation: Evaluation, others: dict[str, Evaluation | None]) -> pd.DataFrame:
    """A row a figure: its value in each part of the split, and its interval in the part that is in view."""
    k = evaluation.k
    guessing = float(np.log(len(evaluation.class_names)))
    rows = [_row(name, *text, evaluation, others, guessing) for name, text in SHARES.items()]
    if k > 1:
        explanation = f"How often the true class is among the {k} most probable."
        rows.insert(1, _row("top_k", f"Top-{k} accuracy", explanation, evaluation, others, guessing))
    rows += [_row(name, *text, evaluation, others, guessing) for name, text in NUMBERS.items()]
    return pd.DataFrame([*rows, *_baselines(evaluation, others)])


def _row(
    name: str,
    title: str,
    explanation: str,
    evaluation: Evaluation,
    others: dict[str, Evaluation | None],
    guessing: float,
) -> dict[str, str]:
    share = name not in NUMBERS

    def shown(value: float, n: int) -> str:
        return percent(value, n) if share else f"{value:.3f}"

    row = {"figure": title}
    for part, other in others.items():
        row[SPLIT_WORDS[part]] = (
            "–" if other is None or not other.scores[name].defined else shown(other.scores[name].value, other.n)
        )
    score = evaluation.scores[name]
    if not score.defined:
        return row | {"95 % interval": "–", "what it says": f"Can't be told here: {score.undefined_because}."}
    low, high = (shown(end, evaluation.n) for end in score.interval)
    low = low.removesuffix(" %") if share else low
    return row | {"95 % interval": f"{low} – {high}", "what it says": explanation.format(guessing=guessing)}


def _baselines(evaluation: Evaluation, others: dict[str, Evaluation | None]) -> list[dict[str, str]]:
    """What takes no network."""
    rows = []
    for value_of, title, explanation in (
        (
            lambda each: each.majority_accuracy,
            "Always the commonest",
            f"Accuracy of always answering “{evaluation.majority_class}”.",
        ),
        (lambda each: each.chance, "By chance", "Accuracy of guessing each class equally often."),
    ):
        row = {"figure": title}
        for part, other in others.items():
            row[SPLIT_WORDS[part]] = "–" if other is None else percent(value_of(other), other.n)
        rows.append(row | {"95 % interval": "", "what it says": explanation})
    return rows


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
