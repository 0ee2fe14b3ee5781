"""What the check-up found: shown with its images, fixed, accepted, and undone."""

from core.datasets.checkup import check


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
