"""The command that runs a linear probe."""

import pytest

from core.architectures.registry import ARCHITECTURES


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_probe_says_what_the_baselines_give(command, document, workspace, imported, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    imported("pets", {"cats": 20, "dogs": 20})
    code, found = document("probe", "pets")
    assert code == 0
    assert (found["dataset"], found["status"], found["best"]) == ("pets", "done", None)
    assert [candidate["name"] for candidate in found["candidates"]] == ["majority", "pixels"]
    advice = found["advice"]
    assert (advice["size"]["each"], advice["size"]["large"], advice["likeness"]["verdict"]) == (
        12,
        False,
        "cannot be told",
    )
    assert advice["plan"]["settings"] == {"architecture": "mobilenet_075", "weights": "imagenet", "unfreeze": 0}
    assert found["baselines"]["chance"] == 0.5
    assert found["yardsticks"] == found["baselines"], "as it was called before"
    assert advice["domain_similarity"] == advice["likeness"]
    code, output, _ = command("probe", "pets")
    assert code == 0
    assert output.splitlines()[0].startswith("candidate ")
    assert found["words"] in output
    table = output.partition("\n\n")[0]
    assert not any(architecture.title in table for architecture in ARCHITECTURES.values())
    assert "7.5 MB are downloaded first." in output
    assert "To take it: train with --architecture mobilenet_075 --set weights=imagenet --set unfreeze=0" in output
    assert found["baselines"]["words"] in output


@pytest.mark.parametrize("seconds", ["1", "many"])
def test_how_long_it_may_take_has_limits(document, imported, seconds):
    imported("pets", {"cats": 20, "dogs": 20})
    code, found = document("probe", "pets", "--seconds", seconds)
    assert code == 2
    assert "'seconds' must be a number from 5 to 300" in found["error"]


def test_too_few_images_are_refused(document, imported):
    imported("few", {"cats": 2, "dogs": 2})
    code, found = document("probe", "few")
    assert code == 2
    assert "Bring more images" in found["error"]
