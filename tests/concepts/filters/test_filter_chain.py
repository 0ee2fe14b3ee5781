"""Filters in a row are read as they are written, each works on what the one before it gave, and errors say what is."""

import numpy as np
import pytest

from core.concepts.filters.filter_chain import FILTERS, read_chain, run_chain, write_chain
from core.concepts.filters.kernels import KERNELS, find_kernel, gaussian_kernel
from core.concepts.filters.sharpening import sharpen
from core.concepts.pictures import shipped_pixels
from core.errors import UsageError


def test_a_chain_is_written_as_it_is_read():
    steps = read_chain(" salt_pepper, Median_filter=7 ,sobel,sharpen=0.5")
    titles = ["Salt and pepper, integers 0 to 20", "Median filter of side 7", "Sobel magnitude", "Sharpen by 0.5"]
    assert [step.title for step in steps] == titles
    assert write_chain(steps) == "salt_pepper,median_filter=7,sobel,sharpen=0.5"
    assert read_chain("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("blurr", "no filter 'blurr'"),
        ("sobel=3", "has no amount"),
        ("median_filter=many", "whole number from 2 to 11"),
        ("median_filter=2.5", "whole number from 2 to 11"),
        ("gaussian_noise=1e300", "from 0 to 10000"),
        ("gaussian_noise=nan", "from 0 to 10000"),
        (",".join(["mean"] * 9), "at most 8"),
    ],
)
def test_a_chain_that_there_is_not_says_why(text, words):
    with pytest.raises(UsageError, match=words):
        read_chain(text)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("shape", [(1, 1), (12, 9), (12, 9, 3)])
def test_every_filter_keeps_the_shape(name, shape):
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    (answer,) = run_chain(picture, read_chain(name))
    assert answer.shape == shape
    assert np.isfinite(answer).all()


def test_the_order_counts():
    picture = shipped_pixels("coins")[:100, :100, 0]
    before, after = (
        run_chain(picture, read_chain(f"salt_pepper,{text}"))[-1]
        for text in ("median_filter,sobel", "sobel,median_filter")
    )
    assert np.abs(before - after).mean() > 10


def test_each_filter_works_on_what_the_one_before_gave():
    picture = shipped_pixels("coins")[:50, :50]
    first, second = run_chain(picture, read_chain("gradient_x,absolute"))
    assert first.min() < 0
    assert np.array_equal(second, np.abs(first))


def test_an_unknown_kernel_is_told():
    with pytest.raises(UsageError, match="There is no kernel 'x'"):
        find_kernel("x")


def test_kernels_can_not_be_changed():
    for kernel in KERNELS.values():
        with pytest.raises(ValueError, match="read-only"):
            kernel.matrix[0, 0] = 5


def test_sharpening_adds_what_blurring_takes():
    picture = shipped_pixels("coins")[:60, :60].astype(float)
    made = sharpen(picture, gaussian_kernel(normalised=True), 2)
    assert np.allclose(made.high_pass, picture - made.blurred)
    assert np.allclose(made.sharpened, picture + 2 * made.high_pass)
    assert made.sharpened.std() > picture.std() > made.blurred.std()
