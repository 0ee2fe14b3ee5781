"""Which folders are taken for parts of a split."""

import pytest


def splits(layout):
    """How many images each part has of each class."""
    counted = {}
    for image in layout.images:
        of_class = counted.setdefault(image.label, {})
        of_class[image.split] = of_class.get(image.split, 0) + 1
    return counted


EVEN = {label: {"train": 3, "test": 3} for label in ("cats", "dogs")}
PAIRS = ("train/cats", "train/dogs", "test/cats", "test/dogs")


@pytest.mark.parametrize(
    "names",
    [
        PAIRS,
        ("trainset/cats", "trainset/dogs", "testset/cats", "testset/dogs"),
        ("images/train/cats", "images/train/dogs", "images/test/cats", "images/test/dogs"),
        ("train/images/cats", "train/images/dogs", "test/images/cats", "test/images/dogs"),
        ("x_train/x_train/cats", "x_train/x_train/dogs", "x_test/x_test/cats", "x_test/x_test/dogs"),
        ("cats/train", "cats/test", "dogs/train", "dogs/test"),
        ("cats/train/images", "cats/test/images", "dogs/train/images", "dogs/test/images"),
        ("cats/Training", "cats/Testing", "dogs/Training", "dogs/Testing"),
        ("cats", "dogs", "test/cats", "test/dogs"),
        ("cats", "dogs", "test_set/cats", "test_set/dogs"),
        ("cats_train", "cats_test", "dogs_train", "dogs_test"),
        ("train-cats", "test-cats", "train-dogs", "test-dogs"),
        ("catsTrain", "catsTest", "dogsTrain", "dogsTest"),
    ],
)
def test_parts_are_found_outermost_and_within(found, names):
    layout = found(*names)
    assert splits(layout) == EVEN
    assert layout.split_from.startswith("the folder")
    assert layout.left_out == layout.unlabelled == []


@pytest.mark.parametrize(
    "names",
    [
        ("bus", "train", "tram"),
        ("bus", "tram", "train/steam", "train/electric"),
        ("valid", "invalid"),
        ("dev", "prod", "test"),
        ("control", "test"),
        ("blood test", "urine test"),
        ("Test 1", "Test 2", "Test 3"),
        ("freight train", "passenger train", "test tube"),
        ("train ticket", "plane ticket", "bus ticket"),
    ],
)
def test_classes_that_are_called_like_parts_stay_classes(found, names):
    layout = found(*names)
    assert {name.split("/")[0] for name in names} == set(layout.class_names)
    assert {image.split for image in layout.images} == {""}
    assert layout.split_from == ""


def test_a_class_without_folders_of_the_split_is_divided_anew(found):
    layout = found("cats/train", "cats/test", "dogs/train", "dogs/test", "owls")
    assert splits(layout) == EVEN | {"owls": {"": 3}}
    assert layout.warnings == [
        "The images in “owls” (3) lie in none of the folders “test” and “train”: they are divided anew, among what "
        "these folders don’t give."
    ]


def test_what_lies_beside_the_parts_within_a_class_is_left_out(found):
    layout = found("cats/train", "cats/test", "cats/old", "dogs/train", "dogs/test")
    assert splits(layout) == EVEN
    assert [reason for _, reason in layout.left_out] == ["is not in one of the folders test, train"] * 3
    assert "The images in “cats/old” (3) are not used" in layout.warnings[0]


def test_classes_that_nobody_trains_on_are_named_with_what_to_do(found):
    layout = found("train/good", "test/good", "test/hole", "test/scratch")
    (warning,) = layout.warnings
    assert "has none to train on of “hole” and “scratch” (6 images), so that they cannot be learned" in warning
    assert "Put some of theirs among those to train on" in warning


@pytest.mark.parametrize(
    "names", [("train", "test/cats", "test/dogs"), ("val/cats", "val/dogs", "test/cats", "test/dogs")]
)
def test_without_labels_to_train_on_there_is_no_split(found, names):
    layout = found(*names)
    assert {image.split for image in layout.images} == {""}
    assert layout.split_from == ""
    assert "none to train on: they are divided anew" in " ".join(layout.warnings)


def test_many_folders_of_a_split_are_not_all_named(found):
    layout = found(*(f"{name}_{part}" for name in ("ash", "elm", "fir", "oak") for part in ("train", "test")))
    assert layout.split_from == "the folders ash_test, ash_train, elm_test, elm_train, fir_test and 3 more"


# Links ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a_validation", "validation", "zz_val"])
def test_a_part_that_is_a_link_to_another_is_said_to_leak(found, name):
    layout = found(*PAIRS, links={name: "test"})
    assert splits(layout) == EVEN
    (warning,) = layout.warnings
    assert warning.startswith(f"“{name}” is a link to “test”: its images count once, in “test”.")
    assert ("Counted twice" in warning) == (name == "validation")


def test_a_class_folder_that_is_a_link_into_another_part_is_said_to_leak(found):
    layout = found("train/cats", "train/dogs", "test/cats", links={"test/dogs": "../train/dogs"})
    assert splits(layout) == {"cats": {"train": 3, "test": 3}, "dogs": {"train": 3}}
    assert "“test/dogs” is a link to “train/dogs”" in layout.warnings[0]
    assert "Counted twice" in layout.warnings[0]


def test_a_link_back_to_where_it_lies_is_of_no_interest(found):
    layout = found("cats", "dogs", links={"cats/up": "..", "cats/here": "."})
    assert layout.class_names == ["cats", "dogs"]
    assert len(layout.images) == 6
    assert layout.warnings == []
