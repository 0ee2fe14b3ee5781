"""How soon the inference process explains answers: nine Grad-CAMs, an occlusion, layers and kernels, cold and warm.

Trains a linear head on the MobileNet at hand and a small CNN, then asks the real inference process. Prints a table and
writes JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from given_images import PROJECT, add_images_option, given_images

sys.path.insert(0, str(PROJECT))

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import Dataset
from core.jobs.inference_client import InferenceClient
from core.runs.lifecycle import start, wait
from core.runs.record import Run
from core.runs.settings import read_settings
from core.workspace import Workspace

SECONDS_ASKED = 2.0  # for nine Grad-CAMs, warm
IMAGES, TIMES = 9, 5
NETWORKS = {"mobilenet_075": {"epochs": 10}, "small_cnn": {"epochs": 2}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/explanations.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(Path(folder) / "workspace")
        dataset = run_import(create_from_path(workspace, images / "cats_dogs"))
        for name, settings in NETWORKS.items():
            chosen = {"dataset": dataset.name, "architecture": name} | settings
            run = start(workspace, dataset, read_settings(chosen))
            wait(run)
            results[name] = explain(run, dataset)
    tell(results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def explain(run: Run, dataset: Dataset) -> dict[str, float]:
    """Seconds that each answer takes: of a process that is new, and at the median of other images afterwards."""
    client, seconds = InferenceClient(), {}
    paths = [str(dataset.path_of(path)) for path in dataset.images["path"][: IMAGES * (TIMES + 1)]]
    parts = [paths[place : place + IMAGES] for place in range(0, len(paths), IMAGES)]
    classes = [index % 2 for index in range(IMAGES)]
    asked: dict[str, Any] = {
        f"{IMAGES} Grad-CAMs": lambda part: client.ask("grad_cam", run=str(run.folder), paths=part, classes=classes),
        "occlusion": lambda part: client.ask("occlusion", run=str(run.folder), path=part[0], classes=[0, 1]),
        "activations": lambda part: client.ask("activations", run=str(run.folder), path=part[0]),
        "kernels": lambda part: client.ask("kernels", run=str(run.folder)),
    }
    try:
        for name, ask in asked.items():
            taken = [timed(ask, part) for part in parts]
            seconds |= {f"{name}, first": taken[0], f"{name}, warm": median(taken[1:])}
    finally:
        client.close()
    return seconds


def timed(ask, part: list[str]) -> float:
    began = time.monotonic()
    ask(part)
    return time.monotonic() - began


def tell(results: dict[str, dict[str, float]]) -> None:
    for network, seconds in results.items():
        print(f"{network}, seconds ({SECONDS_ASKED:g} asked for {IMAGES} Grad-CAMs warm):")
        for name, value in seconds.items():
            print(f"  {name:22} {value:.2f}")


if __name__ == "__main__":
    main()
