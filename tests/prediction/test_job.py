"""Many images, predicted by a job: its parts, its stop and resume, its uploads, its limits."""

import io
import os
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest

from core.errors import UsageError, WorkbenchError
from core.hosting import Hosting
from core.jobs.job import Job, identity
from core.prediction import worker
from core.prediction.job import (
    Prediction,
    delete_prediction,
    list_predictions,
    resume_prediction,
    start_prediction,
)
from core.prediction.parts import load_part
from core.prediction.predictor import predictor_of
from core.prediction.sources import gather
from core.runs.lifecycle import wait
from core.runs.record import create_run
from core.runs.settings import read_settings

IMAGES = 96


class Upload(io.BytesIO):
    """What Streamlit gives of an uploaded file."""

    def __init__(self, name: str, content: bytes):
        super().__init__(content)
        self.name = name


@pytest.fixture
def predictions(kinds):
    """The workspace of the runs; what is predicted in it is removed afterwards."""
    yield kinds
    shutil.rmtree(kinds.root / "predictions", ignore_errors=True)


@pytest.fixture
def no_process(monkeypatch):
    """What is started is laid out, and no process begins."""
    monkeypatch.setattr(Job, "launch", lambda *words, **more: None)


@pytest.fixture
def laid_out(predictions, no_process):
    """Lays a prediction out: `laid_out([run], sources=[folder])`."""
    return lambda runs, **what: start_prediction(predictions, runs, **what)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(worker, "IMAGES_PER_PART", 32)


def images_of(run):
    return run.dataset.path_of("")


@pytest.mark.slow
def test_a_process_predicts_what_was_uploaded_by_several_runs(predictions, frozen, scratch, warm_starts):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((images_of(scratch) / "red").iterdir())[:20]:
            archive.write(path, f"photos/{path.name}")
    uploads = [Upload("red.zip", packed.getvalue()), Upload("../=bad name (1).png", b"no image")]
    job = start_prediction(predictions, [frozen, scratch], uploads=uploads, title="Holiday")
    status = wait(job)
    assert status.state == "done", status.error
    assert (status.facts["images"], status.facts["problems"]) == (21, 1)
    assert set(status.facts["remarks"]) == {frozen.id, scratch.id}
    assert [each.id for each in list_predictions(predictions)] == [job.id]
    assert job.title == "Holiday"
    for number, run in enumerate((frozen, scratch)):
        expected = predictor_of(run).predict(job.brought())
        answers = job.answers(number)
        assert answers.names == expected.names
        assert answers.problems == {"=bad name (1).png": "is not an image (text)"}
        np.testing.assert_allclose(answers.probabilities, expected.probabilities, atol=1e-5)
    both = (job.answers(0).probabilities + job.answers(1).probabilities) / 2
    np.testing.assert_allclose(job.answers().probabilities, both)
    assert all(path.is_relative_to(job.folder) for path in job.brought().paths)
    assert job.write({"csv": job.folder / "answers.csv"}) == 20
    assert len(pd.read_csv(job.folder / "answers.csv")) == 20
    assert not list(job.folder.glob("uploads/*.zip")), "what was unpacked is not kept twice"
    delete_prediction(job)
    assert list_predictions(predictions) == []
    assert not job.folder.exists()


@pytest.mark.slow
def test_one_that_was_stopped_goes_on_behind_its_last_part(laid_out, scratch, small_parts, monkeypatch):
    job = laid_out([scratch], sources=[images_of(scratch) / "blue", images_of(scratch) / "red"])
    save_part = worker.save_part

    def stop_behind_the_second(path, answers, as_of):
        save_part(path, answers, as_of)
        if path.name.endswith("1.parquet"):
            job.request_stop()

    monkeypatch.setattr(worker, "save_part", stop_behind_the_second)
    assert worker.predict(job.folder) == 0
    assert job.status().state == "stopped"
    assert len(job.answers()) == 64, "what is there can be looked at"
    monkeypatch.setattr(worker, "save_part", save_part)
    written = {path.name: path.stat().st_mtime_ns for path in (job.folder / "parts").iterdir()}
    resume_prediction(job)
    assert worker.predict(job.folder) == 0
    status = job.status()
    assert (status.state, status.done, status.total, status.facts["images"]) == ("done", IMAGES, IMAGES, IMAGES)
    assert {name: (job.folder / "parts" / name).stat().st_mtime_ns for name in written} == written
    answers = job.answers()
    assert answers.names == job.brought().names
    expected = predictor_of(scratch).predict(job.brought())
    np.testing.assert_allclose(answers.probabilities, expected.probabilities, atol=1e-5)
    with pytest.raises(UsageError, match="is done"):
        resume_prediction(job)


@pytest.mark.slow
def test_damaged_parts_and_those_of_other_weights_are_worked_out_again(laid_out, scratch, small_parts):
    job = laid_out([scratch], sources=[images_of(scratch) / "blue", images_of(scratch) / "red"])
    assert worker.predict(job.folder) == 0
    expected = job.answers()
    job.part_path(0, 1).write_bytes(b"PAR1 half of it")
    assert len(job.answers()) == 32
    first = job.part_path(0, 0).stat().st_mtime_ns
    assert worker.predict(job.folder) == 0
    assert job.answers().names == expected.names
    assert job.part_path(0, 0).stat().st_mtime_ns == first
    os.utime(scratch.best_weights)
    assert worker.predict(job.folder) == 0
    assert job.part_path(0, 0).stat().st_mtime_ns > first
    assert load_part(job.part_path(0, 0), as_of="other") is None


@pytest.mark.slow
def test_the_unlabelled_images_of_the_dataset_in_one_call(laid_out, scratch):
    job = laid_out([scratch], dataset=scratch.dataset)
    assert worker.predict(job.folder) == 0, job.status().error
    assert job.answers().names == ("new/0.png", "new/1.png", "new/2.png")
    assert set(job.answers().predicted) == {"red"}
    assert all(path.exists() for path in job.brought().paths)


@pytest.mark.slow
def test_a_run_that_is_gone_and_time_that_is_over_are_said(laid_out, predictions, scratch, tmp_path, monkeypatch):
    job = laid_out([scratch], sources=[images_of(scratch) / "red"])
    monkeypatch.setattr(Hosting, "from_environment", lambda: Hosting(True, 0, 1e-9))
    assert worker.predict(job.folder) == 1
    assert "minutes that one piece of work may take here are over" in job.status().error
    assert job.resumable
    monkeypatch.undo()
    run = shutil.copytree(scratch.folder, predictions.runs / "passing")
    monkeypatch.setattr(Job, "launch", lambda *words, **more: None)
    job = start_prediction(predictions, [type(scratch)(run)], sources=[images_of(scratch) / "red"])
    shutil.rmtree(run)
    assert worker.predict(job.folder) == 1
    assert "was deleted" in job.status().error


def test_what_can_not_be_asked_is_refused_before_anything_is_laid_out(no_process, workspace, tmp_path):
    run = create_run(workspace, read_settings({"dataset": "kinds", "architecture": "small_cnn"}))
    with pytest.raises(UsageError, match="Choose a run"):
        start_prediction(workspace, [], sources=[tmp_path])
    with pytest.raises(WorkbenchError, match="no weights"):
        start_prediction(workspace, [run], sources=[tmp_path])
    run.best_weights.touch()
    with pytest.raises(UsageError, match="No image was brought"):
        start_prediction(workspace, [run])
    with pytest.raises(UsageError, match="no file or folder"):
        start_prediction(workspace, [run], sources=[tmp_path / "nowhere"])
    with pytest.raises(UsageError, match="nothing is fetched"):
        start_prediction(workspace, [run], sources=["https://example.org/a.zip"])
    assert list((workspace.root / "predictions").iterdir()) == []


def test_strangers_type_no_paths_and_fill_no_disk(no_process, workspace, tmp_path, monkeypatch):
    run = create_run(workspace, read_settings({"dataset": "kinds", "architecture": "small_cnn"}))
    run.best_weights.touch()
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    with pytest.raises(UsageError, match="Upload the images"):
        start_prediction(workspace, [run], sources=[tmp_path])
    monkeypatch.setenv("WORKBENCH_QUOTA_GB", "0.00001")
    with pytest.raises(UsageError, match="is full"):
        start_prediction(workspace, [run], uploads=[Upload("large.zip", bytes(100_000))])
    assert list_predictions(workspace) == []
    monkeypatch.delenv("WORKBENCH_QUOTA_GB")
    first = start_prediction(workspace, [run], uploads=[Upload("a.png", b"")], title="First")
    first.update(state="running", processes=[identity()])
    with pytest.raises(UsageError, match="prediction First is going on"):
        start_prediction(workspace, [run], uploads=[Upload("a.png", b"")])


def test_uploads_of_one_name_are_kept_apart_and_lead_nowhere(no_process, workspace):
    run = create_run(workspace, read_settings({"dataset": "kinds", "architecture": "small_cnn"}))
    run.best_weights.touch()
    names = ["a.png", "a.png", "../../up.png", "..", "C:\\pictures\\b.png", "x" * 400 + ".png"]
    job = start_prediction(workspace, [run], uploads=[Upload(name, b"") for name in names])
    stored = sorted(path.name for path in (job.folder / "uploads").iterdir())
    assert stored == sorted(["a.png", "2 a.png", "up.png", "image", "b.png", "x" * 146 + ".png"])
    assert job.brought() is None
    with pytest.raises(WorkbenchError, match="Nothing has been predicted"):
        job.answers()
    assert gather([job.folder / "uploads"], job.folder).problems == {}


def test_one_that_is_going_is_not_deleted(workspace):
    job = Prediction(workspace.root / "predictions" / "now")
    job.folder.mkdir(parents=True)
    job.update(state="running", processes=[identity()])
    with pytest.raises(UsageError, match="Stop it first"):
        delete_prediction(job)
    assert job.folder.exists()
