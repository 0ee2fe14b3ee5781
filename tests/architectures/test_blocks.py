"""The blocks that people compose networks of: what is accepted of them, and the layers that they stand for."""

import pytest

from core.architectures.blocks import BLOCKS, MOST_BLOCKS, as_blocks, expand, read_blocks, usual_block, write_blocks
from core.architectures.layer_factories import conv, dense, max_pool, normalised_conv
from core.architectures.layers import Layer, tabulate
from core.errors import UsageError


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_kind_can_be_written_and_read_with_its_defaults(kind):
    block = usual_block(kind)
    assert read_blocks(write_blocks([block])) == (block,)
    assert read_blocks([{"kind": kind}]) == (block,)


@pytest.mark.parametrize("kind", BLOCKS)
def test_the_ends_of_every_range_are_accepted_and_what_lies_beyond_is_not(kind):
    for field in BLOCKS[kind].fields:
        if field.options:
            accepted, refused = [name for name, _ in field.options], ["softplus", 3, None]
        else:
            accepted, refused = [field.minimum, field.maximum], [field.minimum - 1, field.maximum + 1, "3", True, None]
        for value in accepted:
            (block,) = read_blocks([{"kind": kind, field.name: value}])
            assert block.values[field.name] == value
        for value in refused:
            with pytest.raises(UsageError, match=f"Row 1 .*'{field.name}' must be") as caught:
                read_blocks([{"kind": kind, field.name: value}])
            assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "dense"}, "must be a list. Got dict"),
        (["dense"], "Row 1 must have a 'kind'"),
        ([{"kind": "dense"}, {"kind": "lstm"}], "Row 2: 'kind' must be one of convolution, .*Got 'lstm'"),
        ([{"kind": ["dense"]}], "Row 1: 'kind' must be one of"),
        ([{"kind": "dense", "filters": 3}], r"Row 1 \(Dense\) has no field 'filters'. It has units, activation"),
        ([{"kind": "flatten", "size": 3}], "It has none"),
        ([{"kind": "convolution", "kernel": 2.5}], "'kernel' must be a whole number from 1 to 15. Got 2.5"),
        ([{"kind": "dropout", "rate": float("nan")}], "'rate' must be a number from 0 to 0.9. Got nan"),
        ([{"kind": "flatten"}] * (MOST_BLOCKS + 1), "at most 100 blocks. Got 101"),
    ],
)
def test_what_is_no_block_is_refused_by_row_and_field(values, words):
    with pytest.raises(UsageError, match=words):
        read_blocks(values)


def test_a_whole_number_written_with_a_point_is_one():
    (block,) = read_blocks([{"kind": "dense", "units": 12.0}])
    assert block.values["units"] == 12
    assert isinstance(block.values["units"], int)


def test_each_layer_knows_its_block():
    blocks = [usual_block("convolution"), usual_block("residual"), usual_block("global_max_pool")]
    layers, owner = expand(blocks)
    assert len(layers) == len(owner) == 9
    assert owner == (0, *[1] * 7, 2)
    assert layers[0] == conv(32, name="row_1")


def test_a_convolution_goes_without_biases_where_the_normalisation_behind_it_has_some():
    plain = usual_block("convolution", activation="none")
    layers, _ = expand([plain, usual_block("batch_norm"), usual_block("convolution"), usual_block("batch_norm"), plain])
    assert [layer.bias for layer in layers if layer.kind == "conv"] == [False, True, True]


def test_the_shortcut_of_a_residual_block_is_what_came_in():
    layers, _ = expand([usual_block("residual", filters=16)], channels=16)
    start = Layer("activation", activation="relu", name="start")
    rows = tabulate([start, *layers], (8, 8, 16))
    (add,) = [row for row in rows if row.layer.kind == "add"]
    assert add.layer.inputs == ("path_1", "start")
    assert rows[-1].shape == (8, 8, 16)
    # Two convolutions of 3 × 3 × 16 × 16 without biases, and four numbers a channel for each normalisation.
    assert sum(row.parameters for row in rows) == 2 * (3 * 3 * 16 * 16) + 2 * 4 * 16


@pytest.mark.parametrize(("filters", "stride", "side"), [(32, 1, 9), (16, 2, 5), (32, 2, 5)])
def test_where_the_shape_changes_a_convolution_of_one_pixel_brings_the_shortcut_to_it(filters, stride, side):
    layers, _ = expand([usual_block("residual", filters=filters, stride=stride)], channels=16)
    start = Layer("activation", activation="relu", name="start")
    rows = tabulate([start, *layers], (9, 9, 16))
    shortcut = next(row for row in rows if row.layer.inputs == ("start",))
    assert shortcut.name.startswith("Convolution 1×1")
    assert shortcut.parameters == 16 * filters
    assert rows[-1].shape == (side, side, filters)


def test_layers_are_blocks_again():
    layers = (*normalised_conv(16), max_pool(3, 2), conv(8, 5, "tanh", padding="valid"), Layer("flatten"), dense(20))
    blocks = as_blocks((*layers, Layer("dropout", rate=None)), dropout=0.25)
    assert blocks is not None
    assert expand(blocks)[0] == (*layers, Layer("dropout", rate=0.25))


@pytest.mark.parametrize("layer", [Layer("depthwise", size=3), conv(8, (1, 7)), conv(8, bias=False), conv(8, 17)])
def test_what_blocks_cannot_say_is_none(layer):
    assert as_blocks([layer], dropout=0.3) is None
