"""The filter lab in a real browser: a kernel edited cell by cell, the sum under the pointer, what is taken along."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.concepts.filters.convolution import convolve
from core.concepts.pictures import shipped_pixels
from pages.concepts.filter_lab.kernel_editor import CELL_WIDTH, ROW_HEIGHT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = {
    "numbers": "In numbers",
    "noise": "Noise",
    "edges": "Edges",
    "sharpen": "Sharpening",
    "chain": "In a row",
    "libraries": "Libraries",
}


@pytest.fixture
def lab(serve, tab: Page):
    """Opens the chapter at a link: `lab("view=noise")`."""
    server = serve()

    def open_at(state: str = "") -> Page:
        tab.goto(f"{server.address}/concepts?chapter=filters&{state}")
        expect(tab.get_by_text("Try yourself")).to_be_visible()
        expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)
        return tab

    return open_at


def query(tab: Page) -> str:
    return tab.evaluate("decodeURIComponent(location.search.replaceAll('+', ' '))")


def change_cell(tab: Page, column: int, text: str) -> None:
    """Type a number into a cell of the kernel's first row, which is drawn on a canvas."""
    box = tab.get_by_test_id("stDataFrame").bounding_box()
    tab.mouse.dblclick(box["x"] + 30 + column * CELL_WIDTH, box["y"] + 1.6 * ROW_HEIGHT)
    field = tab.locator(".gdg-input")
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_count(0)


def test_a_kernel_is_edited_cell_by_cell_and_the_sum_follows(lab):
    tab = lab("kernel=identity&pixel_row=50&pixel_column=60")
    lens = tab.locator(".lens").last
    pixels = shipped_pixels("camera")[..., 0]
    expect(lens).to_contain_text(f"Answer: {pixels[50, 60]}")
    change_cell(tab, 0, "2")
    tab.wait_for_function("location.search.includes('kernel=2')")
    change_cell(tab, 1, "-1")
    tab.wait_for_function("location.search.includes('-1')")
    assert "kernel=2 -1 0; 0 1 0; 0 0 0" in query(tab)
    answer = convolve(pixels, [[2, -1, 0], [0, 1, 0], [0, 0, 0]])[50, 60]
    expect(lens).to_contain_text(f"Answer: {answer:.0f}".replace("-", "−"))


def test_kernel_and_picture_are_taken_along(lab, tmp_path: Path):
    tab = lab("kernel=sobel_x")
    with tab.expect_download() as taken:
        tab.get_by_role("button", name="Picture", exact=True).click()
    assert taken.value.suggested_filename == "filtered.png"
    tab.get_by_role("button", name="Save").click()
    with tab.expect_download() as taken:
        tab.get_by_role("button", name="NumPy").click()
    taken.value.save_as(tmp_path / "kernel.npy")
    assert np.load(tmp_path / "kernel.npy").tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]


def test_a_link_opens_what_another_has_set(lab):
    tab = lab("view=numbers")
    tab.get_by_role("slider", name="Row").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("location.search.includes('row=1')")
    tab.get_by_text("Flip", exact=True).click()
    tab.wait_for_function("location.search.includes('flip=true')")
    words = tab.get_by_text(re.compile(r"= −?\d+$")).first
    said = words.inner_text()
    tab.goto("about:blank")
    lab("view=numbers&row=1&flip=true")
    expect(words).to_have_text(said)


def test_no_view_scrolls_sideways_on_a_telephone(lab):
    tab = lab()
    tab.set_viewport_size({"width": 400, "height": 800})
    for view, name in VIEWS.items():
        tab.get_by_role("radio", name=name, exact=True).click()
        tab.wait_for_function(f"location.search.includes('view={view}')")
        expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)
        assert tab.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") == 0
