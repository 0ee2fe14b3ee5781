"""The table of all scores: the values of each part of the split, and dashes where there is nothing to tell."""

import numpy as np

from core.evaluation.evaluation import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.summary_table import intervals_in_words, summary_table
from core.evaluation.words import percent

NAMES = ("cats", "dogs", "owls")


def rows(classes=3, parts=("train", "test")):
    draws = np.random.default_rng(0)
    true = np.tile(np.arange(classes), 40)
    probabilities = draws.dirichlet(np.ones(classes), len(true)) + 0.5 * np.eye(classes)[true]
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    splits = np.resize(np.repeat(parts, classes), len(true))
    return Predictions(np.arange(len(true)).astype(str), splits, true, probabilities, NAMES[:classes])


def table_of(predictions, groups=None):
    test = evaluate(predictions, "test", groups)
    others = {"train": evaluate(predictions, "train", resamples=0), "validation": None, "test": test}
    return test, summary_table(test, others).set_index("figure")


def test_it_holds_the_scores_of_each_part():
    predictions = rows()
    test, table = table_of(predictions)
    assert list(table) == ["training", "validation", "test", "95 % interval", "what it says"]
    assert table.at["Accuracy", "test"] == percent(test.accuracy.value, test.n)
    assert table.at["Accuracy", "training"] == percent(evaluate(predictions, "train").accuracy.value, 60)
    assert table.at["Macro F1", "95 % interval"].endswith(percent(test.macro_f1.interval[1], test.n))
    assert table.at["Log loss", "test"] == f"{test.log_loss.value:.3f}"
    assert "guessing gives 1.099" in table.at["Log loss", "what it says"]
    assert set(table["validation"]) == {"–"}
    assert table.at["By chance", "test"] == "33 %"


def test_top_k_is_there_where_it_says_more_than_accuracy():
    assert "Top-2 accuracy" in table_of(rows())[1].index
    assert not any(name.startswith("Top-") for name in table_of(rows(classes=2))[1].index)


def test_what_can_not_be_told_says_why():
    _, table = table_of(rows(classes=1))
    assert table.at["Cohen's kappa", "test"] == "–"
    assert table.at["Cohen's kappa", "what it says"].startswith("Can't be told here: ")


def test_groups_are_drawn_together():
    predictions = rows()
    alone, _ = table_of(predictions)
    together, _ = table_of(predictions, np.arange(60) // 2)
    assert "by drawing 60 images anew" in intervals_in_words(alone)
    assert "by drawing 30 groups anew" in intervals_in_words(together)
