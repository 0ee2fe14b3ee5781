"""The command line on real folders: what it prints, and how it ends."""

import json
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from core.cli import main, table
from core.datasets.samples import SAMPLES
from core.evaluation.predictions import Predictions
from core.runs.record import create_run
from core.runs.settings import PARAMETERS, read_settings
from core.workspace import PROJECT


@pytest.fixture
def command(workspace, capsys):
    """Runs a command in this process; gives its exit code, its output and its complaints."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def document(command):
    """Runs a command with --json; gives its exit code and the one document on its output."""

    def run(*arguments):
        code, output, _ = command(*arguments, "--json")
        return code, json.loads(output)

    return run


@pytest.fixture
def pets(tmp_path, class_folders):
    return class_folders(tmp_path / "pets", {"cats 🐈": 5, "dogs": 5})


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


# import and datasets -------------------------------------------------------------------------------------------------


def test_the_samples_are_listed_before_they_are_drawn(document):
    code, found = document("datasets")
    assert code == 0
    assert [entry["name"] for entry in found] == list(SAMPLES)
    assert all(entry["drawn"] and entry["state"] == "not drawn yet" for entry in found)
    assert [entry["images"] for entry in found] == [600, 840, 450]


def test_an_import_gives_a_summary_and_is_listed(document, pets):
    code, summary = document("import", pets)
    assert code == 0
    assert (summary["name"], summary["images"], summary["classes"]) == ("pets", 10, ["cats 🐈", "dogs"])
    assert summary["counts"]["dogs"] == {"train": 3, "validation": 1, "test": 1}
    _, found = document("datasets")
    assert summary in found
    assert len(found) == 1 + len(SAMPLES)


def test_an_import_for_people(command, pets):
    (pets / "dogs" / "broken.jpg").touch()
    code, output, complaints = command("import", pets, "--name", "mine")
    assert code == 0
    assert output.startswith("mine: 10 images")
    assert re.search(r"dogs +3 +1 +1", output)
    assert "left out: dogs/broken.jpg is empty (0 bytes)" in output
    assert "warning: 1 file could not be used and was left out." in output
    assert "Reading images: 11 of 11" in complaints
    code, output, _ = command("datasets")
    assert code == 0
    assert re.search(r"mine +10 +2 +folder +ready", output)
    assert "drawn by the program, no photographs" in output


def test_a_zip_can_be_imported(document, pets, tmp_path):
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as archive:
        for path in pets.rglob("*.png"):
            archive.write(path, path.relative_to(tmp_path))
    code, summary = document("import", tmp_path / "zipped.zip")
    assert (code, summary["kind"], summary["images"]) == (0, "zip", 10)


def failing_import(tmp_path, class_folders, what):
    if what == "missing":
        return tmp_path / "missing", 2, "There is nothing at"
    if what == "empty":
        (tmp_path / "empty").mkdir()
        return tmp_path / "empty", 1, "holds no images"
    if what == "one class":
        return class_folders(tmp_path / "one", {"cats": 2}), 1, "one class only"
    if what == "no zip":
        (tmp_path / "text.zip").write_text("hello")
        return tmp_path / "text.zip", 1, "not a zip archive"
    return tmp_path / "caf\udce9", 2, "There is nothing at"


@pytest.mark.parametrize("what", ["missing", "empty", "one class", "no zip", "not UTF-8"])
def test_a_failed_import_is_one_document_with_the_words(command, tmp_path, class_folders, what):
    path, expected, words = failing_import(tmp_path, class_folders, what)
    code, output, complaints = command("import", path, "--json")
    assert code == expected
    assert words in json.loads(output)["error"]
    assert f"error: {json.loads(output)['error']}" in complaints
    assert "Traceback" not in complaints


def test_without_json_an_error_goes_to_the_complaints_alone(command, tmp_path):
    code, output, complaints = command("import", tmp_path / "missing")
    assert (code, output) == (2, "")
    assert complaints.startswith("error: There is nothing at")


def test_the_same_name_twice_is_bad_usage(document, pets):
    assert document("import", pets)[0] == 0
    code, found = document("import", pets)
    assert code == 2
    assert "already a dataset 'pets'" in found["error"]


def test_a_failed_import_is_listed_with_its_reason_and_can_be_repeated(document, tmp_path, write_picture):
    folder = tmp_path / "late"
    folder.mkdir()
    assert document("import", folder)[0] == 1
    entry = next(entry for entry in document("datasets")[1] if entry["name"] == "late")
    assert (entry["state"], entry["images"]) == ("failed", 0)
    assert "holds no images" in entry["error"]
    for name in ("a", "b"):
        write_picture(folder / name / "1.png")
    assert document("import", folder)[0] == 0


# runs and evaluate ---------------------------------------------------------------------------------------------------


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
    assert re.search(r"dogs +1\.000 +1\.000 +1\.000 +50", output)
    assert "UNTRAINED" not in output


def test_untrained_weights_are_named_before_any_figure(document, command, finished_run):
    run = finished_run(architecture="mobilenet", weights="untrained")
    assert command("evaluate", run.id)[1].startswith("UNTRAINED weights")
    assert document("evaluate", run.id)[1]["untrained"] is True
    assert "untrained weights" in command("runs")[1]


def test_a_part_that_the_run_has_not_judged(document, finished_run):
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


# Bad usage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "pets", "--architecture", "resnet"], "no architecture 'resnet'"),
        (["train", "nothing", "--architecture", "small_cnn"], "no dataset 'nothing'"),
        (["train", "pets", "--architecture", "small_cnn", "--epochs", "0"], "'epochs' must be"),
        (["train", "pets", "--architecture", "small_cnn", "--epochs", "nan"], "'epochs' must be"),
        (["train", "pets", "--architecture", "small_cnn", "--set", "dropout"], "KEY=VALUE"),
        (["train", "pets", "--architecture", "small_cnn", "--set", "colour=red"], "no setting 'colour'"),
        (["train", "pets", "--architecture", "small_cnn", "--set", "augmentation=mirror"], "'mirror' is unknown"),
        (["train", "pets"], "--architecture"),
        (["evaluate"], "RUN"),
        (["evaluate", "x", "--split", "all"], "--split"),
        (["import"], "PATH"),
        (["datasets", "--colour"], "--colour"),
        (["fly"], "fly"),
        ([], "COMMAND"),
    ],
)
def test_bad_usage_is_said_in_words_and_in_one_document(command, arguments, words):
    code, output, complaints = command(*arguments, "--json")
    assert code == 2
    assert words in json.loads(output)["error"]
    assert words in complaints
    assert "Traceback" not in complaints
    code, output, complaints = command(*arguments)
    assert (code, output) == (2, "")
    assert words in complaints


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


def test_a_table_lines_up():
    assert table(["name", "n"], [["a", "1"], ["long name", "1,000"]]).splitlines() == [
        "name           n",
        "a              1",
        "long name  1,000",
    ]
    assert table(["name", "n"], []) == "name  n"


# The program itself --------------------------------------------------------------------------------------------------


def test_the_program_on_a_console_that_knows_few_letters(workspace, pets):
    # Some consoles and pipes do, above all on Windows: such a name must reach a program whole, and a person somehow.
    command = [sys.executable, "-m", "core", "import", str(pets)]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = subprocess.run([*command, "--json"], cwd=PROJECT, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["classes"] == ["cats 🐈", "dogs"]
    ended = subprocess.run([*command, "--name", "again"], cwd=PROJECT, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert rb"cats \U0001f408" in ended.stdout


def test_the_program_ends_with_the_code(workspace, tmp_path):
    command = [sys.executable, "-m", "core", "import", str(tmp_path / "missing"), "--json"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "There is nothing" in json.loads(ended.stdout)["error"]
