"""Compare: the answer, what differs, two runs side by side, and the names of runs."""

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
    assert "No run has been judged yet." in page.words
    assert page.links == ["Go to training"]


def test_one_run_has_nothing_to_be_compared_with(visit, pets, trained, training):
    trained(pets)
    training(pets)
    page = visit("compare")
    assert "One run is judged so far. Another is still training." in page.words
    assert page.links == ["Train another"]


def test_the_better_one_is_named_with_how_sure_that_is(visit, pets, two):
    page = visit("compare")
    runs = page.query["runs"].split(",")
    assert set(runs) == {run.id for run in two}
    assert "is right most often: on 100 % of" in page.words
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
    assert "relabelled, excluded, added or divided anew" in page.words


def test_they_are_judged_by_validation_images_as_well(visit, pets, two):
    page = visit("compare")
    page.set("Judged by", "validation")
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
