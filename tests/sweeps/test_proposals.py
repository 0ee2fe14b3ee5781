"""What a sweep tries next, and which settings mattered, from made-up outcomes."""

import numpy as np
import pytest

from core.errors import UsageError
from core.sweeps.proposals import importances, propose
from core.sweeps.sweep import Axis, parse_axes


def request(method="tpe", runs=30, seed=0):
    return {"method": method, "runs": runs, "settings": {"seed": seed}}


def accept(values):
    return values


def trials_of(asked, axes, loss, count=None):
    """The course of a sweep whose runs come out as `loss` says."""
    trials = []
    while len(trials) < (count or asked["runs"]) and (found := propose(asked, axes, trials, accept)):
        trials.append({"values": found[0], "state": "done", "log_loss": loss(found[0])})
    return trials


def test_it_learns_where_good_settings_lie():
    trials = trials_of(request(), parse_axes("dropout=0..0.9"), lambda values: abs(values["dropout"] - 0.3))
    distances = [trial["log_loss"] for trial in trials]
    assert np.mean(distances[-10:]) < 0.75 * np.mean(distances[:10])


@pytest.mark.parametrize("method", ["tpe", "random", "grid"])
def test_the_seed_settles_what_is_tried(method):
    axes = parse_axes("learning_rate=1e-4..1e-2:log,dropout=0..0.9,batch_size=8..64")
    first, second = (trials_of(request(method, 9), axes, lambda values: values["dropout"]) for _ in range(2))
    other = trials_of(request(method, 9, seed=1), axes, lambda values: values["dropout"])
    assert first == second
    assert first != other


def test_of_a_grid_that_is_too_large_all_settings_vary():
    axes = parse_axes("dropout=0..0.9,batch_size=8..64,learning_rate=1e-4..1e-2:log")
    trials = trials_of(request("grid", 8), axes, lambda values: 1.0)
    assert len(trials) == 8
    assert all(len({trial["values"][axis.name] for trial in trials}) > 1 for axis in axes)


def test_a_grid_beyond_all_counting_is_drawn_from_at_once():
    axes = tuple(Axis(name, options=tuple(range(20))) for name in "abcdefgh")
    assert len(trials_of(request("grid", 3), axes, lambda values: 1.0)) == 3


def test_what_is_drawn_stays_in_its_range():
    axes = parse_axes("learning_rate=0.0012349..0.0012351")
    trials = trials_of(request("random", 10), axes, lambda values: 1.0)
    assert all(0.0012349 <= trial["values"]["learning_rate"] <= 0.0012351 for trial in trials)


def test_a_run_that_goes_on_and_one_that_failed_are_not_proposed_again():
    axes = parse_axes("dropout=0.1|0.2|0.3")
    going = {"values": {"dropout": 0.1}, "state": "running", "log_loss": None}
    failed = {"values": {"dropout": 0.2}, "state": "failed", "log_loss": None}
    for method in ("tpe", "random", "grid"):
        assert propose(request(method), axes, [going, failed], accept)[0] == {"dropout": 0.3}
        last = {"values": {"dropout": 0.3}, "state": "done", "log_loss": 1.0}
        assert propose(request(method), axes, [going, failed, last], accept) is None


def test_combinations_that_are_refused_are_passed_over_and_told_where_none_is_left():
    axes = parse_axes("dropout=0.1|0.2|0.3")

    def refuse(values):
        if values["dropout"] < limit:
            raise UsageError("Too little.")
        return values

    for method in ("tpe", "random", "grid"):
        limit = 0.25
        assert propose(request(method), axes, [], refuse)[0] == {"dropout": 0.3}
        limit = 1
        with pytest.raises(UsageError, match=r"None of the combinations can be trained\..* Too little\."):
            propose(request(method), axes, [], refuse)


def test_the_setting_that_matters_is_found():
    axes = parse_axes("dropout=0..0.9,learning_rate=1e-4..1e-2:log,optimiser=adam|sgd")
    trials = trials_of(request("random", 30), axes, lambda values: 0.1 + 2 * values["dropout"])
    found = importances(axes, trials)
    assert next(iter(found)) == "dropout"
    assert found["dropout"] > 0.8
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)


def test_importances_need_runs_enough_and_differences():
    axes = parse_axes("dropout=0..0.9,batch_size=8..64")
    trials = trials_of(request("random", 10), axes, lambda values: values["dropout"])
    assert importances(axes, trials)
    assert importances(axes, trials[:9]) == {}
    assert importances(axes, [trial | {"log_loss": 1.0} for trial in trials]) == {}
    assert (
        importances(axes[:1], [trial | {"values": {"dropout": trial["values"]["dropout"]}} for trial in trials]) == {}
    )
    assert importances(axes, [trial | {"log_loss": None, "state": "failed"} for trial in trials]) == {}
