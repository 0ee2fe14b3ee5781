"""The dataset: how an import goes, what the answer is, the four views, and deleting."""

import json

import pytest

from core.datasets.adding import add_images
from core.datasets.creation import create_from_path, create_sample
from core.datasets.editing import exclude
from core.datasets.importing import run_import

QUESTION = "Are these images fit to learn from?"
VIEWS = ["Check-up", "Images", "Split", "Changes"]


def tabs(page):
    return [tab.label for tab in page.at.main.tabs]


@pytest.fixture
def failed(workspace, class_folders, tmp_path):
    """A dataset of a folder, whose import failed."""
    dataset = create_from_path(workspace, class_folders(tmp_path / "folder", {"cats": 1, "dogs": 1}), "broken")
    dataset.job.update(state="failed", error="No image of my_*folder* could be read.")
    return dataset


# An import that goes on, or failed ------------------------------------------------------------------------------------


def test_an_import_shows_how_far_it_is_and_can_be_stopped(visit, workspace, is_importing):
    dataset = is_importing(create_sample(workspace, "cats_vs_dogs_sample"))
    page = visit("dataset", dataset="cats_vs_dogs_sample")
    assert page.question == QUESTION
    assert "Reading images · 30 of 120" in page.words
    assert page.buttons == ["Stop"]
    page.press("Stop")
    assert dataset.job.stop_requested


def test_a_failed_import_says_why_and_can_be_removed(visit, failed):
    page = visit("dataset", dataset="broken")
    assert page.errors == ["No image of my_*folder* could be read."]
    assert "*folder*" not in page.source
    assert "A file from this computer" in tabs(page)
    page.press("Remove this attempt")
    assert page.question == "Where does this project stand?"
    assert "Nothing is here yet" in page.words
    assert not failed.folder.exists()


def test_the_log_of_a_failed_import_is_shown_as_it_is(visit, failed):
    failed.job.update(error="Its process is gone.\nLast lines of its log:\n# *Traceback*")
    page = visit("dataset", dataset="broken")
    assert page.errors == ["Its process is gone."]
    assert [code.value for code in page.at.main.code] == ["Last lines of its log:\n# *Traceback*"]


def test_a_killed_import_is_no_longer_waited_for(visit, failed):
    failed.job.update(state="running", error="", processes=[[1, 0.0]])
    assert "Its process is gone without a word" in visit("dataset", dataset="broken").words


def test_a_sample_that_was_stopped_can_be_drawn_again(visit, workspace, launched):
    dataset = create_sample(workspace, "cats_vs_dogs_sample")
    dataset.job.request_stop()
    dataset.job.update(state="stopped", error="The import was stopped.")
    page = visit("dataset", dataset="cats_vs_dogs_sample")
    assert page.errors == ["The import was stopped."]
    page.press("Draw it again")
    assert launched == [("core.datasets.importing", "cats_vs_dogs_sample")]
    assert "is being read in" in page.words
    assert not dataset.job.stop_requested, "the stop was meant for the attempt before"


# Reading a folder again -----------------------------------------------------------------------------------------------


def test_what_is_known_stays_in_use_while_the_folder_is_read_again(visit, pets, is_importing):
    is_importing(pets)
    page = visit("dataset")
    assert "Reading images · 30 of 120" in page.words
    assert "pets holds 40 images in 2 classes" in page.words
    assert page.press("Stop") and pets.job.stop_requested


def test_reading_again_that_failed_is_said_and_harms_nothing(visit, pets):
    pets.job.update(state="failed", error="The folder *pets* is gone.\nMore of it.")
    page = visit("dataset")
    (warning,) = page.at.warning
    assert warning.value.endswith("what was known is kept\\. The folder \\*pets\\* is gone\\.")
    assert "pets holds 40 images in 2 classes" in page.words


# The answer ----------------------------------------------------------------------------------------------------------


def test_a_ready_dataset_is_summed_up(visit, pets):
    page = visit("dataset", dataset="pets")
    assert "**Ready to learn from.** pets holds 40 images in 2 classes, 20 in each." in page.words
    assert "the check-up found nothing to look at" in page.words
    assert page.primary == ["Go on to training"]
    assert page.chart_texts() == [
        "Images per class and split. dogs: 12 train, 4 validation, 4 test; cats: 12 train, 4 validation, 4 test"
    ]
    assert page.press("Go on to training").question == "Is it learning?"


def test_drawn_samples_are_labelled_so(visit, workspace, imported):
    dataset = imported("pets", {"cats": 3, "dogs": 3})
    dataset.save(type(dataset.info)(**dataset.info.__dict__ | {"drawn": True}))
    page = visit("dataset")
    assert "Drawn by the program, not photographs" in page.words
    assert "6 images · 2 classes · drawn" in [caption.value for caption in page.at.sidebar.caption]


def test_what_is_wrong_is_said_first(visit, faulty):
    page = visit("dataset")
    assert "**Ready, with something to look at first.**" in page.words
    assert page.at.dataframe[0].value["problem"].str.contains("cut off").all()
    assert page.at.main.expander[0].label == "Files that were left out (1)"


def test_a_dataset_that_can_not_be_divided_any_more_is_not_ready(visit, pets):
    paths = pets.images["path"]
    exclude(pets, paths[pets.images["label"] == "dogs"].tolist())
    page = visit("dataset")
    assert "**Not ready to learn from.**" in page.words
    assert "20 are excluded." in page.words


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_awkward_class_names_as_they_are(visit, awkward, view):
    page = visit("dataset", dataset="awkward", view=view)
    assert "40 images in 8 classes" in page.words
    assert page.setting("View").value == view
    if page.at.main.get("plotly_chart"):
        for name in awkward.class_names:
            assert f"{name}: 3 train, 1 validation, 1 test" in page.chart_texts()[0]


def test_bars_of_names_that_begin_alike_are_not_added_up(visit, awkward):
    (chart,) = visit("dataset").at.main.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    for bars in figure["data"]:
        assert len(set(bars["y"])) == len(awkward.class_names)
    # Plotly takes some HTML for itself: names are written so that it does not.
    assert "<b>" not in chart.proto.spec.replace("\\u003c", "<")
    assert "&quot;" not in chart.proto.spec.replace("\\u0026", "&"), "which Plotly does not read"


def test_twenty_one_classes(visit, many):
    page = visit("dataset")
    assert "holds 105 images in 21 classes, 5 in each." in page.words
    assert "class 21: 3 train, 1 validation, 1 test" in page.chart_texts()[0]


# Deleting -------------------------------------------------------------------------------------------------------------


def test_deleting_says_that_what_was_added_here_goes_too(visit, pets, tmp_path, write_picture):
    assert "What was added here" not in visit("dataset").words
    add_images(pets, {write_picture(tmp_path / "new" / "a.png"): "cats"})
    assert "What was added here, 1 image, goes too." in visit("dataset").words


def test_a_dataset_is_deleted_and_the_users_files_stay(visit, pets, trained, tmp_path):
    run = trained(pets)
    page = visit("dataset", dataset="pets", run=run.id)
    assert "Its 1 run goes with it." in page.words
    assert page.button("Delete the dataset").disabled, "until it is said that the runs may go too"
    page.set("Delete the runs too: their weights, curves and figures", True).press("Delete the dataset")
    assert page.question == "Where does this project stand?"
    assert page.query == {}
    assert not pets.folder.exists()
    assert not run.folder.exists()
    assert len(list((tmp_path / "sources" / "pets").rglob("*.png"))) == 40


def test_a_long_list_of_files_that_were_left_out_is_bounded(visit, workspace, class_folders, tmp_path):
    folder = class_folders(tmp_path / "folder", {"cats": 3, "dogs": 3})
    for number in range(1_005):
        (folder / "cats" / f"empty{number}.jpg").touch()
    run_import(create_from_path(workspace, folder))
    page = visit("dataset", dataset="folder")
    assert "The first 1,000 of them." in page.words
    assert len(page.at.dataframe[0].value) == 1_000
