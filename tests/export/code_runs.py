"""Runs that are laid out, but not trained: all that their code is written from; and code in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.workspace import Workspace


def lay_out_run(workspace: Workspace, images: Sequence[tuple[str, str, str]] | None = None, **settings) -> Run:
    """A run on images, given as paths, labels and parts of the split; by default on ten of cats and ten of dogs."""
    images = images or [
        (f"{label}/{index}.png", label, split)
        for label in ("cats", "dogs")
        for index, split in enumerate(["train"] * 6 + ["validation"] * 2 + ["test"] * 2)
    ]
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | settings))
    table = pd.DataFrame(images, columns=["path", "label", "split"])
    table.assign(group=range(len(table))).to_parquet(run.images_path)
    run.update(state="done")
    return run


def run_code(code: Path, *arguments: object, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """What a script prints in a fresh interpreter that knows nothing of the program, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-I", str(code), *map(str, arguments)]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "2", "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        command, cwd=folder, env=os.environ | quiet | (environment or {}), capture_output=True, text=True, timeout=600
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def accuracy_in(printed: str) -> float:
    """The accuracy that a script has told."""
    return float(printed.rpartition("test images: ")[2].split()[0])
