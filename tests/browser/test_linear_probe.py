"""A linear probe and the advice that follows from it, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.draft import Draft
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real]


def test_a_look_is_found_again_after_a_reload_and_what_it_advises_is_taken(serve, tab: Page, real_images, real_weights):
    server = serve(KERAS_HOME=str(real_weights("mobilenet_075")))
    dataset = run_import(create_from_path(Workspace.at(server.home), real_images / "cats_dogs"))
    Draft(dataset).choose(architecture="small_cnn")
    tab.goto(f"{server.address}/model?dataset=cats_dogs")
    expect(tab.get_by_text("Small CNN learns from nothing:")).to_be_visible()
    expect(tab.get_by_text("These images: one of the two")).to_have_count(2)
    tab.get_by_role("button", name="Linear probe").click()
    expect(tab.get_by_role("button", name="Stop the linear probe")).to_be_visible()
    tab.reload()
    figures = tab.get_by_text(re.compile(r"MobileNet α 0.75’s features: \d\d"))
    expect(figures).to_be_visible(timeout=120_000)
    expect(tab.locator(".js-plotly-plot")).to_have_count(1)
    tab.get_by_role("button", name="Take MobileNet α 0.75").click(timeout=120_000)
    expect(tab.get_by_text("a small head decides")).to_be_visible()
    expect(tab.get_by_text("Few images, like ImageNet’s: keep MobileNet α 0.75 frozen")).to_be_visible()
    expect(tab.get_by_role("cell", name=re.compile("Freeze the backbone .* These images$"))).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("a small head decides")).to_be_visible()
    expect(figures).to_be_visible()
    expect(tab.get_by_role("button", name="Take MobileNet α 0.75")).to_have_count(0)
    expect(tab.get_by_text("Traceback")).to_have_count(0)
