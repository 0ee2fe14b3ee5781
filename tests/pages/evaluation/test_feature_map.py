"""The map of the feature space."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from core.datasets.editing import relabel
from core.evaluation.predictions import Predictions
from core.figures.colours import class_colours
from pages.evaluation.feature_map import (
    CLASS,
    ERROR,
    MANY_CLASSES,
    SPLIT,
    chosen_in_words,
    groups_of,
    in_words,
    mistakes_first,
    most_mixed_up,
    points_of,
    reading_guide,
)

NAMES = ("<b>cats</b>", "d" * 80)
MANY = tuple(f"class {number}" for number in range(200))


def points():
    splits = ["train", "test", "test"]
    known = Predictions(["a", "b", "c"], splits, [0, 1, 1], [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]], NAMES)
    found = {"paths": ["c", "a", "b", "gone"], "x": [3, 1, 2, 9], "y": [0, 0, 0, 0], "splits": ["test", *splits]}
    return points_of(found, known)


def of_many(names=MANY, mistakes=()):
    """A point a class, and one for each mistake (true, predicted)."""
    true = [*range(len(names)), *(true for true, _ in mistakes)]
    taken = [*range(len(names)), *(predicted for _, predicted in mistakes)]
    paths = [f"{row}.png" for row in range(len(true))]
    known = Predictions(paths, ["test"] * len(true), true, np.eye(len(names))[taken], names)
    return points_of({"paths": paths, "x": true, "y": true, "splits": ["test"] * len(true)}, known)


def test_each_point_has_its_own_answer():
    table = points().set_index("path")
    assert table["x"].to_dict() == {"c": 3, "a": 1, "b": 2}
    assert table.loc["b", ["true", "predicted", "sure"]].tolist() == [1, 0, 0.7]


def test_images_without_a_place_are_left_out():
    known = Predictions(["a", "b"], ["test", "test"], [0, 1], np.eye(2), NAMES)
    found = {"paths": ["a", "b"], "x": [math.nan, 1], "y": [0, 1], "splits": ["test", "test"]}
    assert points_of(found, known)["path"].tolist() == ["b"]


def test_colours_mean_what_was_chosen():
    table = points()
    named = {}
    for kind in (CLASS, ERROR, SPLIT):
        groups, group = groups_of(table, kind, NAMES, [])
        named[kind] = [groups[index].name for index in group]
    assert named[CLASS] == [NAMES[1], NAMES[0], NAMES[1]]
    assert named[ERROR] == ["right", "right", "wrong"]
    assert named[SPLIT] == ["test", "train", "test"]


def test_only_what_there_is_has_a_place_in_the_legend():
    table = points()
    groups, group = groups_of(table[table["split"] == "train"], SPLIT, NAMES, [])
    assert [each.name for each in groups] == ["train"]
    assert group.tolist() == [0]


def test_a_few_classes_have_the_colours_that_they_have_everywhere():
    groups, _ = groups_of(points(), CLASS, NAMES, [])
    assert {group.name: group.colour for group in groups} == class_colours(NAMES)
    assert {group.shape for group in groups} == {"circle"}


def test_twenty_one_classes_differ_in_colour_and_neighbours_in_shape():
    names = MANY[:21]
    groups, _ = groups_of(of_many(names), CLASS, names, [])
    assert len({group.colour for group in groups}) == 21
    assert all(one.shape != other.shape for one, other in pairwise(groups))


def test_of_twenty_one_classes_some_can_be_put_in_front_of_the_others():
    names = MANY[:21]
    groups, group = groups_of(of_many(names), CLASS, names, [3, 8])
    assert [each.name for each in groups] == ["class 3", "class 8", "other classes"]
    assert [each.colour for each in groups] == [class_colours(names)["class 3"], class_colours(names)["class 8"], ""]
    assert group[[3, 8, 0, 20]].tolist() == [0, 1, 2, 2]


def test_of_two_hundred_classes_only_those_highlighted_have_a_colour():
    groups, group = groups_of(of_many(), CLASS, MANY, [150, 7])
    assert [each.name for each in groups] == ["class 150", "class 7", "other classes"]
    assert len({each.colour for each in groups}) == len({each.shape for each in groups[:2]}) + 1 == 3
    assert (group == 2).sum() == 198
    (nothing,), _ = groups_of(of_many(), CLASS, MANY, [])
    assert nothing.name == "other classes"


def test_the_classes_mixed_up_most_often_are_highlighted_first():
    mistakes = [(5, 9), (9, 5), (9, 5), (100, 3), (100, 3), (7, 8)]
    assert most_mixed_up(of_many(mistakes=mistakes), 200) == [9, 5, 100, 3, 7, 8]
    assert most_mixed_up(of_many(), 200) == [0, 1, 2, 3, 4, 5]


def test_the_surest_mistakes_come_first_and_then_the_least_sure():
    table = points().assign(path=list("abc"), true=[0, 0, 0], predicted=[0, 1, 0], sure=[0.9, 0.6, 0.5])
    assert mistakes_first(table)["path"].tolist() == ["b", "c", "a"]


def test_in_words():
    assert in_words(points()) == "A map of 3 images, 1 of which is taken for another class."
    words = chosen_in_words(points(), NAMES)
    assert words.startswith(f"3 images chosen: 2 of “{NAMES[1]}”, 1 of “{NAMES[0]}”. 1 of them is taken for another")
    assert chosen_in_words(points().iloc[:1], NAMES).endswith("All are recognised.")
    assert "196 of 196 other classes" not in chosen_in_words(of_many(), MANY)
    assert "197 of 197 other classes" in chosen_in_words(of_many(), MANY)


def test_the_guide_says_how_much_the_map_holds():
    pca = reading_guide({"method": "PCA", "origin": "a *net*", "kept": 0.31})
    assert "They hold 31% of all differences" in pca
    assert "*net*" not in pca
    assert "keeps neighbours together" in reading_guide({"method": "t-SNE", "origin": "", "kept": math.nan})
    assert "nan" not in reading_guide({"method": "PCA", "origin": "", "kept": math.nan})


# On the page ----------------------------------------------------------------------------------------------------------


def drawn(tab) -> dict:
    """What the browser draws."""
    (data,) = [
        data for part in tab.at.main.get("bidi_component") if (data := json.loads(part.proto.json)).get("kind") == "map"
    ]
    return data


@pytest.fixture
def mapped(visit, pets, trained):
    run = trained(pets)
    return visit("evaluation", dataset="pets", run=run.id, section="Map"), run


def test_the_map_on_the_page(mapped):
    tab, run = mapped
    count = int((run.predictions().splits == "test").sum())
    assert drawn(tab)["alt"].startswith(f"A map of {count} images")
    assert [group["name"] for group in drawn(tab)["groups"]] == ["cats", "dogs"]
    assert "Near ones look alike to the network" in tab.words
    tab.set("Colour", ERROR)
    assert [group["name"] for group in drawn(tab)["groups"]] == ["right", "wrong"]
    before = drawn(tab)["points"]
    tab.set("Colour", SPLIT)
    assert drawn(tab)["alt"].startswith("A map of 40 images")
    assert drawn(tab)["points"] != before


def test_pictures_are_asked_for_anew_after_a_change(mapped, pets):
    tab, run = mapped
    before = drawn(tab)
    relabel(pets, [run.predictions().ids[0]], "dogs")
    after = drawn(tab.run())
    assert after["edition"] != before["edition"]
    assert after["points"] == before["points"]
    assert after["token"] == before["token"]


def test_classes_of_many_are_put_in_front(visit, many, trained):
    assert len(many.class_names) <= MANY_CLASSES
    tab = visit("evaluation", dataset="many", run=trained(many).id, section="Map")
    everything = [group["name"] for group in drawn(tab)["groups"]]
    assert "other classes" not in everything
    chosen = many.class_names.index(everything[0])
    (choice,) = [each for each in tab.at.multiselect if each.label == "Classes in colour"]
    choice.set_value([chosen])
    tab.run()
    assert [group["name"] for group in drawn(tab)["groups"]] == [everything[0], "other classes"]
