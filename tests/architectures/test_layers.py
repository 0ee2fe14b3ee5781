"""Shapes and parameter counts, held against figures worked out by hand."""

import pytest

from core.architectures.layers import Layer, count_parameters, follow_path, in_words, output_shape, tabulate
from core.errors import UsageError


@pytest.mark.parametrize(
    ("layer", "shape", "expected", "parameters"),
    [
        (Layer("rescale"), (9, 7, 3), (9, 7, 3), 0),
        # 3 × 3 × 3 weights for each of 16 filters; the batch norm behind has the bias.
        (Layer("conv", 16, 3), (9, 7, 3), (9, 7, 16), 432),
        (Layer("conv", 8, 5), (9, 7, 1), (9, 7, 8), 200),
        # Scale, shift, running mean and running variance of each channel.
        (Layer("batch_norm"), (9, 7, 16), (9, 7, 16), 64),
        (Layer("relu"), (9, 7, 16), (9, 7, 16), 0),
        (Layer("max_pool", size=2), (9, 7, 16), (4, 3, 16), 0),
        (Layer("global_average_pool"), (9, 7, 16), (16,), 0),
        (Layer("dropout", rate=0.5), (16,), (16,), 0),
        (Layer("dense", 3), (16,), (3,), 51),
        (Layer("backbone", 4, name="B", parameters=99, path=((2, 2, "valid"),)), (9, 7, 3), (4, 3, 4), 99),
    ],
)
def test_what_a_layer_does(layer, shape, expected, parameters):
    assert output_shape(layer, shape) == expected
    assert count_parameters(layer, shape) == parameters


@pytest.mark.parametrize(
    ("side", "step", "expected"),
    [
        (5, (3, 2, "same"), 3),
        (6, (3, 2, "same"), 3),
        (1, (3, 2, "same"), 1),
        (5, (3, 2, "valid"), 2),
        (6, (3, 2, "valid"), 2),
        (3, (3, 1, "valid"), 1),
        (2, (3, 1, "valid"), 0),
    ],
)
def test_a_step_of_a_backbone(side, step, expected):
    assert follow_path([step], side) == expected


def test_the_steps_follow_each_other():
    assert follow_path([(2, 2, "valid")] * 5, 224) == 7
    assert follow_path([], 224) == 224


def test_the_table_adds_up():
    layers = (Layer("conv", 4, 3), Layer("max_pool", size=2), Layer("global_average_pool"), Layer("dense", 2))
    rows = tabulate(layers, (8, 8, 3))
    assert [row.shape for row in rows] == [(8, 8, 4), (4, 4, 4), (4,), (2,)]
    assert [row.parameters for row in rows] == [108, 0, 0, 10]
    assert not any(row.frozen for row in rows)


def test_only_a_backbone_is_frozen():
    rows = tabulate((Layer("backbone", 4, name="B"), Layer("global_average_pool"), Layer("dense", 2)), (8, 8, 3))
    assert [row.frozen for row in rows] == [True, False, False]


def test_an_image_of_which_nothing_is_left_is_refused_naming_the_layer():
    pools = [Layer("max_pool", size=2)] * 3
    assert tabulate(pools, (8, 8, 3))[-1].shape == (1, 1, 3)
    with pytest.raises(UsageError, match="too small: after Max pooling 2×2 nothing is left"):
        tabulate(pools, (7, 8, 3))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Layer("conv", 16, 3), "Convolution 3×3, 16 filters"),
        (Layer("dropout", rate=0.3), "Dropout 30%"),
        (Layer("dense", 5), "Dense, 5 units"),
        (Layer("backbone", name="VGG16 backbone"), "VGG16 backbone"),
    ],
)
def test_a_layer_in_words(layer, words):
    assert in_words(layer) == words
