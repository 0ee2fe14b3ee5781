"""A real project: the small workspace of an earlier build, with runs that were trained, edits and a split by hand."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.export.formats import find_format
from core.runs.record import find_run
from core.workspace import Workspace
from tests.workspaces.archive import BEFORE_RUN_JSON, unpack


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace that projects are taken from. Nobody changes it."""
    return Workspace.at(unpack(BEFORE_RUN_JSON, tmp_path_factory.mktemp("there")))


@pytest.fixture(scope="session")
def project_file(there: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, exported with its images."""
    path = tmp_path_factory.mktemp("exported") / "shapes.zip"
    find_format("project").write(find_run(there, "the first"), path)
    return path


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
