"""What a sweep found, as people read it."""

import numpy as np
import pytest

from core.sweeps.words import accuracy_in_words, importances_in_words, luck_of_the_best, optimism_in_words


def trial(accuracy, log_loss=0.5, images=200):
    return {"accuracy": accuracy, "log_loss": log_loss, "images": images, "accuracy_ci95": [0.9, 0.973]}


def test_an_accuracy_comes_with_its_interval():
    words = "right on 95.0 % of 200 validation images (95 % interval 90.0 % to 97.3 %)"
    assert accuracy_in_words(trial(0.95)) == words


@pytest.mark.parametrize("runs", [2, 8, 50])
def test_the_luck_of_the_best_is_that_of_runs_that_do_not_differ(runs):
    draws = np.random.default_rng(0).binomial(400, 0.9, (4000, runs)) / 400
    assert luck_of_the_best(0.9, 400, runs) == pytest.approx(np.mean(draws.max(axis=1)) - 0.9, rel=0.15)


def test_the_best_of_many_is_said_to_be_flattered():
    trials = [trial(0.9, 0.4), trial(0.95, 0.3), trial(None, None)]
    assert optimism_in_words(trials).startswith("The best of 2 on the same validation images")
    assert "lift it by about 1 point." in optimism_in_words(trials)
    assert "lift it by about 0.3 points." in optimism_in_words([trial(0.95, images=2000), trial(0.9, 0.6, 2000)])
    assert optimism_in_words(trials[:1]) == ""
    assert optimism_in_words([]) == ""


def test_which_settings_mattered():
    found = {"learning_rate": 0.82, "dropout": 0.18}
    words = "Learning rate mattered most: 82 % of the differences in log loss go with it; dropout 18 %."
    assert importances_in_words(found, 12, 2) == words
    assert "from 10 evaluated runs on; here are 6" in importances_in_words({}, 6, 2)
    assert "came out the same" in importances_in_words({}, 10, 2)
    assert importances_in_words({}, 6, 1) == ""
