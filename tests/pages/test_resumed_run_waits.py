"""A run that was stopped and resumed is all there while it waits for its turn: its figures, errors and neighbours."""

import json
from collections.abc import Callable

import pytest

from core.datasets.editing import rename_class
from core.explain.feature_analysis import neighbours
from core.explain.run_features import features_of
from core.features.store import FeatureStore, cache_key
from core.jobs.queue import Queue
from core.jobs.slots import slot_count
from core.runs.lifecycle import resume, start, wait
from core.runs.record import Run
from core.runs.settings import read_settings

pytestmark = pytest.mark.slow

RUNTIME = "tensorflow-bfloat16"  # whose features are kept apart from those that a run is taken for that tells nothing
SETTINGS = {"dataset": "pets", "architecture": "mobilenet_025", "weights": "untrained", "image_size": 32}
SETTINGS |= {"runtime": RUNTIME, "epochs": 1000, "patience": 1000}


@pytest.fixture
def stopped(workspace, pets, eventually, warm_starts) -> Run:
    """A run that was stopped after some epochs, and evaluated."""
    run = start(workspace, pets, read_settings(SETTINGS))
    eventually(lambda: run.status().facts.get("epochs", 0) >= 2 or not run.status().active, 180)
    run.request_stop()
    assert wait(run).state == "stopped", run.status().error
    return run


@pytest.fixture
def taken(workspace, stopped, eventually) -> None:
    """All slots of the machine are taken, so that whatever comes now has to wait."""
    slots = []

    def take() -> bool:
        if slot := Queue(workspace.slots).free_slot():
            slots.append(slot)
        return len(slots) == slot_count()

    eventually(take)
    yield
    for slot in slots:
        slot.close()


@pytest.fixture
def let_wait(workspace, taken, eventually) -> Callable[[Run], Run]:
    """Resumes a run, which then waits for a slot until the test has ended."""
    resumed = []

    def go_on(run: Run) -> Run:
        resume(workspace, Run(run.folder))
        resumed.append(Run(run.folder))
        eventually(lambda: resumed[-1].status().stage == "Waiting for another run to end", 60)
        return resumed[-1]

    yield go_on
    for run in resumed:
        run.request_stop()
        wait(run)


def not_to_be_computed(stage, done, total):
    assert "Computing" not in stage, "they are in another store"


def test_a_resumed_run_that_waits_is_all_there(workspace, pets, stopped, let_wait, command, visit):
    before, facts, figures = stopped.record, stopped.status().facts, stopped.evaluate("test")
    waiting = let_wait(stopped)
    assert waiting.status().state == "queued"
    assert waiting.record == before
    assert waiting.record.dataset_version == pets.content.version
    assert (waiting.record.plan["runtime"], waiting.record.plan["family"]) == (RUNTIME, RUNTIME)
    assert waiting.record.versions["keras"]
    assert waiting.test_accuracy == figures.accuracy.value
    assert waiting.status().facts["epochs"] == facts["epochs"]
    code, told, _ = command("evaluate", waiting.id, "--json")
    assert (code, json.loads(told)["accuracy"]) == (0, figures.accuracy.value)

    features = features_of(waiting, workspace.machine, not_to_be_computed)
    recipe = cache_key("mobilenet_025", 32, None, waiting.settings.seed, RUNTIME)
    kept = FeatureStore(workspace.features, recipe).gather(features.table["pixel_hash"].tolist())
    assert (features.vectors == kept.reshape(len(kept), -1)).all()
    assert [near["path"] for near in neighbours(waiting, "cats/0.png", 3, str(workspace.machine))]
    code, told, _ = command("errors", waiting.id, "--json")
    assert code == 0
    assert json.loads(told)["run"] == waiting.id

    page = visit("evaluation", dataset="pets", run=waiting.id)
    assert page.errors == []
    assert any("confusion matrix" in text.lower() for text in page.chart_texts()) or "accuracy" in page.words.lower()
    # Also the names that its classes were given meanwhile are known, as it tells after which edits it began.
    rename_class(pets, "cats", "felines")
    assert set(Run(waiting.folder).predictions().class_names) == {"felines", "dogs"}
