"""From a relabelled image to the new matrix: seconds, and where they go, beside training everything anew.

Imports real cats and dogs, trains a head on MobileNet's features, then relabels an image and trains again, as the
Evaluation page does, several times; seconds are wall clock from the relabelling until what the page shows is worked
out: figures, matrix and what changed. Prints a table and writes JSON. What it makes is removed again.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from given_images import PROJECT, add_images_option, given_images
from PIL import Image

sys.path.insert(0, str(PROJECT))

from core.datasets.editing import relabel
from core.datasets.importing import create_from_path, run_import
from core.datasets.store import Dataset
from core.evaluation.changes import changes
from core.evaluation.metrics import evaluate
from core.runs.executor import start
from core.runs.fixes import retrain
from core.runs.record import Run
from core.runs.settings import read_settings
from core.workspace import Workspace

ARCHITECTURE = "mobilenet_075"
TARGET = {1_000: 2.0, 4_000: 2.0, 25_000: 5.0}
SECONDS_BETWEEN_LOOKS = 0.02
STAGES = ("relabel", "start the run", "start its processes", "read and train", "judge and end", "figures and matrix")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--copies", type=int, default=1, help="use each image so many times, cropped otherwise")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/relabel.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), images / "cats_dogs", options.rounds, options.copies)
    show(results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(folder: Path, images: Path, rounds: int, copies: int) -> dict:
    """The seconds of a run that computes everything, then of `rounds` after one image each was relabelled."""
    workspace = Workspace.at(folder / "workspace")
    source = images if copies == 1 else cropped(images, folder / "images", copies)
    dataset = run_import(create_from_path(workspace, source, "cats_dogs"))
    began = time.monotonic()
    run = start(workspace, dataset, read_settings({"dataset": dataset.name, "architecture": ARCHITECTURE}))
    watch(run)
    anew = time.monotonic() - began
    tests = dataset.images[dataset.images["split"] == "test"]["path"].tolist()
    measured = []
    for path in tests[:rounds]:
        seconds, run = once(workspace, dataset, run, path)
        measured.append(seconds)
        print({stage: round(value, 2) for stage, value in seconds.items()}, flush=True)
    return {"images": len(dataset.images), "anew": anew, "rounds": measured}


def cropped(images: Path, folder: Path, copies: int) -> Path:
    """Each image so many times, less a few pixels more at one side each time."""
    for path in sorted(images.rglob("*.*")):
        with Image.open(path) as picture:
            for number in range(copies):
                target = folder / path.parent.name / f"{path.stem}_{number}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                picture.crop((2 * number, 0, picture.width, picture.height)).convert("RGB").save(target)
    return folder


def once(workspace: Workspace, dataset: Dataset, before: Run, path: str) -> tuple[dict[str, float], Run]:
    """Relabel an image, train again and judge; the seconds of each stage, and the new run."""
    marks = [time.time()]
    label = dataset.content.table.set_index("path").at[path, "label"]
    relabel(dataset, [path], next(name for name in dataset.class_names if name != label))
    marks.append(time.time())
    run = retrain(workspace, dataset, before)
    marks.append(time.time())
    watch(run)
    ended = time.time()
    events = run.events.read()
    marks.append(next(event["time"] for event in events if event["kind"] == "stage"))
    marks.append(max(event["time"] for event in events if event["kind"] == "epoch"))
    marks.append(ended)
    predictions = run.predictions()
    evaluate(predictions, "test", resamples=1)
    changes(before.predictions(), predictions, "test")
    marks.append(time.time())
    return dict(zip(STAGES, [later - earlier for earlier, later in pairwise(marks)], strict=True)), run


def watch(run: Run) -> None:
    """Wait as a page does, but look more often."""
    while run.status().active:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    status = run.status()
    if status.state != "done":
        raise SystemExit(f"{run.id} {status.state}: {status.error}")


def show(results: dict) -> None:
    totals = [sum(seconds.values()) for seconds in results["rounds"]]
    print(f"\n{results['images']:,} images; median of {len(totals)} times")
    for stage in STAGES:
        print(f"{stage:<24}{statistics.median(seconds[stage] for seconds in results['rounds']):7.2f} s")
    asked = next((seconds for count, seconds in TARGET.items() if results["images"] <= count), None)
    print(
        f"{'relabelled to matrix':<24}{statistics.median(totals):7.2f} s"
        + (f" (at most {asked:g} s asked)" if asked else "")
    )
    print(f"{'everything anew':<24}{results['anew']:7.2f} s")


if __name__ == "__main__":
    main()
