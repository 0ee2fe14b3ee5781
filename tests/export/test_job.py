"""An export as a job: one at a time, kept until the run changes, and no half file whatever happens."""

import errno
import os
import time

import numpy as np
import pytest
from filelock import FileLock

from core.errors import UsageError, WorkbenchError
from core.export import formats, worker
from core.export.formats import FORMATS, ExportFormat, find_format
from core.export.job import WORKER, ExportJob, finished, start_export
from core.files import replacing
from core.jobs.job import Job, identity
from core.runs.labels import write_labels

WORDS = "words for people"


class Written(ExportFormat):
    """A format that is written at once, or fails as `failure` says."""

    failure = None

    def write(self, run, path, report):
        report("Writing", 0, 2)
        with replacing(path) as temporary:
            temporary.write_text(run.id)
            if self.failure is not None:
                raise self.failure
            report("Writing", 1, 2)
        return [WORDS]


@pytest.fixture
def run(featured_run):
    """A run that was evaluated."""
    count = 8
    splits = np.array(["train", "validation", "test", "test"] * 2)
    run = featured_run(np.zeros((count, 4), np.float32), np.arange(count) % 2, splits)
    run.best_weights.write_bytes(b"weights")
    return run


@pytest.fixture
def plain(monkeypatch):
    """The format "plain", and nothing but it."""
    format = Written("plain", "Plain", "For tests.", ".txt", "nowhere")
    monkeypatch.setattr(Written, "failure", None)
    monkeypatch.setattr(formats, "FORMATS", {"plain": format})
    return format


@pytest.fixture
def launched(monkeypatch):
    """Exports are made at once, in this process, when they are launched; gives the modules."""
    modules = []

    def launch(job, module, **environment):
        modules.append(module)
        worker.export(job.folder)

    monkeypatch.setattr(Job, "launch", launch)
    return modules


def names_in(job):
    return sorted(path.name for path in job.folder.iterdir() if path.suffix != ".lock")


def test_formats_are_found_by_name():
    assert find_format("onnx") is FORMATS["onnx"]
    with pytest.raises(UsageError, match=r"no format 'gif'.*onnx"):
        find_format("gif")


def test_every_format_says_what_it_is_good_for():
    for name, format in FORMATS.items():
        assert format.name == name
        assert format.sentence.endswith(".")
        assert format.suffix.startswith(".")


def test_it_is_made_once_and_copied(run, plain, launched, tmp_path):
    job = start_export(run, "plain")
    made = finished(job)
    assert job.up_to_date
    assert made.path.name == "pets-mobilenet_075-plain.txt"
    assert (made.path.read_text(), made.size_bytes, made.told) == (run.id, len(run.id), (WORDS,))
    start_export(run, "plain")
    assert launched == [WORKER]
    (tmp_path / "folder").mkdir()
    assert made.copy(tmp_path / "folder") == tmp_path / "folder" / made.path.name
    assert made.copy(tmp_path / "new" / "mine.txt").read_text() == run.id
    assert made.copy(f"{tmp_path}/newer/") == tmp_path / "newer" / made.path.name


@pytest.mark.parametrize("change", ["weights", "name", "answers"])
def test_it_is_made_anew_when_the_run_has_changed(run, plain, launched, change):
    job = start_export(run, "plain")
    if change == "weights":
        run.best_weights.write_bytes(b"other weights")
    elif change == "name":
        write_labels(run, name="My best")
    else:
        run.predictions_path.write_bytes(run.predictions_path.read_bytes() + b" ")
    assert not job.up_to_date
    start_export(run, "plain")
    assert len(launched) == 2


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "The disk is full"),
        (WorkbenchError("It can't be."), "It can't be."),
        (MemoryError(), "Memory ran out"),
    ],
    ids=["full disk", "refused", "no memory"],
)
def test_a_failure_is_told_and_leaves_no_file(run, plain, launched, monkeypatch, failure, words):
    monkeypatch.setattr(Written, "failure", failure)
    job = start_export(run, "plain")
    with pytest.raises(WorkbenchError, match=words):
        finished(job)
    assert names_in(job) == ["status.json"]
    monkeypatch.setattr(Written, "failure", None)
    assert finished(start_export(run, "plain")).told == (WORDS,)


def test_what_was_made_before_stays_away_from_a_failure(run, plain, launched, monkeypatch):
    """Nobody takes yesterday's file for what was asked for today."""
    start_export(run, "plain")
    run.best_weights.write_bytes(b"other weights")
    monkeypatch.setattr(Written, "failure", WorkbenchError("It can't be."))
    job = start_export(run, "plain")
    assert job.made() is None
    assert names_in(job) == ["status.json"]


def test_what_a_killed_process_has_left_goes_with_the_next_start(run, plain, launched):
    job = ExportJob.of(run, plain)
    (job.folder / ".export-abc" / "export").mkdir(parents=True)
    (job.folder / f".{job.path.name}.x1y2").write_text("half a file")
    start_export(run, "plain")
    assert names_in(job) == ["export.json", job.path.name, "status.json"]


def test_a_stop_is_heard(run, plain, monkeypatch):
    job = ExportJob.of(run, plain)
    job.folder.mkdir(parents=True)
    job.request_stop()
    assert worker.export(job.folder) == 0
    assert job.status().state == "stopped"
    with pytest.raises(WorkbenchError, match="stopped before it was done"):
        finished(job)
    assert job.made() is None


def test_one_that_goes_on_is_not_started_twice(run, plain, monkeypatch):
    started = []
    monkeypatch.setattr(Job, "launch", lambda job, module, **environment: started.append(_going(job)))
    first, second = start_export(run, "plain"), start_export(run, "plain")
    assert len(started) == 1
    assert first.folder == second.folder


def _going(job):
    job.update(state="running", processes=[identity()])


def test_exports_take_turns_on_a_machine(run, plain):
    job = ExportJob.of(run, plain)
    job.folder.mkdir(parents=True)
    with FileLock(run.workspace.machine / "exports.lock"):
        job.request_stop()  # it waits, and hears that
        assert worker.export(job.folder) == 0
    assert job.status().state == "stopped"
    assert job.made() is None


def test_strangers_have_limited_time_and_room(run, plain, launched, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    monkeypatch.setenv("WORKBENCH_QUOTA_GB", "1e-9")
    with pytest.raises(UsageError, match="Your space here is full"):
        start_export(run, "plain")
    monkeypatch.setenv("WORKBENCH_QUOTA_GB", "1")
    monkeypatch.setenv("WORKBENCH_RUN_MINUTES", "1e-9")
    time.sleep(0.001)
    with pytest.raises(WorkbenchError, match="longer than the"):
        finished(start_export(run, "plain"))


@pytest.mark.slow
def test_a_real_export_in_a_process_of_its_own(from_scratch, warm_starts):
    job = start_export(from_scratch, "onnx")
    made = finished(job)
    assert "12 test images" in made.told[0]
    assert job.up_to_date
    assert {"status.json", "export.json", "log.txt", made.path.name} == set(names_in(job))
