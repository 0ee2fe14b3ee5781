"""All scores of a run in a table: a row a score, its value in each part of the split, and what it says."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.evaluation.evaluation import Evaluation
from core.evaluation.words import SPLIT_WORDS, percent

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


def summary_table(evaluation: Evaluation, others: Mapping[str, Evaluation | None]) -> pd.DataFrame:
    """A row a figure: its value in each part of the split, its interval in the part in view, and what it says.

    Parameters
    ----------
    evaluation
        Of the part in view, with intervals.
    others
        By "train", "validation" and "test", the scores of that part; None of one without images.
    """
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
    others: Mapping[str, Evaluation | None],
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


def _baselines(evaluation: Evaluation, others: Mapping[str, Evaluation | None]) -> list[dict[str, str]]:
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


def intervals_in_words(evaluation: Evaluation) -> str:
    """How the intervals of the table came about."""
    groups = evaluation.group_count
    drawn = f"drawing {groups:,} groups" if groups != evaluation.n else f"drawing {groups:,} images"
    return f"Intervals: Wilson's for accuracy; by {drawn} anew a thousand times (bootstrap) for the others."
