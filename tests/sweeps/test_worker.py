"""The process of a sweep: what it tries, how it goes on after it died, and what ends it."""

import errno
import itertools

import numpy as np
import pytest

from core.datasets.splits import SplitSettings
from core.datasets.store import delete_dataset
from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import Predictions
from core.jobs.job import identity
from core.runs.lifecycle import wait
from core.runs.record import Run, create_run, list_runs
from core.runs.settings import read_settings
from core.sweeps import worker
from core.sweeps.sweep import Axis, Sweep, parse_axes, resume_sweep, start_sweep

SHARED = {"dataset": "pets", "architecture": "small_cnn", "image_size": 32, "epochs": 1}


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 12, "dogs": 12})


@pytest.fixture
def end_run(pets):
    """Ends a run at once: the nearer its dropout is to 0.3 the better; beyond 0.85 it diverges."""

    def end(run):
        sure = 0.95 - abs(run.settings.dropout - 0.3)
        if sure <= 0.4:
            run.update(state="failed", error="It diverged.", facts={"diverged": True})
            return
        images = pets.images
        true = pets.label_indices(images["label"])
        probabilities = np.where(true[:, None] == [0, 1], sure, 1 - sure)
        ids, splits = (images[column].to_numpy(dtype=str) for column in ("path", "split"))
        Predictions(ids, splits, true, probabilities, pets.class_names).save(run.predictions_path)
        run.update(state="done", facts={"dataset_version": pets.content.version})

    return end


@pytest.fixture
def started(monkeypatch, end_run):
    """Runs end as soon as they are started; `started.by` can be replaced by what else becomes of them."""

    class Started:
        by = staticmethod(end_run)

    def start(workspace, dataset, chosen):
        run = create_run(workspace, chosen)
        Started.by(run)
        return run

    monkeypatch.setattr(Sweep, "launch", lambda self, *arguments, **places: None)
    monkeypatch.setattr(worker, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr(worker, "start", start)
    return Started


@pytest.fixture
def laid_out(workspace, pets, started):
    """Lays out a sweep whose process has not begun."""
    return lambda axes, method="tpe", **budget: start_sweep(
        workspace, pets, read_settings(SHARED), axes, method, **budget
    )


@pytest.fixture
def tried(laid_out):
    """Works a sweep off in this process."""

    def work(*arguments, **budget):
        sweep = laid_out(*arguments, **budget)
        worker.Sweeping(sweep).work()
        return sweep

    return work


# What is tried -------------------------------------------------------------------------------------------------------


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
    found = run.evaluate("validation")
    assert sweep.best()["accuracy"] == found.accuracy.value == 1
    assert sweep.best()["accuracy_ci95"] == pytest.approx([found.accuracy.low, found.accuracy.high])
    assert sweep.best()["images"] == found.n


def test_the_budget_is_kept(tried):
    assert len(tried(parse_axes("dropout=0..0.8"), "random", runs=5).trials()) == 5
    assert len(tried(parse_axes("dropout=0..0.8"), "grid", runs=2).trials()) == 2
    assert tried(parse_axes("dropout=0..0.8"), "tpe", runs=5, minutes=1e-9).trials() == []


def test_runs_that_diverged_are_told_and_not_the_best(tried):
    sweep = tried(parse_axes("dropout=0.3|0.87|0.88|0.89|0.9"), "grid", runs=5)
    assert [trial["state"] for trial in sweep.trials()] == ["done", *["failed"] * 4]
    assert sweep.trials()[1]["error"] == "It diverged."
    assert sweep.best()["values"]["dropout"] == 0.3


def test_combinations_that_no_run_accepts_are_passed_over(tried):
    sweep = tried(parse_axes("architecture=small_cnn|inception_v3,image_size=32|96"), "grid", runs=10)
    values = [tuple(trial["values"].values()) for trial in sweep.trials()]
    assert ("inception_v3", 96) in values
    assert ("inception_v3", 32) not in values


# Going on after its process died -------------------------------------------------------------------------------------


def dies(sweep, trials, **last):
    """Leaves a sweep as a killed process does while the last of these trials goes on."""
    left = [*trials[:-1], trials[-1] | worker.UNEVALUATED | {"state": "running"} | last]
    sweep.save_trials(left)
    sweep.update(state="running", processes=[[1, 0.0]])
    return sweep.run_of(left[-1])


@pytest.mark.parametrize("method", ["grid", "random", "tpe"])
def test_a_sweep_that_died_tries_what_it_would_have_tried(tried, workspace, method):
    axes = parse_axes("dropout=0..0.8,learning_rate=1e-4..1e-2:log")
    undisturbed = tried(axes, method, runs=8).trials()
    sweep = tried(axes, method, runs=8)
    trials = sweep.trials()
    lost = dies(sweep, trials[:6])
    lost.update(state="running", processes=[[1, 0.0]])
    lost.predictions_path.unlink()
    for trial in trials[6:]:
        sweep.run_of(trial).update(state="done")
    resume_sweep(workspace, sweep)
    worker.Sweeping(sweep).work()
    again = sweep.trials()
    assert [trial["values"] for trial in again] == [trial["values"] for trial in undisturbed]
    assert [trial["log_loss"] for trial in again] == [trial["log_loss"] for trial in undisturbed]
    assert [trial["run"] for trial in again[:5]] == [trial["run"] for trial in trials[:5]]
    # The one of which no epoch was kept was begun anew, and took the place of the old one.
    assert len(list_runs(workspace)) == len(undisturbed) + len(trials) + len(trials[6:])


def test_a_run_that_ended_meanwhile_is_evaluated(tried, workspace):
    sweep = tried(parse_axes("dropout=0.1|0.3"), "grid", runs=2)
    before = sweep.trials()
    dies(sweep, before)
    worker.Sweeping(sweep).work()
    assert sweep.trials() == before


def test_a_run_that_died_with_its_sweep_is_resumed(tried, monkeypatch, end_run):
    sweep = tried(parse_axes("dropout=0.1|0.3"), "grid", runs=2)
    before, resumed = sweep.trials(), []
    lost = dies(sweep, before)
    lost.update(state="running", processes=[[1, 0.0]])
    monkeypatch.setattr(worker, "can_resume", lambda run: True)
    monkeypatch.setattr(worker, "resume", lambda workspace, run: (resumed.append(run.id), end_run(run)))
    worker.Sweeping(sweep).work()
    assert resumed == [lost.id]
    assert sweep.trials() == before


def test_a_run_that_was_cut_short_goes_on_with_its_sweep(tried, monkeypatch, end_run):
    sweep = tried(parse_axes("dropout=0.1|0.3"), "grid", runs=2)
    before, resumed = sweep.trials(), []
    run = dies(sweep, before, state="stopped", cut_short=True)
    run.update(state="stopped")
    monkeypatch.setattr(worker, "can_resume", lambda run: True)
    monkeypatch.setattr(worker, "resume", lambda workspace, run: (resumed.append(run.id), end_run(run)))
    worker.Sweeping(sweep).work()
    assert resumed == [run.id]
    assert sweep.trials() == before


@pytest.fixture
def ten_seconds_a_look(monkeypatch):
    clock = itertools.count(step=10)
    monkeypatch.setattr(worker.time, "monotonic", lambda: float(next(clock)))


def test_what_it_worked_before_it_died_counts(laid_out, ten_seconds_a_look):
    sweep = laid_out(parse_axes("dropout=0.1..0.8"), runs=50, minutes=1)
    sweep.update(facts={"worked_seconds": 45.0})
    worker.Sweeping(sweep).work()
    assert 0 < len(sweep.trials()) < 5
    assert sweep.worked_seconds >= 45
    assert "1 minutes were spent before all 50 runs" in sweep.status().facts["note"]


def test_waiting_in_line_does_not_count(laid_out, started, end_run, ten_seconds_a_look, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    looks = itertools.count(1)
    look = worker.Sweeping._look

    def look_and_end(self):
        if next(looks) % 20 == 0:
            for run in self._going.values():
                end_run(run)
        look(self)

    line = "Waiting for another run to end"
    started.by = lambda run: run.update(state="queued", stage=line, processes=[identity()])
    monkeypatch.setattr(worker.Sweeping, "_look", look_and_end)
    sweep = laid_out(parse_axes("dropout=0.1|0.2"), "grid", runs=2, minutes=1.5)
    worker.Sweeping(sweep).work()
    assert [(trial["state"], trial["cut_short"]) for trial in sweep.trials()] == [("done", False)] * 2


# What ends it --------------------------------------------------------------------------------------------------------


def test_three_failures_in_a_row_end_it_and_are_told(laid_out, started):
    started.by = lambda run: run.update(state="failed", error="The GPU is gone.\nLast lines of its log: …")
    sweep = laid_out(parse_axes("dropout=0.1..0.8"), "random", runs=20)
    with pytest.raises(WorkbenchError, match=r"3 runs in a row failed.*The GPU is gone\."):
        worker.Sweeping(sweep).work()
    assert len(sweep.trials()) == 3


def test_single_failures_do_not_end_it(laid_out, started, end_run):
    count = iter(range(100))
    started.by = lambda run: end_run(run) if next(count) % 3 == 2 else run.update(state="failed", error="By chance.")
    sweep = laid_out(parse_axes("dropout=0.1..0.8"), "random", runs=9)
    worker.Sweeping(sweep).work()
    assert [trial["state"] for trial in sweep.trials()] == ["failed", "failed", "done"] * 3


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (UsageError("Your space here is full (2.0 GB). Delete a dataset or a run first."), "Your space here is full"),
    ],
)
def test_where_no_further_run_can_be_started_it_says_why(laid_out, started, end_run, obstacle, words):
    def until_full(run):
        if len(list(run.folder.parent.iterdir())) > 2:
            raise obstacle
        end_run(run)

    started.by = until_full
    sweep = laid_out(parse_axes("dropout=0.1..0.8"), "random", runs=9)
    with pytest.raises(WorkbenchError, match=f"No further run could be started: {words}.*can go on from there"):
        worker.Sweeping(sweep).work()
    assert [trial["state"] for trial in sweep.trials()] == ["done", "done"]


@pytest.mark.parametrize("end", ["changed", "deleted"])
def test_it_ends_where_its_dataset_is_changed_or_deleted(laid_out, started, end_run, pets, end):
    def meanwhile(run):
        end_run(run)
        if end == "changed":
            pets.set_split(SplitSettings(seed=99))
        else:
            delete_dataset(pets)

    started.by = meanwhile
    sweep = laid_out(parse_axes("dropout=0.1..0.8"), "random", runs=9)
    with pytest.raises(WorkbenchError, match="changed since the sweep began" if end == "changed" else "no dataset"):
        worker.Sweeping(sweep).work()
    assert len(sweep.trials()) == 1


def test_a_run_on_other_images_is_not_evaluated(tried, started, end_run):
    def on_other_images(run):
        end_run(run)
        run.update(facts={"dataset_version": "other"})

    started.by = on_other_images
    sweep = tried(parse_axes("dropout=0.1|0.3"), "grid", runs=2)
    assert sweep.best() is None
    assert "trained on other images" in sweep.trials()[0]["error"]


def test_where_nothing_goes_together_it_says_so(laid_out):
    sweep = laid_out(parse_axes("architecture=inception_v3,image_size=32|40"), "grid", runs=4)
    with pytest.raises(WorkbenchError, match="None of the combinations can be trained"):
        worker.Sweeping(sweep).work()
    assert sweep.trials() == []


def test_strangers_take_turns_with_a_sweep(laid_out, started, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "4")
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    most = []

    def goes_on(run):
        others = [other for other in run.folder.parent.iterdir() if Run(other).status().active]
        most.append(1 + len(others))
        for other in others:
            Run(other).update(state="done")
        run.update(state="running", processes=[identity()])

    def count(self):
        if self._going:
            for run in self._going.values():
                run.update(state="done")

    started.by = goes_on
    monkeypatch.setattr(worker.Sweeping, "_count_time", count)
    sweep = laid_out(parse_axes("dropout=0.1..0.8"), "random", runs=4)
    worker.Sweeping(sweep).work()
    assert most == [1, 1, 1, 1]


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_sweep_that_is_stopped_keeps_what_is_done_and_goes_on(workspace, pets, eventually):
    axes = (Axis("dropout", 0, 0.8),)
    sweep = start_sweep(workspace, pets, read_settings(SHARED), axes, "random", runs=50)
    eventually(lambda: any(trial["log_loss"] is not None for trial in sweep.trials()), seconds=180)
    sweep.request_stop()
    assert wait(sweep).state == "stopped"
    tried = sweep.trials()
    assert 1 <= len(tried) < 50
    assert sweep.best() is not None
    assert not any(run.status().active for run in list_runs(workspace))
    resume_sweep(workspace, sweep, runs=len(tried) + 1)
    assert wait(sweep).state == "done"
    assert [trial["values"] for trial in sweep.trials()[:-1]] == [trial["values"] for trial in tried]
    assert all(trial["log_loss"] is not None for trial in sweep.trials())
