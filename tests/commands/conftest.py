"""What the tests of all commands need: what they answer as JSON."""

import json

import pytest


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
