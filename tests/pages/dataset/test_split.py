"""Dividing: by shares, numbers or folds, what stays together, and what is refused in words."""

import json

import pytest
from PIL import ExifTags, Image

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings

KEEP = "Keep together, never on both sides"
SEED = "Seed: another number draws another split"


def split(visit, **query):
    return visit("dataset", view="Split", **query)


@pytest.fixture
def patients(workspace, tmp_path, write_picture):
    """A dataset of five patients in each class, with three images of each."""
    for label in ("sick", "well"):
        for patient in range(5):
            for number in range(3):
                write_picture(tmp_path / "patients" / label / f"{label[0]}{patient:03}_{number}.png")
    return run_import(create_from_path(workspace, tmp_path / "patients"))


def test_images_are_divided_by_shares(visit, pets):
    page = split(visit)
    page.setting("Validation (%)").set_value(25)
    page.setting("Test (%)").set_value(25)
    page.setting(SEED).set_value(7)
    page.press("Divide the images")
    assert pets.split_settings == SplitSettings(validation=0.25, test=0.25, seed=7)
    assert "cats: 10 train, 5 validation, 5 test" in page.chart_texts()[0]
    # It stays so on another visit.
    again = split(visit)
    assert "cats: 10 train, 5 validation, 5 test" in again.chart_texts()[0]
    assert again.setting(SEED).value == 7


def test_images_are_divided_by_numbers(visit, pets):
    page = split(visit).set("Divide by", "numbers of images")
    page.setting("Validation images").set_value(0)
    page.setting("Test images").set_value(6)
    page.press("Divide the images")
    assert pets.split_settings == SplitSettings(validation=0, test=6)
    assert "cats: 17 train, 0 validation, 3 test" in page.chart_texts()[0]
    assert split(visit).setting("Test images").value == 6


def test_images_are_divided_into_folds(visit, pets):
    page = split(visit).set("Divide by", "folds")
    page.setting("Folds").set_value(4)
    page.setting("The fold that tests").set_value(2)
    page.press("Divide the images")
    assert (pets.split_settings.folds, pets.split_settings.fold) == (4, 2)
    assert pets.content.counts["test"].tolist() == [5, 5]


def test_what_can_not_be_is_refused_in_words_and_changes_nothing(visit, pets):
    before = pets.split_settings
    page = split(visit).set("Divide by", "numbers of images")
    page.setting("Test images").set_value(40)
    page.press("Divide the images")
    (error,) = page.errors
    assert "cannot be had of 40 images" in error
    page.set("Divide by", "folds")
    page.setting("The fold that tests").set_value(9)
    page.press("Divide the images")
    assert "fold 9 cannot test" in page.errors[0]
    assert pets.split_settings == before


def test_file_names_that_tell_whom_they_show_suggest_the_rule(visit, patients):
    page = split(visit).set(KEEP, "the file name")
    assert page.setting("What file names look like").value == "{group}_*"
    page.press("Divide the images")
    assert patients.split_settings.group_by == "{group}_*"
    images = patients.images
    assert images.groupby(images["path"].str.extract(r"/(\w\d+)_")[0])["split"].nunique().max() == 1
    again = split(visit)
    assert again.setting(KEEP).value == "the file name"


def test_a_rule_that_names_suggest_is_told_where_none_is_chosen(visit, patients):
    page = split(visit)
    assert "Images seem to belong together, as names like {group}_* tell: choose “the file name”." in page.words
    page.set(KEEP, "the file name")
    page.press("Divide the images")
    assert "Images seem to belong together" not in split(visit).words


def test_a_rule_that_fits_no_file_is_refused_with_an_example(visit, patients):
    page = split(visit).set(KEEP, "the file name")
    page.set("What file names look like", "patient-{group}-*")
    page.press("Divide the images")
    assert "No file has a name like 'patient-{group}-*'; the first is 's000_0.png'." in page.errors[0]
    assert patients.split_settings.group_by == ""


def test_the_field_says_what_its_rule_matches_before_anything_is_divided(visit, patients):
    page = split(visit).set(KEEP, "the file name")
    assert "10 groups, such as s000 with 3 images." in page.words
    page.set("What file names look like", "*{group}.png")
    assert "stands right beside {group}" in page.words
    page.set("What file names look like", "{group}.png")
    assert "30 groups, none of which holds more than one image." in page.words
    page.set(KEEP, "the folder")
    assert "2 groups, such as sick/ with 15 images." in page.words
    assert patients.split_settings.group_by == ""


def test_a_rule_that_finds_one_group_for_all_says_which_one_would_work(visit, workspace, tmp_path, write_picture):
    for smear in range(12):
        for x in range(4):
            write_picture(tmp_path / "smears" / "AB"[x % 2] / f"BloodImage_{smear:05}_{x}_{7 * x}.png")
    dataset = run_import(create_from_path(workspace, tmp_path / "smears"))
    page = split(visit).set(KEEP, "the file name")
    assert page.setting("What file names look like").value == "BloodImage_{group}_*"
    page.set("What file names look like", "{group}_*_*")
    words = "finds one group, BloodImage, for all 48 images, so that there is nothing to divide. 'BloodImage_{group}_*'"
    assert words in page.words
    page.press("Divide the images")
    assert words in page.errors[0]
    assert dataset.split_settings.group_by == ""


def test_cameras_are_offered_where_files_tell_them(visit, workspace, pets, tmp_path):
    assert "the camera" not in split(visit).setting(KEEP).options
    for number in range(20):
        exif = Image.Exif()
        exif[ExifTags.Base.Model] = f"Camera {number % 5}"
        path = tmp_path / "photographs" / "ab"[number // 10] / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((16, 16), 90).convert("RGB").save(path, exif=exif)
    dataset = run_import(create_from_path(workspace, tmp_path / "photographs"))
    page = split(visit, dataset="photographs").set(KEEP, "the camera")
    assert "5 groups, such as Camera 0 with 4 images." in page.words
    page.press("Divide the images")
    assert dataset.split_settings.group_by == "camera"
    assert split(visit, dataset="photographs").setting(KEEP).value == "the camera"


def test_groups_of_a_table_are_offered_where_there_are_any(visit, workspace, pets, tmp_path):
    assert "the table's group column" not in split(visit).setting(KEEP).options
    folder = tmp_path / "sources" / "pets"
    rows = [f"{path.relative_to(folder)},{path.parent.name},p{int(path.stem) // 4}" for path in folder.rglob("*.png")]
    (folder / "labels.csv").write_text("\n".join(["path,label,patient", *rows]), encoding="utf-8")
    table = run_import(create_from_path(workspace, folder / "labels.csv"))
    page = split(visit, dataset="labels").set(KEEP, "the table's group column").press("Divide the images")
    assert table.split_settings.group_by == "column"
    assert page.errors == []
    assert table.images.groupby("given_group")["split"].nunique().max() == 1


def test_what_stands_in_a_form_of_one_dataset_is_not_taken_over_to_another(visit, imported):
    imported("first", {"a": 4, "b": 4}).set_split(SplitSettings(validation=0.25, test=0.25))
    imported("second", {"a": 4, "b": 4})
    page = split(visit, dataset="first")
    assert [page.setting(name).value for name in ("Validation (%)", "Test (%)")] == [25, 25]
    page.at.sidebar.selectbox[0].set_value("second")
    page.run().set("View", "Split")
    assert page.query["dataset"] == "second"
    assert [page.setting(name).value for name in ("Validation (%)", "Test (%)")] == [20, 20]


def test_a_division_that_the_dataset_brings_is_kept(visit, workspace, class_folders, tmp_path):
    for part in ("train", "test"):
        class_folders(tmp_path / "divided" / part, {"cats": 6, "dogs": 6})
    dataset = run_import(create_from_path(workspace, tmp_path / "divided"))
    page = split(visit)
    assert "This dataset brings its own split (test, train); it is kept." in page.words
    assert dataset.content.counts["test"].tolist() == [6, 6]


def test_the_bars_tell_a_screen_reader_what_they_show(visit, pets):
    page = split(visit)
    (chart,) = page.at.main.get("plotly_chart")
    assert [bars["name"] for bars in json.loads(chart.proto.spec)["data"]] == ["train", "validation", "test"]
    assert "cats: 12 train, 4 validation, 4 test" in page.chart_texts()[0]
