"""What the tests of project files do with one: change it, and look into it."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def changed(project_file: Path) -> Callable[..., io.BytesIO]:
    """The project file with some of its parts replaced, removed (None) or added: bytes, or what is written as JSON."""

    def change(**parts: object) -> io.BytesIO:
        made = io.BytesIO()
        with zipfile.ZipFile(project_file) as before, zipfile.ZipFile(made, "w") as after:
            for name in before.namelist():
                if name not in parts:
                    after.writestr(name, before.read(name))
            for name, content in parts.items():
                if content is not None:
                    after.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
        return made

    return change


@pytest.fixture
def part(project_file: Path) -> Callable[[str], dict]:
    """A part of the project file that is JSON."""

    def read(name: str) -> dict:
        with zipfile.ZipFile(project_file) as archive:
            return json.loads(archive.read(name))

    return read
