"""Labels in files beside images: what is read, what is none, and what is never opened."""

import json
import os

import pytest

from core.datasets.sources.annotations.sidecars import find_sidecars
from core.datasets.sources.choices import Undecided
from core.errors import UsageError


def made(folder, files):
    """Files of these contents, and the paths of those that are images."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return [name for name in files if name.endswith(".jpg")]


def labels(layout):
    return {image.path: image.label for image in layout.images}


def images(*labels, ending=".cls", folder=""):
    """Images, each with a file of its label beside it."""
    pairs = [(f"{folder}{index}.jpg", f"{folder}{index}{ending}", label) for index, label in enumerate(labels)]
    return {name: content for image, sidecar, label in pairs for name, content in ((image, ""), (sidecar, label))}


def test_labels_and_images_without(tmp_path):
    paths = made(tmp_path, images("cat\n", " sea  lion ", "cat", "sea lion") | {"9.jpg": ""})
    layout = find_sidecars(tmp_path, paths)
    assert labels(layout) == {"0.jpg": "cat", "1.jpg": "sea lion", "2.jpg": "cat", "3.jpg": "sea lion"}
    assert [image.path for image in layout.unlabelled] == ["9.jpg"]
    assert (layout.labels_from, layout.split_from) == ("the .cls files of the images", "")


def test_numbers_are_named_by_a_list_in_the_folder(tmp_path):
    paths = made(tmp_path, images("0", "1", "0", "1") | {"classes.txt": "cat\ndog\n"})
    assert set(labels(find_sidecars(tmp_path, paths)).values()) == {"cat", "dog"}


def test_folders_of_a_split(tmp_path):
    paths = made(tmp_path, images("cat", "dog", folder="train/") | images("cat", "dog", folder="val/"))
    layout = find_sidecars(tmp_path, paths)
    assert [image.split for image in layout.images] == ["train", "train", "validation", "validation"]
    assert layout.split_from == "the folders train, val"


@pytest.mark.parametrize(
    ("content", "label"),
    [
        ({"label": "cat"}, "cat"),
        ({"label": 3, "label_name": "cat"}, "cat"),
        ({"class": {"name": "cat"}}, "cat"),
        ({"version": "5", "flags": {"cat": True, "dog": False}, "shapes": []}, "cat"),
        ({"item": {"name": "0.jpg"}, "annotations": [{"name": "cat", "tag": {}}]}, "cat"),
        ({"tags": [{"name": "cat", "value": None}], "objects": []}, "cat"),
        ({"tags": [{"name": "species", "value": "cat"}], "objects": []}, "cat"),
        ({"caption": "a cat", "url": "https://host"}, None),
        ({"label": None}, None),
        ([], None),
        ("cat", None),
    ],
)
def test_labels_in_json(tmp_path, content, label):
    others = {f"{index}.json": {"label": name} for index, name in ((2, "dog"), (3, "dog"), (4, "cat"), (5, "cat"))}
    pictures = {f"{index}.jpg": "" for index in (0, 2, 3, 4, 5)}
    layout = find_sidecars(tmp_path, made(tmp_path, {"0.json": json.dumps(content), **others, **pictures}))
    assert labels(layout).get("0.jpg") == label
    assert [image.path for image in layout.unlabelled] == ([] if label else ["0.jpg"])


def test_several_labels_are_asked_about(tmp_path):
    several = {"flags": {"cat": True, "dog": True}, "shapes": []}
    files = images(*({"label": name} for name in ("cat", "dog", "cat", "dog")), ending=".json")
    paths = made(tmp_path, files | {"9.jpg": "", "9.json": several})
    with pytest.raises(
        Undecided, match=r"1 of the 5 images have several in their \.json files: 9\.jpg has “cat” and"
    ) as asked:
        find_sidecars(tmp_path, paths)
    (option,) = asked.value.options
    layout = find_sidecars(tmp_path, paths, option.choices)
    assert layout.left_out == [("9.jpg", "has several labels, “cat” and “dog”: one an image is what can be learned")]
    assert len(layout.images) == 4


def test_one_damaged_file_leaves_out_one_image(tmp_path):
    files = images(*({"label": name} for name in ("cat", "dog", "cat", "dog")), ending=".json")
    layout = find_sidecars(tmp_path, made(tmp_path, files | {"9.jpg": "", "9.json": "{"}))
    assert len(layout.images) == 4
    ((path, reason),) = layout.left_out
    assert path == "9.jpg"
    assert "9.json is not JSON, or is damaged" in reason


def test_flags_count_where_other_images_have_shapes(tmp_path):
    shapes = {"shapes": [{"label": "wing"}], "flags": {}}
    files = images(*({"flags": {name: True}, "shapes": []} for name in ("cat", "dog", "cat", "dog")), ending=".json")
    layout = find_sidecars(tmp_path, made(tmp_path, {"9.jpg": "", "9.json": shapes} | files))
    assert [image.path for image in layout.unlabelled] == ["9.jpg"]


@pytest.mark.parametrize(
    "files",
    [
        {"0.jpg": "", "1.jpg": ""},
        images("cat", "cat", "cat"),
        images("a cat on a mat", "two dogs", "three owls", "a horse", ending=".txt"),
        images("", "", ending=".txt"),
        images("<html></html>", "<html></html>", ending=".xml"),
    ],
)
def test_no_labels(tmp_path, files):
    assert find_sidecars(tmp_path, made(tmp_path, files)) is None


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (images("0 0.5 0.5 0.1 0.1\n1 0.2 0.2 0.1 0.1", ending=".txt"), "0.txt is a file of YOLO"),
        (images("2 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2", ending=".txt"), "YOLO"),
        (images("<annotation><object><bndbox/></object></annotation>", ending=".xml"), "0.xml is a file of Pascal VOC"),
        (images({"shapes": [{"label": "cat"}], "flags": {}}, ending=".json"), "0.json is a file of labelme"),
        (images({"item": {}, "annotations": [{"name": "cat", "bounding_box": {}}]}, ending=".json"), "V7 Darwin"),
        (images({"tags": [], "objects": [{"classTitle": "cat"}]}, ending=".json"), "Supervisely"),
        (images("{", ending=".json"), "0.json is not JSON, or is damaged"),
    ],
)
def test_what_is_refused(tmp_path, files, words):
    with pytest.raises(UsageError) as caught:
        find_sidecars(tmp_path, made(tmp_path, files))
    assert words in str(caught.value)


def test_labels_that_are_no_names(tmp_path):
    layout = find_sidecars(tmp_path, made(tmp_path, images("cat", "dog", "cat", "dog", "a\x07b", "a\x07b")))
    assert [reason for _, reason in layout.left_out] == ["has a label that is no name"] * 2
    long = find_sidecars(tmp_path, made(tmp_path, images("cat", "dog", "cat", "dog", "x" * 300, "x" * 300)))
    assert [reason for _, reason in long.left_out] == ["has a label that is no name"] * 2


def test_links_that_lead_out_are_not_opened(tmp_path):
    (tmp_path / "secret").write_text("the secret")
    paths = made(tmp_path / "brought", images("cat", "dog", "cat", "dog") | {"9.jpg": "", "8.jpg": ""})
    (tmp_path / "brought" / "9.cls").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "brought" / "8.cls")  # which would never end
    layout = find_sidecars(tmp_path / "brought", paths)
    assert [image.path for image in layout.unlabelled] == ["9.jpg", "8.jpg"]


def test_a_file_of_any_size(tmp_path):
    paths = made(tmp_path, images("cat", "dog", "cat", "dog") | {"9.jpg": ""})
    with (tmp_path / "9.cls").open("wb") as file:
        file.truncate(2**31)
    assert [image.path for image in find_sidecars(tmp_path, paths).unlabelled] == ["9.jpg"]
