"""A convolution beside dense layers: what each has to learn, on small images and large ones."""

import pytest

from core.architectures.layers import SAME, VALID
from core.concepts.layers.parameter_counts import compare_layers
from core.errors import UsageError


def counts(compared):
    return [row.parameters for row in (compared.convolution, compared.units, compared.same_numbers)]


def test_only_the_convolution_does_not_grow_with_the_image():
    small, large = (compare_layers(side, 1, 10, 3, 500, SAME, bias=False) for side in (8, 64))
    assert counts(small) == [90, 64 * 500, 64 * 64 * 10]
    assert counts(large) == [90, 2_048_000, 4096 * 4096 * 10]


def test_filters_are_as_deep_as_what_comes_in_and_biases_are_one_each():
    compared = compare_layers(28, 16, 36, 3, 10, VALID, bias=True)
    assert compared.convolution.shape == (26, 26, 36)
    assert counts(compared) == [
        3 * 3 * 16 * 36 + 36,
        28 * 28 * 16 * 10 + 10,
        28 * 28 * 16 * 26 * 26 * 36 + 26 * 26 * 36,
    ]


def test_a_kernel_that_is_larger_than_the_image_is_refused():
    with pytest.raises(UsageError, match="side of 2, the window one of 3"):
        compare_layers(2, 1, 10, 3, 500, VALID, bias=False)
