"""What many tests need: a workspace of their own, small real image files, and the optional folder of real images."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from core.cli import main
from core.datasets.importing import create_from_path, run_import
from core.datasets.store import Dataset
from core.workspace import PROJECT, Workspace

SIDE = 8


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, which `Workspace.from_environment` finds as well, on a machine that is not hosted."""
    for name in ("WORKBENCH_HOSTED", "WORKBENCH_QUOTA_GB", "WORKBENCH_RUN_MINUTES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    return Workspace.from_environment()


def _write_picture(path: Path, format: str | None = None) -> Path:
    """A picture of noise that depends on nothing but the last two parts of its path: no two are alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = os.fsencode("/".join(path.parts[-2:]))
    pixels = hashlib.shake_256(key).digest(SIDE * SIDE * 3)
    Image.frombytes("RGB", (SIDE, SIDE), pixels).save(path, format)
    return path


@pytest.fixture(scope="session")
def write_picture() -> Callable[..., Path]:
    """Writes one small real image; its format follows its ending unless one is given."""
    return _write_picture


@pytest.fixture(scope="session")
def class_folders() -> Callable[..., Path]:
    """Writes class folders of small real images: `class_folders(folder, {"cats": 3, "dogs": 4})`."""

    def write(folder: Path, classes: Mapping[str, int], suffix: str = ".png") -> Path:
        for name, count in classes.items():
            (folder / name).mkdir(parents=True)
            for index in range(count):
                _write_picture(folder / name / f"{index}{suffix}")
        return folder

    return write


@pytest.fixture
def imported(workspace: Workspace, tmp_path: Path, class_folders: Callable[..., Path]) -> Callable[..., Dataset]:
    """Makes a dataset of class folders that is ready to use: `imported("pets", {"cats": 10, "dogs": 10})`."""

    def make(name: str, classes: Mapping[str, int]) -> Dataset:
        return run_import(create_from_path(workspace, class_folders(tmp_path / "sources" / name, classes), name))

    return make


@pytest.fixture
def command(workspace: Workspace, capsys: pytest.CaptureFixture) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process; gives its exit code, its output and its complaints."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="session")
def eventually() -> Callable[..., None]:
    """Waits until a condition holds, and fails where it does not come true within a generous time."""

    def wait(condition: Callable[[], object], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not come true within {seconds} seconds"
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def real_images() -> Path:
    """The folder of real images, which is no part of the project."""
    folder = Path(os.environ.get("WORKBENCH_TEST_DATA") or PROJECT / ".." / "shared" / "real").resolve()
    if not folder.is_dir():
        pytest.skip(f"there are no real images at {folder}; WORKBENCH_TEST_DATA can name another folder")
    return folder
