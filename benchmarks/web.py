"""How the app answers: the first page of a cold server, page changes, memory, and from Start to the first point.

Drives a real Chromium against a real server with a 1,000-image dataset open. Prints a table and writes JSON.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from browser import Server, add_output_option, open_tab
from PIL import Image
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import ensure_dataset, run_import
from core.workspace import Workspace

LIMITS = {"first page, s": 3.0, "page change, s": 1.0, "memory, MB": 300.0, "start to first point, s": 10.0}
PAGES = {"Dataset": "fit to learn", "Model": "Which network", "Training": "Is it learning", "Overview": "Where does"}
IMAGES_PER_CLASS = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_output_option(parser, "web")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_tab() as tab:
        if tab is None:
            return
        home = Path(folder) / "workspace"
        prepare(home, Path(folder) / "photos")
        results = measure(Server(home), tab)
    for name, value in results.items():
        print(f"{name}: {value:.2f} (at most {LIMITS[name]:g} asked)")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def prepare(home: Path, photos: Path) -> None:
    """A dataset of 1,000 photograph-sized images, and the drawn sample to train on."""
    generator = np.random.default_rng(0)
    for label in ("first", "second"):
        (photos / label).mkdir(parents=True)
        for index in range(IMAGES_PER_CLASS):
            coarse = generator.integers(0, 255, (12, 16, 3), dtype=np.uint8)
            image = Image.fromarray(coarse).resize((500, 375), Image.Resampling.BICUBIC)
            image.save(photos / label / f"{index}.jpg", quality=85)
    workspace = Workspace.at(home)
    ensure_dataset(workspace, "cats_vs_dogs_sample")
    run_import(create_from_path(workspace, photos))


def measure(server: Server, tab: Page) -> dict[str, float]:
    began = time.monotonic()
    server.start()
    try:
        tab.goto(f"{server.address}/?dataset=photos")
        expect(tab.get_by_text("1,000 images in 2 classes")).to_be_visible()
        results = {"first page, s": time.monotonic() - began}
        open_page(tab, "Dataset")  # the first look at the gallery makes its thumbnails
        expect(tab.locator(".tile").first).to_be_visible()
        results["page change, s"] = max(open_page(tab, name) for name in [*PAGES, *PAGES])
        results["memory, MB"] = psutil.Process(server.pid).memory_info().rss / 1e6
        tab.goto(f"{server.address}/training?dataset=cats_vs_dogs_sample")
        tab.get_by_role("button", name="Train up to").click()
        began = time.monotonic()
        expect(tab.locator(".js-plotly-plot .points path").first).to_be_visible()
        results["start to first point, s"] = time.monotonic() - began
        tab.get_by_role("button", name="Stop and keep the best").click()
        expect(tab.get_by_role("button", name="Train again")).to_be_visible()
        return results
    finally:
        server.stop()


def open_page(tab: Page, name: str) -> float:
    """Seconds from the click on a page's link to its title."""
    began = time.monotonic()
    tab.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
    expect(tab.get_by_role("heading", name=PAGES[name])).to_be_visible()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
