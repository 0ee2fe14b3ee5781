"""Training again after labels were put right, and the way back."""

import time

import pytest

from core.datasets.editing import exclude, relabel
from core.errors import UsageError
from core.jobs.job import Job, identity
from core.runs.lineage import edits_since, has_changed, parent_run, retrain, standing_edits, undo_relabelling
from core.runs.record import create_run
from core.runs.settings import read_settings


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 20, "dogs": 20})


@pytest.fixture
def run(workspace, pets):
    """One that has been trained on the dataset as it is."""
    made = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn", "seed": 3}))
    made.update(state="done", started=time.time(), facts={"dataset_version": pets.content.version})
    return made


@pytest.fixture
def launched(monkeypatch):
    """Instead of starting processes, notes for which folder one would be started."""
    started = []

    def launch(job, module, **environment):
        started.append(job.folder.name)
        job.update(state="queued", started=time.time(), processes=[identity()])

    monkeypatch.setattr(Job, "launch", launch)
    return started


def test_the_same_settings_on_the_corrected_labels(workspace, pets, run, launched):
    edit = relabel(pets, ["cats/1.png"], "dogs")
    new = retrain(workspace, pets, run)
    assert launched == [new.id]
    assert new.settings == run.settings
    assert parent_run(new).id == run.id
    assert parent_run(run) is None
    assert [fix.id for fix in standing_edits(pets, new)] == [edit.id]


def test_nothing_is_trained_where_nothing_changed(workspace, pets, run, launched):
    assert not has_changed(pets, run)
    with pytest.raises(UsageError, match="Nothing has changed since this run"):
        retrain(workspace, pets, run)
    relabel(pets, ["cats/1.png"], "dogs")
    assert has_changed(pets, run)
    pets.edits.undo()
    with pytest.raises(UsageError, match="Nothing has changed"):
        retrain(workspace, pets, run)
    assert launched == []


def test_undoing_takes_back_what_was_changed_in_between_and_nothing_else(workspace, pets, run, launched):
    version = pets.content.version
    relabel(pets, ["cats/1.png"], "dogs")
    exclude(pets, ["dogs/2.png"])
    new = retrain(workspace, pets, run)
    later = exclude(pets, ["dogs/3.png"])
    assert len(undo_relabelling(pets, new)) == 2
    assert standing_edits(pets, new) == []
    assert pets.edits.standing() == [later]
    pets.edits.undo()
    assert pets.content.version == version
    assert undo_relabelling(pets, new) == []


def test_edits_of_before_the_run_are_not_its_fixes(workspace, pets, launched):
    relabel(pets, ["cats/1.png"], "dogs")
    made = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    made.update(state="done", started=time.time(), facts={"dataset_version": pets.content.version})
    edit = exclude(pets, ["dogs/2.png"])
    assert edits_since(pets, made) == [edit]


def test_edits_since_a_run_began_are_known_though_it_went_on_after_them(pets, run):
    run.update(facts={"began": time.time()})
    edit = exclude(pets, ["dogs/2.png"])
    run.forget()
    run.update(state="queued", started=time.time())
    assert edits_since(pets, run) == [edit]


def test_a_chain_of_fixes(workspace, pets, run, launched):
    relabel(pets, ["cats/1.png"], "dogs")
    second = retrain(workspace, pets, run)
    second.update(state="done", facts={"dataset_version": pets.content.version})
    edit = exclude(pets, ["dogs/2.png"])
    third = retrain(workspace, pets, second)
    assert [fix.id for fix in standing_edits(pets, third)] == [edit.id]
    assert parent_run(third).id == second.id


@pytest.mark.parametrize("told", ["gone", "../../elsewhere", "", 3])
def test_an_earlier_run_that_is_not_there(workspace, pets, run, told):
    run.update(facts={"parent_run": told})
    assert parent_run(run) is None
    assert standing_edits(pets, run) == []
