"""Keras is started in the state that settings ask for."""

import json
import subprocess
import sys

import pytest

from core.installation import PROJECT

PROGRAM = """
import json, sys
from core.features.extraction_settings import ExtractionSettings
from core.features.keras_start import start_keras
seed, deterministic = json.loads(sys.argv[1])
settings = ExtractionSettings(None, 32, "untrained", seed, deterministic=deterministic)
drawn = []
for _ in range(2):
    start_keras(settings)
    import keras
    drawn.append(keras.random.uniform((3,)).numpy().tolist())
from tensorflow.python.framework.config import is_op_determinism_enabled
is_deterministic = is_op_determinism_enabled()
print(json.dumps([drawn, is_deterministic]))
"""


def started(seed, deterministic):
    """What is drawn first after each of two starts, and whether operations are deterministic from then on."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([seed, deterministic])]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.mark.slow
def test_what_is_drawn_depends_on_the_seed_alone():
    (first, again), is_deterministic = started(1, False)
    assert first == again
    assert not is_deterministic
    (other, _), is_deterministic = started(2, True)
    assert other != first
    assert is_deterministic
