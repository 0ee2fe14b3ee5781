"""Files of JSON, read entry by entry: what is taken from them, and what is said of damaged ones."""

import pytest

from core.datasets.sources.annotations import json_file
from core.datasets.sources.annotations.json_file import JsonFile, reading
from core.errors import UsageError


def written(folder, content):
    path = folder / "labels.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path):
    with pytest.raises(UsageError) as caught:
        JsonFile(path)
    return str(caught.value)


def test_a_list(tmp_path):
    file = JsonFile(written(tmp_path, ' [ 1 ,{"a": [2]}, "x", null ] \n'))
    assert list(file.entries()) == [1, {"a": [2]}, "x", None]
    assert file.holds_list
    assert file.sample == [1, {"a": [2]}, "x"], "the first entries are enough to tell what it is"


def test_an_object_whose_parts_are_read_alone(tmp_path):
    file = JsonFile(written(tmp_path, '{"names": ["a", "b"], "labels": {"x": 0, "y": 1}, "empty": [], "n": 3}'))
    assert file.value("names") == ["a", "b"]
    assert list(file.entries("names")) == ["a", "b"]
    assert list(file.pairs("labels")) == [("x", 0), ("y", 1)]
    assert [key for key, _ in file.pairs()] == ["names", "labels", "empty", "n"]
    assert file.value("none") is None
    assert list(file.entries("labels")) == list(file.entries("none")) == list(file.pairs("names")) == []


def test_the_sample_of_an_object_is_cut(tmp_path):
    pairs = ", ".join(f'"{index}": {index}' for index in range(500))
    sample = JsonFile(written(tmp_path, '{"list": [1, 2, 3, 4, 5], "map": {' + pairs + "}}")).sample
    assert sample["list"] == [1, 2, 3]
    assert len(sample["map"]) < 500


def test_json_lines_whatever_the_ending(tmp_path):
    file = JsonFile(written(tmp_path, '{"a": 1}\n\n{"a": 2}\r\n{"a": 3}\n{"a": 4}'))
    assert file.holds_list
    assert [entry["a"] for entry in file.entries()] == [1, 2, 3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(tmp_path, encoding):
    assert list(JsonFile(written(tmp_path, '["Käse"]'.encode(encoding))).entries()) == ["Käse"]


@pytest.mark.parametrize(
    "content", ["", " ", "{", "[1", "[1,]", '{"a"', '{"a":', '{"a":1', '{"a":1,}', "{a:1}", "[1 2]"]
)
def test_damaged_files_are_said_to_be(tmp_path, content):
    assert "labels.json is not JSON, or is damaged, from line 1 on" in refusal(written(tmp_path, content))


def test_damage_far_behind_is_found_before_anything_is_read(tmp_path):
    assert "from line 3 on" in refusal(written(tmp_path, '{"a": 1}\n{"a": 2}\n{"a": '))


def test_what_is_no_text(tmp_path):
    assert "labels.json is not text" in refusal(written(tmp_path, b'["\xff\xfe\xfa"]'))


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' * 100_000])
def test_deep_nesting(tmp_path, content):
    assert "nested too deeply" in refusal(written(tmp_path, content))


def test_endless_numbers(tmp_path):
    assert "number that is too long" in refusal(written(tmp_path, "[" + "9" * 10_000 + "]"))


def test_more_values_than_memory_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "MOST_VALUES", 100)
    assert "more than 100 values" in refusal(written(tmp_path, "[" + "{}," * 100 + "{}]"))


def test_errors_of_others_pass(tmp_path):
    with pytest.raises(KeyError), reading("labels.json"):
        raise KeyError
