"""The images in a real browser: faults found and fixed, labels changed and undone, patients kept on one side."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.samples import SAMPLES
from core.datasets.samples.faults import KINDS, plant_faults
from core.datasets.store import Dataset, open_dataset
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAULTS = {"exact_duplicate": 1, "near_reencoded": 1, "truncated": 1, "two_labels": 1}
HOSTILE = ("<img src=x onerror=document.title='x'>", "$x$ **bold** :red[c]", "[a](b) `code` ~~no~~")
VIEWS = ("Check-up", "Images", "Split", "Changes")
READY = re.compile("images in 2 classes")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """Drawn cats and dogs: of eight owners each, three pictures by each owner, named p01_1.png and so on."""
    folder = tmp_path_factory.mktemp("drawn") / "pets"
    sample = SAMPLES["cats_vs_dogs_sample"]
    for number, name in enumerate(sample.class_names):
        (folder / name).mkdir(parents=True)
        for owner in range(8):
            for index in range(3):
                picture = sample.draw(name, np.random.default_rng([number, owner, index]))
                picture.save(folder / name / f"p{10 * number + owner:02}_{index}.png")
    return folder


@pytest.fixture(scope="module")
def faulty(drawn: Path, tmp_path_factory) -> Path:
    """The same with a picture that is there twice, one saved again, one under two labels, and a file cut off."""
    folder = tmp_path_factory.mktemp("faulty") / "pets"
    plant_faults(drawn, folder, counts=dict.fromkeys(KINDS, 0) | FAULTS)
    return folder


def brought(server, folder: Path) -> Dataset:
    """The images of a folder, brought to this server from its own machine."""
    return run_import(create_from_path(Workspace.at(server.home), folder, "pets"))


def open_view(tab: Page, server, view: str, **query: str) -> None:
    chosen = "".join(f"&{key}={value}" for key, value in query.items())
    tab.goto(f"{server.address}/dataset?dataset=pets&view={view}{chosen}")
    expect(tab.get_by_role("radio", name=view)).to_be_checked()
    expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)


def turn_to(tab: Page, view: str) -> None:
    tab.get_by_role("radio", name=view).click()


def shown(tab: Page, count: int) -> None:
    expect(tab.get_by_test_id("stMain").get_by_text(re.compile(rf"^{count} images?\."))).to_be_visible()


def choose(tab: Page, name: str, option: str) -> None:
    tab.get_by_role("combobox", name=name).click()
    tab.get_by_role("option", name=option, exact=True).click()


def test_from_a_zip_with_faults_to_a_division_by_owner(serve, tab: Page, faulty: Path, tmp_path: Path):
    server = serve()
    tab.goto(f"{server.address}/dataset")
    archive = shutil.make_archive(str(tmp_path / "pets"), "zip", faulty)
    tab.get_by_test_id("stFileUploader").first.locator("input[type=file]").set_input_files(archive)
    expect(tab.get_by_text("pets.zip")).to_be_visible()
    tab.get_by_role("button", name="Import the file").click()
    expect(tab.get_by_text("51 images in 2 classes")).to_be_visible()

    for title in (
        "1 picture is there more than once",
        "1 picture is there in several versions",
        "1 picture is under two labels",
    ):
        expect(tab.get_by_text(title, exact=True)).to_be_visible()
    expect(tab.get_by_text("1 file that can't be used", exact=True)).to_be_visible()

    tab.get_by_role("button", name="Keep one of each, exclude the others").click()
    expect(tab.get_by_text("50 images in 2 classes")).to_be_visible()
    expect(tab.get_by_text("1 image excluded: 1 picture is there more than once.")).to_be_visible()
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("51 images in 2 classes")).to_be_visible()
    expect(tab.get_by_text("1 picture is there more than once", exact=True)).to_be_visible()

    turn_to(tab, "Split")
    choose(tab, "Keep together, never on both sides", "the file name")
    expect(tab.get_by_role("textbox", name="What file names look like")).to_have_value("{group}_*")
    tab.get_by_role("button", name="Divide the images").click()
    expect(tab.get_by_text("Divided. Runs that are there keep")).to_be_visible()
    images = open_dataset(Workspace.at(server.home), "pets").images
    owners = images["path"].str.rsplit("/").str[-1].str.split("_").str[0]
    assert owners.nunique() == 16
    assert images.groupby(owners)["split"].nunique().max() == 1


def test_a_selection_is_relabelled_and_that_is_undone(serve, tab: Page, drawn: Path):
    server = serve()
    dataset = brought(server, drawn)
    open_view(tab, server, "Images")
    shown(tab, 48)
    for place in (0, 2):
        tab.locator(".tile").nth(place).hover()
        tab.locator(".tile .mark").nth(place).click()
    expect(tab.get_by_text("2 images selected")).to_be_visible()
    field = tab.get_by_role("combobox", name="Label")
    field.fill("wolves")
    field.press("Enter")
    tab.get_by_role("button", name="Relabel").click()
    expect(tab.get_by_text("2 images relabelled “wolves”.")).to_be_visible()
    expect(tab.get_by_text("48 images in 3 classes")).to_be_visible()
    expect(tab.locator(".tile.selected")).to_have_count(0)
    assert (dataset.images["label"] == "wolves").sum() == 2
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("48 images in 2 classes")).to_be_visible()
    assert "wolves" not in dataset.class_names


def test_an_image_is_excluded_where_it_is_large_and_put_back(serve, tab: Page, drawn: Path):
    server = serve()
    dataset = brought(server, drawn)
    open_view(tab, server, "Images")
    path = tab.locator(".tile").first.get_attribute("data-id")
    tab.locator(".tile .open").first.click()
    tab.get_by_role("dialog").get_by_role("button", name="Exclude").click()
    expect(tab.get_by_role("dialog")).to_have_count(0)
    expect(tab.get_by_text("1 is excluded.")).to_be_visible()
    assert path not in set(dataset.images["path"])
    choose(tab, "Split", "excluded")
    shown(tab, 1)
    tab.locator(".tile .open").first.click()
    tab.get_by_role("dialog").get_by_role("button", name="Put back").click()
    expect(tab.get_by_text("No image is like that.")).to_be_visible()
    assert path in set(dataset.images["path"])


def test_filters_survive_a_reload_and_the_way_back(serve, tab: Page, faulty: Path):
    server = serve()
    brought(server, faulty)
    open_view(tab, server, "Images")
    choose(tab, "Class", "cats")
    field = tab.get_by_role("textbox", name="Name contains")
    field.fill("p03")
    field.press("Enter")
    expect(tab.locator(".tile[data-id^='cats/p03_']").first).to_be_visible()
    expect(tab).to_have_url(re.compile("gallery_class=cats.*gallery_text=p03"))
    expect(tab.locator(".tile:not([data-id^='cats/p03_'])")).to_have_count(0)
    tab.reload()
    expect(tab.locator(".tile[data-id^='cats/p03_']").first).to_be_visible()
    expect(tab.locator(".tile:not([data-id^='cats/p03_'])")).to_have_count(0)
    expect(field).to_have_value("p03")

    # The images of a finding are shown whatever was filtered for before.
    turn_to(tab, "Check-up")
    tab.get_by_role("button", name="Look at all 2").first.click()
    shown(tab, 2)


def test_classes_are_renamed_and_put_in_another_order(serve, tab: Page, drawn: Path):
    server = serve()
    dataset = brought(server, drawn)
    open_view(tab, server, "Changes")
    type_into(tab, row=0, column=1, before="cats", text="kittens")
    expect(tab.get_by_text("Class “cats” renamed “kittens” ·")).to_be_visible()
    assert dataset.class_names == ("dogs", "kittens")
    expect(tab.get_by_test_id("glide-cell-1-0")).to_have_text("dogs")
    type_into(tab, row=1, column=0, before="2", text="1")
    expect(tab.get_by_text("Classes put in order ·")).to_be_visible()
    assert dataset.class_names == ("kittens", "dogs")
    type_into(tab, row=1, column=1, before="dogs", text="kittens")
    expect(tab.get_by_text("There is a class “kittens” already.")).to_be_visible()
    # What was typed before is not taken for the next change, nor does it come back with an undo.
    tab.get_by_role("button", name="Undo").last.click()
    expect(tab.get_by_text("renamed “kittens”")).to_have_count(0)
    expect(tab.get_by_text("There is a class “kittens” already.")).to_have_count(0)
    assert [edit.action for edit in dataset.edits.standing()] == ["order"]


def type_into(tab: Page, row: int, column: int, before: str, text: str) -> None:
    """Type into a cell of the table, which is a canvas to the browser, once that cell says what it said before."""
    expect(tab.get_by_test_id(f"glide-cell-{column}-{row}")).to_have_text(before)
    box = tab.get_by_test_id("stDataFrame").bounding_box()
    tab.mouse.dblclick(box["x"] + box["width"] * (0.25 + 0.5 * column), box["y"] + 35 * (row + 1) + 17)
    editor = tab.locator("#portal").locator("input, textarea")
    editor.fill(text)
    editor.press("Enter")


def test_files_that_came_and_went_are_read_in(serve, tab: Page, drawn: Path, tmp_path: Path):
    server = serve()
    folder = Path(shutil.copytree(drawn, tmp_path / "mine"))
    dataset = brought(server, folder)
    before = dataset.images.set_index("path")["split"]
    (folder / "cats" / "p00_0.png").unlink()
    shutil.copyfile(folder / "cats" / "p01_0.png", folder / "cats" / "p09_0.png")
    open_view(tab, server, "Changes")
    tab.get_by_role("button", name="Look for changed files").click()
    expect(tab.get_by_text("1 new, 1 gone, 0 changed.")).to_be_visible()
    tab.get_by_role("button", name="Read them in").click()
    expect(tab.get_by_text("1 new, 1 gone, 0 changed.")).to_be_hidden()
    turn_to(tab, "Check-up")
    expect(tab.get_by_text("1 picture is there more than once")).to_be_visible()
    after = dataset.images.set_index("path")["split"]
    assert "cats/p09_0.png" in after
    assert after.drop("cats/p09_0.png").to_dict() == before.drop("cats/p00_0.png").to_dict()


def test_names_of_classes_and_files_are_only_shown(serve, tab: Page, drawn: Path, tmp_path: Path):
    server = serve()
    for number, name in enumerate(HOSTILE):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for picture in sorted((drawn / ("cats", "dogs")[number % 2]).iterdir())[number * 6 : number * 6 + 6]:
            shutil.copyfile(picture, tmp_path / "pets" / name / f"{picture.stem} $y$ *z*.png")
    brought(server, tmp_path / "pets")
    for view in VIEWS:
        open_view(tab, server, view)
        expect(tab.get_by_text("18 images in 3 classes")).to_be_visible()
        expect(tab.get_by_test_id("stMain").locator("img[src='x'], .katex, .tile strong, .tile code")).to_have_count(0)
    open_view(tab, server, "Images")
    expect(tab.locator(".tile .first").get_by_text(HOSTILE[0], exact=True).first).to_be_visible()
    tab.locator(".tile .open").first.click()
    expect(tab.get_by_role("dialog").get_by_text("$y$ *z*.png")).to_be_visible()
    expect(tab).to_have_title(re.compile("Image Classification Workbench"))


def test_nothing_scrolls_sideways_on_a_narrow_screen(serve, chromium, faulty: Path):
    server = serve()
    brought(server, faulty)
    context = chromium.new_context(viewport={"width": 400, "height": 800})
    tab = context.new_page()
    for view in VIEWS:
        open_view(tab, server, view)
        main = tab.get_by_test_id("stMain")
        assert main.evaluate("box => box.scrollWidth - box.clientWidth") <= 1, view
    context.close()


def test_a_question_is_answered_by_the_columns_of_a_table(serve, tab: Page, drawn: Path, tmp_path: Path):
    """From the path of a table whose columns nobody could tell to images that are read in, and read otherwise."""
    folder = shutil.copytree(drawn, tmp_path / "pets")
    paths = sorted(folder.rglob("*.png"))
    rows = [
        f"{path.relative_to(folder)},{path.parent.name},{path.name.split('_')[0]},{'day' if n % 2 else 'night'}"
        for n, path in enumerate(paths)
    ]
    (folder / "pets.csv").write_text("\n".join(["image,animal,owner,light", *rows]), encoding="utf-8")
    server = serve()
    tab.goto(f"{server.address}/dataset")
    tab.get_by_role("tab", name="A folder or file by its path").click()
    tab.get_by_label("Path of a folder or file on this computer").fill(str(folder / "pets.csv"))
    tab.get_by_role("button", name="Import from this path").click()
    expect(tab.get_by_text("pets can be read in more than one way.")).to_be_visible()
    read_in = tab.get_by_role("button", name="Read them in so")
    expect(read_in).to_be_disabled()
    tab.locator("label").filter(has_text="column “light”").click()
    expect(tab.get_by_text("48 of 48 rows find their image. 48 images in 2 classes: day 24, night 24.")).to_be_visible()
    tab.locator("label").filter(has_text="column “animal”").click()
    expect(tab.get_by_text(re.compile("48 images in 2 classes: cats? 24, dogs? 24."))).to_be_visible()
    choose(tab, "Group column", "owner")
    expect(tab.get_by_text("groups from the column “owner” of pets.csv.")).to_be_visible()
    read_in.click()
    expect(tab.get_by_text("pets holds 48 images in 2 classes")).to_be_visible()
    expect(tab.get_by_text("Labels from the column “animal” of pets.csv, no split came with them")).to_be_visible()
    assert open_dataset(Workspace.at(server.home), "pets").images["given_group"].nunique() == 16

    tab.get_by_role("button", name="Read otherwise…").click()
    tab.get_by_role("button", name="Leave it as it is").wait_for()
    field = tab.get_by_role("combobox", name="Label column")
    field.press("Backspace")
    field.fill("light")
    field.press("Enter")
    field.press("Tab")
    expect(tab.get_by_text("48 images in 2 classes: day 24, night 24.")).to_be_visible()
    expect(read_in).to_have_count(1)  # the one of the reading before gives way to that of this one
    read_in.click()
    expect(read_in).to_have_count(0)
    expect(tab.get_by_text("Labels from the column “light” of pets.csv")).to_be_visible()
