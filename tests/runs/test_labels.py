"""Names, notes and stars of runs."""

import pytest

from core.errors import UsageError
from core.runs.labels import LONGEST_NAME, LONGEST_NOTES, Labels, read_labels, write_labels
from core.runs.record import create_run, find_run
from core.runs.settings import read_settings


@pytest.fixture
def run(workspace):
    return create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))


def test_labels_are_kept_one_by_one(workspace, run):
    assert read_labels(run) == Labels()
    write_labels(run, name="  first\n <b>try</b> ")
    write_labels(run, star=True)
    write_labels(run, notes="line\nline\n")
    assert read_labels(find_run(workspace, run.id)) == Labels("first <b>try</b>", "line\nline", True)
    assert write_labels(run, name="", star=False) == Labels("", "line\nline", False)


@pytest.mark.parametrize(("name", "longest"), [("name", LONGEST_NAME), ("notes", LONGEST_NOTES)])
def test_labels_have_bounds(run, name, longest):
    write_labels(run, **{name: "x" * longest})
    with pytest.raises(UsageError, match=f"{name} may have up to"):
        write_labels(run, **{name: "x" * (longest + 1)})
    assert getattr(read_labels(run), name) == "x" * longest


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"name": null}', '{"name": "%s"}' % ("x" * 9999)])
def test_damaged_labels_hide_no_run(run, text):
    (run.folder / "labels.json").write_text(text)
    assert read_labels(run).star is False
    assert len(read_labels(run).name) <= LONGEST_NAME
