"""Asking for a sweep from the command line."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--over", "dropout"], "does not say what to vary"),
        (["--over", "dropout=0.1|0.2", "--runs", "1"], "'runs' must be"),
        (["--over", "dropout=0.1|0.2", "--minutes", "x"], "'minutes' must be"),
        (["--over", "dropout=0.1|0.2", "--set", "epochs=0"], "'epochs' must be"),
        ([], "--over"),
    ],
)
def test_bad_usage_is_refused(document, imported, workspace, arguments, complaint):
    imported("pets", {"cats": 12, "dogs": 12})
    code, found = document("sweep", "pets", "--architecture", "small_cnn", *arguments)
    assert code == 2
    assert complaint in found["error"]
    assert not list((workspace.root / "sweeps").glob("*/request.json"))


@pytest.mark.slow
def test_a_sweep_names_the_best_of_its_runs(document, imported):
    imported("pets", {"cats": 12, "dogs": 12})
    given = ["--epochs=1", "--set=image_size=32", "--over=dropout=0|0.5", "--runs=2", "--method=grid"]
    code, found = document("sweep", "pets", "--architecture", "small_cnn", *given)
    assert (code, found["status"]) == (0, "done")
    assert [trial["values"] for trial in found["trials"]] == [{"dropout": 0}, {"dropout": 0.5}]
    assert found["best"]["log_loss"] == min(trial["log_loss"] for trial in found["trials"])
