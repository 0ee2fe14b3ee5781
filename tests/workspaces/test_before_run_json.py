"""A workspace of the build before ``run.json`` opens today: all that it told is told, and its runs go on."""

import json
import re

import pytest

from core.advice.linear_probe import kept_findings
from core.datasets.store import open_dataset
from core.explain.run_features import features_of
from core.runs.labels import read_labels
from core.runs.lineage import parent_run, standing_edits
from core.runs.record import delete_run, find_run, list_runs
from core.runs.settings.former import FORMER_NAMES
from core.sweeps.sweep import list_sweeps
from tests.workspaces.archive import BEFORE_RUN_JSON, told, unpack


@pytest.fixture
def earlier(workspace, tmp_path):
    assert unpack(BEFORE_RUN_JSON, tmp_path) == workspace.root
    return workspace


def run_that(workspace, **wanted):
    """The oldest run of which this is true."""
    runs = [run for run in list_runs(workspace) if all(run.summary()[key] == value for key, value in wanted.items())]
    return runs[-1]


def by_names_of_now(told):
    """What was told, with the settings and the words in sentences that are called otherwise since."""
    if isinstance(told, dict):
        return {FORMER_NAMES.get(key, key): by_names_of_now(value) for key, value in told.items()}
    if isinstance(told, list):
        return [by_names_of_now(value) for value in told]
    return re.sub(r"\bjudged\b", "evaluated", told) if isinstance(told, str) else told


def differences(before, now, where=""):
    """Where what is told now is not what was told, what is told besides aside."""
    if isinstance(before, dict) and isinstance(now, dict):
        pairs = [(f"{where}.{key}", value, now.get(key, "nothing")) for key, value in before.items()]
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = [(f"{where}[{index}]", value, now[index]) for index, value in enumerate(before)]
    else:
        same = now == (pytest.approx(before, rel=1e-9) if isinstance(before, float) else before)
        return [] if same else [f"{where}: {before!r} is {now!r}"]
    return [found for there, value, other in pairs for found in differences(value, other, there)]


def test_all_that_was_told_is_told(earlier, tmp_path, command):
    for entry in told(tmp_path):
        code, answer, complaints = command(*entry["command"], "--json")
        assert code == 0, complaints
        assert differences(by_names_of_now(entry["told"]), json.loads(answer), " ".join(entry["command"])) == []
    assert list(earlier.runs.glob("*/run.json")) == [], "looking writes nothing"


def test_a_run_is_known_by_its_name_and_what_was_noted(earlier):
    labels = read_labels(find_run(earlier, "the first"))
    assert (labels.name, labels.notes, labels.star) == ("the first", "As a start.", True)


def test_which_run_was_trained_after_which_and_what_was_relabelled_in_between(earlier):
    first = find_run(earlier, "the first")
    (later,) = (run for run in list_runs(earlier) if parent_run(run) is not None)
    assert parent_run(later).id == first.id
    (edit,) = standing_edits(open_dataset(earlier, "shapes"), later)
    assert (edit.action, edit.label) == ("relabel", "dogs")
    assert later.record.classes == ("cats", "dogs")
    assert set(later.predictions().class_names) == {"cats", "hounds"}


def test_a_sweep_is_shown_with_its_runs(earlier):
    (sweep,) = list_sweeps(earlier)
    assert sweep.status().state == "done"
    runs = [sweep.run_of(trial) for trial in sweep.trials()]
    assert sorted(run.settings.learning_rate for run in runs) == [0.001, 0.01]
    assert sweep.best()["run"] in [run.id for run in runs]


def test_the_features_of_a_run_are_those_it_was_trained_on(earlier):
    def not_to_be_computed(stage, done, total):
        assert "Computing" not in stage

    run = run_that(earlier, architecture="mobilenet_025")
    found = features_of(run, report=not_to_be_computed)
    assert found.vectors.shape == (27, 256)
    assert run.record.features == {"found": 0, "computed": 27}


def test_what_a_look_found_is_known_once_the_dataset_is_what_it_looked_at(earlier):
    shapes = open_dataset(earlier, "shapes")
    assert kept_findings(shapes) is None
    shapes.edits.undo()
    shapes.edits.undo()
    findings = kept_findings(open_dataset(earlier, "shapes"))
    assert [candidate.name for candidate in findings.candidates] == ["majority", "pixels"]


def test_a_run_can_be_removed(earlier):
    run = find_run(earlier, "the first")
    delete_run(run)
    assert run.id not in [other.id for other in list_runs(earlier)]


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on(earlier, command, warm_starts):
    run = run_that(earlier, status="stopped")
    epochs, before = run.status().facts["epochs"], run.record
    code, _, complaints = command("resume", run.id)
    assert code != 0
    assert "was changed since the run" in complaints
    for _ in range(2):
        assert command("edit", "shapes", "undo")[0] == 0
    code, answer, complaints = command("resume", run.id, "--json")
    assert code == 0, complaints
    document = json.loads(answer)
    assert (document["status"], document["epochs"]) == ("done", 40)
    assert [event["epochs"] for event in run.events.read() if event["kind"] == "resume"] == [epochs]
    assert (run.record.plan, run.record.dataset_version) == (before.plan, before.dataset_version)
    assert (run.record.began, run.record.classes) == (before.began, ("cats", "dogs"))
    assert (run.folder / "run.json").exists()
