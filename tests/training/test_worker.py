"""Whole runs in their real processes: how they end, what they leave, and what they say when something goes wrong."""

import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from filelock import FileLock, Timeout

from core.advice.diagnosis import diagnosis_of
from core.architectures.registry import ARCHITECTURES
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import open_dataset
from core.errors import WorkbenchError, in_words
from core.jobs.job import Job, is_alive
from core.jobs.slots import slot_count
from core.runs.events import epoch_table
from core.runs.lifecycle import WORKER, start
from core.runs.record import Run, create_run, delete_run, find_run, list_runs
from core.runs.settings import read_settings
from core.workspace import Workspace

# The first runs, which are shared, and all that the command line starts, are cold starts.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_starts")]

PROJECT = Path(__file__).resolve().parents[2]
DEADLINE = 180  # seconds; generous, for a machine that is busy with other things
COUNT = 30  # images a class
TEST_COUNT = 12  # of 60: a fifth of each class
# Small batches, for enough steps that the running means of batch normalisation have caught up in the end.
SCRATCH = {"dataset": "tiny", "architecture": "small_cnn", "image_size": 32, "epochs": 8, "batch_size": 4}
ENDLESS = {"epochs": 1000, "patience": 1000}  # minutes, unless it is stopped
FROZEN = {"dataset": "tiny", "architecture": "mobilenet_075", "image_size": 32, "epochs": 4, "weights": "untrained"}
DONE_FILES = {
    "run.json",
    "run.lock",
    "events.jsonl",
    "status.json",
    "heartbeat",
    "log.txt",
    "best.weights.h5",
    "predictions.parquet",
    "images.parquet",
    "checkpoint.npz",
}

_begun: list[Run] = []


@pytest.fixture(autouse=True)
def nothing_left_running():
    """Whatever a test has started ends with it."""
    yield
    while _begun:
        for pid, started in _begun.pop().written_status().processes:
            if is_alive(pid, started):
                os.kill(int(pid), signal.SIGKILL)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, draw_folder):
    """A workspace with the data set "tiny", whose images nobody touches."""
    return prepared(tmp_path_factory.mktemp("tiny"), draw_folder)


@pytest.fixture
def fresh(tmp_path, draw_folder):
    """A workspace of its own for one test, with the data set "tiny" and its images in ``images``."""
    return prepared(tmp_path, draw_folder)


@pytest.fixture(scope="module")
def done(tiny):
    """A run from scratch that has ended well."""
    run = begin(tiny)
    ended(run)
    return run


@pytest.fixture(scope="module")
def frozen(tiny):
    """A run on an untrained backbone through the command line: the run, and what was printed."""
    settings = [f"--set={key}={FROZEN[key]}" for key in ("image_size", "weights")]
    printed = cli(tiny, "train", "tiny", "--architecture", FROZEN["architecture"], "--epochs", "4", *settings, "--json")
    document = json.loads(printed.stdout)
    return find_run(tiny, document["run"]), printed


def prepared(folder, draw_folder):
    draw_folder(folder / "images", COUNT)
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "tiny"))
    return workspace


def begin(workspace, **changes):
    """Start a run as the pages do."""
    settings = (FROZEN if changes.get("architecture", "small_cnn") != "small_cnn" else SCRATCH) | changes
    run = start(workspace, open_dataset(workspace, "tiny"), read_settings(settings))
    _begun.append(run)
    return run


def until(true, what):
    """Look until something is true; fail in words when it does not come to pass."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {DEADLINE} seconds: {what}")


def ended(run):
    until(lambda: not run.status().active, f"the end of {run.id}: {run.status()}\n{run.log_tail(50)}")
    return run.status()


def after_epochs(run, count):
    """Wait until some epochs are behind a run that goes on; another process may be about to launch it."""
    until(lambda: run.status().state != "new", "the launch")
    until(lambda: run.status().facts.get("epochs", 0) >= count or not run.status().active, f"epoch {count}")
    status = run.status()
    assert status.active, f"{status.error}\n{run.log_tail(50)}"
    return status


def both_processes(run):
    """The supervisor and the trainer, each as [pid, start], as soon as there are two."""
    return until(lambda: found if len(found := run.written_status().processes) == 2 else None, "two processes")


def send(process, number):
    pid, started = process
    assert is_alive(pid, started)
    os.kill(int(pid), number)


def cli(workspace, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=PROJECT,
        env=os.environ | {"WORKBENCH_HOME": str(workspace.root)} | environment,
        capture_output=True,
        text=True,
        timeout=2 * DEADLINE,
        check=False,
    )


@contextmanager
def all_places_taken(workspace):
    """As if as many runs as the machine takes were training."""
    with ExitStack() as taken:
        for index in range(slot_count()):
            workspace.slots.mkdir(parents=True, exist_ok=True)
            taken.enter_context(FileLock(workspace.slots / f"{index}.lock"))
        yield


def files_in(run):
    return {path.name for path in run.folder.iterdir()} - {"status.lock"}


def kinds(run):
    return [event["kind"] for event in run.events.read()]


def stages(run):
    return [event["name"] for event in run.events.read() if event["kind"] == "stage"]


def left_out(run):
    """What is said of images that were left out; other notes tell of other things, such as the compute plan."""
    texts = [event["text"] for event in run.events.read() if event["kind"] == "note"]
    return [text for text in texts if text.startswith("Left out: ")]


def whole_weights(path):
    """Whether a file of weights can be read to its end."""
    numbers = []
    with h5py.File(path) as file:
        file.visititems(lambda _, item: numbers.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    return len(numbers) > 5 and all(np.isfinite(number).all() for number in numbers)


# A run that ends well ------------------------------------------------------------------------------------------------


def test_a_run_ends_done_and_its_folder_holds_everything(done):
    status = done.status()
    assert (status.state, status.error) == ("done", "")
    assert files_in(done) == DONE_FILES
    assert done.settings == read_settings(SCRATCH)
    assert status.facts["epochs"] == 8
    assert done.record.device.startswith(("CPU", "GPU"))
    assert 0 < status.seconds < DEADLINE
    assert whole_weights(done.best_weights)
    versions = done.record.versions
    assert versions["keras"] == importlib.metadata.version("keras")
    assert {"python", "system", "tensorflow", "numpy"} <= set(versions)


def test_the_events_tell_how_it_went(done):
    assert stages(done)[0] == "start"
    assert stages(done)[-1] == "train"
    assert "batch" in kinds(done)
    epochs = epoch_table(done.events.read())
    assert epochs["epoch"].tolist() == list(range(1, 9))
    assert epochs.notna().all(axis=None)
    best = epochs.loc[epochs["best"].to_numpy(dtype=bool), "epoch"].max()
    assert best == done.status().facts["best_epoch"] == epochs.loc[epochs["val_loss"].idxmin(), "epoch"]


def test_every_image_is_evaluated_and_two_plain_colours_are_told_apart(done, tiny):
    dataset, predictions = open_dataset(tiny, "tiny"), done.predictions()
    expected = dataset.images.set_index("path")
    assert sorted(predictions.ids) == sorted(expected.index)
    assert predictions.splits.tolist() == expected.loc[predictions.ids, "split"].tolist()
    assert predictions.class_names == ("blue", "red")
    labels = [predictions.class_names[index] for index in predictions.true]
    assert labels == expected.loc[predictions.ids, "label"].tolist()
    evaluation = done.evaluate("test")
    assert evaluation.n == TEST_COUNT
    assert evaluation.accuracy.value >= 0.9
    assert done.summary()["accuracy"] == evaluation.accuracy.value
    used = pd.read_parquet(done.folder / "images.parquet")
    assert used["path"].tolist() == predictions.ids.tolist()
    assert len(done.groups(predictions)) == len(predictions)


def test_the_command_line_gives_the_same_figures(done, tiny):
    printed = cli(tiny, "evaluate", done.id, "--json")
    assert printed.returncode == 0
    document = json.loads(printed.stdout)
    evaluated, diagnosis = document.pop("judged"), document.pop("diagnosis")
    assert diagnosis == json.loads(json.dumps(diagnosis_of(done).to_dict()))
    assert (evaluated["epoch"], evaluated["unfinished"], evaluated["words"]) == (evaluated["best_epoch"], False, "")
    assert document == {"run": done.id, "untrained": False} | json.loads(json.dumps(done.evaluate("test").to_dict()))
    listed = json.loads(cli(tiny, "runs", "--json").stdout)
    assert done.summary() | {"sweep": None, "name": "", "star": False, "notes": ""} in listed


def test_a_run_outlives_the_process_that_started_it_and_the_same_seed_gives_the_same_answers(done, tiny):
    """It is started while all places are taken, so that it certainly has yet to begin when its starter is gone."""
    script = f"""
from core.datasets.store import open_dataset
from core.runs.lifecycle import start
from core.runs.settings import read_settings
from core.workspace import Workspace
workspace = Workspace.at({str(tiny.root)!r})
print(start(workspace, open_dataset(workspace, "tiny"), read_settings({SCRATCH!r})).id)
"""
    with all_places_taken(tiny):
        starter = subprocess.run(
            [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=DEADLINE, check=True
        )
        run = find_run(tiny, starter.stdout.strip())
        _begun.append(run)
        assert run.status().state == "queued"
    assert ended(run).state == "done"
    assert files_in(run) == DONE_FILES
    once, again = done.predictions(), run.predictions()
    assert again.ids.tolist() == once.ids.tolist()
    np.testing.assert_allclose(again.probabilities, once.probabilities, atol=1e-4)


# Stopping ------------------------------------------------------------------------------------------------------------


def test_a_stop_in_the_middle_keeps_the_best_and_evaluates_it(fresh):
    run = begin(fresh, **ENDLESS)
    after_epochs(run, 2)
    run.request_stop()
    status = ended(run)
    assert (status.state, status.error) == ("stopped", "")
    assert 2 <= status.facts["epochs"] < 1000
    assert files_in(run) == DONE_FILES | {"stop"}
    assert whole_weights(run.best_weights)
    assert run.evaluate("test").n == TEST_COUNT
    assert "accuracy" in status.facts


def test_ctrl_c_on_the_command_line_stops_and_prints_what_was_found(fresh):
    command = [sys.executable, "-m", "core", "train", "tiny", "--architecture", "small_cnn", "--json"]
    command += ["--epochs=1000", "--set=patience=1000", "--set=image_size=32"]
    environment = os.environ | {"WORKBENCH_HOME": str(fresh.root)}
    terminal = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Ctrl-C is heard even where the tests run in the background, which makes their children deaf to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    (run,) = until(lambda: list_runs(fresh), "a run")
    _begun.append(run)
    after_epochs(run, 1)
    os.killpg(terminal.pid, signal.SIGINT)  # a terminal sends it to all that was started in it
    printed, remarks = terminal.communicate(timeout=DEADLINE)
    assert terminal.returncode == 0, remarks
    document = json.loads(printed)
    assert document["status"] == "stopped"
    assert document["test"]["n"] == TEST_COUNT
    assert "Traceback" not in remarks


def test_a_stop_while_waiting_ends_it_before_anything_is_loaded(tiny):
    with all_places_taken(tiny):
        run = begin(tiny)
        until(lambda: run.status().stage, "a stage in words")
        assert run.status().state == "queued"
        assert run.status().stage == "Waiting for another run to end"
        run.request_stop()
        status = ended(run)
    assert status.state == "stopped"
    assert status.error == "Stopped while it was waiting."
    assert not run.events.path.exists()
    with pytest.raises(WorkbenchError, match="has no predictions yet: Stopped while it was waiting"):
        run.predictions()


@pytest.mark.parametrize("settings", [SCRATCH, FROZEN], ids=["scratch", "frozen"])
def test_a_stop_before_the_first_epoch_says_that_there_is_nothing(fresh, settings, preloaded):
    """The process that trains finds the stop already there, so nothing depends on who is quicker."""
    run = create_run(fresh, read_settings(settings))
    run.request_stop()
    trainer = preloaded.start(WORKER, str(run.folder), "--train", log=run.log_path)
    assert trainer.wait(DEADLINE) == 0, run.log_tail(50)
    status = run.status()
    assert status.state == "stopped"
    assert "Stopped before the first epoch had ended" in status.error
    assert not {"best.weights.h5", "predictions.parquet", "reserve"} & files_in(run)
    assert run.summary()["accuracy"] is None


def test_a_visitors_run_is_stopped_at_its_limit_and_says_so(fresh, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    monkeypatch.setenv("WORKBENCH_RUN_MINUTES", "0.1")
    run = begin(fresh, **ENDLESS)
    status = ended(run)
    assert status.state == "stopped"
    assert status.facts["note"] == "Stopped after 0.1 minutes, the limit for a run here."


# Deaths --------------------------------------------------------------------------------------------------------------


def print_into_log(run, line: str) -> None:
    """As the training would: what TensorFlow prints at every start is no part of the tail."""
    with run.log_path.open("a") as log:
        log.write(f"{line}\n")


def test_the_death_of_the_trainer_is_written_down_with_its_cause(fresh):
    run = begin(fresh, **ENDLESS)
    after_epochs(run, 1)
    print_into_log(run, "the last words")
    _, trainer = both_processes(run)
    send(trainer, signal.SIGKILL)
    status = ended(run)
    assert status.state == "failed"
    assert "signal 9" in status.error
    assert "memory ran out" in status.error
    assert status.error.endswith("Last lines of its log:\nthe last words")
    assert run.written_status().state == "failed"
    assert whole_weights(run.best_weights)
    assert run.summary()["status"] == "failed"
    with pytest.raises(WorkbenchError, match="signal 9"):
        run.predictions()
    until(lambda: place_is_free(fresh), "a free place")


def place_is_free(workspace):
    try:
        with FileLock(workspace.slots / "0.lock", timeout=0):
            return True
    except Timeout:
        return False


def test_the_death_of_both_processes_is_noticed(fresh):
    run = begin(fresh, **ENDLESS)
    after_epochs(run, 1)
    print_into_log(run, "the last words")
    supervisor, trainer = both_processes(run)
    send(supervisor, signal.SIGKILL)
    send(trainer, signal.SIGKILL)
    status = ended(run)
    assert status.state == "failed"
    assert "gone without a word" in status.error
    assert status.error.endswith("Last lines of its log:\nthe last words")
    assert run.written_status().active  # nobody was left to write it
    until(lambda: place_is_free(fresh), "a free place")
    assert whole_weights(run.best_weights)
    listed = json.loads(cli(fresh, "runs", "--json").stdout)
    assert [entry["status"] for entry in listed] == ["failed"]
    delete_run(run)
    assert list_runs(fresh) == []


def test_the_trainer_ends_well_without_its_supervisor(fresh):
    """The trainer is held still meanwhile, so that it is certainly not done before its supervisor dies."""
    run = begin(fresh)
    supervisor, trainer = both_processes(run)
    send(trainer, signal.SIGSTOP)
    try:
        send(supervisor, signal.SIGKILL)
        until(lambda: not is_alive(*supervisor), "the supervisor's death")
        assert run.status().active
    finally:
        send(trainer, signal.SIGCONT)
    status = ended(run)
    assert (status.state, status.error) == ("done", "")
    assert files_in(run) == DONE_FILES
    assert run.evaluate("test").n == TEST_COUNT


def test_two_processes_that_write_the_same_status_undo_nothing(tmp_path):
    """The supervisor and the trainer do so; each here says 150 things of its own."""
    script = """
import sys
from core.jobs.job import Job
job = Job(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for index in range(150):
    job.update(facts={sys.argv[2] + str(index): index})
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    writers = [
        subprocess.Popen([*command, name], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("left", "right")
    ]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n", "ready\n"]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=DEADLINE)
        assert writer.returncode == 0
    facts = Job(tmp_path).written_status().facts
    assert facts == {f"{name}{index}": index for name in ("left", "right") for index in range(150)}


# Divergence ----------------------------------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_in_the_first_epoch_fails_with_advice(fresh):
    run = begin(fresh, learning_rate=1e6, batch_size=1, epochs=3)
    status = ended(run)
    assert status.state == "failed"
    assert "stopped being a number in epoch 1: the training diverged" in status.error
    assert "Choose a smaller learning rate than 1,000,000, for example 0.001." in status.error
    assert "kept" not in status.error
    assert not run.best_weights.exists()
    with pytest.raises(WorkbenchError, match="diverged"):
        run.predictions()


def test_a_loss_that_is_no_number_later_keeps_the_best_of_the_epochs_before(fresh):
    """One step an epoch: so strong a decay throws the weights about a hundredfold farther in each, out of float32."""
    run = begin(fresh, learning_rate=100, weight_decay=1, batch_size=64, epochs=60, patience=60)
    status = ended(run)
    assert status.state == "failed"
    epochs, best = status.facts["epochs"], status.facts["best_epoch"]
    assert 1 <= best <= epochs < 60
    assert f"stopped being a number in epoch {epochs + 1}" in status.error
    assert f"The best weights, of epoch {best}, are kept." in status.error
    assert whole_weights(run.best_weights)
    assert run.evaluate("test").n == TEST_COUNT


# Waiting for a place -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(slot_count() > 1, reason="this machine has room for more than one run at a time")
def test_a_second_run_waits_for_the_first_and_then_trains(fresh):
    first = begin(fresh, **ENDLESS)
    until(lambda: first.status().state != "queued", "a place for the first")
    second = begin(fresh, epochs=2)
    until(lambda: second.status().stage == "Waiting for another run to end", "the second's supervisor")
    after_epochs(first, 1)
    assert second.status().state == "queued"
    assert second.status().active
    first.request_stop()
    first_status, second_status = ended(first), ended(second)
    assert (first_status.state, second_status.state) == ("stopped", "done")
    assert second_status.started >= first_status.finished


# A full disk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path, draw_folder):
    """A workspace on a disk of 8 MB, its images elsewhere."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount the small disk that this test fills")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk could be mounted: {mounted.stderr.strip()}")
    try:
        draw_folder(tmp_path / "images", COUNT)
        workspace = Workspace.at(disk / "workspace")
        run_import(create_from_path(workspace, tmp_path / "images", "tiny"))
        yield workspace
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(workspace, leave=0):
    """Fill the workspace's disk up to `leave` bytes."""
    filler = workspace.root.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 12)):
                pass
        except OSError as error:
            assert "full" in in_words(error)
        file.truncate(max(0, file.tell() - leave))
    return filler


def test_a_disk_that_fills_up_during_training_ends_it_in_words_and_damages_nothing(small_disk):
    run = begin(small_disk, **ENDLESS)
    after_epochs(run, 1)
    _, trainer = both_processes(run)
    send(trainer, signal.SIGSTOP)  # so that the space it gives up in the end is not taken by the filler
    fill(small_disk)
    send(trainer, signal.SIGCONT)
    status = ended(run)
    assert status.state == "failed"
    assert "The disk is full" in status.error
    assert run.written_status().state == "failed"
    assert whole_weights(run.best_weights)
    assert not [name for name in files_in(run) if name.startswith(".")]
    assert run.settings == read_settings(SCRATCH | ENDLESS)
    assert len(epoch_table(run.events.read())) >= 1
    assert [found.summary()["status"] for found in list_runs(small_disk)] == ["failed"]
    assert open_dataset(small_disk, "tiny").summary()["images"] == 2 * COUNT
    with pytest.raises(WorkbenchError, match="disk is full"):
        run.evaluate()


def test_a_disk_that_is_all_but_full_ends_a_run_at_its_start_in_words(small_disk):
    """There is room for the run's settings and status, and none for what it needs to begin."""
    fill(small_disk, leave=40 << 10)
    run = begin(small_disk)
    status = ended(run)
    assert status.state == "failed"
    assert "The disk is full" in status.error
    assert [found.id for found in list_runs(small_disk)] == [run.id]


def test_no_run_is_begun_on_a_full_disk_and_none_shows_up_half_made(small_disk):
    filler = fill(small_disk)
    with pytest.raises(OSError) as refusal:
        begin(small_disk)
    assert "The disk is full" in in_words(refusal.value)
    assert list_runs(small_disk) == []
    printed = cli(small_disk, "train", "tiny", "--architecture", "small_cnn", "--json")
    assert printed.returncode == 1
    assert "The disk is full" in json.loads(printed.stdout)["error"]
    filler.unlink()
    assert list_runs(small_disk) == []
    assert open_dataset(small_disk, "tiny").ready


# Images that vanish --------------------------------------------------------------------------------------------------


def images_of(workspace):
    return workspace.root.parent / "images"


@pytest.mark.parametrize("architecture", ["small_cnn", "mobilenet_075"])
def test_images_that_vanish_after_the_import_are_left_out_and_named(fresh, architecture):
    gone = [images_of(fresh) / "blue" / "blue_003.png", images_of(fresh) / "red" / "red_029.png"]
    for path in gone:
        path.unlink()
    run = begin(fresh, architecture=architecture, epochs=2)
    assert ended(run).state == "done"
    assert len(left_out(run)) == 2
    for path, note in zip(gone, left_out(run), strict=True):
        assert note.startswith(f"Left out: {path.name} ")
    used = pd.read_parquet(run.folder / "images.parquet")
    assert not set(used["path"]) & {"blue/blue_003.png", "red/red_029.png"}
    assert len(used) == len(run.predictions()) == 2 * COUNT - 2


def test_an_image_that_was_replaced_since_the_import_is_left_out_and_named(fresh):
    """Its features would be kept under the hash of the old picture, and be wrong for every later run."""
    replaced = images_of(fresh) / "blue" / "blue_003.png"
    replaced.write_bytes((images_of(fresh) / "red" / "red_001.png").read_bytes() + b" ")
    run = begin(fresh, **FROZEN)
    assert ended(run).state == "done"
    (note,) = left_out(run)
    assert note == "Left out: blue/blue_003.png was changed since it was imported. Read them in again."
    assert "blue/blue_003.png" not in set(pd.read_parquet(run.folder / "images.parquet")["path"])


@pytest.mark.parametrize("architecture", ["small_cnn", "mobilenet_075"])
def test_when_all_images_have_vanished_the_run_fails_in_words(fresh, architecture):
    shutil.rmtree(images_of(fresh))
    run = begin(fresh, architecture=architecture, epochs=2)
    status = ended(run)
    assert status.state == "failed"
    assert status.error == "No train image could be read. Were the images of tiny moved or deleted?"
    assert len(left_out(run)) == 2 * COUNT
    assert "Traceback" not in run.log_tail(1000)


# Frozen backbones ----------------------------------------------------------------------------------------------------


def test_untrained_weights_are_labelled_wherever_a_result_shows(frozen, tiny):
    run, printed = frozen
    assert printed.returncode == 0
    document = json.loads(printed.stdout)
    assert document["status"] == "done"
    assert document["untrained"] is True
    assert run.summary()["untrained"] is True
    assert run.settings.untrained
    evaluation = cli(tiny, "evaluate", run.id)
    assert evaluation.stdout.startswith("UNTRAINED weights: the backbone is random numbers.")
    assert json.loads(cli(tiny, "evaluate", run.id, "--json").stdout)["untrained"] is True
    line = next(line for line in cli(tiny, "runs").stdout.splitlines() if line.startswith(run.id))
    assert "untrained weights" in line


def test_features_are_computed_once_for_all_runs_with_the_same_seed(frozen, tiny):
    first, _ = frozen
    before = {path: path.stat().st_mtime_ns for path in tiny.features.rglob("*.npy")}
    assert before
    assert "Computing features" in stages(first)
    second = begin(tiny, **FROZEN)
    assert ended(second).state == "done"
    assert stages(second) == ["start", "train"]
    assert {path: path.stat().st_mtime_ns for path in tiny.features.rglob("*.npy")} == before
    np.testing.assert_allclose(second.predictions().probabilities, first.predictions().probabilities, atol=1e-4)


def test_augmented_views_are_trained_on_even_when_an_image_is_gone_by_then(fresh):
    """Its own features are at hand from an earlier run; views of it can't be computed any more."""
    first = begin(fresh, **FROZEN)
    assert ended(first).state == "done"
    used = pd.read_parquet(first.folder / "images.parquet")
    gone = used.loc[used["split"] == "train", "path"].iloc[5]
    (images_of(fresh) / gone).unlink()
    run = begin(fresh, **FROZEN, augmentation="flip_horizontal,contrast=20", views=2)
    status = ended(run)
    assert (status.state, status.error) == ("done", "")
    computed = [name for name in stages(run) if name.startswith("Computing features")]
    # Two that are drawn to train on, and the mirrored one to evaluate by.
    assert computed == [f"Computing features, view {view} of 3" for view in (1, 2, 3)]
    assert len([path for path in fresh.features.iterdir() if path.is_dir()]) == 4
    (note,) = left_out(run)
    assert Path(gone).name in note
    assert run.evaluate("test").n == TEST_COUNT
    assert run.settings.views == 2


def test_a_recipe_that_leaves_nothing_of_the_images_is_refused_before_their_features_are_computed(fresh):
    run = begin(fresh, **FROZEN, augmentation="rotation=5,brightness=-100..-95", views=1)
    status = ended(run)
    assert status.state == "failed"
    assert "'brightness' leaves nothing of" in status.error
    assert "Computing features, view 1 of 1" not in stages(run)


def test_weights_that_cannot_be_had_are_refused_with_what_works(fresh, tmp_path, monkeypatch):
    """Every connection is sent to a port where nobody listens, with or without a network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    run = begin(fresh, architecture="mobilenet_075", weights="imagenet", image_size=224)
    status = ended(run)
    weights = ARCHITECTURES["mobilenet_075"].weights
    assert status.state == "failed"
    assert "could not be downloaded" in status.error
    assert weights.url in status.error
    assert str(tmp_path / "keras" / "models" / weights.file_name) in status.error
    for way_out in ("weights=FILE", "small_cnn", "weights=untrained"):
        assert way_out in status.error
    left = [path.name for path in (tmp_path / "keras" / "models").iterdir()]
    assert left == [], "no half file that a later run would take for whole, and no lock"
    assert "Traceback" not in run.log_tail(1000)


def test_a_file_that_holds_no_weights_is_refused_in_words(fresh, tmp_path):
    path = tmp_path / "mine.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(1000))
    run = begin(fresh, architecture="mobilenet_075", weights=str(path))
    status = ended(run)
    assert status.state == "failed"
    assert f"{path} is damaged or cut off" in status.error
    assert "Traceback" not in run.log_tail(1000)


# Real images ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_cats_and_dogs_are_told_apart_by_mobilenet(tmp_path, real_images, real_weights):
    workspace = Workspace.at(tmp_path / "workspace")
    run_import(create_from_path(workspace, real_images / "cats_dogs", "pets"))
    keras_home = {"KERAS_HOME": str(real_weights("mobilenet_075"))}
    printed = cli(workspace, "train", "pets", "--architecture", "mobilenet_075", "--seed", "0", "--json", **keras_home)
    assert printed.returncode == 0, printed.stderr
    document = json.loads(printed.stdout)  # fails on anything before or behind the one document
    assert {"run", "status", "seconds", "epochs", "device", "test"} <= set(document)
    assert document["status"] == "done"
    assert document["untrained"] is False
    assert document["epochs"] >= 1
    assert document["seconds"] > 0
    test = document["test"]
    assert test["n"] == 200
    assert test["accuracy"] >= 0.93
    evaluated = cli(workspace, "evaluate", document["run"][:12], "--json")
    assert evaluated.returncode == 0
    again = json.loads(evaluated.stdout)
    assert {key: again[key] for key in test} == test


@pytest.mark.real
def test_cats_and_dogs_are_told_apart_by_vgg16(tmp_path, real_images, real_weights):
    """The main job with the convolutions of VGG16, on a hundred photographs of each."""
    workspace = Workspace.at(tmp_path / "workspace")
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for path in sorted((real_images / "cats_dogs" / name).iterdir())[:100]:
            (tmp_path / "pets" / name / path.name).symlink_to(path)
    run_import(create_from_path(workspace, tmp_path / "pets"))
    keras_home = {"KERAS_HOME": str(real_weights("vgg16"))}
    printed = cli(workspace, "train", "pets", "--architecture", "vgg16", "--seed", "0", "--json", **keras_home)
    assert printed.returncode == 0, printed.stderr
    document = json.loads(printed.stdout)
    assert (document["status"], document["untrained"]) == ("done", False)
    assert document["test"]["n"] == 40
    # 99.5 % of 200 were right in a run on a thousand photographs; 36 of 40 is three standard deviations below 98 %.
    assert document["test"]["accuracy"] >= 0.9
