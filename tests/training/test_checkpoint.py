"""Going on: a run that was broken off ends with the same bits as one that was not."""

import os
import random
import signal
import threading

import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.events import batch_table, epoch_table
from core.runs.lifecycle import WORKER
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.runs.training_state import epochs_in
from core.training.trainer import train
from core.workspace import Workspace

pytestmark = pytest.mark.slow

EPOCHS = 6
COUNT = 12  # images a class
# Everything that has a state: momentum, a schedule, warm-up, dropout, augmentation, batch normalisation.
SCRATCH = {
    "dataset": "tiny",
    "architecture": "small_cnn",
    "image_size": 32,
    "epochs": EPOCHS,
    "batch_size": 4,
    "patience": 100,
    "schedule": "cosine",
    "warmup": 0.2,
    "augmentation": "flip_horizontal,rotation=10",
    "deterministic": True,
}
HEAD = {
    "dataset": "tiny",
    "architecture": "mobilenet_075",
    "image_size": 32,
    "weights": "untrained",
    "epochs": EPOCHS,
    "batch_size": 4,
    "patience": 100,
    "schedule": "plateau",
    "decay_epochs": 1,
    "deterministic": True,
}
BOTH = pytest.mark.parametrize("settings", [SCRATCH, HEAD], ids=["small_cnn", "head"])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, draw_folder):
    folder = tmp_path_factory.mktemp("tiny")
    draw_folder(folder / "images", COUNT)
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "tiny"))
    return workspace


@pytest.fixture
def new_run(tiny):
    return lambda settings, **changes: create_run(tiny, read_settings(settings | changes))


@pytest.fixture(scope="module")
def unbroken(tiny):
    """Runs that nothing has broken off, trained once for all tests."""
    runs = {}

    def find(settings):
        key = settings["architecture"]
        if key not in runs:
            runs[key] = create_run(tiny, read_settings(settings))
            assert train(runs[key].folder) == 0, runs[key].status().error
        return runs[key]

    return find


def stopped_in_an_epoch(run, eventually):
    """Train until a stop that comes somewhere behind the second epoch."""

    def stop():
        eventually(lambda: epochs_in(run.checkpoint) >= 2)
        run.request_stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    assert train(run.folder) == 0
    stopper.join()


def go_on(run):
    run.forget()
    assert train(run.folder) == 0, run.status().error


def assert_same(run, other):
    """The same weights and optimiser to the last bit, the same curves, and the same answers."""
    with np.load(run.checkpoint) as ours, np.load(other.checkpoint) as theirs:
        assert ours.files == theirs.files
        for name in set(ours.files) - {"state"}:
            np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    told = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "best", "learning_rate"]
    ours, theirs = (epoch_table(each.events.read())[told] for each in (run, other))
    assert ours.to_dict("list") == theirs.to_dict("list")
    np.testing.assert_array_equal(run.predictions().probabilities, other.predictions().probabilities)
    assert run.status().facts["best_epoch"] == other.status().facts["best_epoch"]


@BOTH
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(settings, unbroken, new_run, eventually):
    run = new_run(settings, epochs=EPOCHS)
    stopped_in_an_epoch(run, eventually)
    assert 2 <= epochs_in(run.checkpoint) <= EPOCHS
    go_on(run)
    assert run.status().state == "done"
    assert_same(run, unbroken(settings))


@BOTH
def test_a_run_that_died_in_an_epoch_goes_on_to_the_same_bits(settings, unbroken, new_run, eventually, preloaded):
    run, chance = new_run(settings), random.Random(settings["architecture"])
    for _ in range(3):
        wanted = min(EPOCHS - 1, epochs_in(run.checkpoint) + 1)
        trainer = preloaded.start(WORKER, str(run.folder), "--train", log=run.log_path)
        eventually(lambda wanted=wanted: epochs_in(run.checkpoint) >= wanted)
        # Anywhere within what an epoch takes, writing its files included.
        threading.Event().wait(chance.uniform(0, 0.2))
        os.kill(trainer.pid, signal.SIGKILL)
        trainer.wait()
        assert epochs_in(run.checkpoint) >= wanted, "no whole epoch is lost"
    go_on(run)
    assert_same(run, unbroken(settings))


def test_a_run_with_a_constant_rate_that_is_extended_is_as_one_that_was_longer_from_the_start(new_run):
    long, short = (new_run(HEAD, schedule="constant", epochs=epochs) for epochs in (5, 2))
    assert train(long.folder) == train(short.folder) == 0
    short.save_settings(long.settings)
    go_on(short)
    assert_same(short, long)


def test_epochs_that_were_added_are_trained_though_the_patience_was_over(new_run):
    run = new_run(HEAD, patience=1, learning_rate=10.0, epochs=60)
    assert train(run.folder) == 0
    done = epochs_in(run.checkpoint)
    assert done < 60
    go_on(run)
    assert epochs_in(run.checkpoint) == done, "going on has nothing left to do"
    run.save_settings(read_settings(run.settings.to_dict() | {"epochs": done + 3, "patience": 3}))
    run.update(facts={"extended_from": done})
    go_on(run)
    assert epochs_in(run.checkpoint) == done + 3


def test_what_was_told_of_a_lost_epoch_is_told_once(new_run, eventually):
    run = new_run(SCRATCH)
    stopped_in_an_epoch(run, eventually)
    go_on(run)
    events = run.events.read()
    assert epoch_table(events)["epoch"].tolist() == list(range(1, EPOCHS + 1))
    assert batch_table(events)["position"].is_monotonic_increasing


def test_a_checkpoint_that_is_damaged_is_named(new_run):
    run = new_run(HEAD, epochs=2)
    assert train(run.folder) == 0
    run.checkpoint.write_bytes(run.checkpoint.read_bytes()[:1000])
    run.forget()
    assert train(run.folder) == 1
    assert "checkpoint.npz cannot be read" in run.status().error
    assert epochs_in(run.checkpoint) == 0


def test_a_checkpoint_of_another_network_is_refused(new_run, unbroken):
    run = new_run(SCRATCH, optimiser="sgd")
    run.checkpoint.write_bytes(unbroken(SCRATCH).checkpoint.read_bytes())
    assert train(run.folder) == 1
    assert "another network or optimiser" in run.status().error


def test_where_there_is_no_checkpoint_there_are_no_epochs(tmp_path):
    assert epochs_in(tmp_path / "none.npz") == 0


def test_an_epoch_tells_its_learning_rate_its_speed_and_its_memory(unbroken):
    table = epoch_table(unbroken(SCRATCH).events.read())
    # The warm-up ends in the second epoch; the cosine ends at nothing with the last step.
    assert table["learning_rate"].iloc[1] > table["learning_rate"].iloc[0]
    assert table["learning_rate"].iloc[-1] == pytest.approx(0, abs=1e-12)
    assert (table["images_per_second"] > 0).all()
    assert table["memory_mb"].between(50, 100_000).all()
