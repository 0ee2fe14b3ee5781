"""Where a training stands, as checkpoints of this build and of others say it."""

import json
from dataclasses import asdict

import numpy as np

from core.runs.training_state import TrainingState, epochs_in


def test_what_is_written_is_read_again():
    state = TrainingState(
        epochs=7, best=0.25, best_epoch=4, reductions=1, reduced_at=6, durations=[1.5], learning_rate=0.1
    )
    assert TrainingState.from_json(json.dumps(asdict(state))) == state


def test_what_another_build_says_more_or_less_does_no_harm():
    assert TrainingState.from_json('{"epochs": 3, "mood": "good"}') == TrainingState(epochs=3)


def test_the_epochs_of_a_checkpoint_are_read_without_its_weights(tmp_path):
    np.savez(tmp_path / "checkpoint.npz", state=json.dumps({"epochs": 5, "best": 1.0}), weights=np.zeros(3))
    assert epochs_in(tmp_path / "checkpoint.npz") == 5


def test_where_no_checkpoint_can_be_read_there_are_no_epochs(tmp_path):
    damaged = tmp_path / "checkpoint.npz"
    assert epochs_in(damaged) == 0
    for content in (b"", b"no archive", b"PK\x03\x04 half an archive"):
        damaged.write_bytes(content)
        assert epochs_in(damaged) == 0
    np.savez(damaged, weights=np.zeros(3))
    assert epochs_in(damaged) == 0
    for text in ("[1, 2]", "no JSON"):
        np.savez(damaged, state=text)
        assert epochs_in(damaged) == 0
