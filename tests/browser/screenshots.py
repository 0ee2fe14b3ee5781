"""Takes the README's pictures from the running app: `make screenshots`.

Everything on them is made here, from the program's own drawn images, so that anybody can make them anew.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import core
from core.installation import PROJECT
from core.workspace import Workspace
from tests.browser.conftest import SAMPLE, SCREEN, Server, find_chromium, launch

PICTURES = PROJECT / "docs" / "screenshots"
LARGEST_BYTES = 200_000
# Page, and what has to stand there before the picture is taken.
SHOTS = {"dataset": "Check-up", "training": "Epoch", "evaluation": "Predicted", "concepts": "What comes out"}
# What the link to a page says besides the dataset.
QUERIES = {"concepts": "&chapter=filters"}
SECONDS_TO_DRAW = 3


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium: run `make chromium` first.")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        core.train(SAMPLE, Workspace.at(home), architecture="small_cnn", epochs=12, seed=1)
        server = Server(Path(home))
        server.start(cold=True)
        try:
            page = launch(playwright, chromium).new_page(viewport=SCREEN)
            for name, awaited in SHOTS.items():
                _take(
                    page,
                    f"{server.address}/{name}?dataset={SAMPLE}{QUERIES.get(name, '')}",
                    awaited,
                    PICTURES / f"{name}.png",
                )
        finally:
            server.stop()


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
