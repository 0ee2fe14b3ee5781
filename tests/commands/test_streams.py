"""Commands whose output nobody reads on, as in `workbench check pets | head`: real processes and real pipes."""

import json
import os
import subprocess
import sys

import pytest

from core.installation import PROJECT
from core.runs.record import list_runs

pytestmark = pytest.mark.slow

BROKEN_PIPE = 141  # as shells have it of a program that SIGPIPE ended
SCRIPT = 'exec "$@"'


def start(*arguments, redirection="", **streams):
    """A command in a process of its own; `redirection` is the shell's, such as ``2>&-``."""
    command = ["sh", "-c", f"{SCRIPT} {redirection}", "sh", sys.executable, "-m", "core", *map(str, arguments)]
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.DEVNULL, **streams)


@pytest.fixture
def unread():
    """The end to write to of a pipe of which nobody reads the other."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "pets"],
        ["check", "pets", "--json"],
        ["architectures"],
        ["describe", "vgg16", "--json"],
        ["networks", "code", "small_cnn"],
        ["datasets", "--json"],
        ["check", "nothing", "--json"],  # an error has a document too
        ["--help"],
    ],
    ids=" ".join,
)
def test_a_command_whose_output_nobody_reads_ends_without_a_word(imported, unread, arguments):
    imported("pets", {"cats": 4, "dogs": 4})
    process = start(*arguments, stdout=unread, stderr=subprocess.PIPE)
    complaints = process.communicate()[1].decode()
    assert process.returncode == BROKEN_PIPE
    assert complaints == "" or "nothing" in arguments
    assert "Traceback" not in complaints
    assert "Exception ignored" not in complaints


def test_a_reader_that_has_enough_after_a_line_gets_that_line(workspace):
    process = start("describe", "resnet152", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"{\n"
    process.stdout.close()  # long before the end, which does not fit into a pipe
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == BROKEN_PIPE


def test_an_error_that_nobody_reads(workspace, unread):
    assert start("fly", stdout=unread, stderr=unread).wait() == BROKEN_PIPE


def test_complaints_that_nobody_reads_do_not_spoil_the_result(workspace, unread):
    process = start("fly", "--json", stdout=subprocess.PIPE, stderr=unread)
    assert "fly" in json.loads(process.communicate()[0])["error"]
    assert process.returncode == 2


@pytest.mark.parametrize("redirection", ["2>&-", "2>&- <&-"])
def test_where_there_is_no_stderr_its_words_do_not_get_into_the_document(workspace, redirection):
    process = start("fly", "--json", redirection=redirection, stdout=subprocess.PIPE)
    assert "fly" in json.loads(process.communicate()[0])["error"]
    assert process.returncode == 2


def test_where_there_is_no_stdout_a_command_does_its_work(workspace, imported):
    process = start("check", "pets", redirection=">&-", stderr=subprocess.PIPE)
    assert b"no dataset 'pets'" in process.communicate()[1]
    imported("pets", {"cats": 4, "dogs": 4})
    process = start("check", "pets", redirection=">&-", stderr=subprocess.PIPE)
    assert process.communicate()[1] == b""
    assert process.returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full on this system")
def test_an_output_that_is_full_is_said(workspace):
    process = start("architectures", redirection=">/dev/full", stderr=subprocess.PIPE)
    complaints = process.communicate()[1].decode()
    assert complaints.startswith("error: The output could not be written. The disk is full.")
    assert complaints.count("\n") == 1
    assert process.returncode == 1


# While a child trains ------------------------------------------------------------------------------------------------

TRAIN = ("train", "pets", "--architecture", "small_cnn", "--epochs", "1", "--set", "image_size=32")


def test_where_nobody_reads_any_more_a_run_goes_on_by_itself(workspace, imported, eventually):
    imported("pets", {"cats": 10, "dogs": 10})
    reading, writing = os.pipe()
    process = start(*TRAIN, stdout=writing, stderr=writing)
    os.close(writing)
    with os.fdopen(reading) as lines:
        first = lines.readline()  # as `head -1` takes it
    assert process.wait() == BROKEN_PIPE
    (run,) = list_runs(workspace)
    assert first == f"run {run.id}\n"
    eventually(lambda: not run.status().active, seconds=120)
    assert run.status().state == "done"


def test_where_only_the_progress_is_not_read_the_result_still_comes(workspace, imported, unread):
    imported("pets", {"cats": 10, "dogs": 10})
    process = start(*TRAIN, "--json", stdout=subprocess.PIPE, stderr=unread)
    assert json.loads(process.communicate()[0])["status"] == "done"
    assert process.returncode == 0
