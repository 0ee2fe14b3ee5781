"""Annotation files of every tool, sound, damaged and hostile: what is read, left out and refused."""

import csv
import io
import json
import random

import pytest

from core.datasets.sources.annotations.opening import NoAnnotations, open_annotations
from core.datasets.sources.tables.files import open_table
from core.datasets.sources.tables.reading import read_table
from core.errors import UsageError


def lines(entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def label_studio(named):
    def task(path, label):
        return {
            "data": {"image": path},
            "annotations": [{"result": [{"from_name": "l", "value": {"choices": [label]}}]}],
        }

    return json.dumps([task(*one) for one in named])


def json_min(named):
    return json.dumps([{"image": path, "label": label, "annotation_id": 1, "lead_time": 1.0} for path, label in named])


def datumaro(named):
    names = sorted({label for _, label in named})
    items = [
        {"id": path, "annotations": [{"type": "label", "label_id": names.index(label)}], "image": {"path": path}}
        for path, label in named
    ]
    return json.dumps({"categories": {"label": {"labels": [{"name": name} for name in names]}}, "items": items})


def fiftyone(named):
    # A key that comes twice can only be written by hand.
    return '{"classes": null, "labels": {' + ", ".join(f"{json.dumps(a)}: {json.dumps(b)}" for a, b in named) + "}}"


def fiftyone_samples(named):
    samples = [{"filepath": path, "ground_truth": {"_cls": "Classification", "label": label}} for path, label in named]
    return json.dumps({"samples": samples})


def stylegan(named):
    return json.dumps({"labels": [[path, label] for path, label in named]})


def ground_truth(named):
    kind = {"type": "groundtruth/image-classification"}
    return lines({"source-ref": path, "a": 0, "a-metadata": {"class-name": label, **kind}} for path, label in named)


def vertex(named):
    return lines({"imageGcsUri": path, "classificationAnnotation": {"displayName": label}} for path, label in named)


def coco(named):
    names = sorted({label for _, label in named})
    images = [{"id": index, "file_name": path} for index, (path, _) in enumerate(named)]
    annotations = [{"image_id": index, "category_id": names.index(label)} for index, (_, label) in enumerate(named)]
    categories = [{"id": index, "name": name} for index, name in enumerate(names)]
    return json.dumps({"images": images, "annotations": annotations, "categories": categories})


def vgg(named):
    entries = {str(index): (path, label) for index, (path, label) in enumerate(named)}
    return json.dumps(
        {key: {"filename": path, "file_attributes": {"l": label}} for key, (path, label) in entries.items()}
    )


def vgg_csv(named):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["filename", "file_size", "file_attributes", "region_count", "region_id", "region_shape_attributes"]
    )
    writer.writerows([path, 100, json.dumps({"l": label}), 0, 0, "{}"] for path, label in named)
    return text.getvalue()


def create_ml(named):
    return json.dumps([{"image": path, "annotations": [{"label": label}]} for path, label in named])


def records(named):
    return json.dumps([{"file": path, "label": label} for path, label in named])


def by_class(named):
    classes = sorted({label for _, label in named})
    return json.dumps({name: [path for path, label in named if label == name] for name in classes})


def cvat(named):
    images = "".join(f'<image id="0" name="{path}"><tag label="{label}"/></image>' for path, label in named)
    return f"<?xml version='1.0' encoding='utf-8'?><annotations><version>1.1</version>{images}</annotations>"


def text_list(named):
    return "".join(f"{path} {label}\n" for path, label in named)


WRITERS = {
    "label-studio.json": label_studio,
    "min.json": json_min,
    "datumaro.json": datumaro,
    "labels.json": fiftyone,
    "samples.json": fiftyone_samples,
    "dataset.json": stylegan,
    "output.manifest": ground_truth,
    "vertex.jsonl": vertex,
    "coco.json": coco,
    "via.json": vgg,
    "via.csv": vgg_csv,
    "createml.json": create_ml,
    "records.json": records,
    "classes.json": by_class,
    "annotations.xml": cvat,
    "list.txt": text_list,
}
FOUR = [("photos/1.jpg", "cat"), ("photos/2.jpg", "dog"), ("photos/3.jpg", "cat"), ("photos/4.jpg", "dog")]

every_tool = pytest.mark.parametrize("name", WRITERS)
every_json = pytest.mark.parametrize("name", [name for name in WRITERS if not name.endswith((".txt", ".xml", ".csv"))])


@pytest.fixture
def photos(tmp_path):
    """A folder ``brought`` with photos/1.jpg to 4.jpg, beside an image that must not be seen."""
    folder = tmp_path / "brought" / "photos"
    folder.mkdir(parents=True)
    for number in (1, 2, 3, 4):
        (folder / f"{number}.jpg").touch()
    (tmp_path / "secret.jpg").touch()
    return tmp_path / "brought"


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder, name, named):
    return read_table(written(folder, name, WRITERS[name](named)), inside=folder)


def labels(layout):
    return {image.path: image.label for image in layout.images}


# What is read --------------------------------------------------------------------------------------------------------


@every_tool
def test_paths_and_labels(photos, name):
    layout = read(photos, name, FOUR)
    assert labels(layout) == dict(FOUR)
    assert (layout.root, layout.left_out) == (photos, [])
    assert name in layout.labels_from


@every_tool
def test_names_that_are_hard_to_write(photos, name):
    for path in ("photos/ü ß.jpg", "photos/a b (1).jpg", "photos/日本.jpg"):
        (photos / path).touch()
    named = [("photos/ü ß.jpg", "Käse"), ("photos/a b (1).jpg", "sea lion"), ("photos/日本.jpg", "猫")]
    assert labels(read(photos, name, named)) == dict(named)


@every_json
def test_a_file_is_known_by_what_it_holds(photos, name):
    path = written(photos, "export.json", WRITERS[name](FOUR))
    assert labels(read_table(path, inside=photos)) == dict(FOUR)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"info": {"n": 2}, "data": [{"file": "1.jpg", "label": "cat"}, {"file": "2.jpg", "label": "dog"}]}, ["", ""]),
        ({"train": [{"file": "1.jpg", "label": "cat"}], "val": [{"file": "2.jpg", "label": "dog"}]}, ["train", "val"]),
    ],
)
def test_records_within_an_object(tmp_path, content, expected):
    table = open_annotations(written(tmp_path, "data.json", json.dumps(content)))
    rows = [dict(zip(table.names, row, strict=True)) for row in table.rows(range(len(table.names)))]
    assert [(row["path"], row["label"]) for row in rows] == [("1.jpg", "cat"), ("2.jpg", "dog")]
    assert [row.get("split", "") for row in rows] == expected


def test_two_lists_of_records_are_not_guessed_about(tmp_path):
    content = {"mine": [{"file": "1.jpg", "label": "cat"}], "theirs": [{"file": "1.jpg", "label": "dog"}]}
    with pytest.raises(NoAnnotations):
        open_annotations(written(tmp_path, "data.json", json.dumps(content)))


# What is left out ----------------------------------------------------------------------------------------------------


@every_tool
@pytest.mark.parametrize("path", ["../secret.jpg", "photos/../../secret.jpg", "/etc/../{}/secret.jpg"])
def test_paths_that_climb_out_are_left_out(photos, name, path):
    path = path.format(str(photos.parent).lstrip("/"))
    layout = read(photos, name, [*FOUR, (path, "cat")])
    assert labels(layout) == dict(FOUR)
    assert len(layout.left_out) == 1


@every_tool
def test_links_that_lead_out_are_left_out(photos, name):
    (photos / "link.jpg").symlink_to(photos.parent / "secret.jpg")
    layout = read(photos, name, [*FOUR, ("link.jpg", "cat")])
    assert labels(layout) == dict(FOUR)
    assert len(layout.left_out) == 1


@every_tool
def test_one_image_with_two_labels_is_left_out(photos, name):
    layout = read(photos, name, [*FOUR, ("photos/4.jpg", "cat")])
    assert "photos/4.jpg" not in labels(layout)
    assert len(layout.images) == 3


@every_tool
def test_one_image_named_twice_counts_once(photos, name):
    assert labels(read(photos, name, [*FOUR, FOUR[0]])) == dict(FOUR)


def test_two_files_for_one_name(photos):
    (photos / "photos" / "4.png").write_bytes(b"another picture")
    layout = read(photos, "labels.json", [(path.removesuffix(".jpg"), label) for path, label in FOUR])
    assert labels(layout) == dict(FOUR[:3])
    assert len(layout.left_out) == 1


@every_tool
def test_images_that_are_not_there(photos, name):
    with pytest.raises(UsageError, match=name):
        read(photos, name, [("elsewhere/a.jpg", "cat"), ("elsewhere/b.jpg", "dog")])


# What is damaged -----------------------------------------------------------------------------------------------------


@every_tool
def test_cut_off_anywhere(photos, name):
    """Words, or, where each line is for itself, fewer images; only the last word of plain text may be cut unnoticed."""
    content = WRITERS[name](FOUR).encode()
    for length in range(0, len(content), 7):
        path = written(photos, name, content[:length])
        try:
            layout = read_table(path, inside=photos)
        except UsageError as error:
            assert name in str(error)
        else:
            assert name.endswith((".txt", ".manifest", ".jsonl", ".csv"))
            whole = layout.images[:-1] if name.endswith(".txt") else layout.images
            assert {(image.path, image.label) for image in whole} <= set(FOUR)


@every_tool
def test_bytes_of_chance(photos, name):
    """Whatever a byte is changed to, what is said are words."""
    content, chance = WRITERS[name](FOUR).encode(), random.Random(7)
    for _ in range(150):
        changed = bytearray(content)
        for _ in range(chance.choice((1, 1, 5))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path = written(photos, name, bytes(changed))
        try:
            read_table(path, inside=photos)
        except UsageError as error:
            assert str(error).encode()


@every_json
def test_values_of_another_kind(photos, name):
    """Whatever stands where a text or a list was expected, what is said are words."""
    content = WRITERS[name](FOUR)
    for value in ("null", "true", "-1", "1e999", "[]", "{}", '[[{"a": []}]]', '"\\ud800"', '"a\\u0000b"', '"\\u001f"'):
        for old in ('"cat"', '"photos/2.jpg"'):
            if '"photos/2.jpg":' in content and old != '"cat"':
                continue  # a key, which can only be text
            path = written(photos, name, content.replace(old, value))
            try:
                read_table(path, inside=photos)
            except UsageError as error:
                assert str(error).encode()


@pytest.mark.parametrize("ending", [".json", ".jsonl", ".manifest", ".txt", ".xml"])
@pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"\xff\xd8\xff\xe0" * 100, b"PK\x03\x04" + b"\0" * 100])
def test_what_is_something_else(photos, ending, content):
    with pytest.raises(UsageError, match=f"export{ending}"):
        open_table(written(photos, f"export{ending}", content))


# What is known, and is not for classes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"image_id": 1, "bbox": [1, 1, 5, 5]}]}, "COCO"),
        ({"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"caption": "a cat"}]}, "captions"),
        ({"labels": {"1": [{"label": "cat", "bounding_box": [0, 0, 1, 1]}]}}, "FiftyOneImageDetectionDataset"),
        ({"samples": [{"filepath": "1.jpg", "ground_truth": {"_cls": "Detections"}}]}, "FiftyOne with Detections"),
        (
            {"items": [{"id": "1", "annotations": [{"type": "bbox"}]}], "categories": {}},
            "Datumaro with annotations of type",
        ),
        ([{"source-ref": "s3://b/1.jpg", "a-metadata": {"type": "groundtruth/object-detection"}}], "object-detection"),
        ([{"imageGcsUri": "gs://b/1.jpg", "boundingBoxAnnotations": [{}]}], "Vertex AI for object detection"),
        ({"1.jpg1": {"filename": "1.jpg", "file_attributes": {}, "regions": [{}]}}, "VGG Image Annotator with regions"),
        ({"version": "5", "shapes": [], "imagePath": "1.jpg", "flags": {}}, "labelme"),
        ({"assets": {}, "tags": []}, "VoTT"),
        ([{"data_row": {"id": "1"}, "projects": {}}], "Labelbox"),
        ({"labels": [["1.jpg", [0.1, 0.2]]]}, "vectors of numbers"),
    ],
)
def test_other_tools_are_named(tmp_path, content, words):
    with pytest.raises(UsageError, match=words) as caught:
        open_annotations(written(tmp_path, "export.json", json.dumps(content)))
    assert not isinstance(caught.value, NoAnnotations)


def test_categories_of_whole_images_beside_boxes(tmp_path):
    annotations = [{"image_id": 1, "category_id": 1}, {"image_id": 1, "category_id": 2, "bbox": [0, 0, 1, 1]}]
    content = {
        "images": [{"id": 1, "file_name": "1.jpg"}, {"id": 2, "file_name": "2.jpg"}],
        "annotations": [*annotations, {"image_id": 2, "category_id": 2, "bbox": []}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
    }
    table = open_annotations(written(tmp_path, "coco.json", json.dumps(content)))
    assert list(table.rows([0, 1])) == [["1.jpg", "cat"], ["2.jpg", "dog"]]
    assert table.warnings == ["1 annotations of coco.json are boxes or outlines, and were not used."]
    content["annotations"] = [{"image_id": 1, "category_id": 9}]
    with pytest.raises(UsageError, match="names the category 9, which is not among"):
        open_annotations(written(tmp_path, "coco.json", json.dumps(content)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("settings.json", {"size": 3, "name": "x"}),
        ("package.json", {"name": "x", "version": "1", "dependencies": {"a": "1"}}),
        ("list.json", [1, 2, 3]),
        ("text.json", "text"),
        ("empty.json", {}),
        ("none.json", []),
        ("dataset_infos.json", {"default": {"features": {"image": {"_type": "Image"}}}}),
    ],
)
def test_what_says_nothing_of_images(tmp_path, name, content):
    with pytest.raises(NoAnnotations, match=name):
        open_annotations(written(tmp_path, name, json.dumps(content)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("splits.json", '{"train": ["1.jpg", "2.jpg"], "test": ["3.jpg"]}'),
        ("splits.json", '{"1.jpg": "train", "2.jpg": "val"}'),
        ("splits.json", '[{"file": "1.jpg", "subset": "train"}, {"file": "2.jpg", "subset": "test"}]'),
        ("splits.txt", "1.jpg train\n2.jpg test\n"),
    ],
)
def test_parts_of_a_split_are_no_classes(photos, name, content):
    with pytest.raises(UsageError, match="says which part of a split each image belongs to, and gives no labels"):
        open_annotations(written(photos, name, content))


@pytest.mark.parametrize("content", [{"1.jpg": 0.93, "2.jpg": 0.5}, {"1.jpg": 0.93, "2.jpg": 1.0}])
def test_scores_are_no_classes(photos, content):
    with pytest.raises(NoAnnotations):
        open_annotations(written(photos, "scores.json", json.dumps(content)))
    table = open_annotations(written(photos, "scores.json", json.dumps([{"file": "1.jpg", "score": 0.93}])))
    assert "label" not in table.columns, "what the field holds decides"


@pytest.mark.parametrize("content", ["<html><body/></html>", "<annotationsets/>", "no markup"])
def test_other_markup_says_nothing_of_images(tmp_path, content):
    with pytest.raises(NoAnnotations):
        open_annotations(written(tmp_path, "page.xml", content))


def test_pascal_voc_is_named(tmp_path):
    with pytest.raises(UsageError, match="Pascal VOC"):
        open_annotations(written(tmp_path, "1.xml", "<annotation><object><bndbox/></object></annotation>"))


def test_entities_are_not_expanded(tmp_path):
    many = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "ha">{many}]><annotations><image name="&e12;"/></annotations>'
    with pytest.raises(UsageError, match="defines entities"):
        open_annotations(written(tmp_path, "annotations.xml", bomb))
    (tmp_path / "secret").write_text("the secret")
    outside = (
        f'<!DOCTYPE a [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><annotations><image name="&e;"/></annotations>'
    )
    with pytest.raises(UsageError, match="defines entities"):
        open_annotations(written(tmp_path, "annotations.xml", outside))


# Tables that are saved as text ---------------------------------------------------------------------------------------


def test_a_table_in_txt_is_a_table(photos):
    path = written(photos, "labels.txt", "image,label,split\nphotos/1.jpg,cat,train\nphotos/2.jpg,dog,test\n")
    layout = read_table(path, inside=photos)
    assert {image.path: (image.label, image.split) for image in layout.images} == {
        "photos/1.jpg": ("cat", "train"),
        "photos/2.jpg": ("dog", "test"),
    }


def test_notes_in_txt_are_no_table(photos):
    with pytest.raises(NoAnnotations):
        open_table(written(photos, "README.txt", "Photographs, of cats\nand of dogs, all mine\n"))
