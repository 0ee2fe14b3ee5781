"""What earlier builds wrote of a run in small files is read as its record, and taken into it before it goes on."""

import json

import pytest

from core.errors import WorkbenchError
from core.files import append_json, write_json
from core.jobs.written_settings import is_run, written_settings
from core.runs.lifecycle import can_extend
from core.runs.record import Run, list_runs
from core.runs.run_record import RunRecord, read_run_record
from core.runs.settings import read_settings

SETTINGS = read_settings({"dataset": "pets", "architecture": "small_cnn"}).to_dict()
PLAN = {"runtime": "openvino-float32", "family": "float32", "batch_size": 64, "chosen_by": "measurement", "trials": []}
READING = {"ranges": {"uint16": [0, 4095]}, "bands": {}}
FACTS = {"dataset_version": "abc", "device": "CPU", "epochs": 3, "best_epoch": 2, "loss": 0.5, "note": "Stopped."}
EARLIER = {
    "settings.json": SETTINGS,
    "reading.json": READING,
    "versions.json": {"keras": "3.0"},
    "computing.json": {"runtime": "tensorflow-float32", "batch_size": 8, "plan": PLAN},
    "extension.json": {"epochs": 5},
    "fixed.json": {"before": "another", "edits": ["e1"]},
    "status.json": {"state": "stopped", "facts": FACTS | {"test_accuracy": 0.75, "views_averaged": 2}},
}


@pytest.fixture
def earlier(workspace):
    """A run as the build before wrote it."""
    run = Run(workspace.runs / "20250101-120000-pets-small_cnn")
    for name, values in EARLIER.items():
        write_json(run.folder / name, values)
    for event in (
        {"time": 12.5, "kind": "stage", "name": "start", "classes": ["b", "a"], "entries": 4},
        {"time": 13.0, "kind": "judged", "epoch": 2},
    ):
        append_json(run.folder / "events.jsonl", event)
    return run


def test_all_that_was_told_is_the_record(workspace, earlier):
    assert earlier.record == RunRecord(
        settings=SETTINGS,
        began=12.5,
        dataset_version="abc",
        reading=READING,
        classes=("b", "a"),
        entries=4,
        versions={"keras": "3.0"},
        device="CPU",
        plan=PLAN,
        found_batch_size=8,
        extended_from=5,
        parent_run="another",
        edits_since_parent=("e1",),
        test_accuracy=0.75,
        views_averaged=2,
    )
    assert list_runs(workspace)[0].settings.to_dict() == SETTINGS
    assert [event["kind"] for event in earlier.events.read()] == ["stage", "evaluated"]
    assert not (earlier.folder / "run.json").exists(), "looking writes nothing"


def test_what_the_status_told_outlives_a_resume(earlier):
    before = earlier.record
    earlier.forget()
    assert earlier.record == before
    assert (earlier.folder / "run.json").exists()
    assert earlier.status().facts == {"epochs": 3, "best_epoch": 2, "loss": 0.5}
    (earlier.folder / "events.jsonl").unlink()
    for name in set(EARLIER) - {"status.json"}:
        (earlier.folder / name).unlink()
    assert Run(earlier.folder).record == before, "they are not needed any more"


def test_the_plan_of_features_was_told_by_the_status_alone(earlier):
    (earlier.folder / "computing.json").unlink()
    earlier.update(state="stopped")
    values = json.loads((earlier.folder / "status.json").read_text())
    write_json(earlier.folder / "status.json", values | {"facts": values["facts"] | {"plan": PLAN}})
    assert earlier.record.plan == PLAN
    assert earlier.record.found_batch_size is None


def test_one_that_diverged_does_not_go_on(earlier):
    write_json(earlier.folder / "status.json", {"state": "failed", "facts": FACTS | {"diverged": True}})
    assert earlier.record.diverged
    assert not can_extend(earlier)


@pytest.mark.parametrize("name", ["fixed.json", "extension.json", "computing.json"])
@pytest.mark.parametrize("content", [[], {}, {"before": 3, "edits": 7}])
def test_what_is_no_object_tells_nothing(earlier, name, content):
    write_json(earlier.folder / name, content)
    record = earlier.record
    assert record.settings == SETTINGS
    assert record.parent_run == ("" if name == "fixed.json" else "another")


def test_without_any_file_nothing_is_known(tmp_path):
    assert read_run_record(tmp_path) == RunRecord()
    assert not is_run(tmp_path)
    assert written_settings(tmp_path) is None


def test_what_asks_for_an_evaluation_is_known_by_its_earlier_names(earlier):
    write_json(earlier.folder / "judging.json", {"state": "failed", "error": "It was killed."})
    (earlier.folder / "judge").touch()
    assert earlier.ending == ("failed", "It was killed.")
    assert earlier.evaluation_requested
    earlier.forget()
    assert earlier.ending is None
    assert not earlier.evaluation_requested


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_a_damaged_record_is_said_and_earlier_files_do_not_stand_in_for_it(workspace, earlier, text):
    (earlier.folder / "run.json").write_text(text)
    with pytest.raises(WorkbenchError, match=r"run\.json"):
        assert earlier.record
    with pytest.raises(WorkbenchError, match=r"run\.json"):
        assert Run(earlier.folder).settings
    assert list_runs(workspace) == []
