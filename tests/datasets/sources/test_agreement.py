"""Whether two sources divide images alike, and which folders are called after no class."""

import pytest

from core.datasets.sources.agreement import (
    are_no_classes,
    differing,
    explains_another,
    same_classes,
    without_explaining,
)

FOLDERS = {"a/1": "cats", "a/2": "cats", "b/1": "dogs"}


def test_other_names_for_the_same_classes():
    assert same_classes(FOLDERS, {"a/1": "0", "a/2": "0", "b/1": "1"}) == {"0": "cats", "1": "dogs"}


@pytest.mark.parametrize("labels", [("0", "1", "1"), ("0", "0", "0"), ("0", "1", "2")])
def test_other_classes(labels):
    assert same_classes(FOLDERS, dict(zip(FOLDERS, labels, strict=True))) is None


def test_images_that_only_one_of_them_names_say_nothing():
    assert same_classes(FOLDERS, {"a/1": "0", "c/1": "0", "c/2": "1"}) == {"0": "cats"}
    assert same_classes(FOLDERS, {"c/1": "0"}) == {}


def test_how_many_differ_is_counted_from_what_a_label_mostly_stands_for():
    other = {"a/1": "x", "a/2": "x", "b/1": "x"}
    assert differing(FOLDERS, other) == 1
    assert differing(other, FOLDERS) == 0, "each folder stands for one label"


@pytest.mark.parametrize(
    "names",
    [
        ("2019", "2020"),
        ("2020-01-01", "2020-01-02"),
        ("20200101", "20200102"),
        ("patient00", "patient01"),
        ("Subject 1", "Subject 2"),
        ("p_1", "p_2"),
        ("images", "masks"),
        ("train_images", "test_images"),
        ("HAM10000_images_part_1", "HAM10000_images_part_2"),
        ("ISIC_2019_Training_Input", "ISIC_2019_Test_Input"),
    ],
)
def test_folders_that_are_no_classes(names):
    assert are_no_classes(names, {}, {})


@pytest.mark.parametrize(
    "names",
    [
        ("cats", "dogs"),
        ("Type_1", "Type_2", "Type_3"),
        ("0", "1", "42"),
        ("images_cats", "images_dogs"),
        ("class 1", "class 2"),
        ("n01440764", "n01443537"),
        ("patient", "staff"),
        ("1984", "brave new world"),
    ],
)
def test_folders_that_may_be_classes(names):
    assert not are_no_classes(names, {}, {})


def test_folders_that_are_a_tables_groups_are_no_classes():
    folder_of = {"a/1": "a", "a/2": "a", "b/1": "b"}
    assert are_no_classes(("a", "b"), {"a/1": "7", "a/2": "7", "b/1": "8"}, folder_of)
    assert not are_no_classes(("a", "b"), {"a/1": "7", "a/2": "8", "b/1": "9"}, folder_of)
    assert not are_no_classes(("a", "b"), {"a/1": "7", "a/2": "7", "b/1": ""}, folder_of)


def test_what_explains_another_image():
    assert explains_another("masks/1.png")
    assert explains_another("train/Ground Truth/1.png")
    assert explains_another("images/1_mask.png")
    assert explains_another("ISIC_0000001_superpixels.png")
    assert not explains_another("images/masked man.png")
    assert not explains_another("labels of beer/1.png")


def test_of_two_images_of_one_name_the_mask_is_not_meant():
    assert without_explaining(["images/1.jpg", "masks/1.png"]) == ["images/1.jpg"]
    assert without_explaining(["masks/1.png"]) == ["masks/1.png"]
    assert without_explaining(["a/1.jpg", "b/1.jpg"]) == ["a/1.jpg", "b/1.jpg"]
