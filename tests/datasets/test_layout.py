"""Which class and which part of a split an image gets from the folders that people bring."""

import os
import unicodedata

import pytest

from core.datasets.layout import find_images, natural_order
from core.errors import WorkbenchError


def files(folder, *paths):
    """Files by their path; what they hold does not matter here."""
    for path in paths:
        full = os.path.join(os.fsencode(folder), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        open(full, "xb").close()
    return folder


def labels(layout):
    return {image.path: image.label for image in layout.images}


def splits(layout):
    return {image.path: image.split for image in layout.images}


def refusal(folder):
    with pytest.raises(WorkbenchError) as caught:
        find_images(folder)
    return str(caught.value)


# Class folders -------------------------------------------------------------------------------------------------------


def test_folders_are_classes(tmp_path):
    layout = find_images(files(tmp_path, "cats/1.jpg", "cats/2.PNG", "dogs/3.webp"))
    assert labels(layout) == {"cats/1.jpg": "cats", "cats/2.PNG": "cats", "dogs/3.webp": "dogs"}
    assert layout.root == tmp_path
    assert layout.left_out == []
    assert layout.warnings == []


def test_folders_within_a_class_belong_to_it(tmp_path):
    layout = find_images(files(tmp_path, "cats/tabby/deep/1.jpg", "cats/2.jpg", "dogs/3.jpg"))
    assert labels(layout) == {"cats/tabby/deep/1.jpg": "cats", "cats/2.jpg": "cats", "dogs/3.jpg": "dogs"}


def test_images_come_in_the_order_in_which_people_count(tmp_path):
    names = ["Type 10/1.jpg", "Type 2/10.jpg", "Type 2/9.jpg", "type 1/1.jpg"]
    layout = find_images(files(tmp_path, *names))
    assert [image.path for image in layout.images] == ["type 1/1.jpg", "Type 2/9.jpg", "Type 2/10.jpg", "Type 10/1.jpg"]
    assert layout.class_names == ["type 1", "Type 2", "Type 10"]


def test_any_two_names_have_an_order():
    names = ["", "1", "01", "a", "A", "a1", "a01", "²", "١", "é", "a1b", "\udcff"]
    assert sorted(sorted(names), key=natural_order) == sorted(reversed(names), key=natural_order)


def test_what_is_no_image_or_hidden_is_passed_over_in_silence(tmp_path):
    layout = find_images(
        files(
            tmp_path,
            "cats/1.jpg",
            "dogs/1.jpg",
            "cats/notes.txt",
            "readme.md",
            "cats/.2.jpg",
            ".cache/x/1.jpg",
            "cats/.thumbs/1.jpg",
            "__MACOSX/cats/1.jpg",
            "cats/Thumbs.db",
            "cats/jpg",
        )
    )
    assert list(labels(layout)) == ["cats/1.jpg", "dogs/1.jpg"]
    assert layout.left_out == []


def test_images_beside_the_class_folders_are_listed(tmp_path):
    layout = find_images(files(tmp_path, "cats/1.jpg", "dogs/1.jpg", "stray.jpg"))
    assert list(labels(layout)) == ["cats/1.jpg", "dogs/1.jpg"]
    assert layout.left_out == [("stray.jpg", "has no label: it lies in no class folder")]


@pytest.mark.parametrize("wrappers", ["photos", "a/b/c"])
def test_folders_that_only_wrap_are_passed_through(tmp_path, wrappers):
    layout = find_images(
        files(tmp_path, f"{wrappers}/cats/1.jpg", f"{wrappers}/dogs/1.jpg", "__MACOSX/x", "readme.txt")
    )
    assert layout.root == tmp_path / wrappers
    assert layout.class_names == ["cats", "dogs"]


@pytest.mark.parametrize(
    "name",
    ["with space", "“quotes” 'and' \"more\"", "🐈 emoji", "שלום עולם", "مرحبا", "a&b=c?d#e%20", "new\nline", "-rf"],
)
def test_names_of_every_kind_are_kept(tmp_path, name):
    layout = find_images(files(tmp_path, f"{name}/{name}.jpg", "other/1.jpg"))
    assert labels(layout)[f"{name}/{name}.jpg"] == name
    assert layout.left_out == []


def test_a_class_written_in_two_ways_of_unicode_is_one_class(tmp_path):
    # macOS takes names apart into letter and accent, other systems do not; people see no difference.
    composed, apart = (unicodedata.normalize(form, "Zürich") for form in ("NFC", "NFD"))
    layout = find_images(files(tmp_path, f"{composed}/1.jpg", f"{apart}/2.jpg", "Bern/1.jpg"))
    assert layout.class_names == ["Bern", composed]
    assert {image.path for image in layout.images if image.label == composed} >= {f"{apart}/2.jpg"}


def test_folders_that_differ_only_in_case_are_named_in_a_warning(tmp_path):
    files(tmp_path, "Cats/1.jpg", "cats/2.jpg", "dogs/1.jpg")
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this disk takes no two names that differ only in case")
    layout = find_images(tmp_path)
    assert sorted(layout.class_names) == ["Cats", "cats", "dogs"]
    (warning,) = layout.warnings
    assert "“Cats” and “cats” differ only in upper and lower case" in warning
    assert "dogs" not in warning


def test_names_that_are_not_utf8_are_left_out_with_the_reason(tmp_path):
    try:
        files(tmp_path, "cats/1.jpg", "dogs/1.jpg", b"cats/caf\xe9.jpg", b"v\xf6gel/1.jpg")
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    layout = find_images(tmp_path)
    assert list(labels(layout)) == ["cats/1.jpg", "dogs/1.jpg"]
    assert sorted(layout.left_out) == [
        ("cats/caf?.jpg", "has a name that is not valid text"),
        ("v?gel/1.jpg", "has a name that is not valid text"),
    ]


def test_only_names_that_are_not_utf8_are_refused_with_that_reason(tmp_path):
    try:
        files(tmp_path, b"k\xf6ter/1.jpg", b"v\xf6gel/1.jpg")
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    message = refusal(tmp_path)
    assert "none can be used" in message
    assert "not valid text" in message
    assert message.isprintable()


def test_a_wrapper_that_is_not_utf8_is_refused_in_words(tmp_path):
    try:
        files(tmp_path, b"f\xfcr/cats/1.jpg", b"f\xfcr/dogs/1.jpg")
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    message = refusal(tmp_path)
    assert "not valid text (UTF-8). Rename it" in message
    assert message.encode("utf-8")


# Folders that are refused --------------------------------------------------------------------------------------------


def test_no_folder(tmp_path):
    assert "There is no folder" in refusal(tmp_path / "missing")


def test_a_file(tmp_path):
    assert "is a file" in refusal(files(tmp_path, "a.jpg") / "a.jpg")


def test_an_empty_folder(tmp_path):
    assert "holds no images" in refusal(tmp_path)


def test_folders_without_images(tmp_path):
    assert "holds no images" in refusal(files(tmp_path, "cats/a.txt", "dogs/b.pdf"))


def test_images_without_folders(tmp_path):
    message = refusal(files(tmp_path, "1.jpg", "2.jpg", "3.jpg"))
    assert "holds 3 images but no class folders" in message
    assert "photos/cats/" in message, "it must be shown how it should look"


def test_one_class(tmp_path):
    assert "one class only, “cats”" in refusal(files(tmp_path, "cats/1.jpg", "cats/2.jpg"))


def test_one_class_beside_an_empty_one(tmp_path):
    files(tmp_path, "cats/1.jpg")
    (tmp_path / "dogs").mkdir()
    assert "one class only, “cats”" in refusal(tmp_path)


def test_a_split_without_class_folders_is_not_taken_for_two_classes(tmp_path):
    # As Kaggle hands out cats and dogs: the label is in the file's name, where nobody can tell which part it is.
    message = refusal(files(tmp_path, "train/cat.0.jpg", "train/dog.0.jpg", "test/1.jpg"))
    assert "no class folders" in message


# Already split -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("train", "val", "test"), ("train", "validation", "test")),
        (("Training", "VALID", "Testing"), ("train", "validation", "test")),
        (("train", "dev", "test"), ("train", "validation", "test")),
        (("train", "test"), ("train", "test")),
        (("train", "validation"), ("train", "validation")),
    ],
)
def test_parts_of_a_split_are_recognised(tmp_path, names, parts):
    paths = [f"{name}/{label}/1.jpg" for name in names for label in ("cats", "dogs")]
    layout = find_images(files(tmp_path, *paths))
    assert layout.class_names == ["cats", "dogs"]
    assert splits(layout) == {
        f"{name}/{label}/1.jpg": part for name, part in zip(names, parts, strict=True) for label in ("cats", "dogs")
    }


def test_a_split_inside_a_wrapper_is_recognised(tmp_path):
    layout = find_images(files(tmp_path, "data/train/a/1.jpg", "data/train/b/1.jpg", "data/test/a/2.jpg"))
    assert layout.root == tmp_path / "data"
    assert set(splits(layout).values()) == {"train", "test"}


def test_an_unlabelled_test_folder_is_left_out_with_the_reason(tmp_path):
    # As in the cervix competition: train/ holds class folders, test/ the images that are to be submitted.
    layout = find_images(files(tmp_path, "train/Type_1/0.jpg", "train/Type_2/1.jpg", "test/0.jpg", "test/1.jpg"))
    assert splits(layout) == {"train/Type_1/0.jpg": "train", "train/Type_2/1.jpg": "train"}
    assert [path for path, _ in layout.left_out] == ["test/0.jpg", "test/1.jpg"]
    assert all("no label" in reason for _, reason in layout.left_out)


def test_a_lone_training_folder_is_a_wrapper(tmp_path):
    layout = find_images(files(tmp_path, "train/a/1.jpg", "train/b/1.jpg"))
    assert layout.class_names == ["a", "b"]
    assert set(splits(layout).values()) == {""}


def test_images_beside_the_parts_are_listed(tmp_path):
    layout = find_images(files(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg", "extra/a/1.jpg", "x.jpg"))
    assert len(layout.images) == 3
    reasons = dict(layout.left_out)
    assert reasons["extra/a/1.jpg"] == "is not in one of the folders test, train"
    assert "x.jpg" in reasons


def test_a_class_may_be_called_train(tmp_path):
    layout = find_images(files(tmp_path, "bus/1.jpg", "train/1.jpg", "tram/1.jpg"))
    assert layout.class_names == ["bus", "train", "tram"]
    assert set(splits(layout).values()) == {""}


@pytest.mark.real
def test_the_real_folders_are_understood(real_images):
    aerial = find_images(real_images / "aerial_scenes")
    assert len(aerial.class_names) == 21
    assert len(aerial.images) == 21 * 30
    assert find_images(real_images / "cats_dogs").class_names == ["cats", "dogs"]
