"""From a relabelled image to the new matrix: seconds, and where they go, beside training everything anew.

Imports real cats and dogs, trains a head on MobileNet's features, then relabels an image and trains again, as the
Evaluation page does, several times; seconds are wall clock from the relabelling until what the page shows is worked
out: figures, matrix and what changed. As on the page, a worker is ready by the time that somebody has found an image to
relabel. Then the same is done by hand in a real Chromium, where there is one, until the new matrix is on screen.
Prints a table and writes JSON. What it makes is removed again.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from browser import Server, open_tab, until_idle
from given_images import PROJECT, add_images_option, given_images
from PIL import Image
from playwright.sync_api import Page

sys.path.insert(0, str(PROJECT))

from core.datasets.creation import create_from_path
from core.datasets.editing import relabel
from core.datasets.importing import run_import
from core.datasets.store import Dataset, list_datasets, open_dataset
from core.evaluation.changes import changes
from core.evaluation.evaluation import evaluate
from core.jobs.warm_worker import warm_worker
from core.runs.lifecycle import start
from core.runs.lineage import retrain
from core.runs.record import Run
from core.runs.settings import read_settings
from core.workspace import Workspace

ARCHITECTURE = "mobilenet_075"
TILE_SIDE = 64
TARGET = {1_000: 2.0, 4_000: 2.0, 25_000: 5.0}
SECONDS_BETWEEN_LOOKS = 0.02
# Nobody finds an image, and what it should be called, sooner.
SECONDS_TO_FIND_AN_IMAGE = 5
# Whether the matrix on screen is that of another run. What a page has not drawn anew yet is marked as stale.
MOVED_ON = """run => new URL(location).searchParams.get("run") !== run
  && /Before .*, now /.test(document.body.innerText)
  && [...document.querySelectorAll("[data-testid^=stBidiComponent]")].some(part =>
    (part.shadowRoot ?? part).querySelector("[data-cell]")
      && part.closest("[data-stale]")?.dataset.stale === "false")"""
STAGES = ("relabel", "start the run", "start its processes", "read and train", "evaluate and end", "figures and matrix")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tiles", type=int, default=1, help="cut each image into so many across and down")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/relabel.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        results = measure(Path(folder), images / "cats_dogs", options.rounds, options.tiles)
        with open_tab() as tab:
            results["in_the_browser"] = [] if tab is None else by_hand(Path(folder), tab, options.rounds)
    show(results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(folder: Path, images: Path, rounds: int, tiles: int) -> dict:
    """The seconds of a run that computes everything, then of `rounds` after one image each was relabelled."""
    workspace = Workspace.at(folder / "workspace")
    source = images if tiles == 1 else tiled(images, folder / "images", tiles)
    dataset = run_import(create_from_path(workspace, source, "cats_dogs"))
    began = time.monotonic()
    # Features take as many seconds as pixels ask for, but training again on them does not.
    size = {} if tiles == 1 else {"image_size": TILE_SIDE}
    run = start(workspace, dataset, read_settings({"dataset": dataset.name, "architecture": ARCHITECTURE} | size))
    watch(run)
    anew = time.monotonic() - began
    tests = dataset.images[dataset.images["split"] == "test"]["path"].tolist()
    measured = []
    for path in tests[:rounds]:
        seconds, run = once(workspace, dataset, run, path)
        measured.append(seconds)
        print({stage: round(value, 2) for stage, value in seconds.items()}, flush=True)
    return {"images": len(dataset.images), "anew": anew, "rounds": measured}


def tiled(images: Path, folder: Path, tiles: int) -> Path:
    """Each image cut into so many tiles across and down, each of which is an image of the same class."""
    for path in sorted(images.rglob("*.*")):
        with Image.open(path) as picture:
            width, height = picture.width // tiles, picture.height // tiles
            for number in range(tiles**2):
                left, top = number % tiles * width, number // tiles * height
                target = folder / path.parent.name / f"{path.stem}_{number}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                picture.crop((left, top, left + width, top + height)).convert("RGB").save(target)
    return folder


def once(workspace: Workspace, dataset: Dataset, before: Run, path: str) -> tuple[dict[str, float], Run]:
    """Relabel an image, train again and evaluate; the seconds of each stage, and the new run."""
    warm_worker.keep_ready()
    time.sleep(SECONDS_TO_FIND_AN_IMAGE)
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
    evaluate(predictions, "test", resamples=0)
    changes(before.predictions(), predictions, "test")
    marks.append(time.time())
    return dict(zip(STAGES, [later - earlier for earlier, later in pairwise(marks)], strict=True)), run


def by_hand(folder: Path, tab: Page, rounds: int) -> list[dict[str, float]]:
    """Seconds of the clicks on Relabel and on Retrain, each until what it brings is on screen."""
    workspace = Workspace.at(folder / "workspace")
    dataset = open_dataset(workspace, list_datasets(workspace)[0].name)
    server = Server(workspace.root)
    server.start()
    try:
        tab.goto(f"{server.address}/evaluation?dataset={dataset.name}")
        return [relabel_by_hand(tab, dataset) for _ in range(rounds)]
    finally:
        server.stop()


def relabel_by_hand(tab: Page, dataset: Dataset) -> dict[str, float]:
    tile = tab.locator(".tile[data-id]:visible").first
    tile.wait_for()
    until_idle(tab)
    known = dataset.content.table.set_index("path").at[tile.get_attribute("data-id"), "label"]
    tile.hover()
    tile.get_by_role("checkbox").click()
    tab.get_by_role("combobox", name="Label", exact=True).click()
    tab.get_by_role("option", name=next(name for name in dataset.class_names if name != known)).click()
    until_idle(tab)
    time.sleep(SECONDS_TO_FIND_AN_IMAGE)
    began = time.monotonic()
    tab.get_by_role("button", name="Relabel", exact=True).click()
    tab.get_by_role("button", name="Retrain", exact=True).wait_for()
    relabelled = time.monotonic()
    tab.get_by_role("button", name="Retrain", exact=True).click()
    tab.wait_for_function(MOVED_ON, arg=parse_qs(urlsplit(tab.url).query)["run"][0], polling="raf")
    return {"relabelled": relabelled - began, "retrained": time.monotonic() - relabelled}


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
    for name in ("relabelled", "retrained"):
        if results["in_the_browser"]:
            seconds = statistics.median(each[name] for each in results["in_the_browser"])
            print(f"{'in the browser, ' + name:<24}{seconds:7.2f} s")


if __name__ == "__main__":
    main()
