"""Workspaces that earlier builds made, as `make.py` packs them."""

import json
import tarfile
from pathlib import Path
from typing import Any

from tests.workspaces.make import ROOT, TEXT, TOLD

# By the build before a run's facts came into one ``run.json``.
BEFORE_RUN_JSON = Path(__file__).with_name("before_run_json.tar.gz")


def unpack(archive: Path, folder: Path) -> Path:
    """Lay out a workspace in `folder`, as if it had been made there, and give its root."""
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    for path in (folder / "home").rglob("*"):
        if path.suffix in TEXT:
            path.write_text(path.read_text(encoding="utf-8").replace(ROOT, str(folder)), encoding="utf-8")
    return folder / "home"


def told(folder: Path) -> list[dict[str, Any]]:
    """What the build that made an unpacked workspace told of it, command by command."""
    return json.loads((folder / TOLD).read_text(encoding="utf-8"))
