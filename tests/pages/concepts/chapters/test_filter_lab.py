"""The filter lab: every view opens from its link, bad input is told in its place, and links that are wrong lead on."""

import io

import numpy as np
import pytest
from PIL import Image

from core.concepts.filters.filter_chain import FILTERS
from core.concepts.filters.kernels import KERNELS
from core.concepts.filters.library_differences import LIBRARY_DIFFERENCES
from core.concepts.matrix_text import read_matrix
from pages.concepts.chapters.filter_lab import VIEWS
from pages.concepts.filter_lab.kernel_editor import csv_of, npy_of, resized
from pages.concepts.filter_lab.shown_picture import png_of


@pytest.fixture
def lab(visit):
    """Opens the chapter: `lab(view="noise", side="3")`."""
    return lambda **state: visit("concepts", chapter="filters", **state)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_from_its_link(lab, view):
    tab = lab(view=view)
    assert not tab.errors
    assert not tab.at.warning
    assert tab.query == {"chapter": "filters", "view": view}


@pytest.mark.parametrize("kind", ["difference", "central", "sobel", "laplacian", "canny"])
def test_every_kind_of_edges_opens(lab, kind):
    assert not lab(view="edges", edges=kind).errors


@pytest.mark.parametrize("name", LIBRARY_DIFFERENCES)
def test_every_difference_between_libraries_opens(lab, name):
    tab = lab(view="libraries", difference=name)
    assert LIBRARY_DIFFERENCES[name].explanation in tab.source


def test_a_kernel_is_chosen_by_name_and_stands_in_the_url(lab):
    tab = lab().set("Kernel", "emboss")
    assert tab.query["kernel"] == "emboss"
    assert KERNELS["emboss"].explanation in tab.words


def test_a_kernel_is_typed(lab):
    tab = typed(lab(), "1 2\n1/2 0")
    assert tab.query["kernel"] == "1 2; 1/2 0"
    assert "add up to 3.5" in tab.words
    assert tab.setting("Kernel").value is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2\n3 x", "Row 2, number 2: “x” is no number"),
        ("1 2\n3", "Row 2 has 1 number"),
        ("1e300", "too large"),
        ("", "There are no numbers"),
        ("\n".join(["0 " * 32] * 2), "at most 31 × 31"),
    ],
)
def test_what_is_no_kernel_is_told_and_the_one_before_goes_on(lab, text, words):
    tab = typed(lab(kernel="emboss"), text)
    assert words in tab.errors[0]
    assert tab.query["kernel"] == "emboss"
    assert not typed(tab, "1 1").errors
    assert not typed(tab, text).set("Kernel", "edge").errors


def typed(tab, text: str):
    (field,) = [area for area in tab.at.text_area if area.label.startswith("Its numbers")]
    field.set_value(text)
    return tab.run()


def test_a_kernel_of_zeros_answers_zero(lab):
    assert "A kernel of zeros answers 0 everywhere" in lab(kernel="0 0; 0 0").words


def test_a_kernel_is_made_larger_and_smaller_around_its_middle(lab):
    tab = lab(kernel="sobel_x").set("Rows", 5)
    assert read_matrix(tab.query["kernel"]).tolist() == [[0, 0, 0], [1, 0, -1], [2, 0, -2], [1, 0, -1], [0, 0, 0]]
    tab.set("Rows", 1)
    assert read_matrix(tab.query["kernel"]).tolist() == [[2, 0, -2]]
    assert resized(np.array([[1, 2, 3, 4]]), 1, 3).tolist() == [[1, 2, 3]]
    assert resized(np.array([[1, 2, 3]]), 2, 4).tolist() == [[1, 2, 3, 0], [0, 0, 0, 0]]
    assert resized(np.array([[1, 2], [3, 4]]), 31, 31).sum() == 10


def test_a_forged_link_opens_the_nearest_with_a_word(lab):
    tab = lab(view="kernle", kernel="1 2; 3", stride="9999", dilation="-1", outside="void", shown="negative")
    assert len(tab.at.warning) == 6
    assert not tab.errors
    assert tab.query["stride"] == "512"


def test_a_stride_larger_than_the_picture_leaves_one_pixel(lab):
    assert "512 × 512 pixels in, 1 × 1 out" in lab(stride="512").words


def test_a_kernel_larger_than_the_picture_says_so_in_its_place(lab):
    tab = lab(view="numbers", numbers="1 2; 3 4", kernel="mean", padding="valid")
    assert "covers 3 × 3 pixels and the picture has only 2 × 2" in tab.errors[0]


@pytest.fixture
def odd_pictures(import_copy):
    """A dataset of an image of one pixel, one of a single row, one of 16 bits, and one of 10,000 pixels."""

    def write(sources):
        folder = sources / "odd" / "a"
        folder.mkdir(parents=True)
        (sources / "odd" / "b").mkdir()
        Image.new("RGB", (1, 1), "red").save(folder / "one.png")
        Image.new("L", (40, 1), 90).save(folder / "row.png")
        Image.fromarray(np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16).save(folder / "deep.png")
        Image.new("L", (10_000, 20), 90).save(folder / "long.png")
        for index in range(4):
            Image.new("RGB", (9, 9), (index, 0, 0)).save(sources / "odd" / "b" / f"{index}.png")
        return sources / "odd"

    return import_copy("odd pictures", write, name="odd")


@pytest.mark.parametrize("name", ["one", "row", "deep", "long"])
def test_odd_pictures_go_through_every_view(lab, odd_pictures, name):
    for view in VIEWS:
        for channels in ("grey", "colour"):
            tab = lab(dataset="odd", image=f"own:a/{name}.png", view=view, channels=channels, kernel="gaussian")
            assert not tab.errors
            assert "is not here" not in tab.words


def test_filters_in_a_row_are_added_taken_off_and_turned_around(lab):
    tab = lab(view="chain", chain="blur,sobel")
    tab.press("Turn around")
    assert tab.query["chain"] == "sobel,blur"
    tab.press("Last one off")
    assert tab.query["chain"] == "sobel"
    tab.set("Filter", "median_filter")
    assert tab.query["chain"] == "sobel,median_filter"
    assert FILTERS["median_filter"].title in tab.words


def test_a_filter_that_there_is_not_is_told_and_the_row_before_goes_on(lab):
    tab = lab(view="chain", chain="blur,sobel").set("Filters", "blur,<b>nothing</b>")
    assert "There is no filter '<b>nothing</b>'" in tab.errors[0]
    assert "2 Sobel magnitude" in tab.words
    assert not tab.set("Filters", "edge").errors


def test_noise_is_drawn_anew_and_the_best_filter_stands_out(lab):
    tab = lab(view="noise")
    assert "**Median" in tab.source
    tab.press("Draw again")
    assert tab.query["seed"] == "1"
    assert "**Wiener" in lab(view="noise", noise="gaussian", variance="400").source


def test_a_sharpening_that_no_eye_sees_is_said_to_be_one(lab):
    assert "try 1" not in lab(view="sharpen").words
    assert "with this one, try 1" in lab(view="sharpen", factor="0.025").words
    assert "is 0.7854 blurs" in lab(view="sharpen", factor="0.025", blur="gaussian_sum").words


def test_the_network_in_view_tells_of_its_first_convolution(lab, pets, trained):
    with_convolutions, without = trained(pets), trained(pets, settings={"architecture": "dense_20"})
    tab = lab(dataset="pets", run=with_convolutions.id)
    assert "kernels of 3 × 3" in tab.words
    assert "See its kernels" in tab.links
    assert "has no convolution" in lab(dataset="pets", run=without.id).words


def test_kernel_and_picture_can_be_taken_along():
    kernel = KERNELS["mean"].matrix
    assert np.array_equal(np.load(io.BytesIO(npy_of(kernel))), kernel)
    assert np.array_equal(np.loadtxt(io.StringIO(csv_of(kernel)), delimiter=","), kernel)
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_of(pixels)))), pixels)
