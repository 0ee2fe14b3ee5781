"""The chapter on architectures: one network or two, their figures, and the way to the Model page."""

import base64
import re

import pytest

from core.concepts.architectures.block_graph import block_graph
from core.concepts.architectures.named_networks import NAMED_NETWORKS
from core.runs.draft import Draft
from pages.concepts.architectures.block_drawing import block_picture


def opened(visit, **query):
    return visit("concepts", chapter="architectures", **query)


def drawing(name):
    network = NAMED_NETWORKS[name]
    picture = block_picture(block_graph(network.block_rows), network.architecture.title)
    found = re.fullmatch(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)" style="[^"]+">', picture)
    assert found is not None
    return base64.b64decode(found[1]).decode(), found[2]


@pytest.mark.parametrize("name", NAMED_NETWORKS)
def test_each_network_is_told_by_its_idea_with_its_figures_and_drawing(visit, name):
    tab, network = opened(visit, network=name), NAMED_NETWORKS[name]
    assert f"**{network.idea}**" in tab.words
    assert f"layers deep **{network.depth}**" in tab.words
    assert tab.at.main.get("latex")
    pictures = " ".join(element.proto.body for element in tab.at.main.get("html"))
    assert f"A block of {network.architecture.title}." in pictures
    assert not tab.errors


@pytest.mark.parametrize("name", NAMED_NETWORKS)
def test_a_block_has_a_box_for_each_layer_and_an_arrow_for_each_that_is_taken(name):
    svg, words = drawing(name)
    graph = block_graph(NAMED_NETWORKS[name].block_rows)
    assert svg.count("<rect") == len(graph.nodes)
    assert svg.count("<path") == len(graph.edges)
    assert all(node.label in words for node in graph.nodes[1:])


def test_two_stand_side_by_side(visit):
    tab = opened(visit, network="vgg16")
    assert "138 M" in tab.words
    tab.set("Compare with", "resnet152")
    assert "60.4 M" in tab.words
    assert "top‑5 error **3.6 %**" in tab.words
    assert tab.query["beside"] == "resnet152"


def test_the_table_holds_all_with_the_errors_that_are_stated(visit):
    frame = opened(visit).at.dataframe[0].value
    assert len(frame) == len(NAMED_NETWORKS)
    errors = dict(zip(frame["network"], frame["top-5 error"], strict=True))
    assert (errors["AlexNet"], errors["ResNet152"], errors["VGG16"]) == ("15.4 %", "3.6 %", "–")


def test_a_network_is_chosen_for_ones_images(visit, pets):
    tab = opened(visit, network="densenet121", dataset="pets")
    assert "It is made of:" in tab.words
    tab.press("Choose DenseNet121 for your images")
    assert Draft(pets).architecture.name == "densenet121"
    assert tab.question == "Which network, and why?"


def test_without_a_dataset_it_is_said_what_would_be_here(visit):
    tab = opened(visit)
    assert "Open a dataset, and you can train it on your images." in tab.words
    assert not any("for your images" in label for label in tab.buttons)
