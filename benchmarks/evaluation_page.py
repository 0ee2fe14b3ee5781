"""How the Evaluation page answers at 25,000 predictions of 21 classes: the first view, and a click on a cell.

Drives a real Chromium against a real server. The pictures are made for this, and so are the answers: logits of a
network that would be right on about nine of ten, and mostly mistake neighbouring classes. The first view is timed from
the click on the page's link until matrix and images are on screen: cold, the first visit to that run since the server
was started, and warm; and so is opening its address, where the browser loads the whole app anew. A cell is timed from
the click until its images, whose thumbnails nobody has made before, are on screen. Beside these stand, in the same
run, the same page of a run of 42 images, and the page that has nothing to evaluate. Prints a table and writes JSON.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from browser import Server, add_output_option, open_tab, until_idle
from index import write_pictures
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings
from core.evaluation.confusion_matrix import confusion_matrix, worst_cell
from core.evaluation.predictions import Predictions
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.workspace import Workspace

MOST_SECONDS_TO_VIEW, MOST_SECONDS_A_CELL = 1.0, 0.5
CLASSES, FEW_IMAGES = 21, 42
SIZE = (64, 64)
LARGE, SMALL, EMPTY = "large", "small", "empty"
CELLS = 8
# How far the true class is above the others, and above its neighbour, in units of the noise.
AHEAD, NEIGHBOUR = 3.2, 1.6
# Whether the matrix is there, and so are the tiles of these images; of the first of them, the pictures too. The others
# have to be scrolled to. Both are drawn in shadow trees, below elements with these names.
IN_VIEW = 4
SHOWN = """([paths, inView]) => {
  const parts = [...document.querySelectorAll("[data-testid^=stBidiComponent]")].map(part => part.shadowRoot ?? part);
  if (!paths.length || !parts.some(part => part.querySelector("[data-cell]"))) return false;
  const tiles = parts.flatMap(part => [...part.querySelectorAll(".tile[data-id]")]);
  const found = new Map(tiles.map(tile => [tile.dataset.id, tile.querySelector("img")]));
  return paths.every((path, place) => {
    const image = found.get(path);
    return image && (place >= inView || (image.complete && image.naturalWidth));
  });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=25_000)
    parser.add_argument("--test", type=float, default=0.2, help="share of the images that are evaluated at first")
    parser.add_argument("--rounds", type=int, default=5, help="how often the server is started anew")
    add_output_option(parser, "evaluation_page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_tab() as tab:
        if tab is None:
            return
        home = Path(folder) / "workspace"
        workspace = Workspace.at(home)
        runs = {
            LARGE: prepare(workspace, Path(folder) / LARGE, options.images, options.test),
            SMALL: prepare(workspace, Path(folder) / SMALL, FEW_IMAGES, options.test),
        }
        prepare(workspace, Path(folder) / EMPTY, FEW_IMAGES, options.test, evaluated=False)
        in_view = len(runs[LARGE].predictions().of("test"))
        rounds = [measure(Server(home), tab, runs, bool(number % 2)) for number in range(options.rounds)]
    results = summed_up(rounds)
    show(results, options.images, in_view)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps({"images": options.images, "test": options.test} | results, indent=1))


# What is looked at ----------------------------------------------------------------------------------------------------


def prepare(workspace: Workspace, pictures: Path, count: int, test: float, evaluated: bool = True) -> Run | None:
    """A dataset of so many pictures, and a run on it."""
    write_pictures(pictures, count, SIZE, CLASSES)
    dataset = run_import(create_from_path(workspace, pictures))
    dataset.set_split(SplitSettings(validation=min(0.2, (1 - test) / 2), test=test))
    if not evaluated:
        return None
    images = dataset.images
    # From a frozen backbone's page one can train again at once, for which a process is made ready meanwhile.
    run = create_run(workspace, read_settings({"dataset": dataset.name, "architecture": "mobilenet_075"}))
    # Each image is a group of its own here, as where nothing is known of any.
    images.assign(group=np.arange(len(images))).to_parquet(run.folder / "images.parquet", index=False)
    true = dataset.label_indices(images["label"])
    names = dataset.class_names
    paths, splits = (images[name].to_numpy(dtype=str) for name in ("path", "split"))
    Predictions(paths, splits, true, answers(true, len(names)), names).save(run.predictions_path)
    now = time.time()
    facts = {"dataset_version": dataset.content.version, "epochs": 1, "best_epoch": 1}
    run.update(state="done", started=now - 60, finished=now, facts=facts)
    facts = {"test_accuracy": run.evaluate("test").accuracy.value}
    run.update(facts=facts)
    return run


def answers(true: np.ndarray, class_count: int) -> np.ndarray:
    """Made probabilities, shape (n, k)."""
    logits = np.random.default_rng(0).normal(size=(len(true), class_count))
    rows = np.arange(len(true))
    logits[rows, true] += AHEAD
    logits[rows, (true + 1) % class_count] += NEIGHBOUR
    exponentials = np.exp(2 * logits)
    return (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32)


def cells_of(run: Run, count: int) -> list[tuple[int, int]]:
    """Cells to click: those with the most images, right and wrong ones in turn, but not the one shown at first."""
    test = run.predictions().of("test")
    matrix = confusion_matrix(test.true, test.predicted, CLASSES)
    order = [divmod(int(place), CLASSES) for place in matrix.ravel().argsort(kind="stable")[::-1]]
    held = [cell for cell in order if matrix[cell] and cell != worst_cell(matrix)]
    right, wrong = ([cell for cell in held if (cell[0] == cell[1]) is kind] for kind in (True, False))
    return [cell for pair in zip(right, wrong, strict=False) for cell in pair][:count]


def first_images(run: Run, cell: tuple[int, int] | None = None) -> list[str]:
    """The paths of the images that a cell shows at first, by default the cell that the page opens with."""
    test = run.predictions().of("test")
    cell = cell or worst_cell(confusion_matrix(test.true, test.predicted, CLASSES))
    return test.cell(*cell).ids[:24].tolist()


# Looking --------------------------------------------------------------------------------------------------------------


def measure(server: Server, tab: Page, runs: dict[str, Run], code_first: bool) -> dict[str, list[float]]:
    """Seconds of each kind of look, at a server that was started just now.

    Parameters
    ----------
    code_first
        Whether the page's code is loaded before the first run is opened, by opening the page that has nothing to
        evaluate.
    """
    seconds: dict[str, list[float]] = {}
    server.start()
    try:
        if code_first:
            open_by_link(server, tab, EMPTY)
        for number, (name, run) in enumerate(runs.items()):
            paths = first_images(run)
            new = "cold" if code_first or number else "the server's first"
            seconds[f"{name} run, first view, {new}"] = [open_by_link(server, tab, name, paths)]
            seconds[f"{name} run, first view, warm"] = [open_by_link(server, tab, name, paths) for _ in range(3)]
            seconds[f"{name} run, by its address"] = [open_address(server, tab, name, paths)]
            cells = cells_of(run, CELLS)
            seconds[f"{name} run, a cell"] = [click(tab, run, cell) for cell in cells]
            seconds[f"{name} run, a cell once more"] = [click(tab, run, cell) for cell in cells]
        seconds["nothing to evaluate, by link"] = [open_by_link(server, tab, EMPTY) for _ in range(3)]
        seconds["memory, MB"] = [psutil.Process(server.pid).memory_info().rss / 1e6]
        return seconds
    finally:
        server.stop()


def open_by_link(server: Server, tab: Page, dataset: str, paths: list[str] | None = None) -> float:
    """Seconds from the click on the page's link, on the first page, to what there is to see."""
    tab.goto(f"{server.address}/?dataset={dataset}")
    expect(tab.get_by_role("heading", name="Where does this project stand?")).to_be_visible()
    until_idle(tab)
    link = tab.get_by_test_id("stSidebar").get_by_role("link", name="Evaluation")
    return until_shown(tab, link.click, paths)


def open_address(server: Server, tab: Page, dataset: str, paths: list[str]) -> float:
    address = f"{server.address}/evaluation?dataset={dataset}"
    return until_shown(tab, lambda: tab.goto(address, wait_until="commit"), paths)


def click(tab: Page, run: Run, cell: tuple[int, int]) -> float:
    button = tab.locator(f"[data-cell='{cell[0]}-{cell[1]}']")
    button.scroll_into_view_if_needed()
    return until_shown(tab, lambda: button.dispatch_event("click"), first_images(run, cell))


def until_shown(tab: Page, act: Callable[[], object], paths: list[str] | None) -> float:
    """Seconds until the pictures of these images are on screen, or without any, the sentence that nothing is there."""
    began = time.monotonic()
    act()
    if paths is None:
        tab.wait_for_function("document.body.innerText.includes('Nothing has been trained yet')", polling="raf")
    else:
        tab.wait_for_function(SHOWN, arg=[paths, IN_VIEW], polling="raf")
    took = time.monotonic() - began
    until_idle(tab)
    return took


# Telling --------------------------------------------------------------------------------------------------------------


def summed_up(rounds: list[dict[str, list[float]]]) -> dict[str, dict[str, float]]:
    """Of each kind of look the median and the slowest of all rounds."""
    names = sorted({name for each in rounds for name in each})
    looks = {name: [value for each in rounds for value in each.get(name, [])] for name in names}
    return {
        name: {"median": statistics.median(values), "most": max(values), "times": len(values)}
        for name, values in looks.items()
    }


def show(results: dict[str, dict[str, float]], images: int, in_view: int) -> None:
    print(f"{images:,} predictions, {in_view:,} of them in view, {CLASSES} classes\n")
    print(f"{'':<34}{'median':>8}{'most':>8}{'beside':>8}")
    for name, found in results.items():
        if name.startswith("memory"):
            continue
        alike = name.replace(LARGE, SMALL)
        other = alike if name.startswith(LARGE) and alike in results else "nothing to evaluate, by link"
        ratio = found["median"] / results[other]["median"]
        print(f"{name:<34}{found['median']:>6.2f} s{found['most']:>6.2f} s{ratio:>7.1f}×")
    print(
        f"\nAsked: a first view in at most {MOST_SECONDS_TO_VIEW:g} s, a cell in at most {MOST_SECONDS_A_CELL:g} s. "
        f"Beside: the large run's looks by the small run's where it has such, the others by the page without a run. "
        f"Memory: {results['memory, MB']['most']:.0f} MB."
    )


if __name__ == "__main__":
    main()
