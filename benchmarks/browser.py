"""The Chromium, and the server from the browser tests, that pages are measured with."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
sys.path.insert(0, str(PROJECT / "tests" / "browser"))

from conftest import Server  # noqa: E402

__all__ = ["PROJECT", "Server", "add_output_option", "open_tab", "until_idle"]
MOST_MILLISECONDS = 60_000


def add_output_option(parser: argparse.ArgumentParser, name: str) -> None:
    """Add ``--output``, the file that results are written to."""
    parser.add_argument("--output", type=Path, default=PROJECT / f"benchmarks/results/{name}.json")


@contextmanager
def open_tab() -> Iterator[Page | None]:
    """A tab of the size that the screens are designed for; None, said, where there is no Chromium."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        print("skipped: there is no Chromium")
        yield None
        return
    expect.set_options(timeout=MOST_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        tab.set_default_timeout(MOST_MILLISECONDS)
        yield tab
        browser.close()


def until_idle(tab: Page) -> None:
    """Wait until the server has drawn all of the page."""
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
