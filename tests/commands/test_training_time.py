"""The command that measures what a run will cost."""

import pytest


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_what_a_run_will_cost_is_told(command, document, imported):
    imported("pets", {"cats": 20, "dogs": 20})
    code, told = document("estimate", "pets", "--architecture", "small_cnn", "--epochs", 5, "--set", "image_size=32")
    assert code == 0
    assert (told["dataset"], told["architecture"], told["epochs"]) == ("pets", "small_cnn", 5)
    assert told["epoch_seconds"] > 0
    assert told["total_seconds"] > 5 * told["epoch_seconds"]
    assert told["words"].startswith("About ")
    code, output, _ = command("estimate", "pets", "--architecture", "small_cnn", "--set", "image_size=32")
    assert code == 0
    assert "In all, at most" in output
    assert "an epoch on this machine" in output


def test_without_weights_it_is_refused(document, imported, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    imported("pets", {"cats": 20, "dogs": 20})
    code, told = document("estimate", "pets", "--architecture", "mobilenet_075")
    assert code == 2
    assert "nothing is guessed" in told["error"]


def test_a_setting_that_is_not_one_is_refused(document, imported):
    imported("pets", {"cats": 20, "dogs": 20})
    code, told = document("estimate", "pets", "--architecture", "small_cnn", "--set", "image_size")
    assert code == 2
    assert "--set wants KEY=VALUE" in told["error"]
