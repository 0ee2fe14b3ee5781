"""How a run has learned is said in the same words wherever one looks, and on the command line."""

import json

import pytest

from core.advice.diagnosis import diagnosis_of


@pytest.fixture
def run(pets, trained):
    """Its validation loss rises from the eighth epoch on, while the training loss goes on falling."""
    run = trained(pets, epochs=0, wrong_every=0)
    for epoch in range(1, 21):
        figures = {"loss": 1 / epoch, "accuracy": 0.9, "val_loss": 0.4 + 0.1 * abs(epoch - 8), "val_accuracy": 0.8}
        run.events.append("epoch", epoch=epoch, seconds=1.0, best=epoch <= 8, **figures)
    return run


def test_every_page_says_the_same(visit, run, command):
    found = diagnosis_of(run)
    assert found.kind == "over-fitting"
    assert "Epoch 8, which is evaluated, does not show it yet" in found.words
    for page in ("training", "evaluation", "home"):
        words = visit(page, dataset="pets", run=run.id).words
        assert found.words in words, page
        assert "No sign of over-fitting" not in words, page
    assert found.words in command("evaluate", run.id)[1]
    assert json.loads(command("evaluate", run.id, "--json")[1])["diagnosis"]["kind"] == "over-fitting"
    assert found.words in visit("evaluation", dataset="pets", run=run.id, split="validation").words


def test_a_run_that_still_trains_is_not_told_that_it_ended(visit, pets, training):
    run = training(pets, epochs=12)
    assert diagnosis_of(run).words == "Improving: the validation loss still falls."
    assert "Improving: the validation loss still falls." in visit("training", dataset="pets", run=run.id).words
    run.update(state="stopped", processes=[])
    assert "train longer" in visit("training", dataset="pets", run=run.id).words
