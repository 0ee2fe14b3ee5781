"""The lists of images to look at first, on the page."""

import json

import pytest

LISTS = ("Confidently wrong", "Least sure", "Probably mislabelled", "Unlike the training images")


@pytest.fixture
def opened(visit, pets, trained):
    """Opens the errors of a run: every fourth of the test images is wrong, unless told otherwise."""

    def open_errors(**changes):
        run = trained(pets, **changes)
        return visit("evaluation", dataset="pets", run=run.id, section="Errors"), run

    return open_errors


def lists(tab):
    """The control that chooses among the lists."""
    return next(group for group in tab.at.get("button_group") if group.key == "error_list")


def notes(tab):
    """By path, the line under each image of the list."""
    drawn = [json.loads(part.proto.json) for part in tab.at.main.get("bidi_component")]
    return {tile["id"]: tile["second"] for part in drawn if part["name"] == "errors" for tile in part["items"]}


def test_the_wrong_ones_first_with_what_they_were_taken_for(opened):
    tab, run = opened()
    assert "test images taken for another class, the surest mistake first." in tab.words
    evaluated = run.predictions().of("test")
    wrong = evaluated.ids[evaluated.predicted != evaluated.true]
    assert set(notes(tab)) == set(wrong)
    assert set(notes(tab).values()) == {"80% cats", "80% dogs"}


def test_empty_lists_say_what_that_means(opened):
    tab, _ = opened(wrong_every=0)
    assert "No test image is taken for another class." in tab.words
    lists(tab).set_value("Least sure")
    assert "It hesitates over no test image" in tab.run().words


def test_what_features_tell_is_worked_out_only_when_it_is_asked_for(opened, asked):
    tab, run = opened()
    assert asked == []
    lists(tab).set_value("Probably mislabelled")
    tab.run()
    assert [(request["task"], request["run"]) for request in asked] == [("label_issues", str(run.folder))]
    assert "2 training, validation or test images whose label is probably wrong" in tab.words
    assert list(notes(tab).values()) == ["rather cats, 90%"] * 2
    tab.run()
    assert len(asked) == 1


def test_what_is_unlike_the_training_images_is_of_the_part_in_view(opened):
    tab, run = opened()
    first = run.predictions().splits[:2]
    lists(tab).set_value("Unlike the training images")
    words = tab.run().words
    count = int((first == "test").sum())
    assert (f"{count} test image" if count else "No test image is farther") in words


def test_why_a_list_cannot_be_had_stands_in_its_place(opened, monkeypatch):
    from core.errors import WorkbenchError
    from core.jobs.inference_client import InferenceClient

    def refuse(self, task, **arguments):
        raise WorkbenchError("The weights of <b>this</b> run are gone.")

    monkeypatch.setattr(InferenceClient, "ask", refuse)
    tab, _ = opened()
    lists(tab).set_value("Probably mislabelled")
    assert "The weights of <b>this</b> run are gone." in tab.run().words


def test_a_run_that_lost_its_table_of_images(opened):
    tab, run = opened()
    (run.folder / "images.parquet").unlink()
    assert "images.parquet" in tab.run().words
