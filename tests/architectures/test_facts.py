"""What is said of a network besides its layers."""

import pytest

from core.architectures.facts import preprocessing_in_words, source_in_words, weights_in_words
from core.architectures.registry import ARCHITECTURES


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
