"""The chapter on backpropagation, as a visitor reads it."""

import re

import pytest

from core.runs.draft import Draft


@pytest.fixture
def chapter(visit):
    return lambda **query: visit("concepts", chapter="backpropagation", **query)


def drawn(tab):
    return "".join(part.value for part in tab.at.main.get("html"))


def losses(tab):
    """Before and after the step."""
    return [float(number) for number in re.search(r"loss from ([\d.]+) to \*\*([\d.]+)", tab.source).groups()]


def test_a_cell_of_each_result_is_written_out(chapter):
    tab = chapter(input="1 2 3; 4 5 6; 7 8 9", kernel="1 2; 3 4", loss="linear", delta="1 2; 3 4", follow="output")
    assert "**y** at row 0, column 0: 1·1 + 2·2 + 4·3 + 5·4 = 37" in tab.words
    tab.set("Follow a cell of", "kernel").set("Cell", 4)
    assert "**∂L/∂w** at row 1, column 1: 5·1 + 6·2 + 8·3 + 9·4 = 77" in tab.words
    tab.set("Follow a cell of", "input").set("Cell", 5)
    assert "**∂L/∂x** at row 1, column 1: 1·4 + 2·3 + 3·2 + 4·1 = 20" in tab.words
    assert drawn(tab).count('<td class="answer">') == 1


def test_all_gradients_are_checked_while_one_looks(chapter):
    for query in ({}, {"loss": "linear"}, {"kernel": "1"}, {"view": "average"}, {"view": "max", "map": "1 2; 3 4"}):
        tab = chapter(**query)
        assert "Checked" in tab.words, query
    assert "13 gradients against central differences" in chapter().words


def test_huge_numbers_are_checked_within_what_can_be_measured(chapter):
    tab = chapter(input="1e9 2 3; 4 -1e9 6; 7 8 1e9", target="1e9 0; 0 -1e9")
    assert "Checked" in tab.words
    assert not tab.errors


def test_a_step_lowers_the_loss_and_one_that_is_too_long_does_not(chapter):
    tab = chapter()
    before, after = losses(tab)
    assert after < before
    tab.press("Take the step")
    assert losses(tab)[0] == pytest.approx(after, rel=1e-2)
    assert tab.query["kernel"] != "1 0; -1 2"
    tab.set("Learning rate", 1.0)
    assert "the step is too long" in tab.words


def test_what_is_no_matrix_is_told_and_the_last_one_goes_on(chapter):
    tab = chapter()
    tab.set("Kernel w", "1 x; 2 3")
    assert tab.errors == ["Row 1, number 2: “x” is no number."]
    assert "**∂L/∂w** at row 0" in tab.words
    tab.set("Kernel w", "")
    assert "There are no numbers" in tab.errors[0]


@pytest.mark.parametrize("kernel", ["1 2 3 4", "1; 2; 3; 4"])
def test_a_kernel_larger_than_the_input_is_told(chapter, kernel):
    tab = chapter(kernel=kernel)
    assert "does not fit on the input of 3 × 3" in tab.errors[0]
    tab.set("Kernel w", "1 0")
    assert not tab.errors


def test_a_target_of_another_shape_is_fitted_with_a_word(chapter):
    tab = chapter(kernel="0")
    assert "3 × 3 numbers are needed, 2 × 2 are typed" in tab.words
    assert not tab.errors


def test_max_pooling_sends_all_to_the_winner_and_average_pooling_a_part_to_each(chapter):
    tab = chapter(view="max", map="1 3; 2 0", above="8")
    assert "The window's largest is 3, at row 0, column 1: it takes all of δ = **8**" in tab.words
    assert "= **2**" in chapter(view="average", map="1 3; 2 0", above="8").words


def test_ties_are_where_libraries_differ(chapter):
    tab = chapter(view="max", map="5 5; 1 5", above="6")
    assert "3 cells of the window tie at 5" in tab.words
    assert "its GlobalMaxPooling **2** to each" in tab.words
    assert "Where cells tie there is no gradient" in tab.words
    assert "GlobalMaxPooling" in drawn(tab)
    tab.set("Input x", "5 4; 1 3")
    assert "GlobalMaxPooling" not in drawn(tab)


def test_a_window_larger_than_the_map_is_told_and_a_stride_larger_than_it_looks_once(chapter):
    tab = chapter(view="max", map="1 3; 2 0", size="3")
    assert "A window of 3 × 3 does not fit on a map of 2 × 2" in tab.errors[0]
    tab.set("Window", 2).set("Stride", 12)
    assert not tab.errors
    assert "largest is 3" in tab.words


def test_a_forged_link_opens_the_nearest(chapter):
    tab = chapter(view="maximum", input="letters", kernel="1 2; 3", rate="7", cell="0", follow="<b>", size="0")
    assert len(tab.at.warning) == 7
    assert not tab.errors


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("small_cnn", "of each of its 432 numbers is a sum of 9,216 products"),
        ("perceptron", "has no convolution"),
        ("two_conv", "It has no max pooling"),
        ("vgg16", "numbers are frozen"),
    ],
)
def test_in_your_network_the_sums_are_those_of_its_layers(chapter, pets, network, words):
    Draft(pets).choose(architecture=network)
    assert words in chapter(dataset=pets.name).words.replace("**", "")
