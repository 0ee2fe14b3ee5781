"""Makes a small workspace by the command line of a build, for tests that later builds open it.

    python tests/workspaces/make.py BUILD ARCHIVE

BUILD is a checkout of the build, ARCHIVE the ``.tar.gz`` to write. In it, ``home`` is the workspace, ``images`` the
folder that was imported, and ``told.json`` what the build itself tells of it; `ROOT` stands for the folder that all are
in, whose path the workspace knows.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = "@ROOT@"
TOLD = "told.json"
SIDE = 12
IMAGES_A_CLASS = 14
COLOURS = {"cats": (200, 90, 60), "dogs": (60, 90, 200)}
NETWORK = {
    "name": "tiny",
    "title": "Tiny",
    "image_size": 12,
    "channels": 3,
    "blocks": [{"kind": "convolution", "filters": 3}, {"kind": "max_pool"}, {"kind": "global_average_pool"}],
}
TEXT = (".json", ".jsonl", ".txt")


class Build:
    """The command line of a checkout, on a workspace."""

    def __init__(self, checkout: Path, home: Path):
        environment = {"WORKBENCH_HOME": str(home), "KERAS_HOME": str(home.parent / "keras")}
        self._told = {"cwd": checkout, "env": os.environ | environment, "text": True}

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-m", "core", *arguments], stdout=subprocess.PIPE, **self._told)

    def __call__(self, *arguments: str) -> Any:
        print(*arguments, flush=True)
        command = [sys.executable, "-m", "core", *arguments, "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, **self._told)
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("archive", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        draw_images(root / "images")
        build = Build(arguments.build.resolve(), root / "home")
        fill(build, root)
        write_told(build, root / TOLD)
        pack(root, arguments.archive)
    return 0


def draw_images(folder: Path) -> None:
    """Two classes of noisy squares that differ in colour; written at a whole second, which every archive can keep."""
    noise = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for index in range(IMAGES_A_CLASS):
            pixels = np.clip(np.array(colour) + noise.normal(0, 60, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
            path = folder / name / f"{index}.png"
            Image.fromarray(pixels).save(path)
            os.utime(path, (1_700_000_000, 1_700_000_000))


def fill(build: Build, root: Path) -> None:
    """Everything that a workspace may hold, a small piece of each."""
    build("import", str(root / "images"), "--name", "shapes")
    build("split", "shapes", "--validation", "0.2", "--test", "0.3", "--seed", "5")
    build("edit", "shapes", "exclude", "cats/0.png")
    build("recipes", "--save", "gentle", "flip_horizontal,rotation=5")
    (root / "tiny.json").write_text(json.dumps(NETWORK))
    build("networks", "add", str(root / "tiny.json"))
    build("look", "shapes", "--seconds", "5")
    scratch = ("train", "shapes", "--architecture", "tiny", "--set", "batch_size=4", "--seed", "1")
    first = build(*scratch, "--epochs", "4", "--augmentation", "gentle")["run"]
    build("label", first, "--name", "the first", "--notes", "As a start.", "--star")
    backbone = ("train", "shapes", "--architecture", "mobilenet_025", "--set", "weights=untrained")
    build(*backbone, "--set", "image_size=32", "--epochs", "5", "--seed", "1")
    stop_one(build, root, (*scratch, "--epochs", "40", "--set", "patience=40"))
    sweep = ("sweep", "shapes", "--architecture", "tiny", "--over", "learning_rate=1e-3|1e-2")
    build(*sweep, "--runs", "2", "--epochs", "2")
    build("edit", "shapes", "relabel", "dogs", "cats/1.png")
    build("retrain", first)
    build("edit", "shapes", "rename", "dogs", "hounds")


def stop_one(build: Build, root: Path, command: tuple[str, ...]) -> None:
    """Train, and stop after a few epochs."""
    before = set((root / "home" / "runs").iterdir())
    training = build.start(*command)
    while True:
        time.sleep(0.05)
        for run in set((root / "home" / "runs").iterdir()) - before:
            events = run / "events.jsonl"
            if events.exists() and events.read_text().count('"kind": "epoch"') >= 2:
                build("stop", run.name)
                training.wait()
                return


def write_told(build: Build, path: Path) -> None:
    """What the build tells of the workspace, command by command."""
    ids = [run["run"] for run in build("runs")]
    commands = [("runs",), ("sweeps",), ("compare", *ids), *(("evaluate", run) for run in ids)]
    commands += [("recipes",), ("networks", "show", "tiny"), ("edit", "shapes", "log"), ("split", "shapes")]
    told = [{"command": command, "told": build(*command)} for command in commands]
    path.write_text(json.dumps(told), encoding="utf-8")


def pack(root: Path, archive: Path) -> None:
    """Write the archive, without what only the making needed."""
    for path in (root / "home").rglob("*"):
        if path.suffix in TEXT:
            path.write_text(path.read_text(encoding="utf-8").replace(str(root), ROOT), encoding="utf-8")
    with tarfile.open(archive, "w:gz") as file:
        for name in ("home", "images", TOLD):
            file.add(root / name, name)


if __name__ == "__main__":
    sys.exit(main())
