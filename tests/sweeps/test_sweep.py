"""Sweeps: what may be varied, how one is asked for, stopped, resumed and brought back."""

import json

import pytest

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.datasets.splits import SplitSettings
from core.datasets.store import delete_dataset
from core.errors import UsageError
from core.files import write_json
from core.hosting import Hosting
from core.jobs.job import identity
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.sweeps.proposals import propose
from core.sweeps.sweep import (
    DEFAULT_MINUTES_HOSTED,
    DEFAULT_RUNS,
    MOST_MINUTES_HOSTED,
    MOST_REVIVALS,
    MOST_RUNS_HOSTED,
    Axis,
    Sweep,
    budget_limits,
    find_sweep,
    grid_point,
    grid_size,
    is_resumable,
    larger_budget,
    list_sweeps,
    parse_axes,
    resume_sweep,
    revive_sweeps,
    settings_of_trial,
    start_sweep,
    sweeps_by_run,
)

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
    assert parse_axes("nesterov=true|off") == (Axis("nesterov", options=(True, False)),)


def test_what_was_called_otherwise_before_is_varied_by_its_new_name():
    assert parse_axes("average_views=0|1,least_steps=1..40,find_rate=on|off") == (
        Axis("test_time_augmentation", options=(False, True)),
        Axis("min_steps_per_epoch", 1, 40),
        Axis("find_learning_rate", options=(True, False)),
    )
    assert parse_axes("choose_decay=0..1") == (Axis("tune_weight_decay", options=(False, True)),)


def test_a_sweep_that_an_earlier_build_began_goes_on(pets, workspace):
    shared = settings().to_dict()
    for name in ("test_time_augmentation", "tune_weight_decay", "find_learning_rate", "min_steps_per_epoch"):
        del shared[name]
    shared |= {"average_views": 1, "choose_decay": 1, "find_rate": "off", "least_steps": 1, "nesterov": "off"}
    tried = {"average_views": 1, "find_rate": "on", "dropout": 0.2}
    axes = [
        {"name": "average_views", "low": 0, "high": 1, "log": False, "options": []},
        {"name": "find_rate", "low": 0.0, "high": 0.0, "log": False, "options": ["on", "off"]},
        {"name": "dropout", "low": 0.0, "high": 0.5, "log": False, "options": []},
    ]
    request = {"dataset": "pets", "dataset_version": 1, "settings": shared, "axes": axes, "networks": {}}
    sweep = Sweep(workspace.root / "sweeps" / "sweep-20260101-000000-pets-small_cnn")
    write_json(sweep.folder / "request.json", request | {"method": "tpe", "runs": 8, "minutes": 0})
    trial = {"run": "r", "values": tried, "state": "done", "error": "", "cut_short": False, "log_loss": 0.5}
    write_json(sweep.folder / "trials.json", [trial])
    assert sweep.axes == (
        Axis("test_time_augmentation", options=(False, True)),
        Axis("find_learning_rate", options=(True, False)),
        Axis("dropout", 0.0, 0.5),
    )
    (known,) = sweep.trials()
    assert known["values"] == {"test_time_augmentation": True, "find_learning_rate": True, "dropout": 0.2}
    again = settings_of_trial(sweep.request["settings"], known["values"])
    assert (again.test_time_augmentation, again.find_learning_rate, again.dropout) == (True, True, 0.2)
    values, proposed = propose(
        sweep.request, sweep.axes, sweep.trials(), lambda values: settings_of_trial(sweep.request["settings"], values)
    )
    assert set(values) == set(known["values"])
    assert proposed.test_time_augmentation is values["test_time_augmentation"]
    told = json.loads(json.dumps(sweep.to_dict()))
    assert [axis["name"] for axis in told["axes"]] == list(told["trials"][0]["values"])


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
    points = [grid_point(axes, index) for index in range(6)]
    assert points[0] == {"learning_rate": 1e-4, "batch_size": 8}
    assert [point["learning_rate"] for point in points[::2]] == [1e-4, 1e-3, 1e-2]


def test_another_architecture_comes_with_its_own_settings():
    shared = settings(seed=3, learning_rate=0.5).to_dict()
    other = settings_of_trial(shared, {"architecture": "lenet_5"})
    assert (other.seed, other.image_size) == (3, 32)
    assert other.learning_rate != 0.5
    assert settings_of_trial(shared, {"dropout": 0.1}).learning_rate == 0.5


def test_a_sweep_of_an_earlier_build_goes_on_with_the_steps_its_runs_had():
    shared = settings(architecture="mobilenet").to_dict()
    assert settings_of_trial(shared, {"dropout": 0.1}).min_steps_per_epoch == shared.pop("min_steps_per_epoch") == 40
    assert settings_of_trial(shared, {"dropout": 0.1}).min_steps_per_epoch == 1


def test_own_networks_are_tried_beside_those_of_the_program(workspace, pets, launched):
    network = CustomNetwork(
        "mini", "Mini", 32, 3, (usual_block("convolution", filters=4), usual_block("global_max_pool"))
    )
    CustomNetworks(workspace).save(network)
    axes = parse_axes("architecture=small_cnn|mini", workspace)
    sweep = start_sweep(workspace, pets, settings(), axes, "grid")
    CustomNetworks(workspace).delete("mini")
    shared, networks = sweep.request["settings"], sweep.request["networks"]
    tried = [settings_of_trial(shared, {"architecture": name}, networks).design.title for name in axes[0].options]
    assert tried == ["Small CNN", "Mini"], "a sweep goes on with the network as it was"
    with pytest.raises(UsageError, match=r"no architecture .mini.*small_cnn"):
        parse_axes("architecture=small_cnn|mini", workspace)


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
        ({"runs": 0}, "'runs' must be a whole number from 2"),
        ({"minutes": float("nan")}, "'minutes' must be"),
        ({"axes": (Axis("dropout", options=(0.2,)), Axis("batch_size", options=(8,)))}, "only one combination"),
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


@pytest.fixture
def launched(monkeypatch):
    """Sweeps whose processes are said to be on their way, and are not."""
    started = []

    def launch(sweep, *arguments, **places):
        started.append(sweep.id)
        sweep.update(state="running", processes=[identity()])

    monkeypatch.setattr(Sweep, "launch", launch)
    return started


@pytest.fixture
def begin(workspace, pets, launched):
    """Starts a sweep over dropout."""
    return lambda **changes: start_sweep(
        workspace, pets, settings(), **{"axes": (Axis("dropout", 0.1, 0.5),)} | changes
    )


def trial(run, **changes):
    figures = {"log_loss": 0.5, "accuracy": 0.9, "accuracy_ci95": [0.8, 0.95], "images": 100}
    return (
        {"run": run, "values": {"dropout": 0.2}, "state": "done", "error": "", "cut_short": False} | figures | changes
    )


UNEVALUATED = dict.fromkeys(("log_loss", "accuracy", "accuracy_ci95", "images"))


def test_one_sweep_at_a_time(workspace, begin):
    first = begin()
    with pytest.raises(UsageError, match="one at a time"):
        begin()
    assert [sweep.id for sweep in list_sweeps(workspace, "pets")] == [first.id]
    assert list_sweeps(workspace, "cars") == []


def test_where_strangers_share_the_machine_a_sweep_is_bounded(begin, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    for wrong in ({"minutes": 0}, {"minutes": MOST_MINUTES_HOSTED + 1}, {"runs": MOST_RUNS_HOSTED + 1}):
        with pytest.raises(UsageError, match="must be"):
            begin(**wrong)
    assert begin().request["minutes"] == DEFAULT_MINUTES_HOSTED
    assert budget_limits(Hosting())[1:] == (budget_limits(Hosting())[1], 0)


def test_a_sweep_is_found_by_how_its_id_begins(workspace, begin):
    sweep = begin()
    assert find_sweep(workspace, sweep.id[:12]).id == sweep.id
    with pytest.raises(UsageError, match="no sweep 'sweep-1999'"):
        find_sweep(workspace, "sweep-1999")


def test_which_sweep_a_run_belongs_to(workspace, begin):
    sweep = begin()
    sweep.save_trials([trial("a"), trial("b")])
    assert sweeps_by_run(workspace.root) == {"a": sweep.id, "b": sweep.id}


# Stopping, and going on ----------------------------------------------------------------------------------------------


def test_a_stop_reaches_the_run_that_is_going(workspace, begin):
    sweep, done, going = begin(), create_run(workspace, settings()), create_run(workspace, settings())
    done.update(state="done")
    going.update(state="running", processes=[identity()])
    sweep.save_trials([trial(done.id), trial(going.id, state="running", **UNEVALUATED)])
    sweep.request_stop()
    assert (sweep.stop_requested, going.stop_requested, done.stop_requested) == (True, True, False)


def died(sweep, **facts):
    sweep.update(state="running", processes=[[1, 0.0]], facts=facts)
    return sweep


def test_a_sweep_whose_process_is_gone_is_stopped_for_good(workspace, begin):
    sweep = died(begin())
    assert sweep.lost
    sweep.request_stop()
    assert sweep.status().state == "stopped"
    assert revive_sweeps(workspace) == []


def test_a_sweep_whose_process_is_gone_is_brought_back(workspace, begin, launched):
    sweep = died(begin(), worked_seconds=12.5)
    assert [found.id for found in revive_sweeps(workspace)] == [sweep.id]
    assert launched == [sweep.id, sweep.id]
    assert sweep.status().active
    assert sweep.worked_seconds == 12.5
    assert revive_sweeps(workspace) == []


def test_a_sweep_that_dies_again_and_again_is_left_to_be_resumed(workspace, begin, launched):
    sweep = begin()
    for _ in range(MOST_REVIVALS):
        assert revive_sweeps(workspace) or died(sweep)
        revive_sweeps(workspace)
    died(sweep)
    assert revive_sweeps(workspace) == []
    assert is_resumable(sweep)
    resume_sweep(workspace, sweep)
    assert sweep.status().active


def test_what_goes_on_can_not_be_resumed(workspace, begin):
    with pytest.raises(UsageError, match="still going"):
        resume_sweep(workspace, begin())


def test_a_sweep_that_has_spent_its_budget_goes_on_with_a_larger_one(workspace, begin):
    sweep = begin(runs=2, minutes=1)
    sweep.save_trials([trial("a"), trial("b")])
    sweep.update(state="done", facts={"worked_seconds": 61.0})
    assert not is_resumable(sweep)
    with pytest.raises(UsageError, match="tried 2 of 2 runs"):
        resume_sweep(workspace, sweep)
    with pytest.raises(UsageError, match="spent its 1 minutes"):
        resume_sweep(workspace, sweep, runs=5)
    assert larger_budget(sweep, DEFAULT_RUNS) == {"runs": 2 + DEFAULT_RUNS, "minutes": 3}
    resume_sweep(workspace, sweep, runs=5, minutes=2)
    assert (sweep.request["runs"], sweep.request["minutes"]) == (5, 2)


def test_a_grid_that_is_all_tried_has_nothing_left(workspace, begin):
    sweep = begin(axes=(Axis("dropout", options=(0.2, 0.5)),), method="grid", runs=10)
    assert sweep.total == 2
    sweep.save_trials([trial("a"), trial("b")])
    sweep.update(state="done")
    assert larger_budget(sweep, 8) is None
    with pytest.raises(UsageError, match="all 2 combinations"):
        resume_sweep(workspace, sweep)


def test_a_run_that_was_cut_short_is_left_to_do(begin):
    sweep = begin(runs=2)
    sweep.save_trials([trial("a"), trial("b", state="stopped", cut_short=True)])
    sweep.update(state="stopped")
    assert is_resumable(sweep)


def test_a_sweep_does_not_go_on_over_other_images(workspace, begin, pets):
    sweep = begin()
    sweep.update(state="stopped")
    pets.set_split(SplitSettings(seed=99))
    with pytest.raises(UsageError, match="changed since the sweep began"):
        resume_sweep(workspace, sweep)
    delete_dataset(pets)
    with pytest.raises(UsageError, match="no dataset 'pets'"):
        resume_sweep(workspace, sweep)
    assert sweep.status().state == "stopped"
