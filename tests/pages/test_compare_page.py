"""Compare: the answer, what differs, two runs side by side, and the names of runs."""

import numpy as np
import pandas as pd
import pytest

from core.runs.labels import read_labels, write_labels

QUESTION = "Which is better, and is the difference real?"


@pytest.fixture
def two(pets, trained):
    """A run that gets a quarter of the test images wrong, and one that gets none wrong."""
    return trained(pets), trained(pets, wrong_every=0, settings={"seed": 1})


def test_without_runs_it_leads_to_training(visit, pets):
    page = visit("compare")
    assert page.question == QUESTION
    assert "No run has been evaluated yet." in page.words
    assert page.links == ["Go to training"]


def test_one_run_has_nothing_to_be_compared_with(visit, pets, trained, training):
    trained(pets)
    training(pets)
    page = visit("compare")
    assert "One run is evaluated so far. Another is still training." in page.words
    assert page.links == ["Train another"]


def test_the_better_one_is_named_with_how_sure_that_is(visit, pets, two):
    page = visit("compare")
    runs = page.query["runs"].split(",")
    assert set(runs) == {run.id for run in two}
    answer = next(line for line in page.words.splitlines() if "is right most often, on 100 % of" in line)
    assert "could be chance.**" in answer
    assert "By luck alone that would happen in" in page.words
    table = page.at.main.dataframe[0].value
    assert sorted(table["accuracy"])[0] == "100 %"
    assert set(table["Seed"]) == {"0", "1"}
    assert "Dropout" not in table
    assert any("95 % interval" in text for text in page.chart_texts())


def test_the_images_on_which_they_disagree(visit, pets, two):
    page = visit("compare")
    letter = "AB"[page.query["runs"].split(",").index(two[0].id)]
    assert page.tiles
    assert all(tile["second"].startswith(f"{letter}: ") for tile in page.tiles)
    assert any("points (95 % interval" in line for line in page.words.splitlines())


def test_its_report_is_offered(visit, pets, two):
    (button,) = visit("compare").at.main.get("download_button")
    assert button.proto.label == "Report of this comparison"


def test_a_cell_of_the_difference_shows_its_images(visit, pets, two):
    page = visit("compare", cell="0-1")
    assert "Images of “cats” that one of them takes for “dogs”" in page.words
    page.press("All on which they disagree")
    assert "cell" not in page.query


@pytest.mark.parametrize("query", [{"runs": "x,y"}, {"cell": "9-9"}, {"cell": "a"}, {"runs": ","}])
def test_nonsense_in_the_url_changes_nothing(visit, pets, two, query):
    page = visit("compare", **query)
    assert "is right most often" in page.words


def test_runs_on_other_images_are_said_not_to_be_comparable(visit, pets, trained, two):
    changed = trained(pets, facts={"dataset_version": "another"})
    page = visit("compare")
    assert changed.id not in page.query["runs"], "the first choice is what can be compared"
    page = visit("compare", runs=",".join(run.id for run in (*two, changed)))
    assert any("Not comparable with" in warning.value for warning in page.at.warning)
    assert "Hollow: can't be compared with the best." in page.words
    assert "relabelled, excluded, added or divided anew" in page.words
    page.press("Only the 2 that can be compared with each other")
    assert set(page.query["runs"].split(",")) == {run.id for run in two}
    assert not page.at.warning
    assert "Hollow" not in page.words


def test_what_training_again_brought_is_compared_by_the_corrected_labels(visit, pets, trained):
    earlier = trained(pets, wrong_every=4, facts={"dataset_version": "as it was"})
    later = trained(pets, wrong_every=0, facts={"dataset_version": "corrected"})
    later.update(facts={"parent_run": earlier.id, "edits_since_parent": [1]})
    page = visit("compare", runs=f"{earlier.id},{later.id}")
    assert "B is A trained again, on images that were corrected in between." in page.words
    assert "By luck alone that would happen in" in page.words
    assert not page.at.warning


def test_a_run_that_diverged_is_left_out_and_said_to_be(visit, pets, trained, two):
    broken = trained(pets)
    table = pd.read_parquet(broken.predictions_path)
    names = table.attrs
    table["p0"] = np.nan
    table.attrs = names
    table.to_parquet(broken.predictions_path)
    page = visit("compare", runs=",".join(run.id for run in (*two, broken)))
    assert "is right most often" in page.words
    assert f"Left out: {broken.id}: The network gave no usable" in page.words


def test_of_two_runs_one_of_which_can_not_be_read_nothing_is_compared(visit, pets, trained):
    one, other = trained(pets), trained(pets)
    other.predictions_path.write_bytes(b"no table")
    page = visit("compare", runs=f"{one.id},{other.id}")
    assert "there are not two that can be compared" in page.words


def test_runs_without_predictions_are_counted(visit, pets, trained, training, two):
    training(pets)
    trained(pets, evaluated=False, state="stopped")
    words = "Not to choose from: 1 still training and 1 that ended with nothing to evaluate."
    assert words in visit("compare").words


def test_they_are_evaluated_by_validation_images_as_well(visit, pets, two):
    page = visit("compare")
    page.set("Evaluated by", "validation")
    assert "validation images" in page.words
    assert "test images.**" not in page.words


def test_many_runs_are_drawn_as_lines_through_their_settings(visit, pets, trained):
    for seed in range(5):
        trained(pets, settings={"seed": seed, "learning_rate": 10.0 ** -(seed + 1)})
    page = visit("compare")
    assert any("A line for each of 5 runs through: Learning rate, Seed" in text for text in page.chart_texts())


def test_classes_of_any_name(visit, awkward, trained):
    trained(awkward)
    trained(awkward, wrong_every=2)
    page = visit("compare", dataset="awkward")
    assert "is right most often" in page.words


def test_a_run_is_named_noted_and_starred(visit, pets, two):
    page = visit("compare")
    page.setting("Name").set_value("<b>the</b> *one*")
    page.setting("Star").set_value(True)
    page.press("Keep")
    (run,) = [run for run in two if read_labels(run).star]
    assert read_labels(run).name == "<b>the</b> *one*"
    assert "<b>the</b> *one*" in page.words
    assert "*one*" not in page.source.replace("\\*one\\*", "")


def test_a_run_is_deleted_only_once_that_is_confirmed(visit, pets, trained, two):
    third = trained(pets)
    write_labels(third, star=True)  # starred ones come first
    page = visit("compare")
    page.press("Delete this run")
    assert third.folder.exists()
    page.press("Delete this run", "Delete for good")
    assert not third.folder.exists()
    assert "is right most often" in page.words


def test_a_run_whose_list_of_images_is_gone(visit, pets, two):
    for run in two:
        (run.folder / "images.parquet").unlink()
    assert "list of images is gone" in visit("compare").words
