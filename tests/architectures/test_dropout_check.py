"""Dropout before batch normalisation is told of where the two stand near each other, and nowhere else."""

import pytest

from core.architectures.block_check import follow
from core.architectures.blocks import expand
from core.architectures.blocks import usual_block as usual
from core.architectures.dropout_check import dropouts_before_batch_norm
from core.architectures.layer_factories import conv, dropout, max_pool, normalised_conv
from core.architectures.layers import Layer
from core.architectures.registry import ARCHITECTURES

NORM, POOL = Layer("batch_norm"), Layer("global_average_pool")


@pytest.mark.parametrize(
    ("layers", "places"),
    [
        ((conv(8), dropout(0.3), NORM), [1]),
        ((conv(8), dropout(), NORM), [1]),
        ((conv(8), dropout(0.0), NORM), []),
        ((dropout(0.3), *normalised_conv(8)), [0]),
        ((dropout(0.3), max_pool(), *normalised_conv(8)), [0]),
        ((dropout(0.3), conv(8), conv(8), NORM), []),
        ((*normalised_conv(8), dropout(0.3), conv(8)), []),
        ((dropout(0.3), NORM, dropout(0.2), POOL), [0]),
        ((dropout(0.1), dropout(0.2), NORM), [0, 1]),
        ((NORM, POOL, dropout(0.5), Layer("dense", 2)), []),
    ],
)
def test_near_is_next_to_or_with_one_layer_that_learns_in_between(layers, places):
    assert dropouts_before_batch_norm(layers) == places


def test_it_goes_by_what_a_layer_takes_not_by_where_it_is_written():
    beside = (
        Layer("conv", 8, 3, name="start"),
        Layer("dropout", rate=0.3, name="dropped"),
        Layer("batch_norm", inputs=("start",), name="normalised"),
        Layer("add", inputs=("dropped", "normalised")),
    )
    assert dropouts_before_batch_norm(beside) == []
    after = (*beside, Layer("batch_norm"))
    assert dropouts_before_batch_norm(after) == [1]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_no_network_of_the_registry_raises_a_false_alarm(name):
    assert dropouts_before_batch_norm(ARCHITECTURES[name].layers(3, 0.5, hidden=64)) == []


def test_the_builder_says_so_at_the_dropout():
    blocks = [usual("convolution"), usual("dropout"), usual("residual"), usual("dropout"), usual("global_average_pool")]
    found = follow(blocks, 96, 3, 3)
    assert found.fault is None
    assert ["batch normalisation" in row.remark.lower() for row in found.rows] == [False, True, False, False, False]


def test_a_network_that_does_not_stand_yet_is_told_of_as_far_as_it_does():
    found = follow([usual("convolution"), usual("dropout"), usual("batch_norm")], 96, 3, 3)
    assert found.fault is not None
    assert found.rows[1].remark
    layers, _ = expand([usual("dropout"), usual("batch_norm")])
    assert dropouts_before_batch_norm(layers) == [0]


def test_a_network_that_begins_with_a_way_around_is_followed():
    blocks = [usual("residual"), usual("dropout"), usual("batch_norm"), usual("global_average_pool")]
    found = follow(blocks, 32, 3, 2)
    assert found.fault is None
    assert [bool(row.remark) for row in found.rows] == [False, True, False, False]
