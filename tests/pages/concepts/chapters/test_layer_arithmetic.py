"""The chapter on layer arithmetic, as a visitor reads it."""

import pytest

from core.concepts.layers.layer_arithmetic import padded_by
from core.runs.draft import Draft
from pages.concepts.layer_arithmetic.sliding_window import length_formula, loss_in_words


@pytest.fixture
def chapter(visit):
    return lambda **query: visit("concepts", chapter="layers", **query)


def drawn(tab):
    return "".join(part.value for part in tab.at.main.get("html"))


def formulas(tab):
    return [part.value for part in tab.at.main.get("latex")]


def test_a_stride_that_does_not_divide_is_said_and_the_cell_that_is_never_seen_is_marked(chapter):
    tab = chapter()
    assert "= 5.5 is no whole number" in tab.words
    assert "Cell 11 (counted from 0) no step looks at." in tab.words
    assert drawn(tab).count('class="unseen"') == 2  # and its key
    assert any(r"\frac{12 - 3 + 2 \cdot 0}{2} \right\rfloor + 1 = 5" in formula for formula in formulas(tab))


def test_the_window_moves_with_the_step_and_both_stand_in_the_link(chapter):
    tab = chapter(stride="1")
    first = drawn(tab)
    assert "Step 1 looks at 0, 1, 2." in first
    tab.set("Step", 10)
    assert "Step 10 looks at 9, 10, 11." in drawn(tab)
    assert tab.query["step"] == "10"
    # A longer stride leaves fewer steps: the last there is.
    tab.set("Stride S", 3)
    assert "Step 4 looks at 9, 10, 11." in drawn(tab)
    assert "no whole number" not in tab.words


def test_padding_and_dilation_are_in_the_formula(chapter):
    tab = chapter(length="9", kernel="3", stride="1", dilation="2", padding="zeros", zeros="2")
    assert "D(K − 1) + 1 = 2·(3 − 1) + 1 = 5" in tab.words
    assert any("9 - 5 + 2" in formula and "= 9" in formula for formula in formulas(tab))
    tab.set("Padding", "same")
    assert any(r"\left\lceil \frac{9}{1} \right\rceil = 9" in formula for formula in formulas(tab))
    assert "2 before and 2 behind" in tab.words


@pytest.mark.parametrize("view", ["line", "image"])
def test_a_window_that_does_not_fit_is_told_with_the_formula(chapter, view):
    tab = chapter(view=view, length="4", kernel="5", stride="1")
    assert "(4 − 5 + 0) / 1 + 1 = 0, so nothing comes out" in tab.errors[0]
    tab.set("Padding", "same")
    assert not tab.errors


def test_a_stride_larger_than_the_image_looks_once(chapter):
    tab = chapter(length="4", kernel="2", stride="64")
    assert "Cells 2, 3 (counted from 0) no step looks at." in tab.words


def test_a_forged_link_opens_the_nearest(chapter):
    tab = chapter(view="lime", length="many", kernel="0", stride="-3", padding="sane", step="1e99", zeros="nan")
    assert len(tab.at.warning) == 7
    assert not tab.errors
    assert "Each row is a step" in drawn(tab)


def test_of_what_is_long_the_part_around_the_window_is_drawn(chapter):
    tab = chapter(length="227", kernel="11", stride="4", step="30")
    assert any("= 55" in formula for formula in formulas(tab))
    assert "Each row is a step, and gives one number; cells 97 to 144" in drawn(tab)
    assert "looks at 116, 117" in drawn(tab)
    assert drawn(tab).count('class="window"') == 2 * 11 + 1  # of the side, of its step, and the key
    tab.set("Step", 55)
    assert "cells 179 to 226" in drawn(tab)
    tab = chapter(view="image", length="227", kernel="11", stride="4", step="3025")
    assert "In: 227 × 227, around row 216, column 216" in drawn(tab)
    assert "Out: 55 × 55, around row 54, column 54" in drawn(tab)
    assert drawn(tab).count('class="window"') == 121 + 1
    assert drawn(tab).count('class="answer"') == 1 + 1


@pytest.mark.parametrize(
    "query", [{"kernel": "64", "dilation": "16"}, {"length": "1", "kernel": "64"}, {"length": "1024"}]
)
def test_both_kinds_of_same_stand_at_the_extremes(chapter, query):
    tab = chapter(view="same", **query)
    assert "TensorFlow" in drawn(tab)
    assert not tab.errors


def test_both_kinds_of_same_are_shown_with_their_answers(chapter):
    tab = chapter(view="same", length="6")
    assert "Both give 3 numbers a side, but not the same ones" in tab.words.replace("**", "")
    html = drawn(tab)
    assert "TensorFlow: 0 before, 1 behind" in html
    assert "PyTorch: 1 before, 1 behind" in html
    # The first sums of 1…36 under a window of ones: rows 0 to 2, and zeros with rows 0 and 1.
    assert '<td class="answer">72</td>' in html
    assert '<td class="answer">18</td>' in html
    tab.set("Length L", 7)
    assert "Here both agree: zeros before: 1, behind: 1." in tab.words


def test_the_parameters_of_layers_are_worked_out(chapter):
    tab = chapter(view="weights")
    assert "3 × 3 × 1 × 10 = 90" in tab.words
    assert "4,096 × 500 = 2,048,000" in tab.words
    assert "convolution 90, dense 2,048,000" in tab.chart_texts()[0]
    tab.set("Image side n", 2)
    assert "does not fit" in tab.errors[0]


def test_whole_networks_are_shown_as_they_were_published(chapter):
    tab = chapter(view="networks", network="vgg16")
    assert "138,357,544 parameters" in tab.words
    tab.set("Network", "perceptron")
    assert "7,993 parameters" in tab.words


def test_in_your_network_its_layers_are_worked_out_and_its_first_window_is_linked(chapter, pets):
    Draft(pets).choose(architecture="small_cnn")
    tab = chapter(dataset=pets.name)
    assert "of them in 4 convolutions" in tab.words
    link = next(each for each in tab.at.main.get("page_link") if "Its first window" in each.label)
    assert "length=96" in link.proto.query_string
    assert "padding=same" in link.proto.query_string


def test_a_network_without_convolutions_says_so(chapter, pets):
    Draft(pets).choose(architecture="perceptron")
    assert "has no convolution and no pooling" in chapter(dataset=pets.name).words


def test_words_and_formula_of_what_divides():
    assert loss_in_words(padded_by(0, 11, 3, 2)) == ""
    general, numbers = length_formula(padded_by(1, 5, 3), "zeros")
    assert general == r"L' = \frac{L - K + 2P}{S} + 1"
    assert numbers == r"\frac{5 - 3 + 2 \cdot 1}{1} + 1 = 5"
    assert "Only zeros are left over" in loss_in_words(padded_by(1, 8, 3, 2))
