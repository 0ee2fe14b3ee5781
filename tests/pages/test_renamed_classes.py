"""Pages after classes were renamed: an old run is as good as it was, under the names of now."""

import pytest

from core.datasets.editing import order_classes, rename_class
from pages.shared.page import STEPS


@pytest.fixture
def renamed(pets, trained):
    """A run, two renames in a circle with a third name, a new order, and a run that was trained again after that."""
    old = trained(pets, wrong_every=4)
    for before, after in (("cats", "x"), ("dogs", "cats"), ("x", "zebras")):
        rename_class(pets, before, after)
    order_classes(pets, ["zebras"])
    new = trained(pets, wrong_every=4, facts={"dataset_version": pets.content.version})
    old.update(facts={"dataset_version": "before"})
    new.update(facts={"parent_run": old.id, "edits_since_parent": [1, 2, 3, 4]})
    return old, new


@pytest.mark.parametrize("page", STEPS)
def test_every_page_is_drawn(page, visit, renamed):
    for run in renamed:
        assert visit(page, dataset="pets", run=run.id).errors == []


def test_evaluation_calls_old_answers_by_the_names_of_now(visit, renamed, pets):
    page = visit("evaluation", dataset="pets", run=renamed[0].id)
    assert (
        "Classes were renamed or put together since it was trained: “cats” is “zebras” now, “dogs” is “cats” now."
        in (page.words)
    )
    assert "Right on 75 % of 8 test images" in page.words
    assert pets.class_names == ("zebras", "cats")
    assert "now “zebras”" not in page.words, "that its class was renamed is no change of an image"
    page = visit("evaluation", dataset="pets", run=renamed[0].id, section="Each class")
    assert page.errors == []


def test_training_again_after_a_rename_has_brought_nothing(visit, renamed):
    page = visit("evaluation", dataset="pets", run=renamed[1].id)
    assert "Before 75 % (41–93 %), now 75 % (41–93 %) of 8 test images. Every image is answered as before." in (
        page.words.replace("**", "")
    )
    assert "By the labels as they are now" not in page.words


def test_compare_takes_both_for_trained_on_the_same(visit, renamed):
    page = visit("compare", dataset="pets", runs=",".join(run.id for run in renamed))
    assert "are right equally often, each on 75 % of 8 test images: neither is better." in page.words
    assert "Not comparable" not in page.words


def test_why_is_asked_of_the_class_at_its_place_in_the_network(visit, renamed, asked, monkeypatch):
    old = renamed[0]
    old.best_weights.write_bytes(b"weights")
    path = next(path for path in old.predictions().of("test").ids if path.startswith("cats/"))
    visit("evaluation", dataset="pets", run=old.id, section="Why", image=path)
    (request,) = [each for each in asked if each["task"] == "grad_cam"]
    shown = old.predictions()
    row = list(shown.ids).index(path)
    assert shown.class_names[shown.true[row]] == "zebras"
    assert 0 in request["classes"], "zebras were cats, which the network answers first"
