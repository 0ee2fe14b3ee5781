"""How the Dataset page answers at 100,000 images: every view and order, the last page, and what opening costs.

Drives a real Chromium against a real server: each look is timed from the click to the last new tile, whose thumbnail
nobody has made before. Opening and the check-up are timed in a fresh process. Prints a table and writes JSON. What it
needs is made for this and removed again.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from browser import PROJECT, Server, add_output_option, open_tab, until_idle
from index import write_pictures
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.workspace import Workspace

MOST_SECONDS_TO_OPEN, MOST_SECONDS_A_LOOK = 2.0, 1.0
ORDERS = ("name", "least usual first", "sharpest first", "widest first", "smallest file first", "split", "class")
OPENING = """
import json, sys, time
from pathlib import Path
began = time.monotonic()
from core.datasets.checkup import check
from core.datasets.store import open_dataset
from core.workspace import Workspace
seconds = {"load the program": time.monotonic() - began}
dataset = open_dataset(Workspace.at(Path(sys.argv[1])), "pictures")
dataset.images
seconds["open and divide"] = time.monotonic() - began
check(dataset)
seconds["and check up"] = time.monotonic() - began
print(json.dumps(seconds))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--size", type=int, nargs=2, default=(64, 64), help="width and height in pixels")
    add_output_option(parser, "gallery")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_tab() as tab:
        if tab is None:
            return
        home, pictures = Path(folder) / "workspace", Path(folder) / "pictures"
        write_pictures(pictures, options.images, tuple(options.size))
        run_import(create_from_path(Workspace.at(home), pictures))
        results = {"opening": opening(home)}
        results |= measure(Server(home), tab, options.images)
    show(results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def show(results: dict) -> None:
    for name, value in results["opening"].items():
        print(f"{name:<40}{value:6.2f} s")
    print(f"(at most {MOST_SECONDS_TO_OPEN:g} s asked)\n")
    for name, value in results["looks"].items():
        print(f"{name:<40}{value:6.2f} s")
    print(f"(at most {MOST_SECONDS_A_LOOK:g} s asked)\n")
    print(f"first page of a cold server: {results['first page, s']:.2f} s, memory: {results['memory, MB']:.0f} MB")


def opening(home: Path) -> dict[str, float]:
    """Seconds since its start at which a fresh process has the images divided, and looked through."""
    answer = subprocess.run([sys.executable, "-c", OPENING, str(home)], cwd=PROJECT, capture_output=True, check=True)
    return json.loads(answer.stdout)


def measure(server: Server, tab: Page, images: int) -> dict:
    began = time.monotonic()
    server.start()
    try:
        tab.goto(f"{server.address}/dataset?dataset=pictures")
        expect(tab.get_by_text(f"{images:,} images in 10 classes")).to_be_visible()
        first = time.monotonic() - began
        until_idle(tab)
        looks = look_around(tab)
        memory = psutil.Process(server.pid).memory_info().rss / 1e6
        return {"looks": looks, "first page, s": first, "memory, MB": memory}
    finally:
        server.stop()


def look_around(tab: Page) -> dict[str, float]:
    """Seconds of each look."""
    looks = {"the first images": look(tab, lambda: view(tab, "Images"))}
    looks["the last page"] = look(
        tab, lambda: tab.get_by_test_id("stPagination").get_by_test_id("stPaginationPage").last.click()
    )
    for order in ORDERS:
        looks[f"order: {order}"] = look(tab, choose(tab, "Order", order))
    looks["one class"] = look(tab, choose(tab, "Class", "class_3"))
    looks["what tests, of one class"] = look(tab, choose(tab, "Split", "test"))
    name = tab.get_by_label("Name contains")
    name.fill("77")
    looks["names that hold 77"] = look(tab, lambda: name.press("Enter"))
    looks["the division"] = seconds_until(lambda: view(tab, "Division"), tab.get_by_text("The network learns from"))
    looks["the check-up"] = seconds_until(lambda: view(tab, "Check-up"), tab.get_by_text("Go on to training"))
    looks["the images again"] = seconds_until(lambda: view(tab, "Images"), tab.get_by_label("Name contains"))
    return looks


def view(tab: Page, name: str) -> None:
    tab.get_by_role("radio", name=re.compile(f"^{name}")).click()


def choose(tab: Page, label: str, option: str) -> Callable[[], None]:
    """Open a list of choices and go to one; taking it is what is timed."""
    choices = tab.get_by_role("combobox", name=label)
    choices.click()
    choices.fill(option)
    expect(tab.get_by_role("option")).to_contain_text([option])
    return lambda: choices.press("Enter")


def look(tab: Page, act: Callable[[], None]) -> float:
    """Seconds until other images are there."""
    tiles = tab.locator(".tile[data-id]")
    shown = tiles.last.get_attribute("data-id") if tiles.count() else ""
    began = time.monotonic()
    act()
    expect(tiles.last).not_to_have_attribute("data-id", shown)
    return time.monotonic() - began


def seconds_until(act: Callable[[], None], sight) -> float:
    began = time.monotonic()
    act()
    expect(sight.first).to_be_visible()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
