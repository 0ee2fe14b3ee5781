"""Sweeps: what may be varied, how it is asked for, and a real one from start to end."""

import numpy as np
import pytest

from core.datasets.splits import SplitSettings
from core.errors import UsageError
from core.evaluation.predictions import Predictions
from core.jobs import identity
from core.runs import sweep_worker
from core.runs.executor import wait
from core.runs.record import Run, create_run, list_runs
from core.runs.settings import read_settings
from core.runs.sweep import Axis, Sweep, grid_points, grid_size, list_sweeps, parse_axes, settings_of_trial, start_sweep

SHARED = {"dataset": "pets", "architecture": "small_cnn", "image_size": 32, "epochs": 1}


def settings(**changes):
    return read_settings(SHARED | changes)


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 12, "dogs": 12})


# What is varied ------------------------------------------------------------------------------------------------------


def test_ranges_and_options_are_read():
    assert parse_axes("learning_rate=1e-4..1e-2:log, dropout=0.2|0.5,batch_size=8..32,optimiser=adam|sgd") == (
        Axis("learning_rate", 1e-4, 1e-2, True),
        Axis("dropout", options=(0.2, 0.5)),
        Axis("batch_size", 8, 32),
        Axis("optimiser", options=("adam", "sgd")),
    )
    assert parse_axes("image_size=32|64|32") == (Axis("image_size", options=(32, 64)),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Vary from 1 to 8"),
        ("dropout", "does not say what to vary"),
        ("dropout=", "does not say what to vary"),
        ("colour=1..2", "can't vary 'colour'"),
        ("dataset=a|b", "can't vary 'dataset'"),
        ("weights=/etc/passwd|x", "can't vary 'weights'"),
        ("dropout=0.1|0.2,dropout=0.3|0.4", "named twice"),
        ("dropout=a|b", "'dropout' must be a number"),
        ("dropout=a..b", "no numbers at its ends"),
        ("dropout=0.5..0.1", "from a smaller to a larger"),
        ("dropout=nan..0.1", "from a smaller to a larger"),
        ("dropout=0.1..inf", "from a smaller to a larger"),
        ("dropout=0..0.5:log", "has to begin above 0"),
        ("dropout=0.1..0.5:exp", "may end with ':log'"),
        ("optimiser=1..2", "has no range"),
        ("optimiser=adam|adagrad", "must be one of"),
        ("architecture=lenet_5|nothing", "no architecture 'nothing'"),
        ("image_size=" + "|".join(map(str, range(10, 40))), "at most 20 options"),
    ],
)
def test_what_can_not_be_varied_is_refused(text, complaint):
    with pytest.raises(UsageError, match=complaint.replace("(", r"\(")):
        parse_axes(text)


def test_a_grid_tries_every_combination():
    axes = parse_axes("learning_rate=1e-4..1e-2:log,batch_size=8..9")
    assert grid_size(axes) == 6
    points = list(grid_points(axes))
    assert points[0] == {"learning_rate": 1e-4, "batch_size": 8}
    assert [point["learning_rate"] for point in points[::2]] == [1e-4, 1e-3, 1e-2]


def test_another_architecture_comes_with_its_own_settings():
    shared = settings(seed=3, learning_rate=0.5).to_dict()
    other = settings_of_trial(shared, {"architecture": "lenet_5"})
    assert (other.seed, other.image_size) == (3, 32)
    assert other.learning_rate != 0.5
    assert settings_of_trial(shared, {"dropout": 0.1}).learning_rate == 0.5


# Starting ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"runs": 1}, "'runs' must be a whole number from 2"),
        ({"runs": 101}, "'runs' must be a whole number from 2"),
        ({"minutes": -1}, "'minutes' must be"),
        ({"method": "genetic"}, "no method 'genetic'"),
        ({"axes": (Axis("dropout", 0.1, 7),)}, "'dropout' must be a number"),
        ({"axes": ()}, "Vary from 1"),
    ],
)
def test_a_sweep_out_of_range_does_not_start(workspace, pets, changes, complaint):
    arguments = {"axes": (Axis("dropout", 0.1, 0.5),)} | changes
    with pytest.raises(UsageError, match=complaint):
        start_sweep(workspace, pets, settings(), **arguments)
    assert list_sweeps(workspace) == []


def test_without_validation_images_there_is_nothing_to_choose_by(workspace, pets):
    pets.set_split(SplitSettings(validation=0))
    with pytest.raises(UsageError, match="chooses by validation images"):
        start_sweep(workspace, pets, settings(), (Axis("dropout", 0.1, 0.5),))


def test_one_sweep_at_a_time(workspace, pets, monkeypatch):
    monkeypatch.setattr(Sweep, "launch", lambda self, *a, **k: self.update(state="running", processes=[identity()]))
    first = start_sweep(workspace, pets, settings(), (Axis("dropout", 0.1, 0.5),))
    with pytest.raises(UsageError, match="one at a time"):
        start_sweep(workspace, pets, settings(), (Axis("dropout", 0.1, 0.5),))
    assert [sweep.id for sweep in list_sweeps(workspace, "pets")] == [first.id]
    assert list_sweeps(workspace, "cars") == []


# At work -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tried(workspace, pets, monkeypatch):
    """Works a sweep off in this process, with runs that end at once: the nearer dropout is to 0.3 the better."""
    monkeypatch.setattr(Sweep, "launch", lambda self, *arguments, **places: None)
    monkeypatch.setattr(sweep_worker, "SECONDS_BETWEEN_LOOKS", 0)

    def start(workspace, dataset, chosen):
        run = create_run(workspace, chosen)
        sure = 0.95 - abs(chosen.dropout - 0.3)
        if sure > 0.1:  # else it is one that diverged
            images = dataset.images
            true = dataset.label_indices(images["label"])
            probabilities = np.where(true[:, None] == [0, 1], sure, 1 - sure)
            ids, splits = (images[column].to_numpy(dtype=str) for column in ("path", "split"))
            Predictions(ids, splits, true, probabilities, dataset.class_names).save(run.predictions_path)
        run.update(state="done" if sure > 0.1 else "failed")
        return run

    monkeypatch.setattr(sweep_worker, "start", start)

    def work(axes, method="tpe", **budget):
        sweep = start_sweep(workspace, pets, settings(), axes, method, **budget)
        sweep_worker.Sweeping(sweep).work()
        return sweep

    return work


@pytest.mark.parametrize("method", ["grid", "random", "tpe"])
def test_no_settings_are_tried_twice(tried, workspace, method):
    sweep = tried(parse_axes("dropout=0|0.4,batch_size=8|16"), method, runs=20)
    trials = sweep.trials()
    assert len({str(trial["values"]) for trial in trials}) == len(trials) == 4
    assert {trial["run"] for trial in trials} == {run.id for run in list_runs(workspace)}
    assert sweep.best()["values"]["dropout"] == 0.4
    run = Run(workspace.runs / sweep.best()["run"])
    assert run.settings.dropout == 0.4
    assert sweep.best()["log_loss"] == pytest.approx(-np.log(0.85))
    assert sweep.best()["accuracy"] == run.evaluate("validation")["accuracy"] == 1


def test_the_budget_is_kept(tried):
    assert len(tried(parse_axes("dropout=0..0.9"), "random", runs=5).trials()) == 5
    assert len(tried(parse_axes("dropout=0..0.9"), "grid", runs=2).trials()) == 2
    assert tried(parse_axes("dropout=0..0.9"), "tpe", runs=5, minutes=1e-9).trials() == []


def test_it_learns_where_good_settings_lie(tried):
    values = [trial["values"]["dropout"] for trial in tried(parse_axes("dropout=0..0.9"), runs=30).trials()]
    assert np.mean(np.abs(np.array(values[-10:]) - 0.3)) < np.mean(np.abs(np.array(values[:10]) - 0.3))


def test_the_seed_settles_what_is_tried(tried):
    first, second = (tried(parse_axes("learning_rate=1e-4..1e-2:log"), "random", runs=4).trials() for _ in range(2))
    assert [trial["values"] for trial in first] == [trial["values"] for trial in second]


def test_runs_that_failed_are_told_and_not_the_best(tried, monkeypatch):
    sweep = tried(parse_axes("dropout=0.3|0.9"), "tpe", runs=2)
    failed = next(trial for trial in sweep.trials() if trial["values"]["dropout"] == 0.9)
    assert failed["state"] in ("done", "failed")
    assert sweep.best()["values"]["dropout"] == 0.3


def test_combinations_that_no_run_accepts_are_passed_over(tried):
    sweep = tried(parse_axes("architecture=small_cnn|inception_v3,image_size=32|96"), "grid", runs=10)
    values = [tuple(trial["values"].values()) for trial in sweep.trials()]
    assert ("inception_v3", 96) in values
    assert ("inception_v3", 32) not in values


@pytest.mark.slow
def test_a_sweep_that_is_stopped_keeps_what_is_done(workspace, pets, eventually):
    axes = (Axis("dropout", 0, 0.9),)
    sweep = start_sweep(workspace, pets, settings(), axes, "random", runs=50)
    eventually(lambda: any(trial["log_loss"] is not None for trial in sweep.trials()))
    sweep.request_stop()
    assert wait(sweep).state == "stopped"
    assert 1 <= len(sweep.trials()) < 50
    assert sweep.best() is not None
    assert not any(run.status().active for run in list_runs(workspace))
