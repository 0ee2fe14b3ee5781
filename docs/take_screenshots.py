"""Takes the README's pictures from the running app: `make screenshots`.

Everything on them is made here, from the program's own synthetic images, so that anybody can make them anew.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = PROJECT / "docs" / "screenshots"
PORT = 8599
ADDRESS = f"http://127.0.0.1:{PORT}"
SIZE = {"width": 1280, "height": 800}
LARGEST_BYTES = 200_000
SAMPLE = "cats_vs_dogs_sample"
TRAINING = ("--architecture", "small_cnn", "--epochs", "12", "--seed", "1")
# Page, its query, and what has to stand there before the picture is taken.
SHOTS = {
    "dataset": ("dataset", f"dataset={SAMPLE}", "Check-up"),
    "training": ("training", f"dataset={SAMPLE}", "Epoch"),
    "evaluation": ("evaluation", f"dataset={SAMPLE}", "Predicted"),
}
SECONDS_TO_START, SECONDS_TO_DRAW = 60, 3


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium: run `make chromium` first.")
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"WORKBENCH_HOME": home}
        run = [sys.executable, "-m", "core"]
        subprocess.run([*run, "train", SAMPLE, *TRAINING], cwd=PROJECT, env=environment, check=True)
        server = subprocess.Popen([*run, "app", "--headless", "--port", str(PORT)], cwd=PROJECT, env=environment)
        try:
            _wait_until_it_answers()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport=SIZE)
                for name, (path, query, awaited) in SHOTS.items():
                    _take(page, f"{ADDRESS}/{path}?{query}", awaited, PICTURES / f"{name}.png")
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _wait_until_it_answers() -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            urllib.request.urlopen(f"{ADDRESS}/_stcore/health", timeout=1)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _take(page: Page, address: str, awaited: str, picture: Path) -> None:
    page.goto(address)
    page.get_by_text(awaited).first.wait_for()
    page.wait_for_timeout(SECONDS_TO_DRAW * 1000)  # charts and pictures are drawn after the words
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.parent.mkdir(exist_ok=True)
    image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(picture, optimize=True)
    if picture.stat().st_size > LARGEST_BYTES:
        sys.exit(f"{picture} takes more than {LARGEST_BYTES:,} bytes: {picture.stat().st_size:,}.")
    print(f"{picture.relative_to(PROJECT)}: {picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
