"""The commands that list networks and write one out."""

import pytest

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.architectures.registry import ARCHITECTURES


@pytest.fixture
def mine(workspace):
    blocks = (usual_block("convolution", filters=8), usual_block("global_average_pool"))
    CustomNetworks(workspace).save(CustomNetwork("mine", "My network", 48, 1, blocks))


def test_all_networks_with_their_figures(document, command, mine, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    code, found = document("architectures")
    assert code == 0
    entries = {entry["name"]: entry for entry in found}
    assert list(entries) == [*ARCHITECTURES, "mine"]
    assert entries["vgg16"] == {
        "name": "vgg16",
        "title": "VGG16",
        "group": "backbone",
        "year": 2014,
        "input_size": 224,
        "minimum_size": 32,
        "original_parameters": 138_357_544,
        "original_classes": 1000,
        "body_parameters": 14_714_688,
        "weights": "59 MB to download",
        "megabytes": 58.9,
        "at_hand": False,
    }
    assert (entries["mine"]["group"], entries["mine"]["year"], entries["mine"]["at_hand"]) == ("own", None, None)
    output = command("architectures")[1]
    assert "ResNet152" in output
    assert "60,419,944" in output


def test_a_network_layer_by_layer(document, command):
    code, found = document("describe", "vgg16", "--size", "224", "--classes", "2")
    assert code == 0
    assert found["totals"]["parameters"] == 14_715_714
    assert (found["totals"]["trained"], found["totals"]["frozen"]) == (1_026, 14_714_688)
    second = next(layer for layer in found["layers"] if layer["shape"] == [112, 112, 128])
    assert second["kind"] == "conv"
    assert second["parameters"] == 73_856
    assert second["frozen"]
    sums = {entry["title"]: entry["sum"] for entry in second["sums"]}
    assert sums["Parameters"] == "3 × 3 × 64 × 128 + 128 = 73,856"
    assert found["layers"][-1]["receptive_field"] is None
    _, output, _ = command("describe", "vgg16", "--classes", "2")
    assert (
        "Parameters: 14,715,714 (1,026 trained, 14,714,688 frozen). As published, with 1,000 classes: 138,357,544."
        in (output)
    )
    assert "    Parameters: 3 × 3 × 64 × 128 + 128 = 73,856" in output


def test_what_was_published_is_where_it_begins(document, command):
    code, found = document("describe", "lenet_5")
    assert (code, found["image_size"], found["class_count"], found["channels"]) == (0, 32, 10, 1)
    assert found["totals"]["parameters"] == 61_706
    assert found["settings"] == {"optimiser": "adam", "learning_rate": 0.001}
    output = command("describe", "lenet_5")[1]
    assert "LeCun, Bottou, Bengio and Haffner" in output
    assert "1998" in output
    assert "Departs from it: The paper's sub-sampling" in output
    assert "Comes with: optimiser Adam, learning rate 0.001." in output
    assert "First: Pixels to 0…1, then colours to grey." in output


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("mnist_cnn", [0.25]),
        ("cnn_32_64", [0.25, 0.5]),
        ("cnn_32_32_64_64", [0.25, 0.25, 0.5]),
        ("cervix_cnn", [0.5, 0.5]),
        ("alexnet", [0.5, 0.5]),
        ("small_cnn", [0.3]),
        ("vgg16", [0.5]),
    ],
)
def test_dropout_is_the_network_s_own(command, document, name, rates):
    shown = [layer["name"] for layer in document("describe", name)[1]["layers"] if layer["kind"] == "dropout"]
    assert shown == [f"Dropout {rate:.0%}" for rate in rates]
    assert all(f"  {line}  " in command("describe", name)[1] for line in shown)
    assert document("describe", name)[1]["dropout"] == rates[-1]


def test_memory_is_that_of_the_network_s_own_optimiser(command, document):
    totals = document("describe", "alexnet")[1]["totals"]
    assert totals["training_bytes"] == 12 * 62_378_344
    assert "what SGD keeps of these" in command("describe", "alexnet")[1]
    assert "what AdamW keeps of these" in command("describe", "small_cnn")[1]


def test_ones_own_network(document, mine):
    code, found = document("describe", "mine", "--classes", "3", "--channels", "1")
    assert code == 0
    assert found["image_size"] == 48
    # 3 × 3 weights and a bias for each of 8 filters, and 8 weights and a bias for each of 3 classes.
    assert found["totals"]["parameters"] == 80 + 27


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("vgg17",), "There is no architecture 'vgg17'. There are: small_cnn,"),
        (("vgg16", "--size", "10"), "VGG16 needs images of at least 32 pixels a side. Got 10."),
        (("vgg16", "--size", "large"), "must be a whole number from 1 to 1024. Got 'large'."),
        (("vgg16", "--classes", "1"), "A classifier needs from 2 to 10,000 classes. Got 1."),
        (("vgg16", "--classes", "two"), "--classes must be a whole number. Got 'two'."),
        (("cnn_32_64", "--size", "1000"), "at most 500,000,000 are accepted"),
        (
            ("vgg16", "--channels", "1"),
            "VGG16 learned on colours: grey images are shown to it in all three channels. Leave --channels out.",
        ),
        (
            ("small_cnn", "--channels", "1"),
            "Small CNN looks at three channels: grey images are shown to it in all three",
        ),
        (("lenet_5", "--channels", "2"), "--channels must be 3 (colour) or 1 (grey). Got 2."),
    ],
)
def test_what_cannot_be_is_refused(document, arguments, words):
    code, found = document("describe", *arguments)
    assert code == 2
    assert words in found["error"]


def test_grey_networks_take_grey_and_colour_images(document):
    assert document("describe", "lenet_5", "--channels", "1")[0] == 0
    assert document("describe", "lenet_5", "--channels", "3")[0] == 0
