"""The overview: where a project stands in one sentence, and the way on from there."""

import pytest

from core.datasets.creation import create_from_path, create_sample
from core.datasets.store import open_dataset
from core.runs.draft import Draft
from core.runs.record import delete_run

QUESTION = "Where does this project stand?"

WAYS = ("Bring your own images", "Bring a project file")


def test_an_empty_workspace_offers_the_samples_and_own_images(visit):
    home = visit("home")
    assert home.question == QUESTION
    assert "Nothing is here yet" in home.words
    assert home.buttons == ["Open cats vs dogs", "Open aerial scenes", "Open cervix types", *WAYS]
    assert home.primary == ["Open cats vs dogs"]
    assert "Start from a sample" in home.words
    assert home.steps["Dataset"] == "arrow_circle_right"
    assert home.query == {}


def test_opening_a_sample_draws_it_and_shows_how_far_it_is(visit, workspace, launched):
    page = visit("home").press("Open cats vs dogs")
    assert launched == [("core.datasets.importing", "cats_vs_dogs_sample")]
    assert page.query == {"dataset": "cats_vs_dogs_sample"}
    assert "is being read in" in page.words
    assert open_dataset(workspace, "cats_vs_dogs_sample").info.drawn
    assert "not photographs" in page.words


def test_opening_a_sample_a_second_time_opens_the_one_that_is_there(visit, launched):
    visit("home").press("Open cats vs dogs")
    visit("home").press("Open cats vs dogs")
    assert len(launched) == 1


def test_bringing_own_images_leads_to_the_forms(visit, pets):
    page = visit("home", dataset="pets").press("Bring your own images")
    assert page.question == "Are these images fit to learn from?"
    assert page.query == {"dataset": "pets"}
    (expander,) = [part for part in page.at.main.expander if part.label == "Bring other images"]
    assert expander.proto.expanded
    # It was asked for once, and does not stay open for good.
    (expander,) = [part for part in page.run().at.main.expander if part.label == "Bring other images"]
    assert not expander.proto.expanded


def test_a_new_dataset_leads_on_to_augmentation(visit, pets):
    home = visit("home")
    assert "**pets**: 40 images in 2 classes. No network has been trained on them yet." in home.words
    assert home.query == {"dataset": "pets"}, "the URL says what is in view, so that it can be sent to somebody"
    assert home.steps == {
        "Overview": "home",
        "Dataset": "check_circle",
        "Augmentation": "arrow_circle_right",
        "Model": "account_tree",
        "Training": "show_chart",
        "Evaluation": "grid_on",
        "Compare": "compare_arrows",
        "Predict": "image_search",
        "Concepts": "school",
    }
    assert "40 images · 2 classes · your own" in [caption.value for caption in home.at.sidebar.caption]
    page = home.press("Go on to augmentation")
    assert page.question == "What variations should not change the answer?"
    assert page.query == {"dataset": "pets"}


def test_what_was_chosen_stands_on_the_cards(visit, pets):
    Draft(pets).choose(architecture="vgg16", augmentation=[{"name": "rotation", "amount": 20}])
    home = visit("home")
    assert "rotation ±20 °" in home.words
    assert "VGG16, 224 px" in home.words
    assert home.primary == ["Go on to training"]


def test_left_out_files_are_counted(visit, workspace, class_folders, tmp_path, imported):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    manifest = dataset.read_manifest()
    manifest.loc[0, "problem"] = "is damaged"
    dataset.save(dataset.info, manifest)
    assert "9 images, 1 left out" in visit("home").words


def test_the_best_of_the_runs_is_named(visit, pets, trained):
    trained(pets, wrong_every=4)
    best = trained(pets, wrong_every=0)
    trained(pets, epochs=0, evaluated=False, state="failed", error="It broke.")
    home = visit("home")
    assert "The best of 3 so far, Small CNN, is right on **100 %** of the test images." in home.words
    assert "2 evaluated" in home.words
    assert "Recent runs" in home.words
    table = home.at.dataframe[0].value
    assert sorted(table["status"]) == ["done", "done", "failed"]
    assert table["test accuracy"].tolist() == ["", "100 %", "75 %"]
    assert table["open"][1] == f"evaluation?dataset=pets&run={best.id}"
    assert table["took"].tolist() == ["1 min 15 s"] * 3
    assert home.primary == ["See how good it is"]
    assert set(home.steps.values()) == {"home", "check_circle", "compare_arrows", "image_search", "school"}


def test_untrained_weights_are_never_passed_over(visit, pets, trained):
    trained(pets, settings={"architecture": "mobilenet", "weights": "untrained"})
    home = visit("home")
    assert "MobileNet on untrained weights, is right on" in home.words
    assert home.at.dataframe[0].value["network"].tolist() == ["MobileNet (untrained)"]


def test_a_run_that_goes_on_shows_how_far_it_is(visit, pets, training):
    training(pets, epochs=10)
    home = visit("home")
    assert "1 training, none evaluated yet." in home.words
    assert "Training · 10 of 25" in home.words
    assert home.primary == ["Go on to training"]
    assert "Training · 40 %" in home.steps


def test_a_run_that_failed_leads_back_to_training(visit, pets, trained):
    trained(pets, epochs=0, evaluated=False, state="failed", error="Memory ran out.\nMore of it.")
    home = visit("home")
    assert "1 training, none evaluated yet." in home.words
    assert home.primary == ["Go on to training"]


def test_a_dataset_that_is_being_imported_is_said_to_be(visit, workspace, is_importing):
    is_importing(create_sample(workspace, "cervix_types_sample"))
    home = visit("home")
    assert "**Cervix types (drawn)** is still being read in." in home.words
    assert "See how the import goes" in home.links


def test_a_dataset_whose_import_failed_is_said_to_have(visit, workspace, class_folders, tmp_path):
    folder = class_folders(tmp_path / "one", {"cats": 1, "dogs": 1})
    create_from_path(workspace, folder, "pets").job.update(state="failed", error="No image could be read.")
    home = visit("home")
    assert "still being read in" not in home.words
    assert "**pets** could not be read in" in home.words
    assert "See how the import goes" in home.links


def test_a_dataset_that_is_not_there_is_said_not_to_be(visit, pets):
    home = visit("home", dataset="plants")
    (error,) = home.errors
    assert "There is no dataset 'plants'. There are: aerial_scenes_sample" in error
    assert "Start from a sample" in home.words


def test_a_run_that_was_deleted_is_said_to_be(visit, pets, trained):
    run = trained(pets)
    delete_run(run)
    home = visit("home", dataset="pets", run=run.id)
    (error,) = home.errors
    assert "It may have been deleted" in error
    assert home.query == {"dataset": "pets"}


@pytest.mark.parametrize("name", ["x" * 300, "..", ".", "a\0b", "a/b", "[Win](https://example.org)", "<b>bold</b>"])
def test_whatever_stands_in_the_url_is_only_shown(visit, pets, name):
    (error,) = [error.value for error in visit("home", dataset=name, run="x").at.error]
    assert "There is no dataset" in error
    assert "[Win](" not in error
    assert "<b>" not in error


def test_a_run_in_the_url_is_only_shown(visit, pets):
    (error,) = [error.value for error in visit("home", dataset="pets", run="![](https://example.org/a.png)").at.error]
    assert "![](" not in error


def test_the_newest_dataset_is_in_view_and_another_can_be_chosen(visit, imported):
    imported("first", {"a": 2, "b": 2})
    imported("second", {"a": 2, "b": 3})
    home = visit("home", dataset="first")
    assert "4 images" in home.words
    home.at.sidebar.selectbox[0].set_value("second")
    home.run()
    assert "**second**: 5 images" in home.words
    assert home.query == {"dataset": "second"}
    assert home.at.sidebar.selectbox[0].options == ["first", "second"]
