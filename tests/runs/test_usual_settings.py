"""The settings that networks come with."""

import pytest

from core.architectures.registry import ARCHITECTURES
from core.runs.usual_settings import usual_settings, usual_settings_in_words


def test_those_of_the_slides():
    words = usual_settings_in_words(ARCHITECTURES["cnn_32_32_64_64"])
    assert words.startswith("optimiser SGD, learning rate 0.01, momentum 0.9, nesterov momentum on")
    assert dict(usual_settings(ARCHITECTURES["mnist_cnn"]))["Epochs"] == "20"


def test_networks_that_take_the_defaults_have_none():
    assert usual_settings_in_words(ARCHITECTURES["vgg16"]) == ""


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=list(ARCHITECTURES))
def test_all_of_them_have_a_title(architecture):
    assert len(usual_settings(architecture)) == len(architecture.settings)
