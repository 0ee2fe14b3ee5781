"""The program installed by pip, without its sources: what comes with it, and the README's example."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.installation import PROJECT

pytestmark = pytest.mark.slow
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> dict[str, str]:
    """The environment of a process that finds the installed program and not the sources."""
    place = tmp_path_factory.mktemp("installed")
    sources = place / "sources"
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=PROJECT, text=True).split("\0")
    for name in filter(None, listed):
        if (PROJECT / name).is_file() and not name.startswith("tests/"):
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes((PROJECT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place / "site", sources]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return os.environ | {"PYTHONPATH": str(place / "site"), "WORKBENCH_HOME": str(place / "home")}


def run(environment: dict[str, str], folder: Path, *command: str) -> str:
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


def test_the_example_of_the_readme_runs_from_another_folder(installed, tmp_path, write_picture):
    write_picture(tmp_path / "new_photos" / "from_today.png")
    (example,) = EXAMPLE.findall((PROJECT / "README.md").read_text(encoding="utf-8"))
    assert re.findall(r"^(?:import|from) .*", example, re.MULTILINE) == ["import core"]
    output = run(installed, tmp_path, sys.executable, "-c", example)
    assert output.startswith("ready"), "the check-up's verdict comes first"
    assert (tmp_path / "confusion_matrix.html").stat().st_size > 1000
    assert "from_today.png" in output
    assert zipfile.is_zipfile(tmp_path / "photos.zip")
    place = run(installed, tmp_path, sys.executable, "-c", "import core; print(core.__file__)")
    assert str(PROJECT) not in place


def test_cards_layouts_components_and_the_settings_of_the_dashboard_come_with_it(installed, tmp_path):
    assert "uc_merced" in run(installed, tmp_path, sys.executable, "-m", "core", "download")
    program = (
        "from core.architectures.layout import LAYOUTS\n"
        "from core.export.report.document import TEMPLATES\n"
        "from core.installation import PROJECT, shipped\n"
        "from pages.components.gallery import _FOLDER\n"
        "print(len(list(LAYOUTS.glob('*.txt'))), (shipped('docs') / 'layouts.md').exists(),\n"
        "      (shipped('streamlit') / 'config.toml').exists(), (_FOLDER / 'gallery.js').exists(),\n"
        "      (PROJECT / 'streamlit_app.py').exists(),\n"
        "      all((TEMPLATES / name).exists() for name in ('run.html', 'report.css')))"
    )
    count, *rest = run(installed, tmp_path, sys.executable, "-c", program).split()
    assert int(count) == len(list((PROJECT / "core/architectures/layouts").glob("*.txt")))
    assert rest == ["True"] * 5


def test_the_command_is_called_workbench(installed, tmp_path):
    script = Path(installed["PYTHONPATH"]) / "bin" / "workbench"
    assert "photos" not in run(installed, tmp_path, str(script), "datasets", "--json")
    assert "usage" in run(installed, tmp_path, str(script), "--help")
