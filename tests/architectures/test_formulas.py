"""The sums behind a layer's figures, held against those of the course and of papers."""

import math

import pytest

from core.architectures.formulas import formulas_of, totals_of
from core.architectures.layers import Layer, tabulate
from core.architectures.registry import ARCHITECTURES


def sums(layers, shape, place=-1):
    """The sums of a layer behind others, by their titles."""
    return {each.title: each for each in formulas_of(tabulate(layers, shape)[place], shape[0])}


def test_a_convolution_as_the_course_writes_it():
    found = sums((Layer("conv", 128, 3),), (28, 28, 64))
    assert found["Parameters"].text == "3 × 3 × 64 × 128 + 128 = 73,856"
    assert found["Parameters"].meanings == (
        ("3", "height"),
        ("3", "width"),
        ("64", "channels in"),
        ("128", "filters"),
        ("128", "a bias for each filter"),
        ("73,856", "parameters"),
    )
    assert found["Receptive field"].text == "1 + (3 − 1) × 1 = 3"
    assert found["Multiply–adds"].text == "3 × 3 × 64 × 100,352 = 57,802,752"
    assert found["Channels"].note == "128 channels leave it, one for each filter."


def test_each_number_has_its_meaning():
    terms = sums((Layer("conv", 4, 5, padding="valid"),), (32, 32, 1))["Height and width"]
    assert terms.text == "(32 − 5 + 2·0) / 1 + 1 = 28"
    assert dict(terms.meanings) == {
        "32": "L: pixels that come in",
        "5": "K: window",
        "2·0": "2P: no padding",
        "1": "S: stride",
    }


@pytest.mark.parametrize(
    ("side", "size", "stride", "text", "note"),
    [
        (28, 3, 1, "⌈28 / 1⌉ = 28", "P = 1 row of zeros on each side, so that (28 − 3 + 1 + 1) / 1 + 1 = 28."),
        (224, 3, 2, "⌈224 / 2⌉ = 112", "0 rows of zeros above and left, 1 below and right, where TensorFlow puts"),
        (28, 5, 1, "⌈28 / 1⌉ = 28", "P = 2 rows of zeros on each side"),
        (28, 1, 1, "⌈28 / 1⌉ = 28", "here no zeros are needed"),
        (28, 1, 2, "⌈28 / 2⌉ = 14", "here no zeros are needed"),
        (7, 4, 1, "⌈7 / 1⌉ = 7", "1 row of zeros above and left, 2 below and right"),
    ],
)
def test_same_padding_is_said_in_rows_of_zeros(side, size, stride, text, note):
    found = sums((Layer("conv", 4, size, stride=stride),), (side, side, 3))["Height and width"]
    assert found.text == text
    assert note in found.note


def test_a_stride_that_does_not_divide_says_what_is_never_looked_at():
    found = sums((Layer("conv", 4, 3, stride=2, padding="valid"),), (12, 12, 3))["Height and width"]
    assert found.text == "⌊(12 − 3 + 2·0) / 2⌋ + 1 = 5"
    assert "(12 − 3 + 2·0) / 2 + 1 = 5.5 is no whole number" in found.note
    assert "1 pixel at the edge would never be looked at: the last ones, below and on the right." in found.note


def test_dilation_widens_the_window():
    found = sums((Layer("conv", 4, 3, dilation=2, padding="valid"),), (12, 12, 3))
    assert found["Height and width"].text == "(12 − 5 + 2·0) / 1 + 1 = 8"
    assert "2 × (3 − 1) + 1 = 5" in found["Height and width"].note
    assert found["Receptive field"].text == "1 + (5 − 1) × 1 = 5"


def test_a_window_that_is_no_square_has_two_sums():
    found = sums((Layer("conv", 4, (1, 7), padding="valid"),), (17, 17, 3))
    assert (found["Height"].text, found["Width"].text) == ("(17 − 1 + 2·0) / 1 + 1 = 17", "(17 − 7 + 2·0) / 1 + 1 = 11")
    assert "So in width; in all, an output depends on 1 × 7 pixels." in found["Receptive field"].note


def test_the_receptive_field_grows_by_the_steps_before():
    pool = Layer("max_pool", size=2, stride=2, padding="valid")
    layers = (Layer("conv", 4, 5, padding="valid"), pool, Layer("conv", 4, 5, padding="valid"))
    assert sums(layers, (32, 32, 1), 1)["Receptive field"].note == "From here on, neighbours are 1 × 2 = 2 apart."
    assert sums(layers, (32, 32, 1))["Receptive field"].text == "6 + (5 − 1) × 2 = 14"


def test_a_field_larger_than_the_image_is_said_to_be():
    found = sums((Layer("conv", 4, 15),), (8, 8, 3))["Receptive field"]
    assert "more than the 8 there are" in found.note


@pytest.mark.parametrize(
    ("layers", "title", "text"),
    [
        ((Layer("flatten"),), "Output", "8 × 8 × 6 = 384"),
        ((Layer("zero_pad", edges=(0, 1)),), "Height and width", "8 + 0 + 1 = 9"),
        ((Layer("flatten"), Layer("dense", 10)), "Parameters", "384 × 10 + 10 = 3,850"),
        ((Layer("flatten"), Layer("dense", 10)), "Multiply–adds", "384 × 10 = 3,840"),
        ((Layer("depthwise", size=3, bias=False),), "Parameters", "3 × 3 × 6 = 54"),
        ((Layer("batch_norm"),), "Parameters", "4 × 6 = 24"),
        ((Layer("layer_scale"),), "Parameters", "6"),
        ((Layer("conv", 4, 1, name="a"), Layer("concatenate", inputs=("image", "a"))), "Channels", "6 + 4 = 10"),
    ],
)
def test_other_layers(layers, title, text):
    assert sums(layers, (8, 8, 6))[title].text == text


def test_grouped_filters_look_at_their_part_only():
    found = sums((Layer("conv", 8, 3, groups=4),), (8, 8, 8))["Parameters"]
    assert found.text == "3 × 3 × 2 × 8 + 8 = 152"
    assert "8 channels are divided into 4 groups, so that each filter looks at 2 of them" in found.note


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_sum_of_every_network_comes_out_at_what_the_table_says(name):
    architecture = ARCHITECTURES[name]
    for row in architecture.table(architecture.input_size, 5):
        found = {each.title: each for each in formulas_of(row, architecture.input_size)}
        outcomes = {
            title: each.text.rpartition("= ")[2].replace(",", "") for title, each in found.items() if each.terms
        }
        expected = {"Parameters": row.parameters, "Multiply–adds": row.multiplications, "Output": math.prod(row.shape)}
        expected |= {"Height and width": row.shape[0], "Height": row.shape[0], "Width": row.shape[1 % len(row.shape)]}
        expected |= {"Channels": row.shape[-1], "Receptive field": max(row.receptive_field or (0,))}
        assert outcomes == {title: str(expected[title]) for title in outcomes}
        assert all(each.terms or each.note for each in found.values())


def test_totals():
    totals = totals_of(ARCHITECTURES["vgg16"].table(224, 2))
    assert (totals.parameters, totals.trained, totals.frozen) == (14_715_714, 1_026, 14_714_688)
    assert totals.training_bytes == 16 * 1_026 + 4 * 14_714_688
    assert totals_of(ARCHITECTURES["vgg16"].table(224, 2), "sgd").training_bytes == 12 * 1_026 + 4 * 14_714_688
    assert totals.multiplications == pytest.approx(15.3e9, rel=0.01)
