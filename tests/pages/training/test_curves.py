"""The curves of a training, in words and as a chart."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.training_curves import training_curves


def epochs(losses, val_losses, val_accuracy=0.5):
    best, events = float("inf"), []
    for number, (loss, val_loss) in enumerate(zip(losses, val_losses, strict=True), start=1):
        is_best = val_loss is not None and val_loss < best
        best = val_loss if is_best else best
        figures = {"loss": loss, "accuracy": 0.5, "val_loss": val_loss, "val_accuracy": val_accuracy}
        events.append({"kind": "epoch", "epoch": number, "seconds": 1.0, "best": is_best} | figures)
    return events


LEARNING_BY_HEART = epochs([1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05], [0.9, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2])


def draw(events, epochs=25):
    script = f"from pages.training.curves import show_curves\nshow_curves({events!r}, {epochs}, 'curves')"
    at = AppTest.from_string(script, default_timeout=60).run()
    assert [trace.message for trace in at.exception] == []
    (chart,) = at.get("plotly_chart")
    return chart.proto, json.loads(chart.proto.spec)


def test_the_chart_says_in_words_what_it_shows():
    chart, _ = draw(LEARNING_BY_HEART)
    assert chart.alt == training_curves(LEARNING_BY_HEART, 25).in_words()


def test_the_best_epoch_is_marked():
    _, figure = draw(LEARNING_BY_HEART)
    texts = [annotation["text"] for annotation in figure["layout"]["annotations"]]
    assert texts == ["Loss", "Accuracy", "best: epoch 2"]


def test_curves_are_told_apart_without_their_colour():
    _, figure = draw(LEARNING_BY_HEART)
    dashes = {
        line["name"]: line["line"].get("dash") for line in figure["data"] if line["name"] in ("train", "validation")
    }
    assert dashes["train"] != dashes["validation"]


@pytest.mark.parametrize(
    "events",
    [
        [{"kind": "batch", "position": 0.5, "loss": 1.0, "accuracy": 0.5}],
        epochs([1.0], [0.9]),
        epochs([1.0, 0.5], [None, None], None),
    ],
    ids=["within the first epoch", "after one epoch", "without validation"],
)
def test_little_to_show_is_shown(events):
    chart, _ = draw(events, epochs=1)
    assert chart.alt == training_curves(events, 1).in_words()


def test_where_fine_tuning_begins_is_marked_and_none_of_it_is_cut_off():
    told = epochs([1 / number for number in range(1, 13)], [1 / number for number in range(1, 13)])
    _, figure = draw([*told[:8], {"kind": "stage", "name": "fine_tune", "epochs": 8}, *told[8:]], epochs=8)
    assert "fine-tuning" in [annotation["text"] for annotation in figure["layout"]["annotations"]]
    assert 8 in [shape["x0"] for shape in figure["layout"]["shapes"]]
    assert figure["layout"]["xaxis"]["range"][1] >= 12


def test_points_that_are_epochs_apart_are_not_joined():
    points = [{"kind": "batch", "position": place, "loss": 2.0, "accuracy": 0.1} for place in (0.1, 3.9)]
    few, many = (
        next(line["x"] for line in draw([*LEARNING_BY_HEART, *more])[1]["data"] if "within" in line["name"])
        for more in (points, points * 4)
    )
    # Numbers come to the browser as a list, or packed.
    assert few in ([], {"dtype": "f8", "bdata": ""})
    assert many not in ([], {"dtype": "f8", "bdata": ""})
