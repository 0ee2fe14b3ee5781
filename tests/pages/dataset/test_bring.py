"""Every way to bring images: a zip, a path, a public dataset, a drawn sample."""

import io
import json
import zipfile

import pytest
from PIL import Image

from core.datasets.cards import load_cards
from core.datasets.store import open_dataset

UPLOAD, PATH = "A file from this computer", "A folder or file by its path"
PUBLIC, SAMPLE, PROJECT = "A public dataset", "A drawn sample", "A project file"
PATH_LABEL = "Path of a folder or file on this computer"


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


def test_an_empty_workspace_asks_for_images(visit):
    page = visit("dataset")
    assert "There are no images yet." in page.words
    assert tabs(page) == [UPLOAD, PATH, PUBLIC, SAMPLE, PROJECT]
    assert {"Import the file", "Import from this path", "Open Cats vs dogs (drawn)"} <= set(page.buttons)
    assert "Where it can't be told what is meant, you are asked." in page.words


def test_all_layouts_that_are_read_are_a_click_away(visit):
    page = visit("dataset")
    buttons = [button for button in page.at.button if button.label == "All layouts that are read"]
    assert len(buttons) == 2, "for a file and for a path"
    buttons[0].click()
    assert any("| A folder for each class |" in text.value for text in page.run().at.markdown)


def test_a_zip_is_uploaded(visit, workspace, launched):
    page = visit("dataset")
    page.at.file_uploader[0].set_value(("my pets.zip", zip_of(["a/1.png", "b/1.png"]), "application/zip"))
    page.press("Import the file")
    assert page.query == {"dataset": "my_pets"}
    assert "**my pets** is being read in." in page.words
    assert launched == [("core.datasets.importing", "my_pets")]
    assert (open_dataset(workspace, "my_pets").folder / "upload" / "my_pets.zip").exists()


def test_an_upload_can_be_named(visit, workspace, launched):
    page = visit("dataset")
    page.at.file_uploader[0].set_value(("1.zip", zip_of(["a/1.png", "b/1.png"]), "application/zip"))
    page.at.text_input(key="upload_name").set_value("Our *cats* & dogs")
    page.press("Import the file")
    assert page.query == {"dataset": "Our_cats_dogs"}
    assert "**Our *cats* & dogs** is being read in." in page.words
    assert "*cats*" not in page.source


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ("Import the file", "Choose a file first."),
        ("Import from this path", "Type the path of a folder or a file first."),
    ],
)
def test_an_empty_form_says_what_it_lacks(visit, launched, button, words):
    page = visit("dataset").press(button)
    assert page.errors == [words]
    assert launched == []


def test_a_folder_is_read_where_it_lies(visit, workspace, class_folders, tmp_path, launched):
    folder = class_folders(tmp_path / "holiday photos", {"sea": 2, "hills": 2})
    page = visit("dataset")
    page.setting(PATH_LABEL).set_value(f" {folder} ")
    page.press("Import from this path")
    assert page.query == {"dataset": "holiday_photos"}
    assert launched == [("core.datasets.importing", "holiday_photos")]
    request = json.loads((open_dataset(workspace, "holiday_photos").folder / "request.json").read_text())
    assert request["source"] == str(folder)


def test_a_path_that_leads_nowhere_is_refused_in_place(visit, launched):
    page = visit("dataset")
    page.setting(PATH_LABEL).set_value("/no/such_folder/*here*")
    page.press("Import from this path")
    assert page.errors == ["There is nothing at /no/such_folder/*here*. Check the spelling."]
    assert page.setting(PATH_LABEL).value == "/no/such_folder/*here*", "nobody wants to type a path twice"
    assert launched == []


def test_a_name_that_is_taken_is_refused(visit, pets, class_folders, tmp_path, launched):
    page = visit("dataset")
    page.setting(PATH_LABEL).set_value(str(class_folders(tmp_path / "pets", {"a": 2, "b": 2})))
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
    page.setting(PATH_LABEL).set_value(str(class_folders(tmp_path / "pets", {"cats": 5, "dogs": 5})))
    page.press("Import from this path")
    eventually(lambda: not open_dataset(workspace, "pets").job.status().active)
    assert "pets holds 10 images in 2 classes, 5 in each." in page.run().words


# Public datasets -----------------------------------------------------------------------------------------------------


def test_a_public_dataset_says_what_is_known_of_it(visit):
    page = visit("dataset")
    assert page.setting("Dataset").options == [card.title for card in load_cards().values()]
    page.set("Dataset", "mnist")
    assert "**70,000 images:** 0 6,903, 1 7,877" in page.words
    assert "neither" not in page.words
    assert "**Known fault:** At least 15 of the test images carry a wrong label" in page.words
    assert "**Reference:** 99.4%" in page.words
    assert "Download 12 MB" in page.buttons
    assert "1. Download the four files" in page.words


def test_one_that_asks_for_an_account_is_only_explained(visit):
    page = visit("dataset").set("Dataset", "cervix")
    assert not [button for button in page.buttons if button.startswith("Download")]
    assert "1. Make an account at kaggle.com" in page.words


def test_a_download_is_set_going(visit, workspace, launched):
    page = visit("dataset").set("Dataset", "fashion_mnist").press("Download 31 MB")
    assert page.query == {"dataset": "fashion_mnist"}
    assert launched == [("core.datasets.importing", "fashion_mnist")]
    assert "**Fashion-MNIST** is being read in." in page.words
    assert open_dataset(workspace, "fashion_mnist").info.kind == "download"


def test_one_that_was_downloaded_by_hand_is_named_as_what_it_is(visit, workspace, class_folders, tmp_path, launched):
    page = visit("dataset").set("Dataset", "cervix")
    folder = class_folders(tmp_path / "train", {"Type_1": 2, "Type_2": 2})
    page.setting("I have it at").set_value(str(folder))
    page.press("Import from there")
    assert page.query == {"dataset": "cervix"}
    assert open_dataset(workspace, "cervix").info.card == "cervix"


def test_a_table_is_read_where_it_lies(visit, workspace, class_folders, tmp_path, launched):
    folder = class_folders(tmp_path / "study", {"a": 2, "b": 2})
    (folder / "labels.csv").write_text("path,label\na/0.png,x\n", encoding="utf-8")
    page = visit("dataset")
    page.setting(PATH_LABEL).set_value(str(folder / "labels.csv"))
    page.press("Import from this path")
    assert open_dataset(workspace, "labels").info.kind == "table"


# Hosted --------------------------------------------------------------------------------------------------------------


def test_strangers_can_not_name_paths_of_the_server(visit, hosted):
    page = visit("dataset")
    assert tabs(page) == [UPLOAD, PUBLIC, SAMPLE, PROJECT]
    assert not {"Import from this path", "Import from there"} & set(page.buttons)
    assert len(page.at.text_input) == 1, "the name of an upload"


def test_a_full_space_takes_no_upload(visit, hosted, full, launched):
    page = visit("dataset")
    full(page)
    page.at.file_uploader[0].set_value(("pets.zip", zip_of(["a/1.png", "b/1.png"]), "application/zip"))
    page.press("Import the file")
    assert page.errors == ["Your space here is full (0.0 GB). Delete a dataset, a run or a prediction first."]
    assert launched == []


@pytest.mark.parametrize(("page", "button"), [("dataset", "Open Cats vs dogs (drawn)"), ("home", "Open cats vs dogs")])
def test_a_full_space_takes_no_sample(visit, hosted, full, launched, page, button):
    tab = visit(page)
    full(tab)
    tab.press(button)
    assert tab.errors == ["Your space here is full (0.0 GB). Delete a dataset, a run or a prediction first."]
    assert launched == []


def test_a_sample_that_is_there_opens_in_a_full_space_too(visit, hosted, full, launched):
    page = visit("dataset").press("Open Cats vs dogs (drawn)")
    full(page)
    page.open("home").press("Open cats vs dogs")
    assert page.errors == []
    assert "is being read in" in page.words
    assert len(launched) == 1


def test_strangers_can_not_make_the_server_download(visit, hosted):
    page = visit("dataset")
    for name in load_cards():
        page.set("Dataset", name)
        assert not [button for button in page.buttons if button.startswith("Download")]
    assert "**By hand**" in page.words
