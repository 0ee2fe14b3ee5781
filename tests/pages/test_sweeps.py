"""Sweeps on the page Compare: the form, the course, what was found, and comparing it."""

import json
from dataclasses import replace

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.hosting import visitor_workspace
from core.jobs.job import identity
from core.sweeps.sweep import DEFAULT_MINUTES_HOSTED, MOST_MINUTES_HOSTED, MOST_REVIVALS, Sweep, list_sweeps
from pages.shared.page import COOKIE


def begun(workspace, dataset, runs, budget=8, **status):
    """A sweep as its process leaves it, over runs that are there."""
    sweep = Sweep(workspace.root / "sweeps" / "20260101-000000-pets-small_cnn")
    sweep.folder.mkdir(parents=True)
    axis = {"name": "dropout", "low": 0.1, "high": 0.5, "log": False, "options": []}
    request = {
        "dataset": dataset.name,
        "settings": runs[0].settings.to_dict(),
        "method": "tpe",
        "dataset_version": dataset.content.version,
        "runs": budget,
        "minutes": 0,
    }
    (sweep.folder / "request.json").write_text(json.dumps(request | {"axes": [axis]}))
    figures = {"accuracy": 0.9, "accuracy_ci95": [0.8, 0.95], "images": 100, "error": "", "cut_short": False}
    sweep.save_trials(
        [
            {"run": run.id, "values": {"dropout": 0.1 * place}, "state": "done", "log_loss": 1 / place} | figures
            for place, run in enumerate(runs, 1)
        ]
    )
    sweep.update(**{"state": "done", "started": 100.0, "finished": 160.0} | status)
    return sweep


def test_a_sweep_is_started_over_the_settings_chosen(visit, workspace, pets, launched):
    page = visit("compare")
    assert "Runs are evaluated by the validation images" in page.words
    page.set("Runs at most", 3)
    page.press("Try 3 runs")
    (sweep,) = list_sweeps(workspace)
    assert launched == [("core.sweeps.worker", sweep.id)]
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
    assert "right on 90.0 % of 100 validation images (95 % interval 80.0 % to 95.0 %)" in page.words
    assert "The best of 2 on the same validation images looks better than it is" in page.words
    assert "Open the best on its test images" in page.links
    page.press("Compare the best of these")
    assert page.query["runs"] == f"{runs[1].id},{runs[0].id}"


def test_a_sweep_that_failed_says_why(visit, workspace, pets, trained):
    begun(workspace, pets, [trained(pets)], state="failed", error="Your space here is *full*.")
    assert "Your space here is *full*." in visit("compare").errors


def test_what_is_being_tried_is_told(visit, workspace, pets, trained, training):
    going = training(pets, epochs=3)
    sweep = begun(workspace, pets, [trained(pets)], state="running", processes=[identity()])
    trying = sweep.trials()[0] | {"run": going.id, "values": {"dropout": 0.4}, "state": "running", "log_loss": None}
    sweep.save_trials([*sweep.trials(), trying | {"accuracy": None}])
    page = visit("compare")
    assert "Trying dropout 0.4: epoch 4 of 25" in page.words
    assert "Best of 1 so far: dropout 0.1" in page.words
    assert "Try 8 runs" not in page.buttons


def test_a_sweep_that_died_goes_on_as_soon_as_somebody_looks(visit, workspace, pets, trained, launched):
    sweep = begun(workspace, pets, [trained(pets)], state="running", processes=[[1, 0.0]])
    page = visit("compare")
    assert launched == [("core.sweeps.worker", sweep.id)]
    assert "Stop, and keep what is done" in page.buttons
    page.run()
    assert len(launched) == 1


def test_a_sweep_that_died_too_often_goes_on_by_a_button(visit, workspace, pets, trained, launched):
    died = {"state": "running", "processes": [[1, 0.0]], "facts": {"revivals": MOST_REVIVALS}}
    sweep = begun(workspace, pets, [trained(pets)], **died)
    page = visit("compare")
    assert launched == []
    assert "Its process is gone" in page.errors[0]
    page.press("Go on with it")
    assert launched == [("core.sweeps.worker", sweep.id)]


def test_one_that_has_spent_its_budget_tries_more(visit, workspace, pets, trained, launched):
    sweep = begun(workspace, pets, [trained(pets), trained(pets)], budget=2)
    page = visit("compare")
    assert "Go on with it" not in page.buttons
    page.press("Try 8 more")
    assert launched == [("core.sweeps.worker", sweep.id)]
    assert sweep.request["runs"] == 10


def test_over_changed_images_it_does_not_go_on(visit, workspace, pets, trained, launched):
    begun(workspace, pets, [trained(pets)], state="stopped")
    pets.set_split(replace(pets.content.settings, seed=99))
    page = visit("compare")
    page.press("Go on with it")
    assert "changed since the sweep began" in page.errors[0]
    assert launched == []


def test_a_best_run_that_was_deleted_is_not_linked_to(visit, workspace, pets, trained):
    sweep = begun(workspace, pets, [trained(pets)])
    sweep.save_trials([sweep.trials()[0] | {"run": "gone"}])
    page = visit("compare")
    assert "Best of 1: dropout 0.1" in page.words
    assert "Open the best on its test images" not in page.links


def test_which_settings_mattered_is_told_in_words(visit, workspace, pets, trained):
    begun(workspace, pets, [trained(pets)], facts={"importances": {"dropout": 0.7, "learning_rate": 0.3}})
    sweep = list_sweeps(workspace)[0]
    axes = [sweep.request["axes"][0], sweep.request["axes"][0] | {"name": "learning_rate"}]
    (sweep.folder / "request.json").write_text(json.dumps(sweep.request | {"axes": axes}))
    sweep.save_trials([trial | {"values": {"dropout": 0.1, "learning_rate": 0.2}} for trial in sweep.trials()])
    assert "Dropout mattered most: 70 % of the differences" in visit("compare").words


def test_a_grid_says_how_many_combinations_it_has(visit, workspace, pets, launched):
    page = visit("compare")
    page.set("Method", "grid")
    assert "The grid has 9 combinations: 8 of them are drawn at random." in page.words
    page.set("Runs at most", 20)
    assert "The grid has 9 combinations, and all are tried." in page.words
    assert "Try 9 runs" in page.buttons


def test_where_strangers_share_the_machine_its_time_is_limited(visit, workspace, hosted, class_folders, tmp_path):
    hosted[COOKIE] = "0" * 32
    mine = visitor_workspace(workspace, hosted[COOKIE])
    run_import(create_from_path(mine, class_folders(tmp_path / "mine", {"cats": 12, "dogs": 12}), "mine"))
    minutes = visit("compare", dataset="mine").setting("Minutes at most")
    assert (minutes.value, minutes.min, minutes.max) == (DEFAULT_MINUTES_HOSTED, 1, MOST_MINUTES_HOSTED)
