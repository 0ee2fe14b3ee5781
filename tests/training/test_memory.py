"""Trainings that run out of memory, in real processes with a limit of it or killed as the kernel kills."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.installation import PROJECT
from core.jobs import supervisor
from core.runs.execution import halve_batch_size
from core.runs.lifecycle import WORKER
from core.runs.record import create_run
from core.runs.run_record import RunRecord, read_run_record, update_run_record
from core.runs.settings import read_settings


@pytest.fixture
def run_of(workspace, draw_folder, tmp_path):
    """Makes a run that has not started: `run_of(batch_size=16)`."""

    def make(**changes):
        draw_folder(tmp_path / "images", 30)
        run_import(create_from_path(workspace, tmp_path / "images", "tiny"))
        return create_run(workspace, read_settings({"dataset": "tiny", "architecture": "small_cnn"} | changes))

    return make


@pytest.fixture
def kernel_kills(tmp_path, monkeypatch):
    """Kills a process and counts it, as the kernel does where memory runs out; a stand-in for the kernel's own file."""
    counts = tmp_path / "memory.events"
    counts.write_text("low 0\noom_kill 0\n")
    monkeypatch.setattr(supervisor, "MEMORY_EVENTS", counts)

    def kill(pid):
        count = int(counts.read_text().split()[-1])
        counts.write_text(f"low 0\noom_kill {count + 1}\n")
        os.kill(int(pid), signal.SIGKILL)

    return kill


@pytest.fixture
def start_trainer(preloaded):
    """Starts trainers that have loaded Keras already."""
    return lambda run, slots: preloaded.start(WORKER, str(run.folder), "--train", log=run.log_path)


def notes(run):
    return [event["text"] for event in run.events.read() if event["kind"] == "note"]


def test_what_is_kept_is_kept_beside_what_is_there(tmp_path):
    assert read_run_record(tmp_path) == RunRecord()
    update_run_record(tmp_path, device="CPU")
    update_run_record(tmp_path, found_batch_size=16)
    assert read_run_record(tmp_path) == RunRecord(device="CPU", found_batch_size=16)


def test_batches_are_halved_down_to_one_image_and_only_while_training(workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    run.update(state="running", stage="Reading images", facts={"batch_size": 3})
    assert not halve_batch_size(run)
    run.update(stage="Training")
    assert halve_batch_size(run)
    assert read_run_record(run.folder).found_batch_size == 1
    assert "batches of 3 images. Going on from the last whole epoch with 1 at a time" in notes(run)[-1]
    run.update(facts={"batch_size": 1})
    assert not halve_batch_size(run)


@pytest.mark.slow
def test_a_training_that_the_kernel_kills_for_memory_goes_on_in_smaller_batches(
    run_of, kernel_kills, start_trainer, eventually
):
    run = run_of(image_size=32, batch_size=8, epochs=400, patience=400)
    supervising = threading.Thread(target=supervisor.supervise, args=[run.folder, halve_batch_size, start_trainer])
    supervising.start()
    eventually(lambda: run.written_status().facts.get("epochs", 0) >= 1, 180)
    epochs = run.written_status().facts["epochs"]
    kernel_kills(run.written_status().processes[1][0])
    eventually(lambda: run.written_status().facts["batch_size"] == 4, 180)
    eventually(lambda: run.written_status().facts["epochs"] > epochs, 180)
    run.request_stop()
    supervising.join()
    status = run.status()
    assert status.state == "stopped", status.error
    assert any(event["kind"] == "resume" and event["epochs"] >= epochs for event in run.events.read())
    assert sum("Memory ran out with batches of 8 images" in text for text in notes(run)) == 1


@pytest.mark.slow
def test_a_training_that_the_kernel_kills_on_a_single_image_ends_in_words(
    run_of, kernel_kills, start_trainer, eventually
):
    run = run_of(image_size=32, batch_size=1, epochs=400, patience=400)
    supervising = threading.Thread(target=supervisor.supervise, args=[run.folder, halve_batch_size, start_trainer])
    supervising.start()
    eventually(lambda: run.written_status().stage == "Training", 180)
    kernel_kills(run.written_status().processes[1][0])
    supervising.join()
    assert run.status().state == "failed"
    assert "because memory ran out. Choose a smaller input size" in run.status().error


def limited(run, megabytes):
    """The run's status after it was supervised in processes of which none may have more memory than that."""
    resource = pytest.importorskip("resource")

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20,) * 2)

    # Every thread takes some of it.
    threads = {f"TF_NUM_{kind}_THREADS": "2" for kind in ("INTRAOP", "INTEROP")} | {"OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-m", "core.training.worker", str(run.folder)]
    subprocess.run(command, cwd=PROJECT, env=os.environ | threads, preexec_fn=limit, check=False, timeout=600)
    return run.status()


@pytest.mark.slow
def test_a_training_beyond_its_limit_of_memory_backs_off_and_ends_well(run_of):
    run = run_of(image_size=256, batch_size=32, epochs=1)
    status = limited(run, 2200)
    assert status.state == "done", status.error
    assert status.facts["batch_size"] < 32
    assert read_run_record(run.folder).found_batch_size == status.facts["batch_size"]
    assert "Memory ran out with batches of 32 images. Going on" in " ".join(notes(run))
    assert len(run.predictions().ids) == 60


@pytest.mark.slow
def test_where_not_even_one_image_fits_the_run_says_so(run_of):
    status = limited(run_of(image_size=1024, batch_size=2, epochs=1), 1100)
    assert status.state == "failed"
    assert "because memory ran out. Choose a smaller input size" in status.error
