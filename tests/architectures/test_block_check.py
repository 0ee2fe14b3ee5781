"""Whether blocks make a network: the first that can't stand, why, and what puts it right."""

import pytest

from core.architectures.block_check import follow
from core.architectures.blocks import usual_block as usual

POOL_ALL = usual("global_average_pool")


def fault_of(*blocks, image_size=96, channels=3, class_count=3):
    return follow(blocks, image_size, channels, class_count).fault


def titles(fault):
    return [repair.title for repair in fault.repairs]


def test_what_stands_is_told_row_by_row():
    found = follow([usual("convolution"), usual("max_pool"), POOL_ALL], 96, 3, 3)
    assert found.fault is None
    assert [row.shape for row in found.rows] == [(96, 96, 32), (48, 48, 32), (32,)]
    assert [row.parameters for row in found.rows] == [896, 0, 0]
    assert found.answer.parameters == 32 * 3 + 3
    assert found.parameters == 896 + 99
    assert found.receptive_field == (4, 4)


def test_grey_images_have_one_channel():
    found = follow([usual("convolution"), POOL_ALL], 96, 1, 3)
    assert found.rows[0].parameters == 3 * 3 * 1 * 32 + 32


def test_a_stride_that_does_not_divide_is_refused_with_the_formula_and_what_divides():
    strided = usual("convolution", kernel=3, stride=2, padding="valid")
    fault = fault_of(usual("max_pool", size=8, stride=8), strided, POOL_ALL)
    assert fault.index == 1
    assert str(fault).startswith("Row 2 (Convolution): ")
    assert "(12 − 3 + 2·0) / 2 + 1 = 5.5 is no whole number" in fault.reason
    assert titles(fault) == ["Stride 1", "Stride 3", "Kernel 2", "Kernel 4", "Padding “same”"]


def test_for_pooling_that_is_but_a_remark():
    found = follow([usual("max_pool", size=3, stride=2), POOL_ALL], 96, 3, 3)
    assert found.fault is None
    assert "(96 − 3 + 2·0) / 2 + 1 = 47.5 is no whole number" in found.rows[0].remark
    assert found.rows[1].remark == ""


@pytest.mark.parametrize(
    ("blocks", "index", "words", "repairs"),
    [
        ([], 0, "no blocks yet", ["Begin with two convolutions"]),
        ([usual("convolution")], 0, "image still", ["Add global average pooling", "Add flatten"]),
        (
            [usual("convolution"), usual("dense")],
            1,
            "needs a list of numbers, but what comes in is 96 × 96 × 32",
            ["Put global average pooling before it", "Put flatten before it"],
        ),
        (
            [usual("flatten"), usual("convolution")],
            1,
            "needs an image",
            ["Move it up, before row 1 (Flatten)", "Remove this row"],
        ),
        ([POOL_ALL, usual("global_max_pool")], 1, "needs an image", ["Remove this row"]),
        (
            [usual("convolution", stride=2, dilation=2), POOL_ALL],
            0,
            "both a stride (2) and a dilation (2)",
            ["Stride 1", "Dilation 1"],
        ),
        (
            [usual("max_pool", size=12, stride=8), usual("convolution", kernel=15, padding="valid"), POOL_ALL],
            1,
            "⌊(11 − 15 + 2·0) / 1⌋ + 1 = -3",
            ["Kernel 11", "Kernel 10", "Padding “same”"],
        ),
        (
            [*[usual("max_pool")] * 7, POOL_ALL],
            6,
            "nothing is left of the image",
            ["Size 1", "Padding “same”"],
        ),
        (
            [usual("flatten"), usual("dense", units=16384), usual("dense", units=16384), usual("dropout")],
            1,
            "at most 500,000,000 are accepted",
            ["Global average pooling for flatten in row 1", "Units 8,192", "Units 4,096"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_stand_is_named_with_its_reason_and_repairs(blocks, index, words, repairs):
    fault = fault_of(*blocks)
    assert fault.index == index
    assert words in fault.reason
    assert titles(fault) == repairs
    for repair in fault.repairs:
        after = fault_of(*repair.blocks)
        assert after is None or after.index > index


def test_blocks_too_large_say_how_much_memory_they_would_take():
    fault = fault_of(usual("flatten"), usual("dense", units=16384), image_size=512)
    assert "To train it would take 206 GB of memory" in fault.reason


def test_too_many_classes_for_a_flattened_image_are_laid_at_the_last_block():
    fault = fault_of(usual("flatten"), image_size=512, class_count=1000)
    assert fault.index == 0
    assert titles(fault) == ["Global average pooling for flatten in row 1"]


def test_more_blocks_than_are_accepted_are_refused_at_the_first_that_is_too_many():
    fault = fault_of(*[usual("dropout")] * 101)
    assert fault.index == 100
    assert titles(fault) == ["Remove this row"]


def test_rows_behind_the_fault_are_left_out_and_those_before_it_are_there():
    found = follow([usual("convolution"), usual("dense"), usual("dropout")], 96, 3, 3)
    assert len(found.rows) == 1
    assert found.answer is None


def test_training_takes_the_weights_four_times_and_what_leaves_each_layer_for_each_image():
    found = follow([usual("flatten"), usual("dense", units=10)], 10, 3, 2)
    parameters = 300 * 10 + 10 + 10 * 2 + 2
    assert found.training_bytes(batch_size=32) == 16 * parameters + 32 * 4 * (300 + 10 + 2)
