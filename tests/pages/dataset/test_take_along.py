"""The cleaned dataset and the selected images are taken along."""

import io
import zipfile

import pytest

from core.datasets.editing import relabel
from pages.components import selection
from pages.components.selection import offer_download


def test_it_is_written_to_a_folder(visit, pets, tmp_path):
    relabel(pets, ["cats/0.png"], "dogs")
    page = visit("dataset")
    page.at.text_input(key="export_to").set_value(str(tmp_path / "cleaned"))
    page.press("Write the folder")
    assert f"Written to {tmp_path / 'cleaned'}." in page.words
    written = list((tmp_path / "cleaned").rglob("*.png"))
    assert len([path for path in written if path.parent.name == "dogs"]) == 21
    page.press("Write the folder")
    assert "exists already" in page.errors[0]


def test_no_folder_was_named(visit, pets):
    assert visit("dataset").press("Write the folder").errors == ["Type the path of a new folder first."]


def test_it_is_made_a_zip_in_the_layout_that_is_chosen(visit, pets):
    page = visit("dataset")
    page.at.selectbox(key="export_layout").set_value("csv")
    page.press("Make a zip")
    (button,) = (each for each in page.at.main.get("download_button"))
    assert button.proto.label == "Download pets-csv.zip"


def test_an_image_that_is_gone_is_named(visit, pets):
    pets.path_of("cats/3.png").unlink()
    page = visit("dataset").press("Make a zip")
    assert "cats/3.png is gone" in page.errors[0]


def test_selected_images_come_in_a_folder_for_each_class(pets, monkeypatch: pytest.MonkeyPatch):
    offered = {}
    monkeypatch.setattr(
        selection.st, "download_button", lambda label, data, name, *_, **more: offered.update(data=data, name=name)
    )
    pets.path_of("cats/4.png").unlink()
    rows = pets.images[pets.images["path"].isin(["cats/3.png", "cats/4.png", "dogs/3.png"])]
    offer_download(pets, rows, "gallery")
    assert offered["name"] == "pets-2-images.zip"
    with zipfile.ZipFile(io.BytesIO(offered["data"]())) as archive:
        assert sorted(archive.namelist()) == ["cats/3.png", "dogs/3.png"]
        assert archive.read("dogs/3.png") == pets.path_of("dogs/3.png").read_bytes()
