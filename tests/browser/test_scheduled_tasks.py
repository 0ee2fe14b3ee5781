"""A long answer, in a real browser: it moves by itself, is stopped, and comes when it is started again."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A map of so many takes long enough to be stopped.
IMAGES = 3000
WORDS = "Drawing the map, once for this run."


@pytest.fixture
def address(serve, workspace, imported, featured_run) -> str:
    """Of the map of a run whose features are random numbers."""
    imported("pets", {"cats": 10, "dogs": 10})
    vectors = np.random.default_rng(0).normal(size=(IMAGES, 32))
    run = featured_run(vectors, np.arange(IMAGES) % 2, np.where(np.arange(IMAGES) % 5, "train", "test"))
    table = pd.read_parquet(run.folder / "images.parquet")
    table.assign(width=8, height=8).to_parquet(run.folder / "images.parquet")
    server = serve(WORKBENCH_HOME=str(workspace.root))
    return f"{server.address}/evaluation?dataset=pets&run={run.id}&section=Map"


def test_a_bar_a_stop_and_the_answer(address: str, tab: Page):
    tab.goto(address)
    expect(tab.get_by_text(WORDS)).to_be_visible()
    expect(tab.get_by_text(f" of {IMAGES:,}").or_(tab.get_by_text(" of 500"))).to_be_visible()
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_text("Stopped before it was done")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("Stopped before it was done")).to_be_visible()
    tab.get_by_role("button", name="Start again").click()
    expect(tab.get_by_text(WORDS)).to_be_visible()
    # In another tab the same work goes on, and both have the map in the end.
    other = tab.context.new_page()
    other.goto(address)
    for page in (tab, other):
        expect(page.get_by_text("Part of the split", exact=True)).to_be_visible()
        expect(page.get_by_text(WORDS)).to_be_hidden()
