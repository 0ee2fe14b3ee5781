"""A quick look in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.datasets.importing import create_from_path, run_import
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real]


def test_a_look_is_found_again_after_a_reload_and_its_best_is_taken(serve, tab: Page, real_images):
    server = serve(KERAS_HOME=str(real_images / "keras"))
    run_import(create_from_path(Workspace.at(server.home), real_images / "cats_dogs"))
    tab.goto(f"{server.address}/model?dataset=cats_dogs")
    tab.get_by_text("Small CNN", exact=True).click()
    expect(tab.get_by_text("are learned from your images alone")).to_be_visible()
    tab.get_by_role("button", name="Quick look").click()
    expect(tab.get_by_role("button", name="Stop the quick look")).to_be_visible()
    tab.reload()
    figures = tab.get_by_text(re.compile(r"MobileNet α 0.75’s features: \d\d"))
    expect(figures).to_be_visible(timeout=120_000)
    expect(tab.locator(".js-plotly-plot")).to_be_visible()
    tab.get_by_role("button", name="Take MobileNet α 0.75").click()
    expect(tab.get_by_text("a small head decides")).to_be_visible()
    expect(tab.get_by_role("radio", name="MobileNet α 0.75")).to_be_checked()
    tab.reload()
    expect(tab.get_by_role("radio", name="MobileNet α 0.75")).to_be_checked()
    expect(figures).to_be_visible()
    expect(tab.get_by_text("Traceback")).to_have_count(0)
