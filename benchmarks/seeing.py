"""How soon chapter 8 answers: maps, kernels, an applied kernel and the strongest images, against building all anew.

Trains a linear head on the MobileNet at hand and a small CNN, then asks the tasks of the inference process for layer
after layer: with the network at hand, as the page finds it, and with the network rebuilt for each answer, as a script
does. Prints seconds and ratios, and writes JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from given_images import PROJECT, add_images_option, given_images

sys.path.insert(0, str(PROJECT))

from core import inference
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import Dataset
from core.explain.strongest_images import FILE
from core.explain.trained_network import trained_network
from core.runs.lifecycle import start, wait
from core.runs.record import Run
from core.runs.settings import read_settings
from core.workspace import Workspace

SECONDS_ASKED = 2.0  # for each answer, warm
IMAGES, LAYERS = 4, 5
NETWORKS = {"mobilenet_075": {"epochs": 5}, "small_cnn": {"epochs": 2}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/seeing.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(Path(folder) / "workspace")
        dataset = run_import(create_from_path(workspace, images / "cats_dogs"))
        for name, settings in NETWORKS.items():
            run = start(workspace, dataset, read_settings({"dataset": dataset.name, "architecture": name} | settings))
            wait(run)
            results[name] = measure(run, dataset)
    tell(results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(run: Run, dataset: Dataset) -> dict[str, dict[str, float]]:
    """Seconds of each answer, warm and anew, at the median of several layers from the first to the last."""
    folder, paths = str(run.folder), [str(dataset.path_of(path)) for path in dataset.images["path"][:IMAGES]]
    layers = inference.map_layers(folder)
    every, kernels = spread([layer.number for layer in layers]), spread([x.number for x in layers if x.channels])
    filters = list(range(1, 9))
    found = {
        "maps of 1 image": both(partial(inference.feature_maps, folder, paths[:1]), every),
        f"8 maps of {IMAGES} images": both(partial(inference.feature_maps, folder, paths, filters=filters), every),
        "kernels": both(partial(inference.layer_kernels, folder), kernels),
        "an applied kernel": both(partial(inference.apply_kernel, folder, paths[0], filter=1), kernels),
    }
    strongest = partial(inference.strongest_images, folder)
    (run.folder / FILE).unlink(missing_ok=True)
    anew = timed(partial(strongest, layer=every[0]))
    found["strongest images"] = {"warm": median(timed(partial(strongest, layer=each)) for each in every), "anew": anew}
    return found


def spread(numbers: list[int]) -> list[int]:
    """Some of the numbers, from the first to the last."""
    return [numbers[round(place * (len(numbers) - 1) / (LAYERS - 1))] for place in range(LAYERS)]


def both(ask: Callable[..., Any], layers: list[int]) -> dict[str, float]:
    anew = []
    for layer in layers:
        trained_network.cache.clear()
        anew.append(timed(partial(ask, layer=layer)))
    # Each layer as it is first asked for of a network that is there.
    return {"warm": median(timed(partial(ask, layer=layer)) for layer in layers), "anew": median(anew)}


def timed(ask: Callable[[], Any]) -> float:
    began = time.monotonic()
    ask()
    return time.monotonic() - began


def tell(results: dict[str, dict[str, dict[str, float]]]) -> None:
    for network, answers in results.items():
        print(f"{network}, seconds ({SECONDS_ASKED:g} asked for, warm):")
        for name, seconds in answers.items():
            ratio = seconds["anew"] / max(seconds["warm"], 1e-9)
            print(f"  {name:20} warm {seconds['warm']:.3f}   anew {seconds['anew']:.2f}   {ratio:,.0f} times")


if __name__ == "__main__":
    main()
