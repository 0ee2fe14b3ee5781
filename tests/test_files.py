"""Files are written whole or not at all, and what cannot be read is said in words."""

import subprocess
import sys

import pytest

from core.errors import WorkbenchError, in_words
from core.files import append_json, read_json, read_json_lines, replacing, write_json
from core.installation import PROJECT


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_json_comes_back_as_it_was(tmp_path):
    value = {"title": "Katze 🐈 “x”", "list": [1, 2.5, None, True], "שלום": {}}
    write_json(tmp_path / "new" / "folder" / "a.json", value)
    assert read_json(tmp_path / "new" / "folder" / "a.json") == value
    assert names(tmp_path / "new" / "folder") == ["a.json"], "no temporary file may stay"


def test_no_file_is_no_value(tmp_path):
    assert read_json(tmp_path / "missing.json") is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1', b"\xff\xfe", b"not json"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "status.json"
    path.write_bytes(content)
    with pytest.raises(WorkbenchError, match=r"status\.json cannot be read as JSON .* Restore or delete it"):
        read_json(path)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, "old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert read_json(path) == "old"
    assert names(tmp_path) == ["a.json"]


def test_what_is_no_json_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, "old")
    with pytest.raises(TypeError):
        write_json(path, object())
    assert read_json(path) == "old"
    assert names(tmp_path) == ["a.json"]


def test_the_temporary_name_ends_as_asked(tmp_path):
    # Keras refuses to save weights under a name that ends in anything else.
    with replacing(tmp_path / "best.weights.h5", ".weights.h5") as temporary:
        assert temporary.name.endswith(".weights.h5")
        assert temporary.parent == tmp_path, "a rename is whole only within one disk"
        temporary.write_text("weights")
    assert (tmp_path / "best.weights.h5").read_text() == "weights"


def test_a_file_may_be_read_by_whom_any_new_file_may(tmp_path):
    (tmp_path / "usual").touch()
    with replacing(tmp_path / "table.csv") as temporary:
        temporary.write_text("file,answer")
    assert (tmp_path / "table.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, "old")
    program = (
        "import os, pathlib, sys; from core.files import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('half'); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], cwd=PROJECT).returncode == 9
    assert read_json(path) == "old"


# Lines of JSON -------------------------------------------------------------------------------------------------------


def test_lines_come_back_in_order_and_as_they_were(tmp_path):
    values = [{"a": "Katze 🐈\nzweite Zeile", "b": [1, None]}, "שלום", 3]
    for value in values:
        append_json(tmp_path / "new" / "log.jsonl", value)
    assert read_json_lines(tmp_path / "new" / "log.jsonl") == values
    assert len((tmp_path / "new" / "log.jsonl").read_bytes().splitlines()) == 3


def test_no_file_of_lines_holds_no_values(tmp_path):
    assert read_json_lines(tmp_path / "missing.jsonl") == []


@pytest.mark.parametrize("torn", [b'{"half": ', b'"caf\xc3', b"\0\0\0"])
def test_a_torn_last_line_spoils_nothing_but_itself(tmp_path, torn):
    path = tmp_path / "log.jsonl"
    append_json(path, "before")
    path.write_bytes(path.read_bytes() + torn)
    assert read_json_lines(path) == ["before"]
    append_json(path, "after")
    assert read_json_lines(path) == ["before", "after"]


def test_what_is_no_json_is_not_appended(tmp_path):
    path = tmp_path / "log.jsonl"
    append_json(path, "before")
    with pytest.raises(TypeError):
        append_json(path, object())
    assert read_json_lines(path) == ["before"]


def test_processes_that_append_at_once_lose_nothing(tmp_path):
    path = tmp_path / "log.jsonl"
    program = (
        "import pathlib, sys; from core.files import append_json\n"
        "for number in range(200): append_json(pathlib.Path(sys.argv[1]), [sys.argv[2] * 50, number])"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program, str(path), name], cwd=PROJECT) for name in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    values = read_json_lines(path)
    for name in "ab":
        assert [number for text, number in values if text == name * 50] == list(range(200))


def test_what_the_disk_refuses_names_the_file_that_was_meant(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(OSError) as refused, replacing(tmp_path / "there"):
        pass
    assert in_words(refused.value) == f"{tmp_path / 'there'}: Is a directory."
