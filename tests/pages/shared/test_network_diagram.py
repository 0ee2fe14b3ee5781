"""The drawing of a network: what it shows, how much of it, and what it says to those who can't see it."""

import base64
import re

import pytest

from core.architectures.layers import Layer, tabulate
from core.architectures.registry import ARCHITECTURES
from pages.shared.network_diagram import MOST_SECTIONS, network_picture


def figures(picture):
    return re.findall(r"<figure.*?</figure>", picture)


def drawings(picture):
    found = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", picture)
    return [base64.b64decode(each).decode() for each in found]


def picture_of(name, class_count=2):
    architecture = ARCHITECTURES[name]
    return network_picture(architecture.table(architecture.input_size, class_count), architecture.input_size)


def test_blocks_are_named_counted_and_sized():
    shown = figures(picture_of("resnet152"))
    assert len(shown) == 8
    assert "<b>Stage 4 ×36</b><br>14×14×1024" in shown[4]
    assert drawings(shown[4])[0].count("front") == 36 + 3, (
        "a front for each unit, and three kinds of fronts in the style"
    )
    assert "14 × 14 × 1,024, 40,782,848 parameters, learned on ImageNet, frozen" in shown[4]


def test_a_plain_block_shows_its_layers():
    block = drawings(figures(picture_of("vgg16"))[3])[0]
    kinds = re.findall(r'polygon class="(\w+) front"', block)
    assert kinds == ["frozen", "frozen", "frozen", "fixed"]


def test_only_what_is_in_the_picture_is_in_its_key():
    assert "learned on ImageNet" in picture_of("vgg16")
    scratch = picture_of("lenet_5")
    assert "learned on ImageNet" not in scratch
    assert "trained on your images" in scratch


def test_it_is_told_to_those_who_can_not_see_it():
    assert (
        'aria-label="An image of 28 × 28 × 3, then Flatten to 784 numbers, then Dense ×2 to 10 numbers, then Your '
        'classes to 3 numbers."'
    ) in picture_of("perceptron", 3)


def test_a_layer_is_as_high_as_the_image_is_large_there():
    heights = [float(re.search(r'height="([\d.]+)"', each)[1]) for each in drawings(picture_of("vgg16"))]
    assert heights[:5] == sorted(heights[:5], reverse=True)


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_network_has_a_picture_of_few_parts(name):
    shown = figures(picture_of(name))
    assert 4 <= len(shown) <= MOST_SECTIONS
    assert all(float(re.search(r'width="([\d.]+)"', each)[1]) < 260 for each in drawings(picture_of(name)))


def test_the_middle_of_a_very_long_one_is_left_out():
    layers = [Layer("conv", filters, 3) for filters in range(1, 41)]
    shown = figures(network_picture(tabulate(layers, (16, 16, 3)), 16))
    assert len(shown) == MOST_SECTIONS + 1
    assert any("<b>21 more</b>" in each for each in shown)


def test_it_begins_with_an_image_where_there_is_one():
    rows = ARCHITECTURES["lenet_5"].table(32, 2)
    assert '<img class="image" src="data:x&quot;y" alt="">' in network_picture(rows, 32, 'data:x"y')
    assert '<div class="image">' in network_picture(rows, 32)


def test_an_image_has_as_many_channels_as_the_first_layer_is_fed():
    picture = network_picture(tabulate([Layer("conv", 6, 5)], (32, 32, 1)), 32)
    assert "<b>Image</b><br>32×32×1" in picture and "An image of 32 × 32 × 1, then" in picture
