"""Annotated images as a table: its columns, and where the images are looked for."""

import pytest

from core.datasets.sources.annotations import annotated
from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_path, as_text, named, texts
from core.errors import UsageError


def rows(table):
    return list(table.rows(range(len(table.names))))


def touched(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_one_field_of_labels_is_the_label(tmp_path):
    table = AnnotatedImages(tmp_path / "a.json", [Annotated("1.jpg", {}), Annotated("2.jpg", {"kind": ["cat", "dog"]})])
    assert table.names == ["path", "kind"]
    assert table.columns == {"path": "path", "label": "kind"}
    assert rows(table) == [["1.jpg", ""], ["2.jpg", "cat\x1fdog"]], "what comes late is empty before"


def test_which_of_several_fields_is_the_label_is_left_open(tmp_path):
    images = [Annotated("1.jpg", {"kind": ["cat"]}), Annotated("2.jpg", {"colour": ["red"]}, "train")]
    table = AnnotatedImages(tmp_path / "a.json", images)
    assert table.names == ["path", "split", "kind", "colour"]
    assert table.columns == {"path": "path", "split": "split"}
    assert rows(table) == [["1.jpg", "", "cat", ""], ["2.jpg", "train", "", "red"]]
    assert AnnotatedImages(tmp_path / "a.json", images, "kind").columns["label"] == "kind"


def test_fields_that_are_named_as_columns_are(tmp_path):
    table = AnnotatedImages(tmp_path / "a.json", [Annotated("1.jpg", {"path": ["gravel"], "split": ["oak"]}, "test")])
    assert table.names == ["path", "split", "path (label)", "split (label)"]
    assert rows(table) == [["1.jpg", "test", "gravel", "oak"]]


def test_fields_without_a_name(tmp_path):
    table = AnnotatedImages(tmp_path / "a.json", [Annotated("1.jpg", {"": ["cat"]})])
    assert table.columns == {"path": "path", "label": "no name"}
    fields = {"path": ["a"], "path (label)": ["b"], "": ["c"], "no name": ["d"]}
    names = AnnotatedImages(tmp_path / "a.json", [Annotated("1.jpg", fields)]).names
    assert len(set(names)) == 5


@pytest.mark.parametrize(
    ("annotations", "image", "found"),
    [
        ("a.json", "1.jpg", "1.jpg"),
        ("a.json", "images/1.jpg", "images/1.jpg"),
        ("a.json", "data/1.jpg", "data/1.jpg"),
        ("train.json", "images/train/1.jpg", "images/train/1.jpg"),
        ("annotations/a.json", "1.jpg", "../1.jpg"),
        ("annotations/train.json", "images/train/1.jpg", "../images/train/1.jpg"),
        ("annotations/instances_val2017.json", "val2017/1.jpg", "../val2017/1.jpg"),
        ("other/a.json", "images/1.jpg", "1.jpg"),
    ],
)
def test_where_images_lie(tmp_path, annotations, image, found):
    touched(tmp_path / image)
    table = AnnotatedImages(touched(tmp_path / annotations), [Annotated("1.jpg", {"label": ["cat"]})])
    assert rows(table) == [[found, "cat"]]


@pytest.mark.parametrize("name", ["../1.jpg", "/1.jpg", "gs://b/1.jpg", "a\0.jpg", "", "x" * 5000])
def test_names_that_lead_elsewhere_move_nothing(tmp_path, name):
    (tmp_path / "images").mkdir()
    touched(tmp_path / "1.jpg")
    assert rows(AnnotatedImages(tmp_path / "a.json", [Annotated(name, {"label": ["cat"]})])) == [[name, "cat"]]


def test_no_images_no_labels_and_too_many(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"a\.json names no images"):
        AnnotatedImages(tmp_path / "a.json", [])
    with pytest.raises(UsageError, match=r"a\.json names 2 images but gives none of them a label"):
        AnnotatedImages(tmp_path / "a.json", [Annotated("1.jpg", {}, "train"), Annotated("2.jpg", {"label": []})])
    monkeypatch.setattr(annotated, "MOST_IMAGES", 100)
    with pytest.raises(UsageError, match="more than 100 images"):
        AnnotatedImages(tmp_path / "a.json", (Annotated(f"{index}", {"a": ["b"]}) for index in range(10**9)))
    with pytest.raises(UsageError, match="more than 100 fields"):
        AnnotatedImages(tmp_path / "a.json", [Annotated("1.jpg", {str(index): ["b"] for index in range(101)})])


def test_labels_as_tools_write_them():
    assert texts(["cat", {"name": "dog"}, "cat", 3, 3.0, 2.5, True]) == ["cat", "dog", "3", "2.5", "true"]
    assert texts(None) == texts([]) == texts({}) == texts({"other": "cat"}) == texts(" ") == []
    assert as_text("a\x1fb") == "a b", "what stands between labels is in none"
    assert as_text("half a letter: \ud800") == "half a letter: ?"


def test_numbers_of_classes():
    assert named([1, 0, 1], ["cat", "dog"], "a.json") == ["dog", "cat"]
    assert named("cat", ["cat"], "a.json") == ["cat"]
    assert named(7, [], "a.json") == ["7"]
    for number in (2, -1):
        with pytest.raises(UsageError, match=f"names class {number}, but lists only 2 classes"):
            named(number, ["cat", "dog"], "a.json")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("photos/1.jpg", "photos/1.jpg"),
        ("/data/upload/3/1a2b3c4d-1.jpg", "/data/upload/3/1a2b3c4d-1.jpg"),
        ("/data/local-files/?d=a%20b/1.jpg", "a b/1.jpg"),
        ("s3://bucket/a/1.jpg", "s3://bucket/a/1.jpg"),
        ("https://host/a%20b/1.jpg?X-Amz-Expires=60#x", "https://host/a b/1.jpg"),
        ("http://[broken/1.jpg", "http://[broken/1.jpg"),
    ],
)
def test_addresses(address, path):
    assert as_path(address) == path
