"""How soon the Model page shows each network, and the augmentation studio nine draws once its process is warm.

Drives a real Chromium against a real server, with photographs where there are some. Prints a table and writes JSON.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from given_images import PROJECT, add_images_option, given_images
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(PROJECT))
sys.path.insert(0, str(PROJECT / "tests" / "browser"))

from conftest import Server

from core.architectures.registry import ARCHITECTURES
from core.augmentation.library import PRESETS
from core.augmentation.recipe import write_recipe
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import Dataset, open_dataset
from core.runs.draft import Draft
from core.workspace import Workspace

SECONDS_ASKED = 1.0
DRAWS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/networks.json")
    options = parser.parse_args()
    images, chromium = given_images(options), shutil.which("chromium") or shutil.which("google-chrome")
    if images is None or chromium is None:
        print("skipped: there is no Chromium" if images else "", end="")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        expect.set_options(timeout=60_000)
        workspace = Workspace.at(Path(folder) / "workspace")
        run_import(create_from_path(workspace, images / "cats_dogs"))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        server = Server(workspace.root)
        server.start()
        try:
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            dataset = open_dataset(workspace, "cats_dogs")
            results = {"model page": model_pages(tab, server, dataset), "nine draws": draws(tab, server, dataset)}
        finally:
            server.stop()
            browser.close()
    tell(results)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def model_pages(tab: Page, server: Server, dataset: Dataset) -> dict[str, float]:
    """Seconds from the click on the Model page's link to its answer, for each network; opened once before."""
    seconds = {}
    for attempt in ("first use", "after it"):
        for name, architecture in ARCHITECTURES.items():
            Draft(dataset).choose(architecture=name)
            tab.goto(f"{server.address}/?dataset={dataset.name}")
            expect(tab.get_by_role("heading", name="Where does this project stand?")).to_be_visible()
            began = time.monotonic()
            tab.get_by_test_id("stSidebar").get_by_role("link", name="Model").click()
            expect(tab.get_by_text(architecture.title, exact=False).first).to_be_visible()
            expect(tab.get_by_role("button", name="Go on to training")).to_be_visible()
            if attempt == "after it":
                seconds[name] = time.monotonic() - began
    return seconds


def draws(tab: Page, server: Server, dataset: Dataset) -> dict[str, float]:
    """Seconds from the click on "Draw again" to new pictures, for each recipe that the studio offers."""
    seconds = {}
    for name, preset in PRESETS.items():
        Draft(dataset).choose(architecture="small_cnn", image_size=224, augmentation=write_recipe(preset.recipe))
        tab.goto(f"{server.address}/augmentation?dataset={dataset.name}")
        expect(tab.get_by_text("Nine draws at", exact=False)).to_be_visible()
        picture, taken = tab.locator(".tile[data-id='4'] img"), []
        for _ in range(DRAWS):
            before = picture.get_attribute("src")
            began = time.monotonic()
            tab.get_by_role("button", name="Draw again").click()
            expect(picture).not_to_have_attribute("src", before)
            taken.append(time.monotonic() - began)
        seconds[name] = median(taken)
    return seconds


def tell(results: dict[str, dict[str, float]]) -> None:
    for what, seconds in results.items():
        print(f"{what}, seconds ({SECONDS_ASKED:g} asked; slowest {max(seconds.values()):.2f}):")
        for name, value in seconds.items():
            print(f"  {name:22} {value:.2f}")


if __name__ == "__main__":
    main()
