"""Evaluation: the verdict, the figures, and the images behind each cell."""

import pandas as pd
import pytest

from core.datasets.editing import exclude
from core.datasets.importing import create_sample
from core.datasets.splits import SplitSettings
from core.datasets.store import delete_dataset

QUESTION = "How good is it, and where does it err?"


def figures(page):
    return {metric.label: metric.value for metric in page.at.main.metric}


def classes(page):
    return page.at.main.dataframe[0].value


# Nothing to judge -----------------------------------------------------------------------------------------------------


def test_without_images_it_leads_to_some(visit):
    page = visit("evaluation")
    assert page.question == QUESTION
    assert "No images yet." in page.words
    assert page.links == ["Choose images"]


def test_images_that_are_not_ready_are_waited_for(visit, workspace, is_importing):
    is_importing(create_sample(workspace, "cats_vs_dogs_sample"))
    page = visit("evaluation")
    assert "The images of this dataset are not ready yet." in page.words
    assert page.links == ["Choose images"]


def test_before_the_first_run_it_leads_to_training(visit, pets):
    page = visit("evaluation")
    assert "Nothing has been trained yet." in page.words
    assert page.links == ["Go to training"]


def test_while_the_first_run_goes_on_it_says_so(visit, pets, training):
    training(pets)
    page = visit("evaluation")
    assert "A run is still training; its figures will be here." in page.words
    assert page.links == ["Go to training"]


def test_runs_that_failed_before_they_could_be_judged(visit, pets, trained):
    trained(pets, epochs=0, judged=False, state="failed", error="It broke.")
    page = visit("evaluation")
    assert "No run has come far enough to be judged." in page.words
    assert page.links == ["Go to training"]


def test_a_run_that_is_not_there_is_said_not_to_be(visit, pets, trained):
    run = trained(pets)
    page = visit("evaluation", dataset="pets", run="2020")
    assert page.errors == ["There is no run 2020 of this dataset. It may have been deleted."]
    assert page.query["run"] == run.id


@pytest.mark.parametrize(
    ("error", "words"),
    [("", "it is not finished yet"), ("It *broke*.\nLast lines of its log:\nlines", "It *broke*.")],
)
def test_a_run_without_predictions_gives_way_to_one_that_has_some(visit, pets, trained, error, words):
    judged = trained(pets)
    empty = trained(pets, judged=False, state="failed" if error else "done", error=error)
    page = visit("evaluation", dataset="pets", run=empty.id)
    assert f"The run {empty.id} has nothing to judge: {words}" in page.words
    assert "*broke*" not in page.source
    assert "Last lines" not in page.words
    assert page.query["run"] == judged.id
    assert "Right on 75 % of 8 test images" in page.words


def test_damaged_predictions_are_explained(visit, pets, trained):
    run = trained(pets)
    run.predictions_path.write_bytes(b"no parquet")
    page = visit("evaluation")
    assert "are damaged and cannot be read" in page.errors[0]


# The verdict ----------------------------------------------------------------------------------------------------------


def test_the_verdict_comes_first(visit, pets, trained):
    trained(pets)  # of the 8 test images two cats are taken for dogs
    page = visit("evaluation")
    assert "**Right on 75 % of 8 test images** (95 % interval 41–93 %)." in page.words
    assert "Always answering “cats” would be right on 50 %." in page.words
    assert "That is not clearly better than always answering “cats”." in page.words
    assert figures(page) == {
        "Accuracy": "75 %",
        "95 % interval": "41 % – 93 %",
        "Always the commonest": "50 %",
        "Log loss": "0.570",
        "Macro F1": "0.750",
    }
    table = classes(page)
    assert table["class"].tolist() == ["cats", "dogs"]
    assert table["images"].tolist() == [4, 4]


def test_the_most_frequent_mistake_is_in_view(visit, pets, trained):
    trained(pets)
    page = visit("evaluation")
    assert "**1 image of “cats”, taken for “dogs”.** The surest first." in page.words


def test_a_flawless_run_shows_what_was_recognised(visit, pets, trained):
    trained(pets, wrong_every=0)
    page = visit("evaluation")
    assert "**Right on 100 % of 8 test images**" in page.words
    assert "**4 images of “cats”, recognised.** The surest first." in page.words


def test_the_url_says_which_cell(visit, pets, trained):
    run = trained(pets)
    page = visit("evaluation", dataset="pets", run=run.id, cell="0-0")
    assert "**3 images of “cats”, recognised.**" in page.words


@pytest.mark.parametrize("cell", ["9-9", "a-b", "9" * 5000 + "-0"])
def test_a_cell_that_is_none_is_passed_over(visit, pets, trained, cell):
    trained(pets)
    assert "**1 image of “cats”, taken for “dogs”.**" in visit("evaluation", dataset="pets", cell=cell).words


def test_the_other_parts_of_the_split(visit, pets, trained):
    run = trained(pets)
    page = visit("evaluation", dataset="pets", run=run.id, cell="1-0").set("Images", "train")
    assert "**Right on 100 % of 24 training images**" in page.words
    assert page.query["split"] == "train"
    assert "cell" not in page.query, "it was one of the other part"
    again = visit("evaluation", **page.query)
    assert again.setting("Images").value == "train"


def test_a_part_that_does_not_exist_is_the_test_part(visit, pets, trained):
    trained(pets)
    page = visit("evaluation", dataset="pets", split="all")
    assert page.setting("Images").value == "test"
    assert "8 test images" in page.words


def test_a_part_without_images_is_explained(visit, pets, trained):
    pets.set_split(SplitSettings(validation=0))
    trained(pets)
    page = visit("evaluation").set("Images", "validation")
    assert "no predictions for the validation images" in page.errors[0]
    assert "8 test images" in page.set("Images", "test").words


def test_another_run_is_chosen(visit, pets, trained):
    first = trained(pets, wrong_every=0)
    second = trained(pets)
    page = visit("evaluation", dataset="pets", run=second.id, cell="0-1").set("Run", first.id)
    assert page.query["run"] == first.id
    assert "cell" not in page.query
    assert "**Right on 100 %" in page.words
    assert len(set(page.setting("Run").options)) == 2, "runs of the same second must be told apart"


# Which run ------------------------------------------------------------------------------------------------------------


def test_a_run_that_diverged_is_judged_with_a_warning(visit, pets, trained):
    trained(pets, state="failed", error="The *loss* stopped being a number.\nand so on")
    page = visit("evaluation")
    assert "This run failed, and its best weights are judged here. The *loss* stopped being a number." in page.words
    assert "*loss*" not in page.source
    assert "and so on" not in page.words
    assert "**Right on 75 %" in page.words


def test_a_run_that_was_stopped_is_judged(visit, pets, trained):
    trained(pets, state="stopped")
    assert "**Right on 75 %" in visit("evaluation").words


def test_untrained_weights_are_badged(visit, pets, trained):
    trained(pets, settings={"architecture": "mobilenet", "weights": "untrained"})
    page = visit("evaluation")
    assert "Untrained weights: the backbone is random numbers" in page.words
    assert "untrained weights" in page.setting("Run").options[0]


def test_a_run_outlives_its_dataset(visit, pets, trained, imported, tmp_path, class_folders):
    """It is judged by its own images: a dataset of the same name may hold other ones by now."""
    run = trained(pets)
    delete_dataset(pets)
    tmp_path.joinpath("sources").rename(tmp_path / "gone")
    imported("pets", {"birds": 4, "fish": 4, "*apes*": 4})
    page = visit("evaluation", dataset="pets", run=run.id)
    assert "**Right on 75 % of 8 test images**" in page.words
    assert "**1 image of “cats”, taken for “dogs”.**" in page.words


# Classes --------------------------------------------------------------------------------------------------------------


def test_awkward_class_names_are_shown_as_they_are(visit, awkward, trained):
    trained(awkward, wrong_every=1)
    names = awkward.class_names
    for index, name in enumerate(names):
        following = (index + 1) % len(names)
        page = visit("evaluation", dataset="awkward", cell=f"{index}-{following}")
        assert f"**1 image of “{name}”, taken for “{names[following]}”.**" in page.words
        assert f"“{name}”" not in page.source or name.isalnum() or name == "🐱 кошка"
    assert classes(page)["class"].tolist() == list(names)
    help = page.at.main.metric[1].help
    assert "<b>" not in help


def test_twenty_one_classes(visit, many, trained):
    trained(many, wrong_every=3)
    page = visit("evaluation")
    assert "**Right on 67 % of 21 test images**" in page.words
    assert len(classes(page)) == 21
    assert figures(page)["Accuracy"] == "67 %"
    (expander,) = [part for part in page.at.main.expander if part.label == "Each class"]
    assert not expander.proto.expanded


def test_the_images_of_a_cell_come_from_the_runs_own_table(visit, pets, trained):
    run = trained(pets)
    table = pd.read_parquet(run.folder / "images.parquet")
    pets.set_split(SplitSettings(validation=0.2, test=0.6, seed=5))  # another division, since
    assert (pets.images["split"] != table["split"]).any()
    page = visit("evaluation")
    assert "8 test images" in page.words
    assert "**1 image of “cats”, taken for “dogs”.**" in page.words


def test_it_is_said_when_the_images_changed_since_the_run(visit, pets, trained):
    trained(pets, facts={"dataset_version": pets.content.version})
    assert "since this run" not in visit("evaluation").words
    exclude(pets, [pets.images["path"].iloc[0]])
    assert "since this run" in visit("evaluation").words
    pets.edits.undo()
    assert "since this run" not in visit("evaluation").words
