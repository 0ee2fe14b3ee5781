"""The gallery: what filters leave, in which order, and what the URL says of them."""

import pytest

from core.datasets.editing import exclude, relabel
from core.datasets.splits import SplitSettings


def gallery(visit, **query):
    return visit("dataset", view="Images", **query)


def test_the_gallery_has_pages_and_filters(visit, pets):
    pets.set_split(SplitSettings(test=0.25))
    page = gallery(visit)
    assert "**40** images." in page.words
    assert len(page.tiles) == 40
    page.set("Class", "cats").set("Split", "test")
    assert "**5** images." in page.words
    assert {tile["caption"] for tile in page.tiles} == {"cats"}
    assert {tile["second"] for tile in page.tiles} == {"test"}


def test_many_images_come_on_pages(visit, many):
    page = gallery(visit)
    (pages,) = page.at.main.get("pagination")
    first = [tile["id"] for tile in page.tiles]
    pages.set_value(3)
    last = [tile["id"] for tile in page.run().tiles]
    assert (len(first), len(last)) == (48, 105 - 2 * 48)
    assert not set(first) & set(last)
    page.set("Class", "class 3")
    assert len(page.tiles) == 5
    assert len(page.at.main.get("pagination")) == 0


def test_part_of_a_file_name_is_looked_for_as_it_is_written(visit, pets):
    page = gallery(visit).set("Name contains", "CATS/1")
    assert {tile["id"] for tile in page.tiles} == {"cats/1.png", *(f"cats/1{digit}.png" for digit in range(10))}
    page.set("Name contains", "cats.1")
    assert "No image is like that." in page.words


def test_the_order_is_chosen(visit, pets):
    page = gallery(visit).set("Order", "name")
    paths = [tile["id"] for tile in page.tiles]
    assert paths == sorted(paths)
    page.set("Order", "darkest first")
    by_path = pets.images.set_index("path")["brightness"]
    brightness = [by_path[tile["id"]] for tile in page.tiles]
    assert brightness == sorted(brightness)


def test_excluded_images_have_a_place_of_their_own_with_the_reason(visit, pets):
    exclude(pets, ["cats/0.png"], why="a <b>wolf</b>")
    exclude(pets, ["dogs/0.png"])
    page = gallery(visit)
    assert "cats/0.png" not in {tile["id"] for tile in page.tiles}
    page.set("Split", "excluded")
    assert {(tile["id"], tile["second"]) for tile in page.tiles} == {
        ("cats/0.png", "a <b>wolf</b>"),
        ("dogs/0.png", "excluded"),
    }


def test_images_without_a_label_have_a_place_of_their_own_and_are_given_one(visit, half_labelled):
    page = gallery(visit)
    assert "study holds 20 images in 2 classes, 10 in each, and 4 without a label." in page.words
    assert not [tile for tile in page.tiles if tile["id"].startswith("new/")]
    page.set("Split", "without a label")
    assert "**4** images." in page.words
    assert {(tile["id"], tile["caption"], tile["second"]) for tile in page.tiles} == {
        (f"new/{number}.png", "", "without a label") for number in range(4)
    }
    assert all(tile["title"].startswith(f"{tile['id']} · without a label · 8 × 8 px") for tile in page.tiles)
    relabel(half_labelled, ["new/0.png"], "cats")
    exclude(half_labelled, ["new/1.png"])
    assert {tile["id"] for tile in page.run().tiles} == {"new/2.png", "new/3.png"}
    assert "and 2 without a label. 1 is excluded." in page.words
    assert {tile["id"] for tile in page.set("Split", "excluded").tiles} == {"new/1.png"}


def test_where_all_have_a_label_nothing_is_said_of_those_without(visit, pets):
    page = gallery(visit)
    assert "without a label" not in page.setting("Split").options
    assert "without a label" not in page.words


def test_the_check_up_leads_to_the_images_without_a_label(visit, half_labelled):
    page = visit("dataset").press("Look at them")
    assert page.setting("View").value == "Images"
    assert len(page.tiles) == 4


def test_only_findings_that_show_images_can_be_filtered_for(visit, faulty):
    options = gallery(visit).setting("Finding").options
    assert {"exact duplicates", "two labels"} <= set(options)
    assert "unreadable" not in options


def test_a_link_to_a_view_outlives_changes(visit, faulty):
    before = gallery(visit, gallery_finding="exact duplicates").tiles
    exclude(faulty, [path for path in faulty.images["path"] if path not in {tile["id"] for tile in before}][:3])
    assert [tile["id"] for tile in gallery(visit, gallery_finding="exact duplicates").tiles] == [
        tile["id"] for tile in before
    ]
    assert visit("dataset", view="Changes").setting("View").value == "Changes"


@pytest.mark.parametrize("query", [{"gallery_class": "wolves"}, {"gallery_split": "x"}, {"gallery_finding": "leak"}])
def test_a_filter_in_the_url_that_is_none_any_more_is_passed_over(visit, pets, query):
    assert len(gallery(visit, **query).tiles) == 40


def test_awkward_class_names_can_be_filtered_for(visit, awkward):
    page = gallery(visit)
    assert set(awkward.class_names) <= set(page.setting("Class").options)
    for name in awkward.class_names:
        assert {tile["caption"] for tile in page.set("Class", name).tiles} == {name}
