"""The augmentation page in a real browser: a recipe composed, its pictures, and the line between before and after."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.augmentation.recipe import parse_recipe, write_recipe
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.samples import SAMPLES
from core.datasets.store import Dataset, open_dataset
from core.runs.draft import Draft
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Each with what stands below its pictures, once they are there.
VIEWS = {
    "Nine draws": "Nine draws at the network's 64 px",
    "Extremes": "Each step alone",
    "Training batch": "12 training images as the network sees them",
    "Before / after": "Drag the line",
}
HOSTILE = "<img src=x onerror=document.title='x'> **b**"
STRONG = "flip_horizontal,rotation,zoom,shift,crop,brightness=-100..0,contrast,noise,blur,erasing,mixup"


@pytest.fixture
def pets(serve, tmp_path: Path) -> tuple[str, Dataset]:
    """The page's address, and a dataset of drawn cats and dogs, one class of which has a name that is markup."""
    server, sample = serve(), SAMPLES["cats_vs_dogs_sample"]
    for number, (drawn, name) in enumerate(zip(sample.class_names, ("cats", HOSTILE), strict=True)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for index in range(10):
            picture = sample.draw(drawn, np.random.default_rng([number, index]))
            picture.save(tmp_path / "pets" / name / f"{index}.png")
    dataset = run_import(create_from_path(Workspace.at(server.home), tmp_path / "pets"))
    Draft(dataset).choose(architecture="small_cnn", image_size=64)
    return f"{server.address}/augmentation?dataset={dataset.name}", dataset


def settled(tab: Page, view: str = "Nine draws") -> None:
    """The page is drawn, its pictures included."""
    expect(tab.get_by_text(VIEWS[view])).to_be_visible()
    expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(tab.get_by_test_id("stSpinner")).to_have_count(0)


def turn_to(tab: Page, view: str) -> None:
    tab.get_by_role("radio", name=view).click()
    expect(tab.get_by_role("radio", name=view)).to_be_checked()
    settled(tab, view)


def wider_than_the_tab(tab: Page) -> int:
    """By how many pixels the page could be scrolled sideways."""
    return tab.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")


def test_a_recipe_is_composed_seen_and_found_again(tab: Page, pets):
    address, dataset = pets
    tab.goto(address)
    settled(tab)
    tab.get_by_role("button", name="Add", exact=True).click()
    tab.get_by_role("button", name="Rotation", exact=True).click()
    expect(tab.get_by_text("will vary by rotation ±15 °")).to_be_visible()
    expect(tab.get_by_text("Colour and sharpness")).to_be_hidden()  # the menu made room for what was added

    # Quicker than the page is drawn anew, none of the keys is lost.
    high = tab.get_by_role("slider", name=re.compile(r"Rotation \(°\)")).last
    high.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    expect(tab.get_by_text("will vary by rotation −15 to 20 °")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("will vary by rotation −15 to 20 °")).to_be_visible()
    settled(tab)
    kept = open_dataset(Workspace.at(dataset.folder.parents[1]), dataset.name)
    assert Draft(kept).values()["augmentation"] == write_recipe(parse_recipe("rotation=-15..20"))

    tab.get_by_role("button", name="Remove Rotation").click()
    expect(tab.get_by_text("Nothing is varied yet.")).to_be_visible()
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("will vary by rotation −15 to 20 °")).to_be_visible()


def test_a_draw_is_compared_with_the_original_by_mouse_and_keys(tab: Page, pets):
    address, dataset = pets
    Draft(dataset).choose(augmentation=write_recipe(parse_recipe("brightness=-50..50")))
    tab.goto(address)
    settled(tab)
    tab.locator(".tile[data-id='4'] .open").click()
    expect(tab.get_by_role("radio", name="Before / after")).to_be_checked()
    expect(tab.get_by_text("draw 5 of 9")).to_be_visible()
    line = tab.get_by_role("slider", name=re.compile("How much shows of original"))
    picture = tab.locator(".comparison")
    frame = picture.bounding_box()
    for share in (0.25, 1, 0):
        tab.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
        tab.mouse.down()
        tab.mouse.move(frame["x"] + share * frame["width"], frame["y"] + 20, steps=4)
        tab.mouse.up()
        assert abs(int(line.input_value()) - 100 * share) <= 1, "the line is where the mouse is"
    tab.keyboard.press("ArrowRight")
    expect(line).to_have_value("1")
    expect(line).to_have_attribute("aria-valuetext", "1 % original")
    after = picture.locator(".after").get_attribute("src")
    tab.get_by_role("button", name="Draw again").click()
    expect(picture.locator(".after")).not_to_have_attribute("src", after)
    expect(tab.get_by_text("draw 1 of 9")).to_be_visible()
    expect(line).to_have_value("1")  # another draw is seen on the same side
    tab.reload()
    expect(tab.get_by_role("radio", name="Before / after")).to_be_checked()


def test_all_views_fit_a_screen_and_a_phone_and_show_names_as_text(tab: Page, pets):
    address, dataset = pets
    Draft(dataset).choose(augmentation=write_recipe(parse_recipe(STRONG)))
    tab.goto(address)
    settled(tab)
    for width in (1280, 400):
        tab.set_viewport_size({"width": width, "height": 800})
        for view in VIEWS:
            turn_to(tab, view)
            assert wider_than_the_tab(tab) <= 0, f"{view} at {width} pixels"
            if width == 1280:
                expect(tab.get_by_role("button", name="Go on to the model")).to_be_in_viewport(ratio=1)
    turn_to(tab, "Training batch")
    expect(tab.locator(".tile", has_text="<img src=x").first).to_be_visible()
    assert tab.title() == "Augmentation · Image Classification Workbench"
    expect(tab.get_by_text("Traceback")).to_have_count(0)
