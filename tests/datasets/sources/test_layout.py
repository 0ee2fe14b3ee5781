"""Which class and which part of a split an image gets from the folders that people bring."""

import os
import unicodedata

import pytest

from core.datasets.sources.choices import Choices, Undecided
from core.datasets.sources.found import natural_order
from core.datasets.sources.layout import find_images
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


def test_images_beside_the_class_folders_are_kept_without_a_label(tmp_path):
    layout = find_images(files(tmp_path, "cats/1.jpg", "dogs/1.jpg", "stray.jpg"))
    assert list(labels(layout)) == ["cats/1.jpg", "dogs/1.jpg"]
    assert [image.path for image in layout.unlabelled] == ["stray.jpg"]
    assert layout.warnings == ["1 image in no class folder has no label: it is kept, but not trained on."]


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
    message = refusal(files(tmp_path, "train/1.jpg", "train/2.jpg", "test/1.jpg"))
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


def test_an_unlabelled_test_folder_is_kept_without_labels(tmp_path):
    # As in the cervix competition: train/ holds class folders, test/ the images that are to be submitted.
    layout = find_images(files(tmp_path, "train/Type_1/0.jpg", "train/Type_2/1.jpg", "test/0.jpg", "test/1.jpg"))
    assert splits(layout) == {"train/Type_1/0.jpg": "", "train/Type_2/1.jpg": ""}
    assert layout.split_from == "", "there is nothing to test on, so that no split was brought"
    assert [image.path for image in layout.unlabelled] == ["test/0.jpg", "test/1.jpg"]
    assert layout.left_out == []


def test_a_lone_training_folder_is_a_wrapper(tmp_path):
    layout = find_images(files(tmp_path, "train/a/1.jpg", "train/b/1.jpg"))
    assert layout.class_names == ["a", "b"]
    assert set(splits(layout).values()) == {""}


def test_images_beside_the_parts_are_listed(tmp_path):
    layout = find_images(files(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg", "extra/a/1.jpg", "x.jpg"))
    assert len(layout.images) == 3
    assert layout.left_out == [("extra/a/1.jpg", "is not in one of the folders test, train")]
    assert [image.path for image in layout.unlabelled] == ["x.jpg"]
    assert "The images in “extra/a” (1) are not used: they lie beside “test” and “train”." in layout.warnings


def test_a_class_may_be_called_train(tmp_path):
    layout = find_images(files(tmp_path, "bus/1.jpg", "train/1.jpg", "tram/1.jpg"))
    assert layout.class_names == ["bus", "train", "tram"]
    assert set(splits(layout).values()) == {""}


@pytest.mark.parametrize(
    ("train", "test"),
    [("train_images", "test_images"), ("training_set", "test_set"), ("seg_train", "seg_test"), ("train", "test1")],
)
def test_parts_may_have_longer_names_and_be_wrapped_once_more(tmp_path, train, test):
    paths = [f"{train}/{train}/forest/1.jpg", f"{train}/{train}/sea/1.jpg", f"{test}/{test}/sea/2.jpg"]
    layout = find_images(files(tmp_path, *paths, "seg_pred/seg_pred/3.jpg"))
    assert labels(layout) == dict(zip(paths, ["forest", "sea", "sea"], strict=True))
    assert splits(layout) == dict(zip(paths, ["train", "train", "test"], strict=True))
    assert [image.path for image in layout.unlabelled] == ["seg_pred/seg_pred/3.jpg"]


@pytest.mark.parametrize(
    "names",
    [
        ("freight train", "passenger train", "test tube"),
        ("blood test", "urine test"),
        ("Test 1", "Test 2", "Test 3"),
        ("train_images", "bus_images"),
        ("valid ticket", "invalid ticket"),
    ],
)
def test_classes_that_sound_like_parts_of_a_split_stay_classes(tmp_path, names):
    layout = find_images(files(tmp_path, *(f"{name}/{number}.jpg" for name in names for number in range(2))))
    assert sorted(layout.class_names) == sorted(names)
    assert set(splits(layout).values()) == {""}


def test_a_class_alone_in_its_part_is_no_wrapper(tmp_path):
    layout = find_images(files(tmp_path, "train/cats/tabby/1.jpg", "test/cats/2.jpg", "test/dogs/3.jpg"))
    assert labels(layout) == {"train/cats/tabby/1.jpg": "cats", "test/cats/2.jpg": "cats", "test/dogs/3.jpg": "dogs"}


# Archives as they are handed out -------------------------------------------------------------------------------------


def test_microsofts_cats_and_dogs(tmp_path):
    paths = [f"PetImages/{name}/{number}.jpg" for name in ("Cat", "Dog") for number in range(3)]
    layout = find_images(
        files(tmp_path, *paths, "PetImages/Cat/Thumbs.db", "readme[1].txt", "MSR-LA - 3467.docx", "__MACOSX/x/1.jpg")
    )
    assert layout.root == tmp_path / "PetImages"
    assert layout.class_names == ["Cat", "Dog"]
    assert len(layout.images) == 6
    assert layout.left_out == []


def test_kaggles_cats_and_dogs(tmp_path):
    train = [f"train/{name}.{number}.jpg" for name in ("cat", "dog") for number in range(3)]
    layout = find_images(files(tmp_path, *train, "test1/1.jpg", "test1/2.jpg", "sampleSubmission.csv"))
    assert labels(layout) == {path: path[6:9] for path in train}
    assert set(splits(layout).values()) == {""}
    assert [image.path for image in layout.unlabelled] == ["test1/1.jpg", "test1/2.jpg"]
    unlabelled, warning = layout.warnings
    assert "2 images in “test1” have no label" in unlabelled
    assert "read from the names of the files: cat.0.jpg gives “cat”" in warning


def test_a_single_folder_of_named_files(tmp_path):
    names = ["american_bulldog_1.jpg", "american_bulldog_2.jpg", "Abyssinian (1).jpg", "Abyssinian (2).jpg"]
    layout = find_images(files(tmp_path, *(f"images/{name}" for name in names)))
    assert layout.class_names == ["Abyssinian", "american_bulldog"]
    assert set(splits(layout).values()) == {""}


def test_aerial_scenes_beside_readme_files(tmp_path):
    paths = [f"UCMerced_LandUse/Images/{name}/{name}00.tif" for name in ("beach", "forest")]
    layout = find_images(files(tmp_path, *paths, "UCMerced_LandUse/readme.txt", "readme.md"))
    assert layout.class_names == ["beach", "forest"]
    assert layout.root == tmp_path / "UCMerced_LandUse" / "Images"


def test_the_cervix_competition(tmp_path):
    layout = find_images(
        files(
            tmp_path,
            *(f"train/Type_{number}/0.jpg" for number in (1, 2, 3, 10)),
            "additional_Type_1_v2/5.jpg",
            "additional_Type_2_v2/Type_2/6.jpg",
            "additional_Type_10/7.jpg",
            "additional/Type_3/8.jpg",
            "additional/unsorted/9.jpg",
            "test/0.jpg",
            "test_stg2/1.jpg",
        )
    )
    assert labels(layout) == {
        "train/Type_1/0.jpg": "Type_1",
        "train/Type_2/0.jpg": "Type_2",
        "train/Type_3/0.jpg": "Type_3",
        "train/Type_10/0.jpg": "Type_10",
        "additional_Type_1_v2/5.jpg": "Type_1",
        "additional_Type_2_v2/Type_2/6.jpg": "Type_2",
        "additional_Type_10/7.jpg": "Type_10",
        "additional/Type_3/8.jpg": "Type_3",
    }
    assert set(splits(layout).values()) == {""}
    assert layout.left_out == []
    assert [image.path for image in layout.unlabelled] == ["additional/unsorted/9.jpg", "test/0.jpg", "test_stg2/1.jpg"]
    assert (
        "The images in the folder additional_Type_1_v2 (1) are taken as more of the class “Type_1”." in layout.warnings
    )


# Labels in file names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_1.jpg", "IMG_2.jpg", "DSC_1.jpg", "DSC_2.jpg"),
        ("2021-03-01.jpg", "2021-03-02.jpg", "2022-03-01.jpg", "2022-03-02.jpg"),
        ("cat1.jpg", "cat2.jpg", "dog1.jpg", "dog2.jpg"),
        ("cat.1.jpg", "cat.2.jpg", "cat.3.jpg"),
        ("cat.1.jpg", "dog.1.jpg", "owl.1.jpg"),
        ("cat.1.jpg", "cat.2.jpg", "dog.1.jpg", "dog.2.jpg", "holiday.jpg"),
    ],
)
def test_names_that_hold_no_labels_for_certain_are_not_read(tmp_path, names):
    assert "no class folders" in refusal(files(tmp_path, *names))


def test_a_few_odd_names_are_left_out(tmp_path):
    named = [f"{name}.{number}.jpg" for name in ("cat", "dog") for number in range(20)]
    layout = find_images(files(tmp_path, *named, "contact sheet.jpg", "ctt.5.jpg"))
    assert len(layout.images) == 40
    assert [path for path, _ in layout.left_out] == ["contact sheet.jpg", "ctt.5.jpg"]
    assert "its name holds none" in layout.left_out[0][1]


def test_class_folders_go_before_names(tmp_path):
    layout = find_images(files(tmp_path, *(f"{place}/{n}.{i}.jpg" for place in "ab" for n in ("x", "y") for i in "12")))
    assert layout.class_names == ["a", "b"]


# Tables beside the images --------------------------------------------------------------------------------------------


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_table_labels_images_that_lie_in_no_class_folder(tmp_path):
    files(tmp_path, "train/0a.jpg", "train/0b.jpg", "train/0c.jpg", "test/0d.jpg")
    write(tmp_path / "labels.csv", "id,breed\n0a,pug\n0b,husky\n0c,pug\n0e,pug\n")
    write(tmp_path / "sample_submission.csv", "id,label\n0a,x\n0d,y\n")
    layout = find_images(tmp_path)
    assert layout.root == tmp_path
    assert labels(layout) == {"train/0a.jpg": "pug", "train/0b.jpg": "husky", "train/0c.jpg": "pug"}
    assert dict(layout.left_out) == {"0e": "is named in the table but does not exist"}
    assert [image.path for image in layout.unlabelled] == ["test/0d.jpg"]
    assert layout.labels_from == "the column “breed” of labels.csv"


def test_tables_for_the_parts_of_a_split(tmp_path):
    files(tmp_path, *(f"images/{number}.jpg" for number in range(5)))
    write(tmp_path / "train.csv", "file,label\n0.jpg,a\n1.jpg,b\n4.jpg,b\n")
    write(tmp_path / "test.csv", "file,label\n2.jpg,a\n3.jpg,b\n4.jpg,b\n")
    layout = find_images(tmp_path)
    parts = {"images/0.jpg": "train", "images/1.jpg": "train", "images/2.jpg": "test", "images/3.jpg": "test"}
    assert splits(layout) == parts
    assert layout.left_out == [("images/4.jpg", "is named in more than one table")]


def test_a_table_beside_numbered_volumes_of_images(tmp_path):
    files(tmp_path, "HAM_part_1/x1.jpg", "HAM_part_1/x2.jpg", "HAM_part_2/x3.jpg")
    write(tmp_path / "metadata.csv", "lesion_id,image_id,dx\nL1,x1,mel\nL1,x2,mel\nL2,x3,nv\n")
    layout = find_images(tmp_path)
    assert layout.class_names == ["mel", "nv"]
    assert [image.group for image in layout.images] == ["L1", "L1", "L2"]
    (tmp_path / "metadata.csv").unlink()
    with pytest.raises(Undecided, match="like the volumes that a large set comes in"):
        find_images(tmp_path)
    assert find_images(tmp_path, choices=Choices(labels_from="folders")).class_names == ["HAM_part_1", "HAM_part_2"]


def test_class_folders_name_what_a_table_divides_alike(tmp_path):
    files(tmp_path, "cats/1.jpg", "dogs/2.jpg")
    write(tmp_path / "labels.csv", "file,label\ncats/1.jpg,x\ndogs/2.jpg,y\n")
    assert find_images(tmp_path).class_names == ["cats", "dogs"]


def test_a_table_above_folders_that_only_wrap(tmp_path):
    files(tmp_path, "all/images/a/1.jpg", "all/images/2.jpg")
    write(tmp_path / "labels.csv", "path,label\nall/images/a/1.jpg,x\nall/images/2.jpg,y\n")
    layout = find_images(tmp_path)
    assert labels(layout) == {"all/images/2.jpg": "y", "all/images/a/1.jpg": "x"}
    assert (layout.root / "all/images/2.jpg").is_file()


def test_a_table_that_cannot_be_used_is_told_in_the_refusal(tmp_path):
    files(tmp_path, "1.jpg", "2.jpg")
    write(tmp_path / "labels.csv", "a,b\n1,2\n")
    message = refusal(tmp_path)
    assert "no class folders" in message
    assert "Its columns are “a” and “b”" in message


def test_a_table_beside_images_reaches_nothing_outside(tmp_path):
    files(tmp_path, "secret/3.jpg", "new/1.jpg", "new/2.jpg")
    write(tmp_path / "new" / "labels.csv", f"path,label\n1.jpg,a\n2.jpg,b\n../secret/3.jpg,c\n{tmp_path}/4.jpg,c\n")
    layout = find_images(tmp_path / "new")
    assert layout.class_names == ["a", "b"]
    assert {reason for _, reason in layout.left_out} == {"lies outside the folder and is not read"}


@pytest.mark.real
def test_the_real_folders_are_understood(real_images):
    aerial = find_images(real_images / "aerial_scenes")
    assert len(aerial.class_names) == 21
    assert len(aerial.images) == 21 * 30
    assert find_images(real_images / "cats_dogs").class_names == ["cats", "dogs"]
