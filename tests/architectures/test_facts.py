"""What is said of a network besides its layers."""

import pytest

from core.architectures.facts import (
    original_in_words,
    preprocessing_in_words,
    source_in_words,
    weights_in_words,
)
from core.architectures.registry import ARCHITECTURES
from core.runs.settings import default_settings


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lenet_5", "Pixels to 0…1, then colours to grey"),
        ("mobilenet", "Pixels to −1…1"),
        ("vgg16", "Pixels as blue, green, red, less ImageNet's mean colour"),
        ("densenet121", "Pixels to 0…1, then pixels less ImageNet's mean, over its spread"),
    ],
)
def test_what_becomes_of_pixels_first(name, words):
    assert preprocessing_in_words(ARCHITECTURES[name]) == words


def test_weights_that_are_here_and_that_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    small = ARCHITECTURES["mobilenet_075"]
    assert weights_in_words(small) == "7.5 MB to download"
    assert weights_in_words(ARCHITECTURES["resnet50"]) == "94 MB to download"
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / small.weights.file_name).touch()
    assert weights_in_words(small) == "at hand"
    assert weights_in_words(ARCHITECTURES["small_cnn"]) == ""


def test_the_source_with_its_year():
    assert source_in_words(ARCHITECTURES["lenet_5"]).endswith("Document Recognition, 1998")


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=list(ARCHITECTURES))
def test_of_every_network_it_is_known_what_becomes_of_pixels(architecture):
    assert preprocessing_in_words(architecture)


# Where it comes from ----------------------------------------------------------------------------------------

COURSE = {name: entry for name, entry in ARCHITECTURES.items() if entry.group == "course"}
# What the course material states of how a network is trained: see each one's source.
STATED = {
    "mnist_cnn": {"optimiser": "adam", "learning_rate": 0.01, "batch_size": 256, "epochs": 20, "dropout": 0.25},
    "cervix_cnn": {"optimiser": "adam", "learning_rate": 0.01, "batch_size": 128},
    "cnn_32_32_64_64": {"optimiser": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "dropout": 0.5},
    "dense_20": {"optimiser": "adam", "epochs": 20},
    # Krizhevsky, Sutskever and Hinton 2012, section 5.
    "alexnet": {"optimiser": "sgd", "momentum": 0.9, "weight_decay": 0.0005, "batch_size": 128, "learning_rate": 0.01},
}


@pytest.mark.parametrize("name", STATED)
def test_a_network_comes_with_the_settings_that_its_source_states(name):
    settings = default_settings(ARCHITECTURES[name])
    assert {key: settings[key] for key in STATED[name]} == STATED[name]


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=list(ARCHITECTURES))
def test_what_is_shown_of_a_network_is_what_a_run_of_it_has(architecture):
    rates = {row.layer.rate for row in architecture.table(architecture.input_size, 3) if row.layer.kind == "dropout"}
    own = {layer.rate for layer in (*architecture.body, *architecture.head) if layer.kind == "dropout"}
    usual = {default_settings(architecture)["dropout"]} if None in own else set()
    assert rates == own - {None} | usual


def test_how_many_parameters_it_has_where_it_comes_from():
    assert original_in_words(ARCHITECTURES["small_cnn"]) == "", "it was made here"
    assert original_in_words(ARCHITECTURES["two_conv"]) == "As in the course, with 3 classes: 24,533."
    assert original_in_words(ARCHITECTURES["vgg16"]) == "As published, with 1,000 classes: 138,357,544."


@pytest.mark.parametrize("name", COURSE)
def test_only_the_chapter_has_a_year(name):
    """When the notes, the lesson page and the slides were written is not known."""
    expected = 2017 if "chapter" in COURSE[name].source else 0
    assert COURSE[name].year == expected
