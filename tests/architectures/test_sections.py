"""Networks divided into the few sections that a picture has room for."""

import pytest

from core.architectures.layers import Layer, tabulate
from core.architectures.registry import ARCHITECTURES
from core.architectures.sections import sections


def divided(name, class_count=2):
    architecture = ARCHITECTURES[name]
    found = sections(architecture.table(architecture.input_size, class_count))
    return [(section.title, len(section.units), section.shape) for section in found]


def test_stages_gather_their_units():
    assert divided("resnet152") == [
        ("Start", 1, (56, 56, 64)),
        ("Stage 2", 3, (56, 56, 256)),
        ("Stage 3", 8, (28, 28, 512)),
        ("Stage 4", 36, (14, 14, 1024)),
        ("Stage 5", 3, (7, 7, 2048)),
        ("Global pool", 1, (2048,)),
        ("Your classes", 1, (2,)),
    ]


def test_numbered_blocks_are_gathered_while_their_shape_stays():
    titles = [title for title, _, _ in divided("mobilenet")]
    assert titles[:6] == ["Start", "Block 1", "Blocks 2–3", "Blocks 4–5", "Blocks 6–11", "Blocks 12–13"]


def test_without_blocks_alike_layers_in_a_row_are_gathered():
    assert divided("two_conv") == [("Conv 3×3", 2, (28, 28, 10)), ("Flatten", 1, (7840,)), ("Your classes", 1, (2,))]


def test_the_answer_stands_by_itself_also_where_a_layer_before_it_is_as_large():
    assert divided("perceptron", 10)[-2:] == [("Dense", 2, (10,)), ("Your classes", 1, (10,))]


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_layer_of_every_network_is_in_one_section_and_there_are_few(name):
    architecture = ARCHITECTURES[name]
    rows = architecture.table(architecture.minimum_size, 5)
    found = sections(rows)
    assert [row for section in found for row in section.rows] == rows
    assert 3 <= len(found) <= 12
    assert sum(section.parameters for section in found) == sum(row.parameters for row in rows)


def test_quiet_layers_alone_are_a_section_too():
    (section,) = sections(tabulate((Layer("rescale"), Layer("grey")), (8, 8, 3)))
    assert section.shape == (8, 8, 1)
