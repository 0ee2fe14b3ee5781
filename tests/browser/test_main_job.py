"""What a newcomer does, in a real browser: from an empty workspace to the images behind a cell of the matrix."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.runs.record import Run, list_runs
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_TRACEBACK = "Traceback"
SAMPLE = "cats_vs_dogs_sample"


def the_run(server) -> Run:
    return list_runs(Workspace.at(server.home))[0]


def open_sample(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.get_by_role("button", name="Open cats vs dogs").click()
    expect(tab.get_by_text("Ready to learn from")).to_be_visible()


@pytest.fixture
def opened(serve, bring_sample, tab: Page):
    """A server, and in the tab the page of the sample, which was opened there before."""
    server = serve()
    bring_sample(server)
    tab.goto(f"{server.address}/dataset?dataset={SAMPLE}")
    expect(tab.get_by_text("Ready to learn from")).to_be_visible()
    return server


def open_step(tab: Page, name: str) -> None:
    tab.get_by_test_id("stSidebar").get_by_role("link", name=name).click()


def test_from_home_to_the_images_of_a_cell(serve, tab: Page):
    server = serve()
    open_sample(tab, server.address)
    expect(tab.get_by_text("Drawn by the program, not photographs")).to_be_visible()
    tab.get_by_role("button", name="Go on to training").click()
    tab.get_by_text("More settings").click()
    for name in ("Patience", "Epochs"):  # long enough to still be going whatever this machine is busy with
        field = tab.get_by_role("spinbutton", name=name, exact=True)
        field.fill("400")
        field.press("Enter")
    tab.get_by_role("button", name="Train up to 400 epochs").click()
    expect(tab.locator(".js-plotly-plot").first).to_be_visible()
    expect(tab).to_have_url(re.compile(r"run="))

    # A reload neither stops nor orphans the run.
    tab.reload()
    expect(tab.get_by_text(re.compile(r"Epoch \d+ of 400"))).to_be_visible()
    assert the_run(server).status().state == "running"

    # Nor does a restart of the server, after which the same link shows the same run.
    link = tab.url
    server.restart()
    tab.goto(link)
    expect(tab.get_by_text(re.compile(r"Epoch \d+ of 400"))).to_be_visible()
    assert the_run(server).status().state == "running"

    tab.get_by_role("button", name="Stop and keep the best").click()
    expect(tab.get_by_text(re.compile(r"Stopped after \d+ epochs"))).to_be_visible()
    run = the_run(server)
    assert run.status().state == "stopped"
    assert run.best_weights.exists()

    tab.get_by_role("button", name="See how good it is").click()
    matrix = run.evaluate("test").confusion_matrix
    true, predicted = next((i, j) for i in (1, 0) for j in (0, 1) if matrix[i][j])
    tab.locator(f"[data-cell='{true}-{predicted}']").click()
    count = int(matrix[true][predicted])
    expect(tab.get_by_text(re.compile(rf"^{count} images? of “[^”]+”, "))).to_be_visible()
    expect(tab).to_have_url(re.compile(rf"cell={true}-{predicted}"))
    expect(tab.locator(".tile")).to_have_count(min(count, 24))
    # The tiles of the cell that was shown first give way to these.
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    tab.locator(".tile").first.click()
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_text("Path")).to_be_visible()
    expect(dialog.get_by_text("96 × 96 px")).to_be_visible()
    expect(tab.get_by_text(NO_TRACEBACK)).to_have_count(0)


def choose_network(tab: Page, group: str, title: str) -> None:
    tab.get_by_role("radio", name=group).click()
    tab.get_by_role("combobox", name="Network").click()
    tab.get_by_role("option", name=f"{title} ·").click()


def test_a_deep_link_works_on_a_cold_server(opened, tab: Page):
    opened.restart()
    tab.goto(f"{opened.address}/model?dataset=cats_vs_dogs_sample")
    expect(tab.get_by_role("heading", name="Which network, and why?")).to_be_visible()
    expect(tab.get_by_text("Small CNN learns from nothing")).to_be_visible()
    expect(tab.get_by_test_id("stSidebar").get_by_text("600 images")).to_be_visible()


def test_choices_survive_a_reload(opened, tab: Page):
    open_step(tab, "Augmentation")
    tab.get_by_role("button", name="Add", exact=True).click()
    tab.get_by_role("button", name="Flip left–right").click()
    expect(tab.get_by_text("Training images will vary by flip left–right")).to_be_visible()
    expect(tab.locator(".tile")).to_have_count(10)  # the image as it is, and nine draws
    open_step(tab, "Model")
    choose_network(tab, "Pretrained backbones", "MobileNet α 0.75")
    expect(tab.get_by_text("a small head decides")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("a small head decides")).to_be_visible()
    open_step(tab, "Augmentation")
    expect(tab.get_by_text("Training images will vary by flip left–right")).to_be_visible()


def test_too_small_an_input_is_refused_in_place(opened, tab: Page):
    open_step(tab, "Model")
    choose_network(tab, "Pretrained backbones", "InceptionV3")
    expect(tab.get_by_text("a small head decides")).to_be_visible()
    field = tab.get_by_role("spinbutton", name="Input size in pixels")
    field.fill("40")
    field.press("Enter")
    expect(tab.get_by_text("InceptionV3 needs images of at least 75 pixels a side. Got 40.")).to_be_visible()


def a_zip(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def a_png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def upload(tab: Page, name: str, content: bytes) -> None:
    tab.get_by_test_id("stFileUploader").first.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/zip", "buffer": content}
    )
    expect(tab.get_by_text(name)).to_be_visible()
    tab.get_by_role("button", name="Import the file").click()


def test_uploading_own_images_with_awkward_names(serve, tab: Page):
    server = serve()
    files = {f"{label}/picture {index}.png": a_png(index) for label in ("«кошки» 🐱", "כלבים") for index in range(6)}
    tab.goto(f"{server.address}/dataset")
    upload(tab, "my pets.zip", a_zip(files | {"«кошки» 🐱/broken.jpg": b"no image"}))
    expect(tab.get_by_text("12 images in 2 classes")).to_be_visible()
    expect(tab.get_by_text("1 file that can't be used")).to_be_visible()
    tab.get_by_role("radio", name="Images").click()
    expect(tab.locator(".tile").first).to_be_visible()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"this is no zip", "zip"),
        (a_zip({"../../escape/a.png": a_png(0), "b/c.png": a_png(1)}), "wants to write outside its folder"),
        (a_zip({"only/a.png": a_png(0), "only/b.png": a_png(1)}), "at least two"),
    ],
    ids=["no zip", "climbs out", "one class"],
)
def test_bad_uploads_are_refused_in_words(serve, tab: Page, content: bytes, words: str):
    server = serve()
    tab.goto(f"{server.address}/dataset")
    upload(tab, "bad.zip", content)
    expect(tab.get_by_test_id("stAlert").get_by_text(re.compile(words))).to_be_visible()
    expect(tab.get_by_text(NO_TRACEBACK)).to_have_count(0)


def test_hosted_visitors_do_not_see_each_other(serve, chromium):
    server = serve(WORKBENCH_HOSTED="1")
    tabs = [chromium.new_context().new_page() for _ in range(2)]
    open_sample(tabs[0], server.address)
    tabs[0].reload()  # the cookie brings the same visitor back
    expect(tabs[0].get_by_text("Ready to learn from")).to_be_visible()
    tabs[1].goto(f"{server.address}/dataset?dataset=cats_vs_dogs_sample")
    expect(tabs[1].get_by_text("has not been opened here yet")).to_be_visible()
    expect(tabs[1].get_by_role("tab", name="A file from this computer")).to_be_visible()
    expect(tabs[1].get_by_role("tab", name=re.compile("path"))).to_have_count(0)
    for tab in tabs:
        tab.context.close()


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_scrolls_sideways(serve, bring_sample, chromium, width: int):
    server = serve()
    bring_sample(server)
    context = chromium.new_context(viewport={"width": width, "height": 800})
    tab = context.new_page()
    tab.goto(f"{server.address}/dataset?dataset={SAMPLE}")
    expect(tab.get_by_text("Ready to learn from")).to_be_visible()
    for page in ("", "dataset", "augmentation", "model", "training", "evaluation"):
        tab.goto(f"{server.address}/{page}?dataset=cats_vs_dogs_sample")
        expect(tab.get_by_role("heading", level=1)).to_be_visible()
        expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)
        main = tab.get_by_test_id("stMain")
        assert main.evaluate("box => box.scrollWidth - box.clientWidth") <= 1, page
    context.close()
