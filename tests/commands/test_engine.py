"""Commands about computing: what was measured and chosen, and what is kept."""

import numpy as np
import pytest

from core.features.plan import plan_key, remembered_plan
from core.features.store import FeatureStore, cache_key

RECIPE = cache_key("mobilenet_075", 32, None, seed=0)
ON_NOISE = ("plan", "mobilenet_075", "--weights", "untrained", "--image-size", "32")


@pytest.mark.slow
def test_all_ways_are_tried_and_the_choice_is_given_with_its_figures(document, workspace):
    code, found = document(*ON_NOISE)
    assert code == 0
    chosen = next(trial for trial in found["trials"] if trial["name"] == found["runtime"])
    assert chosen["images_per_second"] > 0
    assert chosen["agreement"] > 0.99
    assert chosen["title"] in found["words"]
    assert remembered_plan(workspace.machine / "plans", plan_key(RECIPE)) is None  # noise tells nothing of agreement


@pytest.mark.slow
def test_what_was_measured_on_a_dataset_is_remembered(command, workspace, imported):
    imported("pets", {"cats": 5, "dogs": 5})
    code, output, _ = command(*ON_NOISE, "--dataset", "pets")
    assert code == 0
    remembered = remembered_plan(workspace.machine / "plans", plan_key(RECIPE))
    assert remembered.chosen_by == "measurement"
    assert output.splitlines()[0].startswith("way ")
    assert output.endswith(remembered.words() + "\n")


def test_there_is_nothing_to_plan_for_a_network_trained_from_scratch(document):
    code, found = document("plan", "small_cnn")
    assert code == 2
    assert "trained from scratch" in found["error"]


@pytest.mark.parametrize("size", ["8", "many"])
def test_a_size_that_the_backbone_cannot_take_is_refused(document, size):
    code, found = document("plan", "mobilenet", "--weights", "untrained", "--image-size", size)
    assert code == 2
    assert size in found["error"]


def test_no_features_yet(document, command):
    code, found = document("features")
    assert (code, found["size_bytes"], found["shards"], found["hit_rate"]) == (0, 0, 0, None)
    assert command("features")[1].startswith("0.0 MB of 10,240.0 MB in 0 shards.")


def test_features_are_counted_and_cleared(document, command, workspace):
    folder = workspace.machine / "features"
    FeatureStore(folder, RECIPE).add(["a", "b"], np.zeros((2, 3), np.float32))
    code, found = document("features")
    assert (code, found["shards"], found["freed_bytes"]) == (0, 1, None)
    assert found["size_bytes"] > 0
    code, cleared = document("features", "--clear")
    assert (code, cleared["freed_bytes"], cleared["shards"]) == (0, found["size_bytes"], 0)
    assert "a" not in FeatureStore(folder, RECIPE)


def test_a_quota_that_is_no_number_is_refused(document, monkeypatch):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "plenty")
    code, found = document("features")
    assert code == 2
    assert "WORKBENCH_FEATURES_GB" in found["error"]
