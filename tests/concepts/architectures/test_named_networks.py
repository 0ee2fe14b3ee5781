"""The named networks: their layers, how deep they are, the drawing of their blocks, and the ideas in them."""

import pytest

from core.architectures.architecture import BACKBONE, CLASSIC
from core.architectures.depth import depth_of
from core.architectures.layers import Layer, tabulate
from core.architectures.registry import ARCHITECTURES
from core.concepts.architectures.block_graph import block_graph
from core.concepts.architectures.ideas import ideas_of
from core.concepts.architectures.named_networks import NAMED_NETWORKS


def graph_of(name):
    return block_graph(NAMED_NETWORKS[name].block_rows)


def labels(name):
    return [node.label for node in graph_of(name).nodes[1:]]


@pytest.mark.parametrize(
    ("name", "depth"),
    [("lenet_5", 5), ("alexnet", 8), ("vgg16", 16), ("resnet152", 152), ("densenet121", 121), ("mobilenet", 28)],
)
def test_depth_is_what_the_name_counts(name, depth):
    assert NAMED_NETWORKS[name].depth == depth


def test_of_paths_side_by_side_the_longest_counts():
    layers = (
        Layer("conv", 4, 3, name="start"),
        Layer("conv", 4, 1, name="short"),
        Layer("conv", 4, 3, inputs=("start",)),
        Layer("conv", 4, 3, name="long"),
        Layer("add", inputs=("short", "long")),
    )
    assert depth_of(tabulate(layers, (8, 8, 3))) == 3


@pytest.mark.parametrize("name", NAMED_NETWORKS)
def test_each_block_is_drawn_once_with_no_two_boxes_in_one_place(name):
    graph = graph_of(name)
    assert len({(node.column, node.level) for node in graph.nodes}) == len(graph.nodes)
    assert all(graph.nodes[start].level < graph.nodes[end].level for start, end in graph.edges)
    reached = {end for _, end in graph.edges}
    assert reached == set(range(1, len(graph.nodes))), "every layer takes something"
    assert {start for start, _ in graph.edges} == set(range(len(graph.nodes) - 1)), "every layer but the last is taken"


def test_a_residual_block_has_a_way_around():
    graph = graph_of("resnet152")
    assert labels("resnet152") == ["Conv 1×1, 64", "Conv 3×3, 64", "Conv 1×1, 256", "Sum"]
    assert [edge for edge in graph.edges if graph.passes_others(edge)] == [(0, 4)]
    assert "Sum (ReLU, 56 × 56 × 256) takes Comes in and Conv 1×1, 256" in graph.in_words


def test_what_has_no_details_has_no_empty_brackets():
    assert not any("()" in graph_of(name).in_words for name in NAMED_NETWORKS)


def test_an_inception_module_has_four_paths_side_by_side():
    graph = graph_of("inception_v3")
    beside = [node for node in graph.nodes if node.level == 1]
    assert [node.label for node in beside] == ["Conv 1×1, 64", "Conv 1×1, 48", "Conv 1×1, 64", "Average pool 3×3"]
    assert [node.column for node in beside] == [0, 1, 2, 3]
    assert (graph.nodes[0].column, graph.nodes[-1].column) == (1.5, 1.5)


def test_depthwise_convolutions_are_called_so_however_they_are_written():
    assert labels("mobilenet")[0] == "Depthwise 3×3"
    assert labels("convnext_tiny")[0] == "Depthwise 7×7, 96"


def test_all_networks_of_the_registry_that_a_course_names_are_there_in_the_order_of_their_years():
    years = [network.architecture.year for network in NAMED_NETWORKS.values()]
    assert years == sorted(years)
    published = {each.year for each in ARCHITECTURES.values() if each.group in (CLASSIC, BACKBONE)}
    assert published == set(years)


@pytest.mark.parametrize(
    ("name", "there", "lacking"),
    [
        ("lenet_5", "convolution and pooling in turn", "ReLU"),
        ("vgg16", "3×3 windows in a row", "shortcuts"),
        ("inception_v3", "paths side by side", "shortcuts"),
        ("resnet50", "shortcuts", "depthwise convolutions"),
        ("mobilenet", "depthwise convolutions", "shortcuts"),
        ("efficientnet_v2_b0", "maps turned up and down", "layer normalisation"),
        ("convnext_tiny", "layer normalisation", "batch normalisation"),
    ],
)
def test_ideas_are_told_by_the_layers(name, there, lacking):
    architecture = ARCHITECTURES[name]
    found = ideas_of(architecture.table(architecture.input_size, 3))
    assert there in found
    assert lacking not in found


def test_a_network_without_convolutions_has_none_of_theirs():
    assert ideas_of(ARCHITECTURES["dense_20"].table(28, 3)) == {"ReLU": "AlexNet, 2012"}
