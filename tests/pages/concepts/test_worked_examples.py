"""Every worked example opens in its chapter, with nothing in its link to be mended and no error on the page."""

import pytest

from core.concepts.examples import EXAMPLES
from pages.concepts.contents import CHAPTERS
from tests.pages.concepts.lenses import captions_of

OPENED = [example for example in EXAMPLES if example.state]


@pytest.mark.parametrize("example", OPENED, ids=lambda example: example.name)
def test_its_link_opens_it(visit, example):
    at = visit("concepts", chapter=example.chapter, **example.state).at
    assert not at.warning
    assert not at.error
    assert "Another one is shown" not in " ".join(caption.value for caption in at.caption)


@pytest.mark.parametrize("example", OPENED, ids=lambda example: example.name)
def test_its_link_sets_what_the_chapter_has(example):
    assert set(example.state) <= {parameter.name for parameter in CHAPTERS[example.chapter].parameters}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("output-length", r"\frac{32 - 5 + 2 \cdot 0}{1} + 1 = 28"),
        ("same-padding", "2 before and 2 behind"),
        ("dilation", "= 5 cells"),
        ("two-grey-levels", "What is left: 512 × 512 pixels, 2 levels"),
        ("ten-filters", "3 × 3 × 1 × 10 = 90"),
        ("dense-on-64", "4,096 × 500 = 2,048,000"),
        ("fully-connected-map", "= 529,984"),
        ("depth-of-filters", "Each filter is 3 × 3 × 16"),
        ("convolution-2d-stride", "<td>2.9</td>"),
        ("seven-by-seven-last-row", "<td>27</td>"),
        ("gaussian-sum", "add up to 31.4"),
        ("sobel-magnitude", '<td class="answer">−800</td>'),
        ("pooled-photograph", "(512 − 4) / 4 + 1 = 128"),
        ("pooled-area", "25 % of the numbers are left"),
        ("one-hot-count", "is **3**"),
    ],
)
def test_its_page_shows_the_number_that_it_states(visit, name, shown):
    example = next(example for example in EXAMPLES if example.name == name)
    page = visit("concepts", chapter=example.chapter, **example.state)
    drawn = [part.proto.body for part in page.at.main.get("html")] + [str(part.value) for part in page.at.latex]
    assert shown in "\n".join([page.words, *drawn, *captions_of(page)])
