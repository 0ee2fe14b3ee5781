"""The map of the feature space."""

import pandas as pd

from core.evaluation.predictions import Predictions
from pages.widgets.feature_map import CLASS, ERROR, SPLIT, in_words, map_figure, points_of

NAMES = ("<b>cats</b>", "d" * 80)


def points():
    splits = ["train", "test", "test"]
    known = Predictions(["a", "b", "c"], splits, [0, 1, 1], [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]], NAMES)
    found = {"paths": ["c", "a", "b", "gone"], "x": [3, 1, 2, 9], "y": [0, 0, 0, 0], "splits": ["test", *splits]}
    return points_of(found, known)


def test_each_point_has_its_own_answer():
    table = points().set_index("path")
    assert table["x"].to_dict() == {"c": 3, "a": 1, "b": 2}
    assert table["right"].to_dict() == {"c": True, "a": True, "b": False}
    assert table.loc["b", ["label", "predicted", "sure"]].tolist() == [NAMES[1], NAMES[0], 0.7]


def test_colours_mean_what_was_chosen():
    names = {kind: [trace.name for trace in map_figure(points(), kind, NAMES).data] for kind in (CLASS, ERROR, SPLIT)}
    assert names[ERROR] == ["right", "wrong"]
    assert names[SPLIT] == ["train", "test"]
    assert len(names[CLASS]) == 2


def test_names_are_no_markup_and_not_longer_than_there_is_room():
    first, second = map_figure(points(), CLASS, NAMES).data
    assert first.name == "&lt;b&gt;cats&lt;/b&gt;"
    assert second.name == "d" * 23 + "…"
    assert second.customdata[0][:2].tolist() == ["c", "d" * 23 + "…"]


def test_many_classes_have_no_legend():
    table = points()
    assert map_figure(table, CLASS, NAMES).layout.showlegend
    assert not map_figure(table, CLASS, tuple(map(str, range(200)))).layout.showlegend


def test_in_words_and_of_no_images():
    assert in_words(points()) == "A map of 3 images, 1 of which are taken for another class."
    assert not map_figure(pd.DataFrame(points().iloc[:0]), CLASS, NAMES).data


def test_the_map_on_the_page(visit, pets, trained):
    run = trained(pets)
    tab = visit("evaluation", dataset="pets", run=run.id, section="Map")
    count = int((run.predictions().splits == "test").sum())
    assert any(text.startswith(f"A map of {count} images") for text in tab.chart_texts())
    assert "Near images look alike to the network" in tab.words
    tab.set("Colour", SPLIT)
    assert any(text.startswith("A map of 40 images") for text in tab.chart_texts())
