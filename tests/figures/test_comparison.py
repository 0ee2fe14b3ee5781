"""Runs side by side in figures."""

import pandas as pd
import pytest
from plotly.subplots import make_subplots

from core.figures.comparison import (
    Drawn,
    Line,
    cost_figure,
    dimension,
    intervals_figure,
    name_ends,
    overlaid_curves_figure,
    parallel_figure,
)
from core.runs.run_names import letter


def drawn(letter, name="Small CNN", accuracy=0.8, apart=False):
    return Drawn(letter, name, accuracy, accuracy - 0.1, accuracy + 0.1, f"{accuracy:.0%}", apart)


def test_a_name_is_shown_as_it_is_and_what_sets_it_apart_below():
    assert drawn("A", "<b>LeNet-5").label == "<b>A</b> &lt;b&gt;LeNet-5"
    assert drawn("B", "MobileNet α 0.75, learning rate 0.001").label == (
        "<b>B</b> MobileNet α 0.75<br>learning rate 0.001"
    )
    assert drawn("Z", "x" * 80).label == f"<b>Z</b> {'x' * 27}…"
    assert letter(2) == "C"


def test_intervals_reach_as_far_as_they_do():
    figure = intervals_figure([drawn("A", accuracy=0.9), drawn("B", accuracy=0.5, apart=True)], "right")
    worst, best = figure.data
    assert (worst.x[0], best.x[0]) == (0.5, 0.9)
    assert best.error_x.array[0] == pytest.approx(0.1)
    assert (worst.marker.symbol, best.marker.symbol) == ("circle-open", "circle")
    assert worst.marker.color != best.marker.color


def test_a_wide_range_of_costs_is_logarithmic_and_a_run_without_is_left_out():
    runs = [drawn("A"), drawn("B"), drawn("C")]
    near = cost_figure(runs, [10, 20, None], ["10 s", "20 s", ""], "seconds")
    assert [trace.text[0] for trace in near.data] == ["<b>A</b>", "<b>B</b>"]
    assert near.layout.xaxis.type is None
    assert cost_figure(runs, [10, 20_000, None], ["", "", ""], "seconds").layout.xaxis.type == "log"


def test_letters_of_curves_that_end_alike_stand_side_by_side():
    figure = make_subplots(cols=2)
    name_ends(figure, [(0, 10.0, 0.5), (1, 10.0, 0.51), (2, 10.0, 0.9), (3, 5.0, 0.5)], 1, "ABCD")
    shifts = [written.xshift for written in figure.layout.annotations]
    assert shifts[0] == shifts[2] == shifts[3] < shifts[1]


def test_training_curves_are_dotted_where_there_are_no_validation_images():
    x, y = pd.Series([1, 2]), pd.Series([0.5, 0.4])
    figure = overlaid_curves_figure([Line("A", "first", x, y, y, True), Line("B", "second", x, y, y, False)], "epoch")
    assert [trace.line.dash for trace in figure.data] == ["solid", "dot"] * 2
    assert [written.text for written in figure.layout.annotations if "<b>" in written.text] == [
        "<b>A</b>",
        "<b>B</b>",
    ] * 2


def test_axes_of_settings_are_by_number_by_ratio_or_by_value():
    assert dimension("Dropout", [0.1, 0.3]) == {
        "label": "Dropout",
        "values": [0.1, 0.3],
        "tickvals": [0.1, 0.3],
        "ticktext": ["0.1", "0.3"],
    }
    by_ratio = dimension("Learning rate", [0.001, 0.1])
    assert by_ratio["values"] == pytest.approx([-3, -1])
    assert by_ratio["ticktext"] == ["0.001", "0.01", "0.1"]
    named = dimension("Augmentation", [None, "flip"], ["none", "<flip>"])
    assert (named["values"], named["ticktext"]) == ([0, 1], ["none", "&lt;flip&gt;"])
    figure = parallel_figure([named], [0.5, 0.9])
    assert [each.label for each in figure.data[0].dimensions] == ["Augmentation", "Accuracy"]
