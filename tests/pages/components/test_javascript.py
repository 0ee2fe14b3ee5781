"""The parts of the components that need no browser, in Node.js: each `*.test.js` beside this file."""

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.test.js")))
def test_in_node(name):
    ended = subprocess.run(
        [NODE, "--test", FOLDER / name], cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
