"""The command line as a whole: bad usage, errors, and the program itself."""

import json
import os
import re
import subprocess
import sys

import pytest

from core.cli import FORMER_COMMANDS, GROUPS
from core.installation import PROJECT
from core.runs.settings import FORMER_NAMES


@pytest.fixture
def pets(tmp_path, class_folders):
    return class_folders(tmp_path / "pets", {"cats 🐈": 5, "dogs": 5})


# Bad usage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "pets", "--architecture", "resnet"], "no architecture 'resnet'"),
        (["train", "nothing", "--architecture", "small_cnn"], "no dataset 'nothing'"),
        (["train", "pets", "--architecture", "small_cnn", "--epochs", "0"], "'epochs' must be"),
        (["train", "pets", "--architecture", "small_cnn", "--epochs", "nan"], "'epochs' must be"),
        (["train", "pets", "--architecture", "small_cnn", "--set", "dropout"], "KEY=VALUE"),
        (["train", "pets", "--architecture", "small_cnn", "--set", "colour=red"], "no setting 'colour'"),
        (["train", "pets", "--architecture", "small_cnn", "--set", "augmentation=mirror"], "'mirror' is unknown"),
        (["train", "pets"], "--architecture"),
        (["evaluate"], "RUN"),
        (["evaluate", "x", "--split", "all"], "--split"),
        (["import"], "PATH"),
        (["import", "x", "--card", "y"], "--card"),
        (["check"], "DATASET"),
        (["check", "nothing"], "no dataset 'nothing'"),
        (["split", "nothing", "--seed", "1"], "no dataset 'nothing'"),
        (["split", "pets", "--folds", "many"], "--folds"),
        (["edit", "pets"], "ACTION"),
        (["edit", "nothing", "undo"], "no dataset 'nothing'"),
        (["download", "everything"], "everything"),
        (["datasets", "--colour"], "--colour"),
        (["fly"], "fly"),
        ([], "COMMAND"),
    ],
)
def test_bad_usage_is_said_in_words_and_in_one_document(command, arguments, words):
    code, output, complaints = command(*arguments, "--json")
    assert code == 2
    assert words in json.loads(output)["error"]
    assert words in complaints
    assert "Traceback" not in complaints
    code, output, complaints = command(*arguments)
    assert (code, output) == (2, "")
    assert words in complaints


def test_all_commands_are_listed_on_request(command, capsys):
    with pytest.raises(SystemExit) as end:
        command("--help")
    assert end.value.code == 0
    output = capsys.readouterr().out
    shown = " ".join(output.split())
    assert "each with its 95 % interval" in shown
    assert "usage: python -m core COMMAND" in shown
    listed = [name for names in GROUPS.values() for name in names]
    assert len(set(listed)) == len(listed)
    for group, names in GROUPS.items():
        assert f"{group}: {names[0]} " in shown
    assert all(f" {name} " in shown for name in listed)
    for former, current in FORMER_COMMANDS.items():
        assert f"\n  {former} " not in output
        assert current in listed


def test_the_help_lists_every_command_there_is(command, capsys):
    _, _, complaint = command("no-such-command")
    offered = re.findall(r"'([a-z]+)'|, ([a-z]+)(?=[,)])", complaint.partition("choose from")[2])
    assert {"".join(names) for names in offered} == {name for names in GROUPS.values() for name in names}


def test_the_help_is_that_of_the_program_that_was_called(command, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/local/bin/workbench"])
    with pytest.raises(SystemExit):
        command("runs", "--help")
    assert "usage: workbench runs " in capsys.readouterr().out


# What was called otherwise -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("former", "current"), FORMER_COMMANDS.items())
def test_a_former_command_does_the_same_and_says_its_new_name(command, former, current):
    code, output, complaints = command(current, "nothing", "--json")
    code_before, output_before, complaints_before = command(former, "nothing", "--json")
    assert (code_before, output_before) == (code, output)
    assert complaints_before.splitlines()[1:] == complaints.splitlines()
    assert f"the command {former} is now called {current}" in complaints_before.splitlines()[0]


@pytest.mark.parametrize(("former", "current"), FORMER_NAMES.items())
def test_a_former_setting_does_the_same_and_says_its_new_name(command, former, current):
    asked = ("networks", "code", "mobilenet", "--json")
    (_, output, quiet), (_, output_before, said) = (command(*asked, "--set", f"{name}=1") for name in (current, former))
    assert output_before == output
    assert (quiet, said.count("\n")) == ("", 1)
    assert f"the setting {former} is now called {current}" in said
    settings = json.loads(output)["settings"]
    assert settings[former] == settings[current] == 1, "programs that know the old name find it"


# The program itself --------------------------------------------------------------------------------------------------


def test_the_program_on_a_console_that_knows_few_letters(workspace, pets):
    # Some consoles and pipes do, above all on Windows: such a name must reach a program whole, and a person somehow.
    command = [sys.executable, "-m", "core", "import", str(pets)]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = subprocess.run([*command, "--json"], cwd=PROJECT, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["classes"] == ["cats 🐈", "dogs"]
    ended = subprocess.run([*command, "--name", "again"], cwd=PROJECT, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert rb"cats \U0001f408" in ended.stdout


def test_the_program_ends_with_the_code(workspace, tmp_path):
    command = [sys.executable, "-m", "core", "import", str(tmp_path / "missing"), "--json"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "There is nothing" in json.loads(ended.stdout)["error"]
