"""What the tests of all commands need: a command in this process, as text and as JSON."""

import json

import pytest

from core.cli import main


@pytest.fixture
def command(workspace, capsys):
    """Runs a command in this process; gives its exit code, its output and its complaints."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


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
