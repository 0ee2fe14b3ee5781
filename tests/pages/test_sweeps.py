"""Sweeps on the page Compare: the form, the course, what was found, and comparing it."""

import json

from core.jobs import identity
from core.runs.sweep import Sweep, list_sweeps


def begun(workspace, dataset, runs, **status):
    """A sweep as its process leaves it, over runs that are there."""
    sweep = Sweep(workspace.root / "sweeps" / "20260101-000000-pets-small_cnn")
    sweep.folder.mkdir(parents=True)
    axis = {"name": "dropout", "low": 0.1, "high": 0.5, "log": False, "options": []}
    request = {
        "dataset": dataset.name,
        "settings": runs[0].settings.to_dict(),
        "method": "tpe",
        "runs": 8,
        "minutes": 0,
    }
    (sweep.folder / "request.json").write_text(json.dumps(request | {"axes": [axis]}))
    sweep.save_trials(
        [
            {"run": run.id, "values": {"dropout": 0.1 * place}, "state": "done", "log_loss": 1 / place, "accuracy": 0.9}
            for place, run in enumerate(runs, 1)
        ]
    )
    sweep.update(**{"state": "done", "started": 100.0, "finished": 160.0} | status)
    return sweep


def test_a_sweep_is_started_over_the_settings_chosen(visit, workspace, pets, launched):
    page = visit("compare")
    assert "Runs are judged by the validation images" in page.words
    page.set("Runs at most", 3)
    page.press("Try 3 runs")
    (sweep,) = list_sweeps(workspace)
    assert launched == [("core.runs.sweep_worker", sweep.id)]
    assert [axis.name for axis in sweep.axes] == ["learning_rate", "dropout"]
    assert sweep.axes[0].log
    assert sweep.request["runs"] == 3
    assert "Stop, and keep what is done" in page.buttons


def test_a_range_the_wrong_way_round_is_refused(visit, workspace, pets, launched):
    page = visit("compare")
    page.set("Dropout from", 0.9)
    page.press("Try 8 runs")
    assert "from a smaller to a larger" in page.errors[0]
    assert launched == []


def test_the_course_of_a_sweep_survives_a_refresh_and_is_stopped(visit, workspace, pets, trained):
    runs = [trained(pets)]
    sweep = begun(
        workspace, pets, runs, state="running", stage="Trying settings", done=1, total=8, processes=[identity()]
    )
    page = visit("compare")
    assert "Trying settings · 1 of 8" in page.words
    page.press("Stop, and keep what is done")
    assert sweep.stop_requested


def test_the_best_are_named_and_compared(visit, workspace, pets, trained):
    runs = [trained(pets, settings={"seed": seed}) for seed in range(3)]
    begun(workspace, pets, runs[:2])
    page = visit("compare", runs=",".join(run.id for run in (runs[0], runs[2])))
    assert "Best of 2: dropout 0.2" in page.words
    page.press("Compare the best of these")
    assert page.query["runs"] == f"{runs[1].id},{runs[0].id}"


def test_a_sweep_that_failed_says_why(visit, workspace, pets, trained):
    begun(workspace, pets, [trained(pets)], state="failed", error="Your space here is *full*.")
    assert "Your space here is *full*." in visit("compare").errors
