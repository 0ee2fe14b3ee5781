"""Tiles in a real browser: selecting them by mouse and keyboard, opening them, and when a selection ends."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.installation import PROJECT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = '<img src=x onerror="document.title=1"> **b** :red[c] "d" $e$'
SCRIPT = f"""
import numpy as np
import streamlit as st

from pages.components.gallery import Tile, clear_selection, show_tiles
from pages.shared.thumbnails import pixels_url

page = st.radio("Page", [1, 2])
hidden = st.checkbox("Hide")
if st.checkbox("Put something above"):
    st.info("Something above")
if st.button("Deselect"):
    clear_selection("gallery")
source = pixels_url(np.full((40, 60, 3), 90, np.uint8))
tiles = [Tile(f"{{page}}{{letter}}", source, f"image {{page}}{{letter}}", letter) for letter in "abcdef"]
tiles[5] = Tile(f"{{page}}f", source, {HOSTILE!r}, {HOSTILE!r}, {HOSTILE!r}, wrong=True)
with st.container():
    if not hidden:
        shown = show_tiles(tiles, "gallery", clickable=True, selectable=True)
        st.text(f"Opened: {{shown.opened}}.")
        st.text(f"Selected: {{' '.join(shown.selected)}}.")
show_tiles([Tile("x", source, "a tile to look at")], "plain")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory, eventually):
    """Where a page is served that has six tiles, and says below them what was done with them."""
    script: Path = tmp_path_factory.mktemp("script") / "tiles.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).status == 200
        except OSError:
            return False

    eventually(answers)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture
def gallery(address: str, tab: Page) -> Page:
    tab.goto(address)
    expect(mark(tab, "1a")).to_have_count(1)
    says(tab, "")
    return tab


def mark(tab: Page, id: str):
    return tab.locator(f".tile[data-id='{id}'] .mark")


def picture(tab: Page, id: str):
    return tab.locator(f".tile[data-id='{id}'] .open")


def says(tab: Page, ids: str) -> None:
    """Python knows of this selection, and the browser shows no other."""
    expect(tab.get_by_text(f"Selected: {ids}.", exact=True)).to_be_visible()
    expect(tab.locator(".tile.selected")).to_have_count(len(ids.split()))
    for id in ids.split():
        expect(mark(tab, id)).to_be_checked()


def focused(tab: Page) -> str:
    return tab.evaluate("document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')")


def test_the_marks_select_one_by_one_in_the_order_of_the_tiles(gallery: Page):
    mark(gallery, "1c").click()
    says(gallery, "1c")
    mark(gallery, "1a").click()
    says(gallery, "1a 1c")
    mark(gallery, "1c").click()
    says(gallery, "1a")


def test_a_tile_is_marked_before_python_answers(gallery: Page):
    marked = mark(gallery, "1b").evaluate("mark => { mark.click(); return mark.getAttribute('aria-checked') }")
    assert marked == "true"


def test_shift_selects_all_since_the_last_one(gallery: Page):
    mark(gallery, "1e").click()
    mark(gallery, "1c").click(modifiers=["Shift"])
    says(gallery, "1c 1d 1e")
    picture(gallery, "1b").click(modifiers=["Shift"])
    says(gallery, "1b 1c 1d 1e")


def test_control_and_a_click_on_a_picture_selects_it(gallery: Page):
    picture(gallery, "1b").click(modifiers=["Control"])
    says(gallery, "1b")
    picture(gallery, "1d").click(modifiers=["Control"])
    says(gallery, "1b 1d")
    expect(gallery.get_by_text("Opened: None.")).to_be_visible()


def test_the_keyboard_selects_one_all_and_none_and_keeps_its_place(gallery: Page):
    picture(gallery, "1b").focus()
    gallery.keyboard.press("Tab")
    assert focused(gallery) == "Select image 1b"
    expect(mark(gallery, "1b")).to_have_css("opacity", "1")
    gallery.keyboard.press("Space")
    says(gallery, "1b")
    gallery.keyboard.press("ControlOrMeta+a")
    says(gallery, "1a 1b 1c 1d 1e 1f")
    gallery.keyboard.press("Escape")
    says(gallery, "")
    assert focused(gallery) == "Select image 1b"


def test_control_a_elsewhere_selects_no_tiles(gallery: Page):
    gallery.get_by_text("Hide").press("ControlOrMeta+a")
    mark(gallery, "1a").click()
    says(gallery, "1a")


def test_a_click_on_a_picture_opens_it_also_while_some_are_selected(gallery: Page):
    picture(gallery, "1d").click()
    expect(gallery.get_by_text("Opened: 1d.")).to_be_visible()
    mark(gallery, "1a").click()
    expect(gallery.get_by_text("Opened: None.")).to_be_visible()
    picture(gallery, "1b").click()
    expect(gallery.get_by_text("Opened: 1b.")).to_be_visible()
    says(gallery, "1a")


def test_a_selection_ends_when_other_tiles_are_shown_and_does_not_come_back(gallery: Page):
    mark(gallery, "1a").click()
    says(gallery, "1a")
    pages = gallery.get_by_test_id("stRadio")
    pages.get_by_text("2").click()
    expect(mark(gallery, "2a")).to_have_count(1)
    says(gallery, "")
    pages.get_by_text("1").click()
    expect(mark(gallery, "1a")).to_have_count(1)
    says(gallery, "")


def test_a_selection_ends_when_its_gallery_was_hidden(gallery: Page):
    mark(gallery, "1a").click()
    says(gallery, "1a")
    gallery.get_by_text("Hide").click()
    expect(mark(gallery, "1a")).to_have_count(0)
    gallery.get_by_text("Hide").click()
    expect(mark(gallery, "1a")).to_have_count(1)
    says(gallery, "")
    mark(gallery, "1b").click()
    says(gallery, "1b")


def test_python_can_clear_a_selection(gallery: Page):
    mark(gallery, "1a").click()
    says(gallery, "1a")
    gallery.get_by_role("button", name="Deselect").click()
    says(gallery, "")
    gallery.get_by_text("Put something above").click()  # a rerun, in which the browser tells what it knows once more
    expect(gallery.get_by_text("Something above", exact=True)).to_be_visible()
    says(gallery, "")


def test_a_selection_stays_where_the_page_around_it_changes(gallery: Page):
    mark(gallery, "1b").click()
    says(gallery, "1b")
    gallery.get_by_text("Put something above").click()
    expect(gallery.get_by_text("Something above", exact=True)).to_be_visible()
    says(gallery, "1b")
    mark(gallery, "1c").click()
    says(gallery, "1b 1c")


def test_pictures_stay_in_place_when_the_page_is_drawn_anew(gallery: Page):
    image = gallery.locator(".tile img").first.element_handle()
    mark(gallery, "1a").click()
    says(gallery, "1a")
    assert image.evaluate("image => image.isConnected")


def test_what_titles_and_captions_hold_stays_text(gallery: Page):
    tile = gallery.locator(".tile[data-id='1f']")
    expect(tile.locator(".first")).to_have_text(HOSTILE)
    expect(tile.locator(".second")).to_have_text(HOSTILE)
    expect(mark(gallery, "1f")).to_have_attribute("aria-label", f"Select {HOSTILE}")
    expect(tile.locator("img")).to_have_count(1)
    expect(gallery).not_to_have_title(re.compile("^1$"))


def test_tiles_that_are_only_to_look_at_have_no_mark(gallery: Page):
    plain = gallery.locator(".tile[data-id='x']")
    expect(plain.get_by_role("button")).to_be_disabled()
    expect(plain.get_by_role("checkbox")).to_have_count(0)


def test_fingers_see_marks_that_are_large_enough(address: str, chromium):
    context = chromium.new_context(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)
    tab = context.new_page()
    tab.goto(address)
    expect(mark(tab, "1a")).to_have_css("opacity", "1")
    box = mark(tab, "1a").bounding_box()
    assert min(box["width"], box["height"]) >= 44
    mark(tab, "1a").tap()
    says(tab, "1a")
    context.close()
