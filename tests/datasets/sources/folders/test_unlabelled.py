"""Which images are kept without a label, and which are no images of a class at all."""

import os

import pytest

from core.datasets.sources.folders.class_folders import has_class_folders


def unlabelled(layout):
    return sorted({image.path.rpartition("/")[0] for image in layout.unlabelled})


@pytest.mark.parametrize(
    "name",
    [
        "no_label",
        "no-labels",
        "_unlabeled",
        "Unlabelled",
        "unlabeled_data",
        "UnlabeledImages",
        "not labelled",
        "unsup",
        "unknown_label",
        "without label",
        "train_unlabeled",
    ],
)
def test_folders_that_say_so_hold_images_without_a_label(found, name):
    layout = found("cats", "dogs", name)
    assert layout.class_names == ["cats", "dogs"]
    assert unlabelled(layout) == [name]
    assert all(image.label == image.split == "" for image in layout.unlabelled)
    assert layout.warnings == [f"3 images in “{name}” have no label: they are kept, but not trained on."]


@pytest.mark.parametrize("name", ["unknown", "other", "background", "unclassified", "label", "unlabelled bottle"])
def test_other_names_are_those_of_classes(found, name):
    assert name in found("cats", "dogs", name).class_names


@pytest.mark.parametrize(
    "name", ["test", "Test", "test1", "testset", "TestImages", "val", "holdout", "seg_pred", "test/a"]
)
def test_a_part_without_class_folders_beside_class_folders_is_no_class(found, name):
    layout = found("cats", "dogs", name)
    assert layout.class_names == ["cats", "dogs"]
    assert unlabelled(layout) == [name]
    assert layout.split_from == ""


@pytest.mark.parametrize("name", ["test", "test/test", "test/images", "test/unknown", "test/all pictures"])
def test_a_part_without_class_folders_beside_one_with_is_to_be_predicted(found, name):
    layout = found("train/cats", "train/dogs", name)
    assert layout.class_names == ["cats", "dogs"]
    assert unlabelled(layout) == [name]
    assert layout.split_from == ""


def test_images_outside_of_folders_are_kept_too(found):
    layout = found("train/cats", "train/dogs", "test", ".")
    assert unlabelled(layout) == ["", "test"]
    assert layout.warnings == [
        "6 images in “test” and in no class folder have no label: they are kept, but not trained on."
    ]


def test_names_that_are_no_text_or_could_play_tricks_are_shown_harmlessly(found, folders):
    root = folders("train/cats", "train/dogs", "test\x1b[2")
    os.symlink("train", os.fsencode(root) + b"/tr\xe4in")
    layout = found()
    assert len(layout.unlabelled) == 3
    assert len(layout.warnings) == 2
    assert all(warning.isprintable() for warning in layout.warnings)


@pytest.mark.parametrize("names", [("HAM_part_1", "HAM_part_2"), ("images_001", "images_002"), ("batch1", "batch2")])
def test_volumes_of_a_large_set_are_hardly_classes(found, names):
    layout = found(*names)
    assert not has_class_folders(layout)
    assert "called like the volumes that a large set comes in" in layout.warnings[-1]


@pytest.mark.parametrize("names", [("stage1", "stage2"), ("Type_1", "Type_2"), ("0", "1")])
def test_classes_may_be_numbered(found, names):
    layout = found(*names)
    assert has_class_folders(layout)
    assert layout.warnings == []


# Masks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "masks"),
    [
        (("cats/images", "cats/masks", "dogs/images", "dogs/masks"), ("cats/masks", "dogs/masks")),
        (("images/cats", "images/dogs", "masks/cats", "masks/dogs"), ("masks/cats", "masks/dogs")),
        (("cats", "cats/mask", "dogs", "dogs/mask"), ("cats/mask", "dogs/mask")),
        (("train/cats", "train/dogs", "test/cats", "test/dogs", "ground_truth/dogs"), ("ground_truth/dogs",)),
        (("cats", "dogs", "annotations"), ("annotations",)),
    ],
)
def test_folders_of_masks_are_left_out(found, names, masks):
    layout = found(*names)
    assert layout.class_names == ["cats", "dogs"]
    assert sorted({path.rpartition("/")[0] for path, _ in layout.left_out}) == sorted(masks)
    assert {reason for _, reason in layout.left_out} == {"lies in a folder of masks or annotations"}


@pytest.mark.parametrize("names", [("mask", "no mask"), ("with_mask", "without_mask"), ("masks", "gloves", "helmets")])
def test_people_who_wear_masks_are_a_class(found, names):
    assert sorted(found(*names).class_names) == sorted(names)


def test_masks_beside_images_are_known_by_their_names(found, folders):
    root = folders("cats", "dogs")
    for name in ("cats/0_mask.png", "cats/1_mask_1.png", "dogs/0-Segmentation.png", "dogs/carnival_mask.jpg"):
        (root / name).touch()
    layout = found()
    assert [path for path, _ in layout.left_out] == ["cats/0_mask.png", "cats/1_mask_1.png", "dogs/0-Segmentation.png"]
    assert "dogs/carnival_mask.jpg" in {image.path for image in layout.images}
