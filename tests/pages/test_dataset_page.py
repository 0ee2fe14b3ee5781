"""The dataset: bringing images, seeing what is wrong with them, and dividing them."""

import io
import json
import zipfile

import pytest
from PIL import Image

from core.datasets.importing import create_from_path, create_sample
from core.datasets.splits import SplitSettings
from core.datasets.store import open_dataset

QUESTION = "Are these images fit to learn from?"
UPLOAD, PATH = "A zip from this computer", "A folder or zip by its path"


def zip_of(names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for index, name in enumerate(names):
            picture = io.BytesIO()
            Image.new("RGB", (8, 8), (index, 0, 0)).save(picture, "PNG")
            archive.writestr(name, picture.getvalue())
    return content.getvalue()


def tabs(page):
    return [tab.label for tab in page.at.main.tabs]


@pytest.fixture
def failed(workspace, class_folders, tmp_path):
    """A dataset of a folder, whose import failed."""
    dataset = create_from_path(workspace, class_folders(tmp_path / "folder", {"cats": 1, "dogs": 1}), "broken")
    dataset.job.update(state="failed", error="No image of my_*folder* could be read.")
    return dataset


# Bringing images ------------------------------------------------------------------------------------------------------


def test_an_empty_workspace_asks_for_images(visit):
    page = visit("dataset")
    assert page.question == QUESTION
    assert "There are no images yet." in page.words
    assert tabs(page) == [UPLOAD, PATH, "A drawn sample"]
    assert {"Import the zip", "Import from this path", "Open Cats vs dogs (drawn)"} <= set(page.buttons)
    assert "JPEG, PNG, WebP, BMP, GIF and TIFF are read" in page.words


def test_a_zip_is_uploaded(visit, workspace, launched):
    page = visit("dataset")
    page.at.file_uploader[0].set_value(("my pets.zip", zip_of(["a/1.png", "b/1.png"]), "application/zip"))
    page.press("Import the zip")
    assert page.query == {"dataset": "my_pets"}
    assert "**my pets** is being read in." in page.words
    assert launched == [("core.datasets.importing", "my_pets")]
    assert (open_dataset(workspace, "my_pets").folder / "upload.zip").exists()


def test_an_upload_can_be_named(visit, workspace, launched):
    page = visit("dataset")
    page.at.file_uploader[0].set_value(("1.zip", zip_of(["a/1.png", "b/1.png"]), "application/zip"))
    page.at.text_input(key="upload_name").set_value("Our *cats* & dogs")
    page.press("Import the zip")
    assert page.query == {"dataset": "Our_cats_dogs"}
    assert "**Our *cats* & dogs** is being read in." in page.words
    assert "*cats*" not in page.source


@pytest.mark.parametrize(
    ("button", "words"),
    [("Import the zip", "Choose a zip first."), ("Import from this path", "Type the path of a folder or zip first.")],
)
def test_an_empty_form_says_what_it_lacks(visit, launched, button, words):
    page = visit("dataset").press(button)
    assert page.errors == [words]
    assert launched == []


def test_a_folder_is_read_where_it_lies(visit, workspace, class_folders, tmp_path, launched):
    folder = class_folders(tmp_path / "holiday photos", {"sea": 2, "hills": 2})
    page = visit("dataset")
    page.at.text_input[1].set_value(f" {folder} ")
    page.press("Import from this path")
    assert page.query == {"dataset": "holiday_photos"}
    assert launched == [("core.datasets.importing", "holiday_photos")]
    request = json.loads((open_dataset(workspace, "holiday_photos").folder / "request.json").read_text())
    assert request == {"source": str(folder)}


def test_a_path_that_leads_nowhere_is_refused_in_place(visit, launched):
    page = visit("dataset")
    page.at.text_input[1].set_value("/no/such_folder/*here*")
    page.press("Import from this path")
    assert page.errors == ["There is nothing at /no/such_folder/*here*. Check the spelling."]
    assert page.at.text_input[1].value == "/no/such_folder/*here*", "nobody wants to type a path twice"
    assert launched == []


def test_a_name_that_is_taken_is_refused(visit, pets, class_folders, tmp_path, launched):
    page = visit("dataset")
    page.at.text_input[1].set_value(str(class_folders(tmp_path / "pets", {"a": 2, "b": 2})))
    page.press("Import from this path")
    assert page.errors == ["There is already a dataset 'pets'. Choose another name, or delete that one first."]
    assert launched == []


def test_a_sample_is_opened_from_here_too(visit, pets, launched):
    page = visit("dataset").press("Open Aerial scenes (drawn)")
    assert page.query == {"dataset": "aerial_scenes_sample"}
    assert launched == [("core.datasets.importing", "aerial_scenes_sample")]


@pytest.mark.slow
def test_an_import_by_a_process_of_its_own(visit, workspace, class_folders, tmp_path, eventually):
    page = visit("dataset")
    page.at.text_input[1].set_value(str(class_folders(tmp_path / "pets", {"cats": 5, "dogs": 5})))
    page.press("Import from this path")
    eventually(lambda: not open_dataset(workspace, "pets").job.status().active)
    assert "pets holds 10 images in 2 classes, 5 in each." in page.run().words


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
    assert tabs(page) == [UPLOAD, PATH, "A drawn sample"]
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


# Looking --------------------------------------------------------------------------------------------------------------


def test_a_ready_dataset_is_summed_up(visit, pets):
    page = visit("dataset", dataset="pets")
    assert "**Ready to learn from.** pets holds 40 images in 2 classes, 20 in each." in page.words
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


def test_what_is_wrong_is_said(visit, imported):
    dataset = imported("pets", {"cats": 10, "dogs": 8, "*rare*": 1})
    manifest = dataset.manifest
    manifest.loc[manifest["path"] == "dogs/0.png", "problem"] = "is damaged"
    dataset.save(dataset.info, manifest)
    page = visit("dataset")
    assert "Ready, with something to look at first." in page.words
    assert "1 to 10 in each" in page.words
    assert "Too few images to train, validate and test in 1 of 3 classes: “*rare*” (1)." in page.words
    assert "“*rare*”" not in page.source
    assert "1 file could not be used and was left out." in page.words
    assert page.at.dataframe[0].value.to_dict("records") == [{"path": "dogs/0.png", "problem": "is damaged"}]


def test_awkward_class_names_are_shown_as_they_are(visit, awkward):
    page = visit("dataset")
    assert "40 images in 8 classes" in page.words
    assert set(awkward.class_names) <= set(page.setting("Class").options)
    for name in awkward.class_names:
        page.set("Class", name)
        assert f"{name}: 3 train, 1 validation, 1 test" in page.chart_texts()[0]


def test_bars_of_names_that_begin_alike_are_not_added_up(visit, awkward):
    (chart,) = visit("dataset").at.main.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    for bars in figure["data"]:
        assert len(set(bars["y"])) == len(awkward.class_names)
    # Plotly takes some HTML for itself: names are written so that it does not.
    assert "<b>" not in chart.proto.spec.replace("\\u003c", "<")


def test_twenty_one_classes(visit, many):
    page = visit("dataset")
    assert "holds 105 images in 21 classes, 5 in each." in page.words
    assert page.setting("Class").options[:4] == ["all classes", "class 1", "class 2", "class 3"]
    assert "class 21: 3 train, 1 validation, 1 test" in page.chart_texts()[0]


def test_the_gallery_has_pages_and_filters(visit, pets):
    page = visit("dataset")
    (pagination,) = page.at.main.get("pagination")
    pagination.set_value(2)
    page.run()
    page.set("Class", "cats")
    assert len(page.at.main.get("pagination")) == 0, "20 images fit on one page"
    page.set("Split", "test")
    assert page.setting("Split").value == "test"


def test_a_part_of_the_split_that_is_empty_is_said_to_be(visit, pets):
    pets.set_split(SplitSettings(0.8, 0, 0.2))
    page = visit("dataset").set("Split", "validation")
    assert "No image of this class is in this part of the split." in page.words


# Dividing -------------------------------------------------------------------------------------------------------------


def test_images_are_divided_differently(visit, pets):
    page = visit("dataset")
    page.setting("Validation (%)").set_value(25)
    page.setting("Test (%)").set_value(25)
    page.setting("Seed: another number draws another division").set_value(7)
    page.press("Divide the images")
    assert pets.split_settings == SplitSettings(0.5, 0.25, 0.25, 7)
    assert "cats: 10 train, 5 validation, 5 test" in page.chart_texts()[0]
    # It stays so on another visit.
    again = visit("dataset")
    assert "cats: 10 train, 5 validation, 5 test" in again.chart_texts()[0]
    assert again.setting("Seed: another number draws another division").value == 7


def test_what_stands_in_a_form_of_one_dataset_is_not_taken_over_to_another(visit, imported):
    imported("first", {"a": 4, "b": 4}).set_split(SplitSettings(0.5, 0.25, 0.25))
    imported("second", {"a": 4, "b": 4})
    page = visit("dataset", dataset="first")
    assert [page.setting(name).value for name in ("Validation (%)", "Test (%)")] == [25, 25]
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.query == {"dataset": "second"}
    assert [page.setting(name).value for name in ("Validation (%)", "Test (%)")] == [20, 20]


def test_a_division_that_the_dataset_brings_is_kept(visit, pets):
    pets.save(pets.info, pets.manifest.assign(given_split=["train", "test"] * 20))
    assert "This dataset brings its own division (test, train); it is kept." in visit("dataset").words


# Deleting -------------------------------------------------------------------------------------------------------------


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


# Hosted ---------------------------------------------------------------------------------------------------------------


def test_strangers_can_not_name_paths_of_the_server(visit, hosted):
    page = visit("dataset")
    assert tabs(page) == [UPLOAD, "A drawn sample"]
    assert "Import from this path" not in page.buttons
    assert len(page.at.text_input) == 1


def test_a_full_space_takes_no_upload(visit, hosted, full, launched):
    page = visit("dataset")
    full(page)
    page.at.file_uploader[0].set_value(("pets.zip", zip_of(["a/1.png", "b/1.png"]), "application/zip"))
    page.press("Import the zip")
    assert page.errors == ["Your space here is full (0.0 GB). Delete a dataset or a run first."]
    assert launched == []


@pytest.mark.parametrize(("page", "button"), [("dataset", "Open Cats vs dogs (drawn)"), ("home", "Open cats vs dogs")])
def test_a_full_space_takes_no_sample(visit, hosted, full, launched, page, button):
    tab = visit(page)
    full(tab)
    tab.press(button)
    assert tab.errors == ["Your space here is full (0.0 GB). Delete a dataset or a run first."]
    assert launched == []


def test_a_sample_that_is_there_opens_in_a_full_space_too(visit, hosted, full, launched):
    page = visit("dataset").press("Open Cats vs dogs (drawn)")
    full(page)
    page.open("home").press("Open cats vs dogs")
    assert page.errors == []
    assert "is being read in" in page.words
    assert len(launched) == 1
