"""Networks that people compose: kept by name, read with care, and chosen like any other."""

import json

import pytest

from core.architectures.architecture import OWN
from core.architectures.blocks import usual_block as usual
from core.architectures.custom import (
    CustomNetwork,
    CustomNetworks,
    ImpossibleBlock,
    available,
    check,
    find_available,
    read_network,
)
from core.architectures.layers import ImpossibleLayer, tabulate
from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError, WorkbenchError
from core.runs.draft import Draft
from core.runs.settings import read_settings

SMALL = (usual("convolution", filters=8), usual("max_pool"), usual("residual", filters=16), usual("global_max_pool"))


def network(name="mine", blocks=SMALL, image_size=64, channels=3, title="Mine"):
    return CustomNetwork(name, title, image_size, channels, blocks)


@pytest.fixture
def networks(workspace):
    return CustomNetworks(workspace)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_network_is_read_as_it_was_written(channels):
    written = json.loads(json.dumps(network(channels=channels).to_dict()))
    assert read_network(written) == network(channels=channels)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "name '' cannot be used"),
        ({"name": "../evil"}, "cannot be used"),
        ({"name": "x" * 61}, "1 to 60"),
        ({"name": 3}, "'name' must be text"),
        ({"title": "two\nlines"}, "'title' must be a line"),
        ({"image_size": 2000}, "'image_size' must be a whole number from 1 to 1024. Got 2000"),
        ({"channels": 4}, "'channels' must be 3 .* or 1"),
        ({"channels": [3]}, "'channels' must be 3 .* or 1"),
        ({"blocks": [{"kind": "dense", "units": 0}]}, r"Row 1 \(Dense\): 'units'"),
        ({"blocks": [{"kind": "dense"}]}, r"Row 1 \(Dense\): .* needs a list"),
        ({"layers": []}, "no field 'layers'"),
    ],
    ids=str,
)
def test_what_is_no_network_is_refused_in_words(changes, words):
    with pytest.raises(UsageError, match=words):
        read_network(network().to_dict() | changes)


def test_no_dictionary_is_no_network():
    with pytest.raises(UsageError, match="A network must have name, title"):
        read_network([])


def test_it_is_an_architecture_like_any_other():
    made = network(channels=1).architecture
    assert (made.group, made.kind, made.channels, made.input_size) == (OWN, "scratch", 1, 64)
    assert made.table(64, 5)[-1].shape == (5,)
    assert made.network == network(channels=1).to_dict()
    assert read_network(made.network).architecture == made


@pytest.mark.parametrize(
    "blocks",
    [
        SMALL,
        (*[usual("max_pool")] * 5, usual("flatten")),
        (usual("convolution", kernel=7, padding="valid"), usual("average_pool", size=3), usual("flatten")),
        (usual("flatten"),),
    ],
)
def test_the_least_size_is_the_least_at_which_every_layer_stands(blocks):
    made = network(blocks=blocks).architecture
    tabulate(made.body, (made.minimum_size, made.minimum_size, 3))
    if made.minimum_size > 1:
        with pytest.raises(ImpossibleLayer):
            tabulate(made.body, (made.minimum_size - 1, made.minimum_size - 1, 3))


def test_what_cannot_stand_is_refused_with_its_row():
    with pytest.raises(ImpossibleBlock) as caught:
        check(network(blocks=(usual("convolution"), usual("dense"))))
    assert caught.value.index == 1
    with pytest.raises(ImpossibleBlock):
        check(network(blocks=()))


def test_what_is_saved_is_found_and_what_is_deleted_is_not(networks):
    assert networks.names() == []
    networks.save(network("b"))
    networks.save(network("a"))
    assert networks.names() == ["a", "b"]
    assert networks.find("a") == network("a")
    networks.delete("a")
    assert networks.names() == ["b"]
    for action in (networks.find, networks.delete):
        with pytest.raises(UsageError, match="no network of yours called 'a'"):
            action("a")


def test_a_name_is_given_once(networks):
    networks.save(network("mine"))
    for name in ("mine", "MINE"):
        with pytest.raises(UsageError, match="called 'mine' already"):
            networks.save(network(name))
    for name in ("small_cnn", "VGG16"):
        with pytest.raises(UsageError, match="comes with the program"):
            networks.save(network(name), replace=True)
    changed = network("mine", image_size=32)
    networks.save(changed, replace=True)
    assert networks.find("mine") == changed


def test_what_makes_no_network_is_not_saved(networks):
    with pytest.raises(ImpossibleBlock):
        networks.save(network(blocks=(usual("convolution"),)))
    assert networks.names() == []


def test_there_is_an_end_to_how_many_are_kept(networks, monkeypatch):
    monkeypatch.setattr("core.architectures.custom.MOST_NETWORKS", 2)
    networks.save(network("a"))
    networks.save(network("b"))
    with pytest.raises(UsageError, match="Delete one"):
        networks.save(network("c"))
    networks.save(network("b", image_size=32), replace=True)


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "bad"}', json.dumps(network("other").to_dict())])
def test_a_damaged_file_harms_no_other(networks, workspace, text):
    networks.save(network("good"))
    (networks.folder / "bad.json").write_text(text, encoding="utf-8")
    assert networks.names() == ["good"]
    assert "good" in available(workspace)
    assert "bad" not in available(workspace)
    with pytest.raises(WorkbenchError, match="bad"):
        networks.find("bad")
    networks.delete("bad")


def test_own_networks_are_among_those_that_can_be_chosen(networks, workspace):
    networks.save(network("mine"))
    assert list(available(workspace)) == [*ARCHITECTURES, "mine"]
    assert list(available(None)) == list(ARCHITECTURES)
    assert find_available("mine", workspace) == network("mine").architecture
    assert find_available("vgg16", workspace) is ARCHITECTURES["vgg16"]
    with pytest.raises(UsageError, match="no architecture 'mine'"):
        find_available("mine")


def test_a_run_keeps_its_network_when_that_is_edited_or_deleted(networks, workspace):
    networks.save(network("mine"))
    settings = read_settings({"dataset": "pets", "architecture": "mine"}, workspace)
    networks.save(network("mine", image_size=32, blocks=(usual("flatten"),)), replace=True)
    again = read_settings(settings.to_dict())
    networks.delete("mine")
    assert again.design == settings.design == network("mine").architecture


def test_a_draft_whose_network_was_deleted_is_a_new_one(imported, networks):
    draft = Draft(imported("pets", {"cats": 5, "dogs": 5}))
    networks.save(network("mine"))
    draft.choose(architecture="mine")
    assert draft.architecture.name == "mine"
    assert draft.values()["image_size"] == 64
    networks.delete("mine")
    assert draft.architecture.name in ARCHITECTURES
