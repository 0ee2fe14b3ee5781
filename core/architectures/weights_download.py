"""A download of weights that outlives the page that started it.

`python -m core.architectures.weights_download FOLDER`, where FOLDER is the download's folder, whose ``request.json``
says what to bring. One that was stopped or that broke off goes on where it was.
"""

import argparse
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.architectures.architecture import Architecture, PretrainedWeights
from core.architectures.registry import find_architecture
from core.architectures.weights import IMAGENET, fetch_weights, path_at_hand
from core.errors import UsageError
from core.files import read_json, write_json
from core.jobs.job import Job, carry_out, identity
from core.jobs.progress import Progress
from core.workspace import Workspace

WORKER = "core.architectures.weights_download"
STAGE = "Downloading"


class WeightsDownload(Job):
    """The folder of the download of one architecture's weights. `done` and `total` of its status are bytes."""

    @classmethod
    def of(cls, workspace: Workspace, architecture: Architecture) -> "WeightsDownload":
        """The one of a machine, which all its workspaces share as they share the weights."""
        return cls(workspace.machine / "weights" / architecture.name)

    @property
    def request(self) -> dict[str, Any]:
        """The `architecture` and its `weights`, as the registry of whoever asked has them; {} before the first time."""
        return read_json(self.folder / "request.json") or {}


def start_download(workspace: Workspace, architecture: Architecture) -> WeightsDownload:
    """Bring the ImageNet weights of an architecture by a process of its own.

    One that is under way already is left alone.

    Raises
    ------
    UsageError
        If the architecture has no pretrained weights, or they are here.
    """
    if architecture.weights is None or path_at_hand(architecture):
        why = "is trained from scratch" if architecture.weights is None else "has its weights here already"
        raise UsageError(f"There is nothing to download: {architecture.title} {why}.")
    download = WeightsDownload.of(workspace, architecture)
    download.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(download.folder / "start.lock"):
        if not download.status().active:
            download.forget()
            download.log_path.unlink(missing_ok=True)
            request = {"architecture": architecture.name, "weights": asdict(architecture.weights)}
            write_json(download.folder / "request.json", request)
            download.launch(WORKER)
    return download


def main() -> int:
    parser = argparse.ArgumentParser(prog=f"python -m {WORKER}", description=__doc__)
    parser.add_argument("download", type=Path, help="the folder of the download")
    folder = parser.parse_args().download
    if not (folder / "request.json").exists():
        parser.error(f"{folder} is not the folder of a download of weights: it holds no request.json")
    return bring(WeightsDownload(folder))


def bring(download: WeightsDownload) -> int:
    """Download what is asked for, and write down how far it is and how it ended.

    Returns
    -------
    int
        0 where the weights are here or the download was stopped, 1 where it failed; the status holds the reason.
    """
    download.update(state="running", stage=STAGE, started=time.time(), processes=[identity()])
    progress = Progress(download)

    def fetch() -> None:
        asked = download.request
        weights = PretrainedWeights(**asked["weights"])
        architecture = replace(find_architecture(asked["architecture"]), weights=weights)
        fetch_weights(architecture, IMAGENET, lambda come, expected: progress(STAGE, come, expected))

    return carry_out(download, fetch)


if __name__ == "__main__":
    sys.exit(main())
