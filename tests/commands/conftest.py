"""What the tests of all commands need: what they answer as JSON."""

import json
from collections.abc import Callable
from types import ModuleType

import pytest

from core import inference
from core.jobs.progress import unheard


class InThisProcess:
    """An inference process that need not start first."""

    def ask(self, task, on_progress=unheard, **arguments):
        return (inference.TASKS | inference.SCHEDULED_TASKS)[task](**arguments)

    def close(self):
        pass


@pytest.fixture
def ask_here(monkeypatch) -> Callable[[ModuleType], None]:
    """Has the commands of a module ask this process and not one of their own, which would take seconds to start."""
    return lambda module: monkeypatch.setattr(module, "InferenceClient", InThisProcess)


@pytest.fixture
def document(command):
    """Runs a command with --json; gives its exit code and the one document on its output."""

    def run(*arguments):
        code, output, _ = command(*arguments, "--json")
        return code, json.loads(output)

    return run


@pytest.fixture
def pets(tmp_path, class_folders):
    return class_folders(tmp_path / "pets", {"cats 🐈": 5, "dogs": 5})
