"""A machine with as many slots as a test says."""

import pytest


@pytest.fixture
def two_gpus(monkeypatch):
    """A machine with the GPUs 5 and 7, and a slot for each."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    monkeypatch.delenv("WORKBENCH_SLOT_COUNT", raising=False)
