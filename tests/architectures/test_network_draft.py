"""What a builder has in hand: kept as it stands, and begun from networks that are there."""

import pytest

from core.architectures.blocks import usual_block as usual
from core.architectures.custom import check
from core.architectures.network_draft import NetworkDraft, network_draft_of, templates
from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError

TEMPLATES = templates(ARCHITECTURES.values())


def test_what_cannot_be_trained_yet_is_kept_as_well(tmp_path):
    building = NetworkDraft("My net", 50, 1, (usual("dense", units=7),), "mine")
    building.write(tmp_path / "builder.json")
    assert NetworkDraft.read(tmp_path / "builder.json") == building


@pytest.mark.parametrize("text", ["{", "[1]", '{"blocks": 3}', '{"image_size": "x"}', '{"channels": [3]}'])
def test_what_cannot_be_read_is_a_new_one(tmp_path, text):
    path = tmp_path / "builder.json"
    assert NetworkDraft.read(path) == NetworkDraft()
    path.write_text(text, encoding="utf-8")
    assert NetworkDraft.read(path) == NetworkDraft()


def test_a_title_of_any_kind_suggests_a_name():
    network = NetworkDraft("  Über  net (2)!", 64, 3, (usual("flatten"),)).network()
    assert (network.name, network.title) == ("Über_net_2", "Über net (2)!")
    with pytest.raises(UsageError, match="name first"):
        NetworkDraft("  ").network()


def test_a_network_of_the_workspace_can_be_gone_on_with():
    network = NetworkDraft("Mine", 64, 1, (usual("flatten"),)).network()
    assert network_draft_of(network) == NetworkDraft("Mine", 64, 1, (usual("flatten"),), "Mine")


def test_course_networks_and_classics_can_be_begun_with():
    assert {"small_cnn", "cnn_64_64", "mnist_cnn", "lenet_5", "alexnet"} <= set(TEMPLATES)
    assert "vgg16" not in TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_the_layers_of_the_network_that_it_is_named_after(name):
    architecture, network = ARCHITECTURES[name], TEMPLATES[name].having(title="copy").network()
    check(network, 10)
    dropout = architecture.usual_dropout
    copied = network.architecture.table(architecture.input_size, 10)
    table = architecture.table(architecture.input_size, 10, dropout)
    assert [(row.name, row.shape, row.parameters) for row in copied] == [
        (row.name, row.shape, row.parameters) for row in table
    ]
