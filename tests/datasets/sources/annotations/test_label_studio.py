"""Label Studio's exports: whose answers count, and which don't."""

import json

import pytest

from core.datasets.sources.annotations.opening import open_annotations
from core.errors import UsageError


def annotation(*labels, name="choice", **more):
    result = [{"value": {"choices": list(labels)}, "from_name": name, "to_name": "image", "type": "choices"}]
    return {"result": result if labels else [], "was_cancelled": False, "ground_truth": False} | more


def task(index, *annotations, **more):
    return {"id": index, "data": {"image": f"/data/upload/1/{index}.jpg"}, "annotations": list(annotations)} | more


def opened(folder, tasks):
    path = folder / "project.json"
    path.write_text(json.dumps(tasks))
    return open_annotations(path)


def labels(table):
    return [row[1].split("\x1f") if row[1] else [] for row in table.rows(range(len(table.names)))]


def test_cancelled_annotations_and_predictions_are_no_labels(tmp_path):
    predicted = {"predictions": [annotation("dog")]}
    tasks = [task(1, annotation("cat")), task(2, annotation("dog", was_cancelled=True)), task(3, **predicted), task(4)]
    table = opened(tmp_path, tasks)
    assert labels(table) == [["cat"], [], [], []]
    assert table.warnings == ["1 images of project.json have a model's predictions only, which are no labels."]


def test_annotators_who_agree_and_who_do_not(tmp_path):
    tasks = [
        task(1, annotation("cat"), annotation("cat")),
        task(2, annotation("cat"), annotation("dog")),
        task(3, annotation("cat"), annotation("dog", ground_truth=True)),
        task(4, annotation("cat"), annotation()),
        task(5, annotation("cat", "dog"), annotation("dog", "cat")),
    ]
    table = opened(tmp_path, tasks)
    assert labels(table) == [["cat"], ["cat", "dog"], ["dog"], ["cat"], ["cat", "dog"]]
    assert len(table.warnings) == 1
    assert "disagree on 1 images" in table.warnings[0]


def test_two_questions_are_two_columns(tmp_path):
    tasks = [task(1, annotation("cat"), annotation("good", name="quality")), task(2, annotation("dog"))]
    table = opened(tmp_path, tasks)
    assert table.names == ["path", "choice", "quality"]
    assert "label" not in table.columns, "which is to be learned only a person can tell"


def test_choices_of_regions_are_not_those_of_the_image(tmp_path):
    region = annotation("wing")
    region["result"][0]["value"] |= {"x": 1, "y": 1, "width": 5, "height": 5}
    assert labels(opened(tmp_path, [task(1, region), task(2, annotation("cat"))])) == [[], ["cat"]]


def test_completions_of_earlier_versions(tmp_path):
    old = {"data": {"img": "a.jpg", "number": 3}, "completions": [annotation("cat")]}
    assert list(opened(tmp_path, [old]).rows([0, 1])) == [["a.jpg", "cat"]]


def test_the_image_among_a_tasks_data(tmp_path):
    first = task(1, annotation("cat")) | {"data": {"page": "https://host/x", "photo": "s3://bucket/1.jpg?versionId=2"}}
    second = task(2, annotation("dog")) | {"data": {"text": "no image"}}
    assert list(opened(tmp_path, [first, second]).rows([0])) == [["s3://bucket/1.jpg"]]


def test_boxes_are_no_classes(tmp_path):
    box = annotation("cat")
    box["result"][0] |= {"type": "rectanglelabels", "value": {"x": 1, "y": 1, "rectanglelabels": ["cat"]}}
    with pytest.raises(UsageError, match="Label Studio with rectanglelabels and no choices"):
        opened(tmp_path, [task(1, box)])


def test_json_min_with_further_data(tmp_path):
    flat = {"image": "/data/upload/1/1.jpg", "patient": "A7", "choice": "cat", "annotator": 1, "annotation_id": 4}
    table = opened(tmp_path, [flat | {"lead_time": 2.0, "id": 1, "created_at": "2026", "updated_at": "2026"}])
    assert table.names == ["path", "patient", "choice"]
    assert list(table.rows([0, 1, 2])) == [["/data/upload/1/1.jpg", "A7", "cat"]]
