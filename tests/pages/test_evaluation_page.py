"""Evaluation: the verdict, the figures, and the images behind each cell."""

import json
import shutil
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.datasets.creation import create_sample
from core.datasets.editing import exclude, relabel
from core.datasets.splits import SplitSettings
from core.datasets.store import delete_dataset
from core.evaluation.predictions import Predictions
from core.runs.record import list_runs
from pages.components.matrix import BY_COLUMN, BY_ROW, COUNTS

QUESTION = "How good is it, and where does it err?"


def figures(page, column="test"):
    """The table of the summary: by figure, its value on these images."""
    return page.at.main.dataframe[0].value.set_index("figure")[column].to_dict()


def classes(page):
    """The table of classes, in the section that has it."""
    return page.at.main.dataframe[0].value


def matrix(page, place=0):
    """What the browser is given to draw: cells as (true, predicted): (count, share)."""
    drawn = [json.loads(part.proto.json) for part in page.at.main.get("bidi_component")]
    found = [data for data in drawn if data.get("by") in (COUNTS, BY_ROW, BY_COLUMN)][place]
    return found | {"cells": {(row, column): (count, share) for row, column, count, share in found["cells"]}}


# Nothing to evaluate --------------------------------------------------------------------------------------------------


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


def test_runs_that_failed_before_they_could_be_evaluated(visit, pets, trained):
    trained(pets, epochs=0, evaluated=False, state="failed", error="It broke.")
    page = visit("evaluation")
    assert "No run has come far enough to be evaluated." in page.words
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
    evaluated = trained(pets)
    empty = trained(pets, evaluated=False, state="failed" if error else "done", error=error)
    page = visit("evaluation", dataset="pets", run=empty.id)
    assert f"The run {empty.id} has nothing to evaluate: {words}" in page.words
    assert "*broke*" not in page.source
    assert "Last lines" not in page.words
    assert page.query["run"] == evaluated.id
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


def test_the_summary_has_all_figures_side_by_side(visit, pets, trained):
    trained(pets)
    page = visit("evaluation")
    found = figures(page)
    expected = {"Accuracy": "75 %", "Macro F1": "75 %", "Log loss": "0.570", "Cohen's kappa": "0.500"}
    expected |= {"Matthews correlation": "0.500", "Always the commonest": "50 %", "By chance": "50 %"}
    assert {name: found[name] for name in expected} == expected
    assert figures(page, "what it says")["Always the commonest"] == "Accuracy of always answering “cats”."
    assert figures(page, "training")["Accuracy"] == "100 %"
    assert figures(page, "95 % interval")["Accuracy"] == "41 – 93 %"
    assert "Top-1 accuracy" not in found, "it would be accuracy once more"
    assert "on training images it is 25.0 points more accurate than on test images" in page.words


def test_the_summary_without_validation_images(visit, pets, trained):
    pets.set_split(SplitSettings(validation=0))
    trained(pets)
    assert set(figures(visit("evaluation"), "validation").values()) == {"–"}


def test_the_best_other_run_is_told_apart_or_not(visit, pets, trained):
    trained(pets, wrong_every=0)
    page = visit("evaluation", dataset="pets", run=trained(pets, wrong_every=4).id)
    assert "Beside the best other run:" in page.words
    assert "the difference is not proven" in page.words


def test_the_most_frequent_mistake_is_in_view(visit, pets, trained):
    trained(pets)
    page = visit("evaluation")
    assert "**1 image of “cats”, taken for “dogs”.**" in page.words


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


def test_a_run_that_diverged_is_evaluated_with_a_warning(visit, pets, trained):
    trained(pets, state="failed", error="The *loss* stopped being a number.\nand so on")
    page = visit("evaluation")
    evaluated = (
        "The run failed after 3 of 25 epochs; its best weights are evaluated. The *loss* stopped being a number."
    )
    assert evaluated in page.words
    assert "*loss*" not in page.source
    assert "and so on" not in page.words
    assert "**Right on 75 %" in page.words


def test_a_run_that_was_stopped_is_evaluated(visit, pets, trained):
    trained(pets, state="stopped")
    assert "**Right on 75 %" in visit("evaluation").words


def test_untrained_weights_are_badged(visit, pets, trained):
    trained(pets, settings={"architecture": "mobilenet", "weights": "untrained"})
    page = visit("evaluation")
    assert "Untrained weights: the backbone is random numbers" in page.words
    assert "untrained weights" in page.setting("Run").options[0]


def test_a_run_outlives_its_dataset(visit, pets, trained, imported, tmp_path, class_folders):
    """It is evaluated by its own images: a dataset of the same name may hold other ones by now."""
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
    assert classes(visit("evaluation", dataset="awkward", section="Each class"))["class"].tolist() == list(names)
    for index, name in enumerate(names):
        following = (index + 1) % len(names)
        page = visit("evaluation", dataset="awkward", cell=f"{index}-{following}")
        assert f"**1 image of “{name}”, taken for “{names[following]}”.**" in page.words
        assert f"“{name}”" not in page.source or name.isalnum() or name == "🐱 кошка"


def test_twenty_one_classes(visit, many, trained):
    trained(many, wrong_every=3)
    page = visit("evaluation")
    assert "**Right on 67 % of 21 test images**" in page.words
    assert figures(page)["Accuracy"] == "67 %"
    assert "Top-5 accuracy" in figures(page)
    assert "“class 1” taken for “class 2” once of 1" in page.words
    page = visit("evaluation", section="Each class")
    assert len(classes(page)) == 21
    assert classes(page)["f1"].is_monotonic_increasing, "the weakest first"
    assert "**The weakest class is “class 1”:** of its 1 image it finds 0" in page.words


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


# The matrix -----------------------------------------------------------------------------------------------------------


def test_cells_tell_counts_or_shares_of_rows_or_columns(visit, pets, trained):
    run = trained(pets, wrong_every=8)  # one cat is taken for a dog
    page = visit("evaluation", dataset="pets", run=run.id)
    assert matrix(page)["cells"] == {(0, 0): (3, 0.75), (0, 1): (1, 0.25), (1, 1): (4, 1.0)}
    page.set("Cells", "by column")
    assert matrix(page)["cells"] == {(0, 0): (3, 1.0), (0, 1): (1, 0.2), (1, 1): (4, 0.8)}
    assert matrix(page)["by"] == "by column"


def test_classes_come_by_similarity_or_only_with_mistakes(visit, many, trained):
    trained(many, wrong_every=10)  # of 21 test images, three
    page = visit("evaluation")
    assert matrix(page)["rows"] == list(range(21))
    page.set("Classes", "only with mistakes")
    pairs = [(0, 1), (10, 11), (20, 0)]  # each of which is taken for the next, and the last for the first
    assert matrix(page)["rows"] == sorted({index for pair in pairs for index in pair})
    page.set("Classes", "similar side by side")
    order = matrix(page)["rows"]
    assert sorted(order) == list(range(21))
    for first, second in pairs:
        assert abs(order.index(first) - order.index(second)) == 1


def test_two_classes_have_no_order_to_choose(visit, pets, trained):
    trained(pets)
    assert "Classes" not in [box.label for box in visit("evaluation").at.main.selectbox]


def test_a_class_without_test_images(visit, imported, trained):
    """Such as the only image of its class, which is learned from."""
    dataset = imported("pets", {"cats": 20, "dogs": 20, "mice": 1})
    trained(dataset)
    page = visit("evaluation")
    assert "No test image is of “mice”: averages are over the other classes." in page.words
    visit("evaluation", section="Each class")


# The sections ---------------------------------------------------------------------------------------------------------


def test_curves_of_each_class(visit, many, trained):
    trained(many)
    page = visit("evaluation", section="Each class")
    (words,) = page.chart_texts()
    assert words.startswith("micro: area under ROC")
    page.at.main.multiselect[0].set_value([])
    assert "Choose a class to see its curves." in page.run().words


def test_a_threshold_is_dragged_asked_for_or_bought(visit, pets, trained):
    trained(pets, wrong_every=8)
    page = visit("evaluation", section="Threshold")
    assert "**It finds 4 of 4 “dogs”** (recall 100 %) and raises **1 false alarm** among 4 “cats”" in page.words
    page.set("“dogs” from this probability on", 0.9)
    assert "**It finds 0 of 4 “dogs”**" in page.words
    assert "**5 answered otherwise** than by the more probable class: 1 now right." in page.words
    assert matrix(page, 1)["cells"] == {(0, 0): (4, 1.0), (1, 0): (4, 1.0)}
    page.set("Find at least (%)", 100).press("Find")
    assert "**It finds 4 of 4 “dogs”**" in page.words
    page.set("A false alarm costs", 100.0).press("Cheapest")
    assert "**It finds 0 of 4 “dogs”**" in page.words
    assert "These mistakes cost **4**." in page.words


def test_a_run_without_mistakes_has_no_weakest_class(visit, pets, trained):
    trained(pets, wrong_every=0)
    assert "Every class is recognised without a mistake." in visit("evaluation", section="Each class").words


def test_any_image_of_the_run_can_be_asked_about(visit, pets, trained):
    """Such as a training image among those that are probably mislabelled."""
    run = trained(pets).predictions()
    path = next(path for path, split in zip(run.ids, run.splits, strict=True) if split == "train")
    page = visit("evaluation", section="Why", image=path)
    name = path.split("/")[0]
    assert f"Why was this “{name}” recognised?" in page.words
    assert path in page.words


def test_many_classes_have_no_threshold(visit, many, trained):
    trained(many)
    page = visit("evaluation", section="Threshold")
    assert "Accuracy" in figures(page), "the summary is shown instead"


def test_confidence_with_and_without_a_temperature(visit, pets, trained):
    run = trained(pets)
    told = run.predictions()
    probabilities = told.probabilities.copy()
    row = np.flatnonzero(told.splits == "validation")[0]
    probabilities[row] = probabilities[row, ::-1]  # one of eight is answered wrongly
    Predictions(told.ids, told.splits, told.true, probabilities, told.class_names).save(run.predictions_path)
    page = visit("evaluation", section="Confidence")
    assert "**On average it is 80 % sure and 75 % right.**" in page.words
    assert "80% sure: 75% of 8 right" in page.chart_texts()
    (toggle,) = [each for each in page.at.main.toggle if each.label.startswith("Apply the temperature")]
    toggle.set_value(True)
    assert "**On average it is 88 % sure and 75 % right.**" in page.run().words
    page.at.main.slider[0].set_value(50)
    assert "of the 4 images that it answers" in page.run().words
    assert run.predictions().probabilities.max() < 0.9, "what is on disk stays"


def test_validation_images_that_are_all_right_ask_for_no_temperature(visit, pets, trained):
    trained(pets)
    page = visit("evaluation", section="Confidence")
    assert "The validation images ask for no temperature" in page.words
    assert not [each for each in page.at.main.toggle if each.label.startswith("Apply the temperature")]


def test_without_validation_images_there_is_no_temperature(visit, pets, trained):
    pets.set_split(SplitSettings(validation=0))
    trained(pets)
    assert "There are no validation images" in visit("evaluation", section="Confidence").words


def test_all_predictions_equal(visit, pets, trained):
    run = trained(pets)
    told = run.predictions()
    same = np.full_like(told.probabilities, 0.5)
    Predictions(told.ids, told.splits, told.true, same, told.class_names).save(run.predictions_path)
    for section in ("Summary", "Each class", "Threshold", "Confidence"):
        assert "**Right on 50 % of 8 test images**" in visit("evaluation", section=section).words


def test_a_section_that_is_none_is_the_summary(visit, pets, trained):
    trained(pets)
    assert "Accuracy" in figures(visit("evaluation", section="Nothing"))


def test_a_lost_table_of_images_costs_the_images_only(visit, pets, trained):
    run = trained(pets)
    (run.folder / "images.parquet").unlink()
    for section in ("Summary", "Threshold"):
        page = visit("evaluation", section=section)
        assert "its figures stand, its images can't be shown" in page.words
        assert "**Right on 75 % of 8 test images**" in page.words


# Fix and see ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def fixed(pets, trained):
    """Two runs: in between the cat that was taken for a dog was relabelled."""
    earlier = trained(pets, wrong_every=8, started=time.time(), facts={"dataset_version": pets.content.version})
    told = earlier.predictions().of("test")
    edit = relabel(pets, [told.ids[told.predicted != told.true][0]], "dogs")
    later = trained(pets, wrong_every=0, facts={"dataset_version": pets.content.version})
    later.update(facts={"parent_run": earlier.id, "edits_since_parent": [edit.id]})
    return earlier, later


def test_images_are_selected_first(visit, pets, trained):
    trained(pets)
    page = visit("evaluation")
    assert "Select images by the mark in their corner" in page.words
    assert "Relabel" not in page.buttons
    assert "Retrain" not in page.buttons


def test_what_was_changed_is_said_and_trained_on(visit, workspace, pets, trained, launched):
    run = trained(pets, started=time.time(), facts={"dataset_version": pets.content.version})
    relabel(pets, [run.predictions().of("test").ids[0]], "dogs")
    page = visit("evaluation")
    assert "Changed since this run: 1 image relabelled “dogs”." in page.words
    assert page.primary == ["Retrain"]
    page.press("Retrain")
    (new,) = [each for each in list_runs(workspace, "pets") if each.id != run.id]
    assert launched == [("core.training.worker", new.id)]
    assert new.settings == run.settings
    assert "Watch it learn" in page.links
    assert page.query["run"] == run.id, "the new one has nothing to show yet"
    assert "Retrain" not in page.buttons


def test_when_it_is_evaluated_the_page_moves_on_to_the_new_run(visit, workspace, pets, trained, launched):
    run = trained(pets, wrong_every=8, started=time.time(), facts={"dataset_version": pets.content.version})
    told = run.predictions().of("test")
    relabel(pets, [told.ids[told.predicted != told.true][0]], "dogs")
    page = visit("evaluation", dataset="pets", run=run.id).press("Retrain")
    (new,) = [each for each in list_runs(workspace, "pets") if each.id != run.id]
    finished = trained(pets, wrong_every=0)
    for name in ("predictions.parquet", "images.parquet"):
        (finished.folder / name).rename(new.folder / name)
    new.update(state="done", processes=[], facts={"dataset_version": pets.content.version, "test_accuracy": 1.0})
    page.run()
    assert page.query["run"] == new.id
    assert "**Before 88 % (53–98 %), now 100 % (68–100 %)** of 8 test images." in page.words
    assert "By the labels as they are now, the earlier run has 100 %" in page.words


def test_a_retraining_that_failed_is_explained(visit, workspace, pets, trained, launched):
    run = trained(pets, started=time.time(), facts={"dataset_version": pets.content.version})
    relabel(pets, [run.predictions().of("test").ids[0]], "dogs")
    page = visit("evaluation", dataset="pets", run=run.id).press("Retrain")
    (new,) = [each for each in list_runs(workspace, "pets") if each.id != run.id]
    new.update(state="failed", error="It *broke*.\nand so on", processes=[])
    page.run()
    assert page.query["run"] == run.id
    assert "Training again came to nothing: It *broke*." in page.words
    assert "*broke*" not in page.source
    assert page.primary == ["Retrain"]


def test_old_and_new_side_by_side_and_undone_in_one_click(visit, pets, fixed):
    earlier, later = fixed
    version = earlier.record.dataset_version
    page = visit("evaluation", dataset="pets", run=later.id)
    assert "Every image is answered as before." in page.words
    drawn = [json.loads(part.proto.json) for part in page.at.main.get("bidi_component")]
    (changes,) = [part for part in drawn if part.get("by") == "changes"]
    assert [cell[:3] for cell in changes["cells"]] == [[0, 0, 0], [0, 1, -1], [1, 0, 0], [1, 1, 1]]
    assert "Compare" in page.links
    assert "was labelled cats" in [tile["second"] for tile in page.tiles]
    page.press("Undo and go back")
    assert page.query["run"] == earlier.id
    assert pets.content.version == version
    assert "Retrain" not in page.buttons
    again = visit("evaluation", dataset="pets", run=later.id)
    assert "The changes between the two runs have been undone; both runs are kept." in again.words


def test_a_cell_of_the_difference_shows_what_came_into_it_and_left_it(visit, pets, fixed):
    _, later = fixed
    page = visit("evaluation", dataset="pets", run=later.id)
    page.at.session_state[f"changed_cell_{later.id}"] = (0, 1)
    page.run()
    assert "**“cats” taken for “dogs” no more · 1**" in page.words
    assert "only now" not in page.words
    page.at.session_state[f"changed_cell_{later.id}"] = (1, 1)
    assert "**“dogs” taken for “dogs” only now · 1**" in page.run().words


def test_an_excluded_image_is_counted_before_only(visit, pets, trained):
    earlier = trained(pets, wrong_every=8, started=time.time(), facts={"dataset_version": pets.content.version})
    told = earlier.predictions().of("test")
    exclude(pets, [told.ids[told.predicted != told.true][0]])
    later = trained(pets, wrong_every=0, facts={"dataset_version": pets.content.version})
    later.update(facts={"parent_run": earlier.id, "edits_since_parent": [1]})
    page = visit("evaluation", dataset="pets", run=later.id)
    assert "**Before 88 % (53–98 %) of 8, now 100 % (65–100 %)** of 7 test images." in page.words
    page.at.session_state[f"changed_cell_{later.id}"] = (0, 1)
    assert "not used now" in [tile["second"] for tile in page.run().tiles]


def test_one_change_is_undone_before_training(visit, pets, trained):
    trained(pets, started=time.time(), facts={"dataset_version": pets.content.version})
    exclude(pets, [pets.images["path"].iloc[0]])
    page = visit("evaluation")
    assert "Changed since this run: 1 image excluded." in page.words
    page.press("Undo")
    assert "Retrain" not in page.buttons
    assert pets.edits.standing() == []


def test_fixed_images_are_marked(visit, pets, trained):
    run = trained(pets, wrong_every=4, facts={"dataset_version": pets.content.version})
    told = run.predictions().of("test").cell(0, 1)
    relabel(pets, [told.ids[0]], "dogs")
    (tile,) = [tile for tile in visit("evaluation", dataset="pets", cell="0-1").tiles if tile["id"] == told.ids[0]]
    assert tile["second"] == "now “dogs” · 80% dogs"


# Evaluating what was not evaluated, or not lately ---------------------------------------------------------------------


def answered_at(run, epoch):
    replace(run.predictions(), epoch=epoch).save(run.predictions_path)


def test_the_best_so_far_is_evaluated_on_request_and_then_in_view(visit, pets, trained, training):
    earlier = trained(pets)
    run = training(pets)
    page = visit("evaluation", dataset="pets", run=run.id)
    assert "3 of 25 epochs are trained" in page.words
    assert page.query["run"] == earlier.id, "meanwhile the figures of another run are there"
    page.press("Evaluate the best so far")
    assert run.evaluation_requested
    assert "When the epoch in hand has ended, the best so far is evaluated" in page.words
    assert "Evaluate the best so far" not in page.buttons
    shutil.copy(earlier.predictions_path, run.predictions_path)
    shutil.copy(earlier.folder / "images.parquet", run.folder / "images.parquet")
    answered_at(run, 3)
    run.events.append("evaluated", epoch=3)
    page.run()
    assert page.query["run"] == run.id
    words = "Unfinished: 3 of 25 epochs are trained. These are the answers of epoch 3, its best so far."
    assert words in page.words
    assert "**Right on 75 % of 8 test images**" in page.words
    assert "Evaluate the best so far" not in page.buttons, "there is nothing newer"


def test_evaluating_so_far_that_came_to_nothing_is_told(visit, pets, training):
    run = training(pets)
    page = visit("evaluation", dataset="pets", run=run.id).press("Evaluate the best so far")
    run.events.append("evaluated", epoch=3, error="The disk is *full*.")
    assert "The best so far could not be evaluated: The disk is *full*." in page.run().words
    assert "Evaluate the best so far" in page.buttons


def test_before_the_first_epoch_there_is_nothing_to_evaluate(visit, pets, training):
    training(pets, epochs=0)
    page = visit("evaluation")
    assert "0 of 25 epochs are trained. Once one has ended, the best so far can be evaluated." in page.words
    assert "Evaluate the best so far" not in page.buttons


def test_answers_of_before_are_told_and_evaluated_anew(visit, pets, trained, launched):
    run = trained(pets, state="failed", error="The training was killed (signal 9).")
    answered_at(run, 2)
    run.best_weights.write_bytes(b"weights")
    page = visit("evaluation")
    words = "These are the answers of epoch 2; epoch 3 was better since: the run failed before it was evaluated again."
    assert words in page.words
    page.press("Evaluate its best weights")
    assert launched == [("core.training.worker", run.id)]
    assert run.ending == ("failed", "The training was killed (signal 9).")
    assert "Its best weights are being evaluated. Until then, these are the answers of epoch 2" in page.words


def test_a_run_that_was_killed_before_it_was_evaluated_can_be(visit, pets, trained, launched):
    run = trained(pets, evaluated=False, state="failed", error="Killed.")
    run.best_weights.write_bytes(b"weights")
    page = visit("evaluation", dataset="pets", run=run.id)
    assert "ended before it was evaluated. Killed." in page.words
    page.press("Evaluate its best weights")
    assert launched == [("core.training.worker", run.id)]
    assert "its best weights are being evaluated" in page.words


def test_damaged_answers_are_made_anew(visit, pets, trained, launched):
    run = trained(pets)
    run.best_weights.write_bytes(b"weights")
    run.predictions_path.write_bytes(run.predictions_path.read_bytes()[:700])
    page = visit("evaluation").press("Evaluate its best weights")
    assert launched == [("core.training.worker", run.id)]
    assert "are damaged and cannot be read" in page.errors[0]


# What can't be told ---------------------------------------------------------------------------------------------------


def test_what_would_be_nothing_by_nothing_is_not_shown_as_a_figure(visit, pets, trained):
    run = trained(pets, wrong_every=0)
    told = run.predictions()
    only_cats = np.where((told.splits == "test") & (told.true == 1), "train", told.splits)
    replace(told, splits=only_cats).save(run.predictions_path)
    page = visit("evaluation")
    assert (figures(page)["Matthews correlation"], figures(page)["Cohen's kappa"]) == ("–", "–")
    assert figures(page, "training")["Matthews correlation"] == "1.000"
    assert "all images are of one class" in figures(page, "what it says")["Matthews correlation"]
    table = classes(visit("evaluation", section="Each class"))
    assert table.loc[table["class"] == "dogs", ["precision", "recall", "f1"]].isna().all(axis=None)
    page = visit("evaluation", section="Threshold")
    assert "**None of these images is “dogs”**, so its recall can't be told." in page.words
    assert "It raises no alarm at all." in page.words
