"""A training that a callback can be told of."""

import pytest

from tests.training.callbacks.small_training import Recorder, Training


@pytest.fixture
def training(workspace):
    """Makes a training of a run with these settings."""
    return lambda **settings: Training(workspace, **settings)


@pytest.fixture
def recorder():
    return Recorder()
