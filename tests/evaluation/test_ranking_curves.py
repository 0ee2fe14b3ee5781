"""Ranking curves of several classes, in words and drawn."""

import numpy as np
import pytest

from core.evaluation.predictions import Predictions
from core.evaluation.ranking_curves import MACRO, MICRO, ranking_curves
from core.figures.colours import class_colours
from core.figures.ranking_curves import MOST_POINTS, thinned


def answered(n=60, k=3, seed=0):
    """Of `n` images of all classes but the last."""
    generator = np.random.default_rng(seed)
    names = tuple(f"<class {index}>" for index in range(k))
    ids, true = np.arange(n).astype(str), generator.integers(0, k - 1, n)
    return Predictions(ids, np.repeat("test", n), true, generator.dirichlet(np.ones(k), n), names)


def test_both_averages_are_drawn_unless_classes_are_chosen():
    predictions = answered()
    assert [each.title for each in ranking_curves(predictions).curves] == [MICRO, MACRO]
    assert ranking_curves(answered(k=2)).undefined == ("<class 1>",), "of two classes the second, which has no image"
    chosen = ranking_curves(predictions, [MACRO, 0, 2])
    assert [each.title for each in chosen.curves] == [MACRO, "<class 0>"]
    assert chosen.undefined == ("<class 2>",), "it has no image"
    area, precision = chosen.curves[1].roc.area, chosen.curves[1].precision_recall.area
    assert chosen.in_words().endswith(f"; <class 0>: area under ROC {area:.3f}, average precision {precision:.3f}")


def test_a_class_is_chosen_by_its_index_only():
    with pytest.raises(ValueError, match="by its index, all of them as 'micro' or 'macro'; got '<class 0>'"):
        ranking_curves(answered(), ["<class 0>"])


def test_a_class_has_its_colour_and_its_areas_in_the_legend():
    predictions = answered()
    found = ranking_curves(predictions, [MICRO, 1])
    figure = found.figure()
    lines = [trace for trace in figure.data if trace.showlegend]
    curves = found.curves[1]
    assert [trace.line.color for trace in lines] == ["#8C8C8C", class_colours(predictions.class_names)["<class 1>"]]
    areas = f"{curves.roc.area:.3f} / {curves.precision_recall.area:.3f}"
    assert lines[1].name == f"&lt;class 1&gt;: {areas}"
    assert [axis.title.text for axis in (figure.layout.xaxis, figure.layout.yaxis2)] == [
        "false-alarm rate",
        "precision",
    ]


def test_long_curves_are_thinned_and_keep_their_ends():
    x, y = np.linspace(0, 1, 5000), np.linspace(0, 1, 5000) ** 2
    few = thinned(x, y)
    assert len(few[0]) <= MOST_POINTS
    assert (few[0][0], few[1][0], few[0][-1], few[1][-1]) == (0, 0, 1, 1)
    assert few[1] == pytest.approx(few[0] ** 2)
    assert thinned(x[:10], y[:10])[0] is not None
