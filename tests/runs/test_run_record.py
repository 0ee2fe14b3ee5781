"""What is true of a run for good, apart from how far it is."""

import json
import threading

import pytest

from core.runs.record import Run, create_run
from core.runs.run_record import RunRecord, read_run_record, update_run_record
from core.runs.settings import read_settings


@pytest.fixture
def run(workspace):
    return create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))


def test_facts_that_last_are_in_the_record_and_others_in_the_status(run):
    run.update(state="running", facts={"dataset_version": "abc", "plan": {"runtime": "x"}, "epochs": 2})
    assert (run.record.dataset_version, run.record.plan) == ("abc", {"runtime": "x"})
    status = json.loads((run.folder / "status.json").read_text())
    assert (status["state"], status["facts"]) == ("running", {"epochs": 2})
    assert json.loads((run.folder / "run.json").read_text())["settings"] == run.settings.to_dict()


def test_telling_what_lasts_says_nothing_of_how_far_it_is(run):
    assert run.update(facts={"device": "CPU"}).state == "new"
    assert not (run.folder / "status.json").exists()


def test_what_lasts_outlives_a_new_attempt_and_what_was_of_the_last_one_does_not(run):
    facts = {
        "test_accuracy": 0.5,
        "diverged": False,
        "parent_run": "x",
        "epochs": 7,
        "batch_size": 4,
        "note": "Stopped.",
    }
    run.update(state="stopped", stage="Training", done=7, error="It was stopped.", started=1.0, facts=facts)
    record = run.record
    run.forget()
    assert run.record == record
    status = run.written_status()
    assert (status.state, status.stage, status.done, status.error, status.started) == ("new", "", 0, "", None)
    assert status.facts == {"epochs": 7}, "how far it had come"


def test_it_comes_back_as_it_was_written(run):
    written = RunRecord(
        settings=run.settings.to_dict(),
        classes=("a", "b"),
        entries=3,
        edits_since_parent=("e1", "e2"),
        views={"alone": 1},
    )
    update_run_record(run.folder, **{name: getattr(written, name) for name in written.__dataclass_fields__})
    assert read_run_record(run.folder) == written


def test_what_a_later_build_writes_besides_is_passed_over(run):
    values = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps(values | {"of_tomorrow": 1}))
    assert Run(run.folder).settings == run.settings


def test_of_two_that_write_at_once_neither_undoes_the_other(run):
    def write(name):
        for number in range(1, 31):
            update_run_record(run.folder, **{name: number})

    writers = [threading.Thread(target=write, args=[name]) for name in ("found_batch_size", "entries")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (run.record.found_batch_size, run.record.entries) == (30, 30)
