"""Shapes, parameters, multiplications and receptive fields, held against figures worked out by hand."""

import pytest

from core.architectures.layers import (
    KINDS,
    TO_SIGNED,
    TO_UNIT,
    ImpossibleLayer,
    Layer,
    count_parameters,
    does_not_divide,
    in_words,
    output_shape,
    parameter_terms,
    shape_in_words,
    shape_sum,
    tabulate,
)
from core.errors import UsageError

MAP = (9, 7, 16)
CASES = [
    (Layer("rescale"), (9, 7, 3), (9, 7, 3), 0),
    (Layer("standardise"), (9, 7, 3), (9, 7, 3), 0),
    (Layer("caffe"), (9, 7, 3), (9, 7, 3), 0),
    (Layer("grey"), (9, 7, 3), (9, 7, 1), 0),
    # 3 × 3 × 3 weights for each of 16 filters, and a bias each.
    (Layer("conv", 16, 3), (9, 7, 3), (9, 7, 16), 432 + 16),
    (Layer("conv", 16, 3, bias=False), (9, 7, 3), (9, 7, 16), 432),
    (Layer("conv", 8, 5, bias=False), (9, 7, 1), (9, 7, 8), 200),
    (Layer("conv", 8, (1, 7), bias=False), MAP, (9, 7, 8), 7 * 16 * 8),
    (Layer("conv", 8, (1, 7), padding="valid", bias=False), MAP, (9, 1, 8), 7 * 16 * 8),
    # Four groups of four channels, each with two filters: a quarter of the weights.
    (Layer("conv", 8, 3, groups=4), MAP, (9, 7, 8), 9 * 4 * 8 + 8),
    (Layer("conv", 16, 7, groups=16), MAP, (9, 7, 16), 49 * 16 + 16),
    (Layer("conv", 4, 3, stride=2), (9, 8, 1), (5, 4, 4), 40),
    # A window of 3 with dilation 2 reaches over 5 pixels.
    (Layer("conv", 4, 3, dilation=2, padding="valid"), (9, 7, 1), (5, 3, 4), 40),
    (Layer("depthwise", size=3, bias=False), MAP, MAP, 144),
    (Layer("depthwise", size=3, stride=2), MAP, (5, 4, 16), 160),
    (Layer("zero_pad", edges=(0, 1)), MAP, (10, 8, 16), 0),
    (Layer("zero_pad", edges=(3, 3)), MAP, (15, 13, 16), 0),
    (Layer("max_pool", size=2, stride=2, padding="valid"), MAP, (4, 3, 16), 0),
    (Layer("max_pool", size=3, stride=2, padding="valid"), MAP, (4, 3, 16), 0),
    (Layer("average_pool", size=2, stride=2), MAP, (5, 4, 16), 0),
    # Scale, shift, running mean and running variance of each channel; three without the scale.
    (Layer("batch_norm"), MAP, MAP, 64),
    (Layer("batch_norm", scale=0.0), MAP, MAP, 48),
    (Layer("layer_norm"), MAP, MAP, 32),
    (Layer("layer_norm"), (16,), (16,), 32),
    (Layer("layer_scale"), MAP, MAP, 16),
    (Layer("activation", activation="relu"), MAP, MAP, 0),
    (Layer("dropout", rate=0.5), (16,), (16,), 0),
    (Layer("flatten"), MAP, (1008,), 0),
    (Layer("global_average_pool"), MAP, (16,), 0),
    (Layer("global_max_pool"), MAP, (16,), 0),
    (Layer("to_map"), (16,), (1, 1, 16), 0),
    (Layer("dense", 3), (16,), (3,), 51),
    (Layer("dense", 3, bias=False), (16,), (3,), 48),
    (Layer("pointwise", 3), MAP, (9, 7, 3), 51),
]


@pytest.mark.parametrize(("layer", "shape", "expected", "parameters"), CASES)
def test_what_a_layer_does(layer, shape, expected, parameters):
    assert output_shape(layer, (shape,)) == expected
    assert count_parameters(layer, shape) == parameters
    assert (not parameter_terms(layer, shape)) == (parameters == 0)


def test_every_kind_is_among_those_worked_out_by_hand():
    assert {layer.kind for layer, *_ in CASES} | {"add", "multiply", "concatenate"} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("add", (MAP, MAP), MAP),
        ("multiply", (MAP, (1, 1, 16)), MAP),
        ("concatenate", ((9, 7, 16), (9, 7, 3), (9, 7, 1)), (9, 7, 20)),
    ],
)
def test_where_paths_meet(kind, inputs, expected):
    assert output_shape(Layer(kind), inputs) == expected


def test_the_table_adds_up():
    layers = (
        Layer("conv", 4, 3, bias=False),
        Layer("max_pool", size=2, stride=2),
        Layer("global_average_pool"),
        Layer("dense", 2),
    )
    rows = tabulate(layers, (8, 8, 3))
    assert [row.inputs for row in rows] == [((8, 8, 3),), ((8, 8, 4),), ((4, 4, 4),), ((4,),)]
    assert [row.shape for row in rows] == [(8, 8, 4), (4, 4, 4), (4,), (2,)]
    assert [row.parameters for row in rows] == [108, 0, 0, 10]
    # 27 for each of 8 × 8 × 4 numbers, and 4 for each of two.
    assert [row.multiplications for row in rows] == [6912, 0, 0, 8]
    assert not any(row.frozen for row in rows)


@pytest.mark.parametrize(
    ("layer", "multiplications"),
    [
        (Layer("conv", 8, 3, stride=2), 9 * 16 * (5 * 4 * 8)),
        (Layer("conv", 8, 3, groups=4), 9 * 4 * (9 * 7 * 8)),
        (Layer("depthwise", size=3), 9 * (9 * 7 * 16)),
        (Layer("pointwise", 4), 16 * (9 * 7 * 4)),
        (Layer("batch_norm"), 0),
    ],
)
def test_multiplications_of_one_image(layer, multiplications):
    (row,) = tabulate((layer,), MAP)
    assert row.multiplications == multiplications


# Paths and names ------------------------------------------------------------------------------------------------------


def residual(shortcut=()):
    """A convolution that halves, and a path around it."""
    return (
        Layer("conv", 4, 3, name="start"),
        Layer("conv", 4, 3, stride=2 if shortcut else 1, name="path"),
        *shortcut,
        Layer("add", inputs=("short" if shortcut else "start", "path")),
    )


def test_layers_take_what_they_name_and_otherwise_what_is_before_them():
    rows = tabulate(residual((Layer("conv", 4, 1, stride=2, inputs=("start",), name="short"),)), (8, 8, 3))
    assert [row.inputs for row in rows] == [((8, 8, 3),), ((8, 8, 4),), ((8, 8, 4),), ((4, 4, 4), (4, 4, 4))]


def test_the_image_itself_is_called_image():
    rows = tabulate((Layer("conv", 4, 3, name="a"), Layer("concatenate", inputs=("image", "a"))), (8, 8, 3))
    assert rows[-1].shape == (8, 8, 7)


def test_paths_of_different_shapes_do_not_add_up():
    with pytest.raises(ImpossibleLayer, match="needs equal shapes, but 4 × 4 × 4 and 8 × 8 × 4 come in") as refusal:
        tabulate(
            (
                Layer("conv", 4, 3, stride=2, name="a"),
                Layer("conv", 4, 3, inputs=("image",), name="b"),
                Layer("add", inputs=("a", "b")),
            ),
            (8, 8, 3),
        )
    assert refusal.value.index == 2


# Receptive fields -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "fields"),
    [
        ((Layer("conv", 1, 3), Layer("conv", 1, 3)), [3, 5]),
        # Behind a stride of 2, a step of one pixel is two of the image.
        ((Layer("conv", 1, 3, stride=2), Layer("conv", 1, 3)), [3, 7]),
        ((Layer("conv", 1, 3, dilation=2), Layer("conv", 1, 3)), [5, 7]),
        ((Layer("max_pool", size=2, stride=2), Layer("max_pool", size=2, stride=2)), [2, 4]),
        ((Layer("zero_pad", edges=(3, 3)), Layer("batch_norm"), Layer("conv", 1, 7)), [1, 1, 7]),
    ],
)
def test_receptive_fields_grow_by_the_window_times_the_steps_before(layers, fields):
    assert [row.receptive_field for row in tabulate(layers, (64, 64, 1))] == [(side, side) for side in fields]


def test_height_and_width_are_followed_by_themselves():
    layers = (Layer("conv", 1, (1, 7)), Layer("conv", 1, (7, 1)), Layer("conv", 1, (1, 7)))
    assert [row.receptive_field for row in tabulate(layers, (64, 64, 1))] == [(1, 7), (7, 7), (7, 13)]


def test_where_paths_meet_the_one_that_sees_most_counts():
    assert tabulate(residual(), (8, 8, 3))[-1].receptive_field == (5, 5)


@pytest.mark.parametrize("kind", ["flatten", "global_average_pool", "global_max_pool"])
def test_what_collects_the_image_sees_all_of_it_and_so_does_what_follows(kind):
    rows = tabulate((Layer("conv", 4, 3), Layer(kind), Layer("dense", 2), Layer("to_map")), (8, 8, 3))
    assert [row.receptive_field for row in rows] == [(3, 3), None, None, None]


# What can't be --------------------------------------------------------------------------------------------------------


def test_an_image_of_which_nothing_is_left_is_refused_naming_the_layer_with_the_formula():
    pools = [Layer("max_pool", size=2, stride=2, padding="valid")] * 3
    assert tabulate(pools, (8, 8, 3))[-1].shape == (1, 1, 3)
    with pytest.raises(
        ImpossibleLayer, match=r"Max pooling 2×2 does not fit: .* side of 1, .* ⌊\(1 − 2 \+ 2·0\) / 2⌋"
    ) as refusal:
        tabulate(pools, (7, 8, 3))
    assert refusal.value.index == 2
    assert isinstance(refusal.value, UsageError)


@pytest.mark.parametrize(
    ("layer", "shape", "reason"),
    [
        (Layer("dense", 3), MAP, "needs a list of numbers, but what comes in is 9 × 7 × 16. Put flatten"),
        (Layer("conv", 3, 3), (16,), "needs an image of height, width and channels, but what comes in is 16 numbers"),
        (Layer("global_average_pool"), (16,), "needs an image"),
        (Layer("conv", 3, 3, stride=2, dilation=2), MAP, r"both a stride \(2\) and a dilation \(2\)"),
        (Layer("conv", 6, 3, groups=4), MAP, "4 groups do not divide 16 channels and 6 filters"),
        (Layer("conv", 3, 8, padding="valid"), MAP, r"comes in has a side of 7, the window one of 8"),
        (Layer("conv", 3, 5, dilation=2, padding="valid"), MAP, "comes in has a side of 7, the window one of 9"),
    ],
)
def test_a_layer_that_cannot_stand_where_it_does_is_refused_in_words(layer, shape, reason):
    with pytest.raises(ImpossibleLayer, match=reason):
        tabulate((layer,), shape)


def test_windows_that_never_reach_the_last_pixels_are_noticed():
    """L = 12, K = 3, P = 0, S = 2: (12 − 3) / 2 + 1 is no whole number."""
    layer = Layer("conv", 1, 3, stride=2, padding="valid")
    assert r"(12 − 3 + 2·0) / 2 + 1 = 5.5 is no whole number" in does_not_divide(layer, (12, 12, 1))
    assert does_not_divide(layer, (13, 13, 1)) == ""
    assert does_not_divide(Layer("conv", 1, 3, stride=2), (12, 12, 1)) == ""


# Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Layer("conv", 16, 3), "Convolution 3×3, 16 filters"),
        (Layer("conv", 1024, (1, 7), stride=2, activation="relu"), "Convolution 1×7, 1,024 filters, stride 2, ReLU"),
        (Layer("conv", 16, 3, dilation=2), "Convolution 3×3, 16 filters, dilation 2"),
        (Layer("depthwise", size=3), "Depthwise convolution 3×3"),
        (Layer("max_pool", size=2, stride=2), "Max pooling 2×2"),
        (Layer("max_pool", size=3, stride=2), "Max pooling 3×3, stride 2"),
        (Layer("rescale", scale=TO_UNIT[0]), "Pixels to 0…1"),
        (Layer("rescale", scale=TO_SIGNED[0], offset=-1.0), "Pixels to −1…1"),
        (Layer("activation", activation="relu6"), "ReLU up to 6"),
        (Layer("dropout", rate=0.3), "Dropout 30%"),
        (Layer("dropout", rate=None), "Dropout as set"),
        (Layer("dense", 5), "Dense, 5 units"),
        (Layer("dense", 4096, activation="relu"), "Dense, 4,096 units, ReLU"),
        (Layer("zero_pad", edges=(0, 1)), "Zeros around (0 before, 1 behind)"),
    ],
)
def test_a_layer_in_words(layer, words):
    assert in_words(layer) == words


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_for_itself(kind):
    words = in_words(Layer(kind, units=4, size=3, activation="relu"))
    assert words
    assert "{" not in words


def test_shapes_and_sums_in_words():
    assert shape_in_words((56, 56, 64)) == "56 × 56 × 64"
    assert shape_in_words((4096,)) == "4,096 numbers"
    assert shape_sum(Layer("conv", 1, 11, stride=4, padding="valid"), 0, 227) == "⌊(227 − 11 + 2·0) / 4⌋ + 1 = 55"
    assert shape_sum(Layer("conv", 1, 3, stride=2), 0, 227) == "⌈227 / 2⌉ = 114"
