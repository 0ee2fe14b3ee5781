"""Runs on disk: found by the beginning of their id, evaluated, listed and removed."""

import numpy as np
import pandas as pd
import pytest

from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import Predictions
from core.files import write_json
from core.jobs.job import identity
from core.runs.labels import write_labels
from core.runs.record import Run, create_run, delete_run, find_run, list_runs
from core.runs.settings import read_settings


def settings(**changes):
    return read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes)


def answers():
    """Six images, of which the three of the test part are answered right, right and wrong."""
    return Predictions(
        ids=np.array([f"{index}.png" for index in range(6)]),
        splits=np.array(["train", "train", "train", "test", "test", "test"]),
        true=np.array([0, 0, 1, 0, 1, 1]),
        probabilities=np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]),
        class_names=("cats", "dogs"),
    )


def test_a_new_run_knows_what_it_is_to_do(workspace):
    run = create_run(workspace, settings(epochs=3, augmentation="zoom=10"))
    assert run.id.endswith("-pets-small_cnn")
    again = find_run(workspace, run.id)
    assert again.settings == settings(epochs=3, augmentation="zoom=10")
    assert again.summary() | {"run": ""} == {
        "run": "",
        "dataset": "pets",
        "architecture": "small_cnn",
        "untrained": False,
        "status": "new",
        "error": "",
        "started": None,
        "seconds": None,
        "epochs": 0,
        "device": "",
        "accuracy": None,
    }


def test_a_run_of_an_earlier_build_goes_on_with_the_steps_it_had(workspace):
    written = settings(architecture="mobilenet").to_dict()
    assert written.pop("min_steps_per_epoch") == 40
    run = create_run(workspace, settings(architecture="mobilenet"))
    write_json(run.folder / "run.json", {"settings": written})
    assert Run(run.folder).settings.min_steps_per_epoch == 1
    assert Run(run.folder).settings.to_dict() == written | {"min_steps_per_epoch": 1}


def test_runs_of_the_same_second_do_not_share_a_folder(workspace):
    runs = [create_run(workspace, settings(seed=seed)) for seed in range(5)]
    assert len({run.folder for run in runs}) == 5
    assert sorted(run.settings.seed for run in list_runs(workspace)) == [0, 1, 2, 3, 4]


def test_the_summary_has_the_figures_of_the_status(workspace):
    run = create_run(workspace, settings(architecture="mobilenet", weights="untrained"))
    run.update(state="done", started=100.0, finished=130.0, facts={"epochs": 4, "device": "CPU", "test_accuracy": 0.5})
    summary = run.summary()
    assert summary["untrained"], "nobody may take these figures for those of trained weights"
    assert (summary["status"], summary["seconds"], summary["epochs"]) == ("done", 30, 4)
    assert (summary["device"], summary["accuracy"]) == ("CPU", 0.5)


def test_runs_are_listed_newest_first_and_by_dataset(workspace):
    assert list_runs(workspace) == []
    for stamp, dataset in (("20240101-000000", "pets"), ("20240103-000000", "cars"), ("20240102-000000", "pets")):
        run = create_run(workspace, settings(dataset=dataset))
        run.folder.rename(workspace.runs / f"{stamp}-{dataset}")
    (workspace.runs / "99999999-no-run").mkdir()
    assert [run.id[:8] for run in list_runs(workspace)] == ["20240103", "20240102", "20240101"]
    assert [run.id[:8] for run in list_runs(workspace, "pets")] == ["20240102", "20240101"]


def test_a_run_is_found_by_the_beginning_of_its_id(workspace):
    first = create_run(workspace, settings())
    assert find_run(workspace, first.id[:6]).id == first.id
    second = create_run(workspace, settings())
    # In the same second one id begins the other, and must still be found by its whole name.
    assert find_run(workspace, first.id).id == first.id
    assert find_run(workspace, second.id).id == second.id
    with pytest.raises(UsageError, match="begins the ids of 2 runs") as refusal:
        find_run(workspace, first.id[:4])
    assert first.id in str(refusal.value)


@pytest.mark.parametrize("prefix", ["", "x", "../runs", "2024*"])
def test_no_such_run(workspace, prefix):
    with pytest.raises(UsageError, match="none yet"):
        find_run(workspace, prefix)
    run = create_run(workspace, settings())
    with pytest.raises(UsageError, match="There is no run") as refusal:
        find_run(workspace, prefix)
    assert run.id in str(refusal.value)


def test_a_run_is_found_by_its_name_where_no_other_has_it(workspace):
    first, second = (create_run(workspace, settings(seed=seed)) for seed in range(2))
    write_labels(first, name="best")
    assert find_run(workspace, "best").id == first.id
    write_labels(second, name="best")
    with pytest.raises(UsageError, match=r"'best' is the name of 2 runs: .*Give an id"):
        find_run(workspace, "best")
    write_labels(second, name=first.id)
    assert find_run(workspace, first.id).id == first.id, "an id goes before a name"


def test_a_finished_run_is_evaluated(workspace):
    run = create_run(workspace, settings())
    answers().save(run.predictions_path)
    evaluation = find_run(workspace, run.id).evaluate("test")
    assert (evaluation.n, evaluation.confusion_matrix.tolist()) == (3, [[1, 0], [1, 1]])
    assert evaluation.accuracy.value == pytest.approx(2 / 3)
    assert run.evaluate("train").accuracy.value == 1


def test_a_run_without_predictions_says_why(workspace):
    run = create_run(workspace, settings())
    run.update(state="running", processes=[identity()])
    with pytest.raises(WorkbenchError, match="no predictions yet: it is running"):
        run.evaluate()
    run.update(state="failed", error="The loss is not a number.")
    with pytest.raises(WorkbenchError, match="no predictions yet: The loss is not a number"):
        run.evaluate()


def test_a_run_that_lost_its_settings_says_so(workspace):
    run = create_run(workspace, settings())
    (run.folder / "run.json").unlink()
    with pytest.raises(WorkbenchError, match=r"has lost its settings \(run\.json\)"):
        _ = Run(run.folder).settings


def test_a_run_that_is_going_is_not_removed(workspace):
    run = create_run(workspace, settings())
    run.update(state="running", processes=[identity()])
    with pytest.raises(UsageError, match=r"still going\. Stop it first"):
        delete_run(run)
    run.update(state="stopped")
    delete_run(run)
    assert list_runs(workspace) == []


def test_a_run_whose_process_died_can_be_removed(workspace):
    run = create_run(workspace, settings())
    pid, started = identity()
    run.update(state="running", processes=[[pid, started - 100]])
    delete_run(run)
    assert not run.folder.exists()


def test_images_that_belong_together_widen_the_intervals(workspace):
    run = create_run(workspace, settings())
    answers().save(run.predictions_path)
    alone = run.evaluate("train")
    assert run.groups(answers()) is None
    assert alone.group_count == 3
    table = pd.DataFrame({"path": [f"{index}.png" for index in reversed(range(6))], "group": [9, 9, 9, 2, 1, 1]})
    table.to_parquet(run.folder / "images.parquet", index=False)
    assert run.groups(answers()).tolist() == [1, 1, 2, 9, 9, 9]
    assert run.evaluate("train").group_count == 2
    assert run.evaluate("test").group_count == 1
    macro_f1 = run.evaluate("test").macro_f1
    assert (macro_f1.low, macro_f1.high) == (0.0, 1.0), "one patient tells nothing of others"


@pytest.mark.parametrize("kept", [{"path": ["0.png"]}, {"path": ["0.png"], "group": [1]}, None])
def test_a_run_that_tells_of_no_groups_is_evaluated_image_by_image(workspace, kept):
    run = create_run(workspace, settings())
    answers().save(run.predictions_path)
    if kept is None:
        (run.folder / "images.parquet").write_bytes(b"damaged")
    else:
        pd.DataFrame(kept).to_parquet(run.folder / "images.parquet", index=False)
    assert run.groups(answers()) is None
    assert run.evaluate("test").group_count == 3
