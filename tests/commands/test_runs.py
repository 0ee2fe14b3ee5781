"""Commands about runs: starting, listing and evaluating them."""

import re
import threading
from dataclasses import replace

import numpy as np
import pytest

from core.cli import main
from core.evaluation.predictions import Predictions
from core.jobs.job import identity
from core.jobs.warm_worker import warm_worker
from core.runs.record import create_run, find_run, list_runs
from core.runs.settings import PARAMETERS, Choice, read_settings


@pytest.fixture
def finished_run(workspace):
    """A run as training leaves it, with 100 test images of which 90 are answered right."""

    def make(**changes):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes))
        true = np.repeat([0, 1], 100)
        right = np.tile(np.arange(100) >= 10, 2)
        surely = np.where(right, true, 1 - true)
        Predictions(
            ids=np.array([f"{index}.png" for index in range(200)]),
            splits=np.tile(np.repeat(["train", "test"], 50), 2),
            true=true,
            probabilities=np.where(surely[:, None] == [0, 1], 0.9, 0.1),
            class_names=("cats", "dogs"),
        ).save(run.predictions_path)
        run.update(state="done", started=100.0, finished=160.0, facts={"epochs": 7, "test_accuracy": 1.0})
        return run

    return make


def test_no_runs_yet(document, command):
    assert document("runs") == (0, [])
    code, output, _ = command("runs")
    assert code == 0
    assert output.startswith("run")


def test_a_finished_run_is_listed(document, command, finished_run):
    run = finished_run()
    code, (entry,) = document("runs")
    assert code == 0
    assert entry["run"] == run.id
    assert (entry["status"], entry["accuracy"], entry["seconds"], entry["epochs"]) == ("done", 1.0, 60, 7)
    assert re.search(rf"{run.id} +done +100\.0% +60 s", command("runs")[1])


def test_a_run_is_listed_and_found_by_the_name_that_it_was_given(document, command, finished_run):
    run, other = finished_run(), finished_run()
    assert document("label", run.id, "--name", "the best", "--star")[0] == 0
    listed = {entry["run"]: entry for entry in document("runs")[1]}
    assert [listed[run.id][key] for key in ("name", "star", "notes")] == ["the best", True, ""]
    assert not listed[other.id]["star"]
    assert re.search(rf"{run.id} +the best +starred +done", command("runs")[1])
    assert document("evaluate", "the best")[1]["run"] == run.id


def test_a_class_without_a_threshold_is_not_passed_over_in_silence(document, finished_run):
    code, found = document("evaluate", finished_run().id, "--positive", "cats")
    assert (code, "Give both" in found["error"]) == (2, True)


def test_a_run_that_never_began_is_listed_without_figures(command, workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    code, output, _ = command("runs")
    assert code == 0
    assert re.search(rf"{run.id} +new", output)


def test_the_figures_of_a_run(document, command, finished_run):
    run = finished_run()
    code, found = document("evaluate", run.id[:8])
    assert code == 0
    assert (found["run"], found["split"], found["n"], found["accuracy"]) == (run.id, "test", 100, 1.0)
    assert found["confusion_matrix"] == [[50, 0], [0, 50]]
    code, train = document("evaluate", run.id, "--split", "train")
    assert (code, train["split"], train["accuracy"]) == (0, "train", 0.8)
    code, output, _ = command("evaluate", run.id)
    assert code == 0
    assert "Right on 100.0 % of 100 test images" in output
    assert re.search(r"dogs +1\.000 +1\.000 +1\.000 +1\.000 +50", output)
    assert "UNTRAINED" not in output


def test_every_figure_comes_with_its_interval(document, command, finished_run):
    run = finished_run()
    _, found = document("evaluate", run.id, "--split", "train")
    low, high = found["balanced_accuracy_ci95"]
    assert 0.7 < low < found["balanced_accuracy"] == 0.8 < high < 0.9
    assert {"mcc", "kappa", "ece", "brier", "top_k", "macro_f1", "weighted_f1"} < set(found)
    _, output, _ = command("evaluate", run.id, "--split", "train")
    assert re.search(rf"balanced accuracy +0\.800 +{low:.3f} to {high:.3f}", output)
    assert "Guessing at random would be right on 50.0 %." in output
    assert re.search(r"truth is the most probable class +0\.800", output)


def test_a_threshold_of_two_classes(document, command, finished_run):
    run = finished_run()
    _, found = document("evaluate", run.id, "--threshold", "0.05")
    assert found["confusion_matrix"] == [[0, 50], [0, 50]]
    assert (found["threshold"], found["positive"]) == (0.05, "dogs")
    _, found = document("evaluate", run.id, "--threshold", "0.05", "--positive", "cats")
    assert found["confusion_matrix"] == [[50, 0], [50, 0]]
    assert "“dogs” is answered from a probability of 0.05 on." in command("evaluate", run.id, "--threshold=.05")[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--threshold=1.5"], "between 0 and 1"),
        (["--threshold=nan"], "between 0 and 1"),
        (["--threshold=.5", "--positive=owls"], "no class 'owls'. There are: cats, dogs"),
    ],
)
def test_a_threshold_that_makes_no_sense(document, finished_run, options, words):
    code, found = document("evaluate", finished_run().id, *options)
    assert code == 2
    assert words in found["error"]


def test_a_temperature_is_fitted_on_the_validation_images_and_applied(document, command, finished_run):
    run = finished_run()
    code, found = document("evaluate", run.id, "--calibrate")
    assert code == 1
    assert "no validation images" in found["error"]
    whole = run.predictions()
    # Of the 98 validation images 80 are right, at a probability of .9: too sure.
    splits = np.where(whole.splits == "train", "validation", whole.splits)
    splits[:2] = "train"
    Predictions(whole.ids, splits, whole.true, whole.probabilities, whole.class_names).save(run.predictions_path)
    _, plain = document("evaluate", run.id, "--split", "validation")
    _, found = document("evaluate", run.id, "--split", "validation", "--calibrate")
    assert (plain["temperature"], found["accuracy"]) == (1.0, plain["accuracy"])
    assert found["temperature"] == pytest.approx(np.log(9) / np.log(80 / 18), abs=1e-3)
    assert found["ece"] < 0.02 < plain["ece"]
    assert "less sure of itself" in command("evaluate", run.id, "--calibrate")[1]


def test_untrained_weights_are_named_before_any_figure(document, command, finished_run):
    run = finished_run(architecture="mobilenet", weights="untrained")
    assert command("evaluate", run.id)[1].startswith("UNTRAINED weights")
    assert document("evaluate", run.id)[1]["untrained"] is True
    assert "untrained weights" in command("runs")[1]


def test_a_part_that_the_run_has_not_evaluated(document, finished_run):
    code, found = document("evaluate", finished_run().id, "--split", "validation")
    assert code == 1
    assert "no predictions for the validation images" in found["error"]


def test_a_run_that_is_not_there(document):
    code, found = document("evaluate", "20240101")
    assert code == 2
    assert "There is no run '20240101'" in found["error"]


def test_a_run_without_predictions(document, workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    run.update(state="failed", error="Memory ran out.")
    code, found = document("evaluate", run.id)
    assert code == 1
    assert "Memory ran out." in found["error"]


def test_a_dataset_of_which_nothing_can_be_learned_starts_no_run(document, tmp_path, class_folders):
    document("import", class_folders(tmp_path / "tiny", {"a": 1, "b": 1}))
    code, found = document("train", "tiny", "--architecture", "small_cnn")
    assert code == 2
    assert "cannot be trained on" in found["error"]
    assert document("runs") == (0, [])


def test_the_help_explains_every_setting(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for parameter in PARAMETERS.values():
        assert parameter.name in shown
        assert parameter.explanation in shown
    for choice in (found for found in PARAMETERS.values() if isinstance(found, Choice)):
        assert all(f"{option}: {meaning}" in shown for option, meaning in choice.options.items())


# Going on ------------------------------------------------------------------------------------------------------------


def test_what_does_not_go_on_can_not_be_stopped(document, finished_run):
    code, found = document("stop", finished_run().id)
    assert code == 2
    assert "nothing to stop" in found["error"]


@pytest.mark.parametrize("arguments", [("resume",), ("extend", "--epochs", 3)])
def test_a_run_of_which_no_epoch_is_kept_can_not_go_on(document, finished_run, arguments):
    name, *options = arguments
    code, found = document(name, finished_run().id, *options)
    assert code == 2
    assert "there is nothing to go on with" in found["error"]


@pytest.mark.parametrize("epochs", [0, -1, "many", 1001])
def test_a_run_is_extended_by_a_number_of_epochs(document, finished_run, epochs):
    code, found = document("extend", finished_run().id, f"--epochs={epochs}")
    assert code == 2
    assert "'epochs' must be a whole number from 1 to 1000" in found["error"]


def test_a_run_that_diverged_would_do_so_again(document, finished_run):
    run = finished_run()
    run.update(state="failed", facts={"diverged": True})
    code, found = document("resume", run.id)
    assert code == 2
    assert "smaller learning rate" in found["error"]


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_run_is_extended_and_evaluated_again(document, tmp_path, class_folders):
    document("import", class_folders(tmp_path / "pets", {"cats": 8, "dogs": 8}))
    options = ["--architecture=small_cnn", "--set=image_size=32", "--epochs=1"]
    code, trained = document("train", "pets", *options)
    assert (code, trained["epochs"]) == (0, 1)
    assert "Add epochs to it instead" in document("resume", trained["run"])[1]["error"]
    code, extended = document("extend", trained["run"], "--epochs", 2)
    assert (code, extended["run"], extended["status"], extended["epochs"]) == (0, trained["run"], "done", 3)
    assert extended["test"]["n"] == trained["test"]["n"]


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_run_is_trained_again_on_corrected_labels_and_held_against_the_old_one(
    document, command, tmp_path, class_folders
):
    document("import", class_folders(tmp_path / "pets", {"cats": 8, "dogs": 8}))
    _, trained = document("train", "pets", "--architecture=small_cnn", "--set=image_size=32", "--epochs=1")
    code, found = document("retrain", trained["run"])
    assert (code, "Nothing has changed since this run" in found["error"]) == (2, True)
    document("edit", "pets", "relabel", "dogs", "cats/1.png")
    code, found = document("retrain", trained["run"])
    assert (code, found["before"], found["status"]) == (0, trained["run"], "done")
    assert [entry["run"] for entry in found["compared"]["runs"]] == [trained["run"], found["run"]]
    document("edit", "pets", "exclude", "dogs/2.png")
    output = command("retrain", found["run"])[1]
    assert "B is A trained again, on images that were corrected in between." in output


# Evaluating what was not evaluated ------------------------------------------------------------------------------------

FROM_SCRATCH = ["--architecture=small_cnn", "--set=image_size=32", "--epochs=1"]
FINE_TUNED = ["--architecture=mobilenet_025", "--set=image_size=32", "--set=weights=untrained", "--epochs=1"]
FINE_TUNED += ["--set=unfreeze=1", "--set=fine_tune_epochs=1"]


@pytest.mark.slow
@pytest.mark.parametrize("options", [FROM_SCRATCH, FINE_TUNED], ids=["from scratch", "fine-tuned"])
@pytest.mark.usefixtures("warm_starts")
def test_a_run_that_was_killed_is_evaluated_by_the_best_it_left(document, workspace, tmp_path, class_folders, options):
    document("import", class_folders(tmp_path / "pets", {"cats": 8, "dogs": 8}))
    run = find_run(workspace, document("train", "pets", *options)[1]["run"])
    before, epochs = run.predictions(), run.status().facts["epochs"]
    run.predictions_path.unlink()
    run.update(state="failed", error="The training was killed (signal 9).")
    code, found = document("evaluate", run.id)
    assert (code, found["n"]) == (0, len(before.of("test")))
    after, status = run.predictions(), run.status()
    assert after.ids.tolist() == before.ids.tolist()
    np.testing.assert_allclose(after.probabilities, before.probabilities, atol=1e-4)
    assert (status.state, status.error) == ("failed", "The training was killed (signal 9).")
    assert status.facts["epochs"] == epochs
    assert run.ending is None, "it could go on afterwards"


def test_a_run_whose_images_changed_is_not_evaluated_by_others(document, workspace, tmp_path, class_folders):
    document("import", class_folders(tmp_path / "pets", {"cats": 8, "dogs": 8}))
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    run.best_weights.write_bytes(b"weights")
    run.update(state="failed", error="Killed.", facts={"dataset_version": "of before"})
    code, found = document("evaluate", run.id)
    assert code == 2
    assert "was changed since" in found["error"]
    assert run.status().error == "Killed."


def test_a_run_whose_dataset_is_gone_is_not_evaluated(document, workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    run.best_weights.write_bytes(b"weights")
    run.update(state="failed", error="Killed.")
    code, found = document("evaluate", run.id)
    assert code != 0
    assert "pets" in found["error"]


# Evaluating what is still being trained -------------------------------------------------------------------------------


@pytest.fixture
def going(finished_run):
    """A run that trains on behind older answers: of 12 epochs 3 are trained, and the second was the best."""
    run = finished_run(epochs=12)
    for epoch, best in ((1, True), (2, True), (3, False)):
        run.events.append("epoch", epoch=epoch, best=best)
    run.best_weights.write_bytes(b"weights")
    answer(run, epoch=1)
    run.update(state="running", finished=None, processes=[identity()])
    return run


def answer(run, epoch):
    replace(run.predictions(), epoch=epoch).save(run.predictions_path)


def test_an_unfinished_run_evaluates_its_best_so_far(document, command, going, eventually):
    def evaluate():
        eventually(lambda: going.evaluation_requested)
        answer(going, epoch=2)
        going.events.append("evaluated", epoch=2)

    trainer = threading.Thread(target=evaluate)
    trainer.start()
    code, found = document("evaluate", going.id)
    trainer.join()
    assert (code, found["accuracy"]) == (0, 1.0)
    told = found["judged"]
    assert (told["epoch"], told["epochs"], told["epochs_planned"], told["unfinished"]) == (2, 3, 12, True)
    words = "Unfinished: 3 of 12 epochs are trained. These are the answers of epoch 2, its best so far."
    assert told["words"] == words
    code, output, remarks = command("evaluate", going.id)
    assert output.startswith(words)
    assert remarks == "", "the best so far is evaluated already, so nobody is asked again"


def test_while_it_waits_for_its_turn_the_older_answers_are_given(document, going):
    going.update(state="queued")
    code, found = document("evaluate", going.id)
    assert (code, found["judged"]["outdated"], found["judged"]["status"]) == (0, True, "queued")
    assert "of epoch 1; epoch 2 was better since" in found["judged"]["words"]


def test_before_the_first_epoch_there_is_nothing_to_evaluate(document, workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    run.update(state="running", processes=[identity()])
    code, found = document("evaluate", run.id)
    assert code == 1
    assert "No epoch of the run" in found["error"]
    assert not run.evaluation_requested


def test_where_evaluating_anew_is_not_possible_the_older_answers_say_of_which_epoch_they_are(document, command, going):
    going.update(state="failed", error="Killed.")
    code, output, remarks = command("evaluate", going.id)
    assert code == 0
    assert output.startswith("These are the answers of epoch 1; epoch 2 was better since: the run failed")
    assert "There is no dataset 'pets'" in remarks
    assert document("evaluate", going.id)[1]["judged"]["outdated"]


def test_damaged_predictions_of_a_run_that_left_no_weights(document, finished_run):
    run = finished_run()
    run.predictions_path.write_bytes(run.predictions_path.read_bytes()[:500])
    code, found = document("evaluate", run.id)
    assert code == 1
    assert "are damaged. It kept no weights to evaluate anew." in found["error"]


def test_a_run_without_its_settings_is_told_from_one_that_is_not_there(document, finished_run):
    run = finished_run()
    (run.folder / "run.json").write_text("{")
    code, found = document("evaluate", run.id)
    assert code == 1
    assert f"run.json of the run {run.id} is lost or damaged" in found["error"]


def test_what_would_be_nothing_by_nothing_is_not_shown_as_a_figure(document, command, finished_run):
    run = finished_run()
    told = run.predictions()
    only_cats = np.where((told.splits == "test") & (told.true == 1), "train", told.splits)
    replace(told, splits=only_cats).save(run.predictions_path)
    _, found = document("evaluate", run.id)
    assert set(found["undefined"]) == {"kappa", "mcc"}
    _, output, _ = command("evaluate", run.id)
    assert re.search(r"Cohen's kappa +–\s", output)
    assert "Matthews correlation can't be told: all images are of one class." in output
    assert re.search(r"dogs +– +– +– +– +0", output)


# As the course does ---------------------------------------------------------------------------------------------------


@pytest.fixture
def launched_nowhere(monkeypatch):
    """Runs that are started end at once, without a process."""
    monkeypatch.setattr(warm_worker, "take_on", lambda run, **_: run.update(state="stopped") or True)


def test_a_network_that_no_course_trains_can_not_be_trained_so(command, imported):
    imported("pets", {"cats": 3, "dogs": 3})
    code, _, complaint = command("train", "pets", "--architecture", "small_cnn", "--as-course")
    assert code == 2
    assert "No course material that is known here trains Small CNN" in complaint
    assert "perceptron, dense_20, two_conv" in complaint


def test_what_a_set_has_beside_as_course_is_said_before_the_training(command, imported, workspace, launched_nowhere):
    imported("pets", {"cats": 10, "dogs": 10})
    complaint = command(*("train", "pets", "--architecture", "cervix_cnn", "--as-course", "--set", "epochs=4"))[2]
    (run,) = list_runs(workspace)
    assert (run.settings.as_course, run.settings.epochs, run.settings.batch_size) == (True, 4, 128)
    of_course, unlearned = (line.removeprefix("warning: ") for line in complaint.splitlines()[:2])
    assert of_course == "Not as in the course, since it was set otherwise: epochs 4 (course: 200)."
    assert "learning rate of 0.01" in unlearned
