"""The growth of parameters: a line a layer, and what they come to at the marked side."""

import pytest

from core.figures.parameter_growth import parameter_growth_figure


@pytest.fixture
def figure():
    return parameter_growth_figure([8, 64, 224], {"convolution": [90, 90, 90], "dense": [32, 2048, 25088]}, 64)


def test_each_layer_is_a_line_with_its_number_at_the_marked_side(figure):
    lines = [trace for trace in figure.data if trace.mode is None]
    assert {line.name: list(line.y) for line in lines} == {"convolution": [90, 90, 90], "dense": [32, 2048, 25088]}
    assert [trace.text[0] for trace in figure.data if trace.text] == ["90", "2,048"]


def test_lines_are_told_apart_without_colours(figure):
    dashes = [trace.line.dash for trace in figure.data if trace.mode is None]
    assert len(set(dashes)) == len(dashes)


def test_axes_say_what_they_count(figure):
    assert figure.layout.xaxis.title.text == "side of the image, pixels"
    assert figure.layout.yaxis.title.text == "parameters"
