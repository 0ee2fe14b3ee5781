"""The tiles of images."""

from streamlit.testing.v1 import AppTest

from core.datasets.store import open_dataset
from pages.components.gallery import tile_of


def test_a_tile_tells_what_is_known_of_its_image(imported):
    dataset = imported("pets", {"cats": 3, "dogs": 3})
    row = dataset.images.iloc[0]
    tile = tile_of(dataset, row, "predicted dogs, 80%", wrong=True)
    assert tile.id == "cats/0.png"
    assert tile.source.startswith("data:image/jpeg;base64,")
    assert tile.title == f"cats/0.png · cats · {row['split']} · 8 × 8 px · predicted dogs, 80%"
    assert (tile.caption, tile.second, tile.wrong) == ("cats", "predicted dogs, 80%", True)
    assert tile.colour == "#E69F00"


def test_an_image_that_is_gone_has_a_tile_without_a_picture(imported, workspace):
    dataset = imported("pets", {"gone cats": 3, "dogs": 3})
    row = dataset.images[dataset.images["label"] == "gone cats"].iloc[0]
    dataset.path_of(row["path"]).unlink()
    assert tile_of(open_dataset(workspace, "pets"), row).source == ""


def test_an_image_of_a_class_that_the_dataset_has_no_longer(imported):
    dataset = imported("pets", {"cats": 3, "dogs": 3})
    row = dataset.images.iloc[0].copy()
    row["label"] = "owls"
    assert tile_of(dataset, row).colour == ""


def test_a_gallery_in_which_nothing_was_done_yet():
    def page():
        import streamlit as st

        from pages.components.gallery import Tile, clear_selection, show_tiles

        clear_selection("tiles")
        st.text(show_tiles([Tile("a", "", "image a")], "tiles", clickable=True, selectable=True))
        st.text(show_tiles([Tile("a", "", "image a")], "plain"))

    drawn = AppTest.from_function(page).run(timeout=60)
    assert not drawn.exception
    assert [text.value for text in drawn.text] == ["Shown(opened=None, selected=())"] * 2


def test_images_to_select_and_one_that_is_large_with_more_to_do(imported):
    def page(dataset):
        import streamlit as st

        from pages.components.gallery import show_images, show_large

        st.text(show_images(dataset, dataset.images, "images", selectable=True))
        show_large(dataset, dataset.images.iloc[0], details=lambda row: st.button(f"Leave out {row['path']}"))

    drawn = AppTest.from_function(page, args=(imported("pets", {"cats": 3, "dogs": 3}),)).run(timeout=60)
    assert not drawn.exception
    assert drawn.text[0].value == "()"
    assert "**Path:** cats/0\\.png" in [markdown.value for markdown in drawn.markdown]
    assert [button.label for button in drawn.button] == ["Leave out cats/0.png"]
