"""What is shown is taken along: charts as PNG and SVG, tables as CSV, selected images as a zip."""

import re
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def dataset_page(serve, bring_sample, tab: Page) -> Page:
    # With it, Chromium asks where to save a table in a window that nobody sees here.
    tab.add_init_script("delete window.showSaveFilePicker")
    server = serve()
    sample = bring_sample(server)
    tab.goto(f"{server.address}/dataset?dataset={sample.name}&view=Split")
    expect(tab.locator(".js-plotly-plot")).to_be_visible()
    return tab


def saved(tab: Page, button, folder):
    with tab.expect_download(timeout=60_000) as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_chart_is_saved_as_png_and_svg_and_a_table_as_csv(dataset_page, tmp_path):
    chart = dataset_page.locator(".js-plotly-plot")
    chart.hover()
    svg = saved(dataset_page, chart.get_by_label("Save as SVG"), tmp_path)
    png = saved(dataset_page, chart.locator('[data-attr="toImage"], .modebar-btn').first, tmp_path)
    assert (svg.name, png.name) == ("images_of_cats_vs_dogs_sample.svg", "images_of_cats_vs_dogs_sample.png")
    text = svg.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "cats" in text and "validation" in text
    with Image.open(png) as picture:
        assert picture.format == "PNG"
        assert picture.width > 3 * 300

    dataset_page.get_by_test_id("stDataFrame").hover()
    button = dataset_page.get_by_role("button", name=re.compile("CSV"))
    table = saved(dataset_page, button, tmp_path)
    assert table.read_text(encoding="utf-8-sig").splitlines()[0].endswith("train,validation,test")


def test_selected_images_are_saved(dataset_page, tmp_path):
    dataset_page.get_by_text("Images", exact=True).first.click()
    marks = dataset_page.locator(".gallery button.mark")
    marks.nth(0).click()
    marks.nth(1).click()
    expect(dataset_page.get_by_text("2 images selected")).to_be_visible()
    path = saved(dataset_page, dataset_page.get_by_role("button", name="Download"), tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 2
        assert archive.testzip() is None
