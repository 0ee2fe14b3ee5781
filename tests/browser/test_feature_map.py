"""The map of the feature space in a real browser: pictures on hover, and from a lasso to images that can be fixed."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import Dataset
from core.evaluation.predictions import Predictions
from core.features.store import FeatureStore, cache_key
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEED = 4


@pytest.fixture
def mapped(serve, tmp_path, class_folders, tab: Page) -> tuple[Page, Dataset, Run, str]:
    """A tab that shows the map of the training images of a run, and its address. Nothing was trained for it."""
    server = serve()
    workspace = Workspace.at(server.home)
    source = class_folders(tmp_path / "pets", {"cats": 30, "dogs": 30})
    dataset = run_import(create_from_path(workspace, source))
    settings = {"dataset": dataset.name, "architecture": "mobilenet_075", "weights": "untrained"}
    run = create_run(workspace, read_settings(settings))
    images, chance = dataset.images, np.random.default_rng(SEED)
    images.to_parquet(run.folder / "images.parquet", index=False)
    true = dataset.label_indices(images["label"])
    paths, splits = (images[name].to_numpy(dtype=str) for name in ("path", "split"))
    told = chance.dirichlet((1, 1), len(true))
    Predictions(paths, splits, true, told, dataset.class_names).save(run.predictions_path)
    recipe = cache_key(run.settings.architecture, run.settings.image_size, None, run.settings.seed)
    vectors = chance.normal(size=(len(true), 8)) + 3 * np.eye(8)[true]
    FeatureStore(workspace.features, recipe).add(list(images["pixel_hash"]), vectors.astype(np.float32))
    run.update(state="done", facts={"dataset_version": dataset.content.version})
    address = f"{server.address}/evaluation?dataset={dataset.name}&split=train&section=Map"
    tab.goto(address)
    stage(tab).scroll_into_view_if_needed()
    return tab, dataset, run, address


def stage(tab: Page) -> Locator:
    return tab.locator(".stage")


def card(tab: Page) -> Locator:
    return stage(tab).locator(".card")


def hover_until_there_is_an_image(tab: Page) -> tuple[float, float]:
    """Move over the map, a row at a time, until a point is under the pointer."""
    box = stage(tab).bounding_box()
    for down in range(1, 20):
        for right in range(1, 20):
            place = box["x"] + box["width"] * right / 20, box["y"] + box["height"] * down / 20
            tab.mouse.move(*place)
            if card(tab).is_visible():
                return place
    raise AssertionError("There is no point on the map.")


def drag(tab: Page, *corners: tuple[float, float]) -> None:
    """Draw with the mouse from corner to corner, given as shares of the map's width and height."""
    box = stage(tab).bounding_box()
    places = [(box["x"] + box["width"] * right, box["y"] + box["height"] * down) for right, down in corners]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=5)
    tab.mouse.up()


ALL_AROUND = (0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99)


def chosen(tab: Page) -> Locator:
    return tab.get_by_text(re.compile(r"^[\d,]+ images? chosen:"))


def training_images(run: Run, label: str | None = None) -> int:
    known = run.predictions().of("train")
    return len(known) if label is None else int((known.true == known.class_names.index(label)).sum())


def test_hovering_shows_the_picture_and_what_it_is(mapped: tuple):
    tab, _, run, _ = mapped
    place = hover_until_there_is_an_image(tab)
    expect(card(tab).locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg;base64,"))
    path = card(tab).locator(".title").inner_text()
    known = run.predictions()
    row = known.ids.tolist().index(path)
    expect(card(tab).locator(".caption")).to_have_text(known.class_names[known.true[row]])
    answer = f"{known.probabilities[row].max():.0%} {known.class_names[known.predicted[row]]}"
    expect(card(tab).locator(".second")).to_have_text(answer)
    # What is under the pointer stays there as one zooms.
    tab.mouse.wheel(0, -200)
    tab.mouse.move(place[0] + 1, place[1])
    expect(card(tab).locator(".title")).to_have_text(path)
    # Off the map, it is gone.
    tab.mouse.move(5, 5)
    expect(card(tab)).to_be_hidden()


def test_a_lasso_lists_its_images_which_can_be_excluded_and_brought_back(mapped: tuple):
    tab, dataset, run, _ = mapped
    count = training_images(run)
    drag(tab, *ALL_AROUND)
    expect(chosen(tab)).to_contain_text(f"{count} images chosen:")
    expect(tab.get_by_text(f"{count} images selected")).to_be_visible()
    # One by one they are selected in the gallery, which narrows it.
    tab.locator(".tile").last.hover()
    tab.locator(".tile").last.get_by_role("checkbox").click()
    expect(tab.get_by_text("1 image selected")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_text(f"{count} images selected")).to_be_visible()
    tab.get_by_role("button", name="Exclude").last.click()
    expect(tab.get_by_text(f"Changed since this run: {count} images excluded")).to_be_visible()
    expect(chosen(tab)).to_have_count(0)
    assert int(dataset.content.table["excluded"].sum()) == count
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("Changed since this run")).to_have_count(0)
    assert not dataset.content.table["excluded"].any()
    expect(tab.get_by_text("Traceback")).to_have_count(0)


def test_what_is_chosen_by_a_lasso_a_box_and_all_that_is_shown(mapped: tuple):
    tab, _, run, _ = mapped
    drag(tab, *ALL_AROUND)
    expect(chosen(tab)).to_contain_text(f"{training_images(run)} images")
    tab.get_by_role("button", name="Clear", exact=True).click()
    expect(chosen(tab)).to_have_count(0)
    tab.locator("[data-mode=box]").click()
    drag(tab, (0.01, 0.01), (0.99, 0.99))
    expect(chosen(tab)).to_contain_text(f"{training_images(run)} images")
    drag(tab, (0.01, 0.01), (0.03, 0.03))
    expect(chosen(tab)).to_have_count(0)
    # Of a class that is hidden, none is chosen.
    entry = tab.locator(".legend [data-group]", has_text="cats")
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "false")
    tab.get_by_role("button", name="Choose all images that are shown").click()
    count = training_images(run, "dogs")
    expect(chosen(tab)).to_contain_text(f"{count} images chosen: {count} of “dogs”.")


def test_the_keyboard_goes_from_image_to_image_and_chooses(mapped: tuple):
    tab, *_ = mapped
    stage(tab).focus()
    tab.keyboard.press("ArrowRight")
    expect(card(tab).locator("img")).to_be_visible()
    first = card(tab).locator(".title").inner_text()
    tab.keyboard.press("Space")
    expect(chosen(tab)).to_contain_text("1 image chosen:")
    tab.keyboard.press("ArrowLeft")
    expect(card(tab).locator(".title")).not_to_have_text(first)
    tab.keyboard.press("Space")
    expect(chosen(tab)).to_contain_text("2 images chosen:")
    tab.keyboard.press("Escape")
    expect(chosen(tab)).to_have_count(0)


def test_it_is_saved_as_a_picture_with_its_legend(mapped: tuple, tmp_path):
    tab, _, _, _ = mapped
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save as PNG").click()
    download.value.save_as(tmp_path / "map.png")
    assert download.value.suggested_filename == "map.png"
    with Image.open(tmp_path / "map.png") as picture:
        width, height = picture.size
        colours = [colour for _, colour in picture.convert("RGB").getcolors(1 << 20)]
    box = stage(tab).bounding_box()
    assert (width, height > box["height"]) == (pytest.approx(box["width"], abs=3), True)
    assert any(max(colour) - min(colour) > 60 for colour in colours), "there are coloured dots"


def test_on_a_phone_nothing_is_cut_off(mapped: tuple, chromium):
    _, _, _, address = mapped
    context = chromium.new_context(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto(address)
    stage(phone).scroll_into_view_if_needed()
    main = phone.get_by_test_id("stMain")
    assert main.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    # A finger scrolls the page until it is given a lasso.
    expect(stage(phone)).to_have_css("touch-action", "pan-y")
    phone.locator("[data-mode=lasso]").tap()
    expect(stage(phone)).to_have_css("touch-action", "none")
    context.close()
