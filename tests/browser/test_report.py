"""Reports in a real browser that has no network: light, dark, narrow and on paper."""

import pytest
from playwright.sync_api import expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.export.formats import find_format
from core.workspace import Workspace
from tests.export.report.runs import answered_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAPER, LIGHT_PAGE, DARK_PAGE = {"width": 680, "height": 960}, "rgb(255, 255, 255)", "rgb(17, 19, 26)"
SIZE_OF_A4 = b"/MediaBox [0 0 594.95996 841.91998]"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
ALL_LOADED = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def brought(tmp_path, class_folders):
    """Brings pictures of three classes into a workspace."""

    def bring(workspace):
        folder = class_folders(tmp_path / "pets", {"cats": 20, "dogs": 20, "<b>owls": 20}, ".jpg")
        return run_import(create_from_path(workspace, folder))

    return bring


@pytest.fixture
def opened(chromium):
    """Opens a file without network: `opened(path, color_scheme="dark")`; no word of complaint may come."""
    contexts, complaints = [], []

    def open_file(path, **options):
        contexts.append(chromium.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or complaints.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert complaints == []


def test_the_report_of_a_run(workspace, brought, opened, tmp_path):
    run, path = answered_run(workspace, brought(workspace), sharpness=0.5), tmp_path / "report.html"
    find_format("report").write(run, path)
    for scheme, background in (("light", LIGHT_PAGE), ("dark", DARK_PAGE)):
        page = opened(path, color_scheme=scheme)
        assert page.evaluate(BACKGROUND) == background
        assert page.evaluate(ALL_LOADED)
        expect(page.get_by_role("table", name="Confusion matrix")).to_be_visible()
        expect(page.get_by_role("img", name="How often it is right")).to_be_visible()
        expect(page.get_by_role("rowheader", name="<b>owls").first).to_be_visible()
        page.set_viewport_size({"width": 400, "height": 800})
        assert not page.evaluate(TOO_WIDE), "nothing but tables scrolls sideways"
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    assert page.evaluate(BACKGROUND) == LIGHT_PAGE, "paper is white, also to those who like the dark"
    assert not page.evaluate(TOO_WIDE)
    expect(page.get_by_role("navigation")).to_be_hidden()
    assert SIZE_OF_A4 in page.pdf(prefer_css_page_size=True)


def test_the_report_of_a_comparison_is_downloaded(serve, brought, tab, opened, tmp_path):
    server = serve()
    workspace = Workspace.at(server.home)
    dataset = brought(workspace)
    for seed, sharpness in ((0, 3.0), (1, 0.5)):
        answered_run(workspace, dataset, sharpness, seed)
    tab.goto(f"{server.address}/compare?dataset={dataset.name}")
    with tab.expect_download() as downloading:
        tab.get_by_role("button", name="Report of this comparison").click()
    path = tmp_path / "comparison.html"
    downloading.value.save_as(path)
    page = opened(path)
    expect(page.get_by_role("heading", name="2 runs on pets")).to_be_visible()
    expect(page.get_by_role("table", name="Recall")).to_be_visible()
    assert page.evaluate(ALL_LOADED)
