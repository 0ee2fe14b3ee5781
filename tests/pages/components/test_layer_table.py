"""The table of layers as the browser gets it."""

import json

import pytest

from core.architectures.registry import ARCHITECTURES
from pages.components.layer_table import chosen_row, table_data


def data(name, chosen=-1):
    architecture = ARCHITECTURES[name]
    return table_data(architecture.table(architecture.input_size, 2), architecture.input_size, chosen, "token")


def test_a_short_network_is_shown_at_once():
    shown = data("lenet_5")
    assert shown["sections"] == []
    assert shown["rows"][2] == {
        "name": "Convolution 5×5, 6 filters, tanh",
        "block": "",
        "cells": ["28 × 28 × 6", "156", "5 × 5", "117,600", ""],
    }
    assert shown["rows"][-1]["cells"] == ["2 numbers", "170", "all", "168", ""]
    assert shown["sums"] == []


def test_a_long_one_by_sections_that_open():
    shown = data("resnet152")
    assert [section["title"] for section in shown["sections"]][3] == "Stage 4 ×36"
    assert shown["sections"][0]["first"] == 0
    assert shown["sections"][-1]["end"] == len(shown["rows"]) == 518
    ends = [section["end"] for section in shown["sections"]]
    assert [section["first"] for section in shown["sections"][1:]] == ends[:-1]
    assert shown["sections"][3]["cells"] == ["14 × 14 × 1,024", "40,782,848", "224 × 224", "7,938,244,608", "frozen"]
    assert len(json.dumps(shown)) < 150_000


def test_the_sums_of_the_chosen_row_are_sent():
    sums = {entry["title"]: entry for entry in data("vgg16", 4)["sums"]}
    assert sums["Parameters"]["terms"][0] == ["3", "height"]
    assert sums["Parameters"]["terms"][-1] == ["73,856", "parameters"]


@pytest.mark.parametrize(
    ("state", "row"),
    [(None, 3), ({}, 3), ({"row": 1}, 1), ({"row": -1}, -1), ({"row": 99}, -1), ({"row": "1"}, -1), ({"row": 1.5}, -1)],
)
def test_which_row_is_chosen(state, row):
    rows = ARCHITECTURES["mnist_cnn"].table(28, 10)[4:]  # the dense layer has the most parameters by far
    assert chosen_row(state, rows) == row
