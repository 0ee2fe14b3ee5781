"""Charts of runs side by side, and what they say to those who can't see them."""

import numpy as np
import pandas as pd
import pytest
from plotly.subplots import make_subplots

from core.runs.comparison import letter
from pages.compare.charts import _name_ends, curves_in_words, intervals_in_words, label, not_comparable
from pages.compare.sweep import suggested_range


def row(run, accuracy):
    return {"run": run, "name": run, "accuracy": accuracy, "accuracy_ci95": [accuracy - 0.1, accuracy + 0.1], "n": 50}


def test_a_name_is_shown_as_it_is_and_what_sets_it_apart_below():
    assert label(0, "<b>LeNet-5") == "<b>A</b> &lt;b&gt;LeNet-5"
    assert label(1, "MobileNet α 0.75, learning rate 0.001") == "<b>B</b> MobileNet α 0.75<br>learning rate 0.001"
    assert label(25, "x" * 80) == f"<b>Z</b> {'x' * 27}…"
    assert letter(2) == "C"


def test_the_intervals_in_words():
    comparison = {"runs": [row("first", 0.5), row("second", 0.8)]}
    words = "second: 80 % of 50 (95 % interval 70–90 %); first: 50 % of 50 (95 % interval 40–60 %)."
    assert intervals_in_words(comparison) == words


def test_the_curves_in_words():
    validated = pd.DataFrame({"epoch": [1, 2, 3], "val_loss": [0.5, 0.3, 0.4]})
    other = pd.DataFrame({"epoch": [1.0], "val_loss": [np.nan]})
    words = curves_in_words(["first", "second"], [validated, other])
    assert words == "first: best validation loss 0.300 in epoch 2; second: no validation loss."


def test_which_runs_can_not_be_compared():
    pairs = [{"second_run": "x", "why_not": ""}, {"second_run": "y", "why_not": "Other images."}]
    assert not_comparable({"pairs": pairs}) == {"y": "Other images."}


def test_letters_of_curves_that_end_alike_stand_side_by_side():
    figure = make_subplots(cols=2)
    _name_ends(figure, [(0, 10.0, 0.5), (1, 10.0, 0.51), (2, 10.0, 0.9), (3, 5.0, 0.5)], 1)
    shifts = [written.xshift for written in figure.layout.annotations]
    assert shifts[0] == shifts[2] == shifts[3] < shifts[1]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("learning_rate", 0.001, (0.0001, 0.01)),
        ("weight_decay", 0, (1e-5, 1e-3)),
        ("dropout", 0.2, (0, 0.4)),
        ("epochs", 25, (1, 50)),
        ("momentum", 0.9, (0, 0.999)),
        ("views", 0, None),
    ],
)
def test_a_range_is_suggested_around_what_is_set(name, value, expected):
    low, high = suggested_range(name, value)
    assert low < high
    if expected is not None:
        assert (low, high) == pytest.approx(expected)
