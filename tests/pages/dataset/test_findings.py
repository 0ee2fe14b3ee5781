"""What the check-up found: shown with its images, fixed, accepted, and undone."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.datasets.checkup import check
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import


def kinds(dataset):
    return {finding.kind for finding in check(dataset).findings}


def test_a_finding_shows_its_images_and_why_it_matters(visit, faulty):
    page = visit("dataset")
    assert "**1 picture is there more than once**" in page.words
    assert "Copies count double" in page.words
    shown = {tile["id"] for tile in page.tiles}
    assert set(check(faulty).find("exact_duplicates").paths) <= shown
    assert set(check(faulty).find("two_labels").paths) <= shown


def test_a_finding_is_fixed_with_its_button_and_that_is_undone(visit, faulty):
    page = visit("dataset").press("Keep one of each, exclude the others")
    assert "exact_duplicates" not in kinds(faulty)
    assert "1 image excluded: 1 picture is there more than once." in page.words
    assert "1 is excluded." in page.words
    page.press("Undo")
    assert "exact_duplicates" in kinds(faulty)
    assert "excluded" not in page.words.split("Undo")[0].split("**1 picture")[0]
    assert "Undo" not in page.buttons


def test_a_finding_is_accepted_and_that_is_undone(visit, faulty):
    page = visit("dataset")
    page.at.button(key="accept_two_labels").click()
    page.run()
    assert "two_labels" not in kinds(faulty)
    assert "2 images found to be all right: 1 picture is under two labels." in page.words
    page.press("Undo")
    assert "two_labels" in kinds(faulty)


def test_the_images_of_a_finding_are_opened_in_the_gallery(visit, faulty):
    page = visit("dataset", view="Images").set("Class", "cats").set("Name contains", "9").set("View", "Check-up")
    (look,) = [button for button in page.at.button if (button.key or "").startswith("look_two_labels")]
    look.click()
    page.run()
    assert page.setting("View").value == "Images"
    assert page.setting("Finding").value == "two_labels"
    assert [tile["id"] for tile in page.tiles] == list(check(faulty).find("two_labels").paths), "copies side by side"


def test_files_that_are_no_images_have_nothing_to_click(visit, faulty):
    page = visit("dataset")
    assert "**1 file that can't be used**" in page.words
    keys = {button.key for button in page.at.button}
    assert not keys & {"fix_unreadable", "accept_unreadable"}


def test_what_was_excluded_long_ago_is_not_offered_to_be_undone_at_the_top(visit, faulty):
    visit("dataset").press("Keep one of each, exclude the others")
    assert "Undo" not in visit("dataset").buttons, "another tab, which did not do it"


@pytest.fixture
def signs(workspace, tmp_path):
    """Six people, each of whom shows two signs before a wall of their own."""
    for person in range(6):
        blocks = np.random.default_rng(person).integers(40, 220, (6, 6, 3), dtype=np.uint8)
        for sign, label in ((1, "<b>one"), (2, "two")):
            picture = Image.fromarray(blocks).resize((96, 96))
            for finger in range(sign):
                ImageDraw.Draw(picture).line((48, 60, 36 + 20 * finger, 24), fill=(205, 160, 130), width=6)
            path = tmp_path / "signs" / label / f"{person}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
    return run_import(create_from_path(workspace, tmp_path / "signs"))


def test_pairs_under_two_labels_stand_side_by_side_with_their_difference(visit, signs):
    page = visit("dataset")
    assert "Look at the difference" in page.words
    pair = check(signs).find("nearly_two_labels").sets[0]
    tiles = page.tiles
    first = [tile["id"] for tile in tiles].index(pair[0])
    assert [tile["id"] for tile in tiles[first : first + 3]] == [*pair, "difference"]
    assert "% of the picture, by up to" in page.words
    assert not [label for label in page.buttons if "xclude" in label]


def test_each_way_to_settle_a_pair_takes_one_click_and_is_undone(visit, signs):
    first, second = check(signs).find("nearly_two_labels").sets[0]
    labels = signs.images.set_index("path")["label"]
    page = visit("dataset")
    page.at.button(key="right_0").click()
    page.run()
    assert not {first, second} & set(check(signs).find("nearly_two_labels").paths)
    page.press("Undo")
    page.at.button(key="both_0_False").click()
    page.run()
    assert signs.images.set_index("path").at[first, "label"] == labels[second]
    page.press("Undo")
    page.at.button(key="both_0_True").click()
    page.run()
    assert signs.images.set_index("path").at[second, "label"] == labels[first]


def test_more_pairs_are_shown_when_asked_for(visit, signs):
    page = visit("dataset")
    before = sum(tile["id"] == "difference" for tile in page.tiles)
    page.press(next(label for label in page.buttons if label.startswith("Show ")))
    assert sum(tile["id"] == "difference" for tile in page.tiles) > before


def test_a_pair_whose_picture_is_gone_is_shown_without_a_difference(visit, signs, tmp_path):
    for path in check(signs).find("nearly_two_labels").paths:
        (tmp_path / "signs" / path).unlink()
    page = visit("dataset")
    assert "Both are right" in page.buttons
    assert "difference" not in [tile["id"] for tile in page.tiles]


def test_features_have_a_say_where_a_run_is_at_hand(visit, signs, trained):
    trained(signs)
    page = visit("dataset", dataset="signs").press("Ask the features of a run")
    first, _ = check(signs).find("nearly_two_labels").sets[0]
    assert f"{first}: the features agree with “<b>one” (90%)." in page.words
    assert "By the features of a network." in page.words
    assert "Ask the features of a run" not in page.buttons


def test_torn_groups_are_kept_on_one_side_with_a_click_and_torn_again_with_an_undo(
    visit, workspace, tmp_path, write_picture
):
    for smear in range(12):
        for x in range(4):
            write_picture(tmp_path / "smears" / "AB"[x % 2] / f"BloodImage_{smear:05}_{x}_{7 * x}.png")
    dataset = run_import(create_from_path(workspace, tmp_path / "smears"))
    page = visit("dataset")
    assert "groups of images torn apart" in page.words
    assert "Names like BloodImage_{group}_* tell what belongs together: 12 groups" in page.words
    page.press("Keep each group on one side")
    assert dataset.split_settings.group_by == "BloodImage_{group}_*"
    assert "groups of images torn apart" not in page.words.partition("Undo")[2]
    assert "Images divided by groups (BloodImage_{group}_*)" in page.words
    page.press("Undo")
    assert dataset.split_settings.group_by == ""
    assert "Keep each group on one side" in page.buttons
