"""What may load what: pages and command line have to start without the weight of Keras, and `core` without any page."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.installation import PROJECT
from tests.floors import BELOW_THE_LINE as BELOW

# Of what is below the line, the process that watches over the training has to stay as small as what is above; and the
# one that trains loads Keras only where features are lacking or Keras itself learns.
STILL_LIGHT = ("core.training.worker", "core.jobs.supervisor", "core.training.trainer")
HEAVY = ("keras", "tensorflow", "sklearn")


def modules(folder):
    """The names of all modules below a folder of the project, in order."""
    for path in sorted((PROJECT / folder).rglob("*.py")):
        parts = path.relative_to(PROJECT).with_suffix("").parts
        if parts[-1] != "__main__":  # which runs the program
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_below(name):
    return name.startswith(tuple(f"{package}." for package in BELOW)) or name in BELOW


def loaded_by(names, watched):
    """What of `watched` each module loads first, when all are imported one after the other by a fresh interpreter."""
    program = (
        "import importlib, json, sys\n"
        "names, watched = json.loads(sys.argv[1])\n"
        "found = {}\n"
        "for name in names:\n"
        "    before = set(sys.modules)\n"
        "    importlib.import_module(name)\n"
        "    new = [other for other in watched if other in sys.modules and other not in before]\n"
        "    if new: found[name] = new\n"
        "print(json.dumps(found))"
    )
    command = [sys.executable, "-c", program, json.dumps([names, watched])]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_there_is_something_to_check():
    names = list(modules("core"))
    assert "core.cli" in names
    assert "core.datasets.store" in names
    assert set(STILL_LIGHT) <= set(names)


def test_core_above_the_line_loads_no_keras_and_no_page():
    names = [name for name in modules("core") if not is_below(name) or name in STILL_LIGHT]
    assert loaded_by(names, [*HEAVY, "streamlit"]) == {}


def test_what_pages_are_made_of_loads_no_keras():
    names = list(modules("pages"))
    if not names:
        pytest.skip("there are no pages yet")
    assert loaded_by(names, list(HEAVY)) == {}


def test_core_knows_nothing_of_streamlit():
    pattern = re.compile(r"^\s*(import|from)\s+streamlit\b", re.MULTILINE)
    paths = sorted((PROJECT / "core").rglob("*.py"))
    assert [str(path) for path in paths if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_pages_do_not_import_what_lies_below_the_line():
    # They run within the server, where Keras would cost every visitor seconds and the machine a gigabyte.
    pattern = re.compile(rf"^\s*(?:import|from)\s+(?:{'|'.join(map(re.escape, (*BELOW, *HEAVY)))})\b", re.MULTILINE)
    paths = [*sorted((PROJECT / "pages").rglob("*.py")), *Path(PROJECT).glob("*.py")]
    assert [str(path) for path in paths if pattern.search(path.read_text(encoding="utf-8"))] == []
