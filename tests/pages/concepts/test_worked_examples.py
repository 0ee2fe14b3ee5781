"""Every worked example opens in its chapter, with nothing in its link to be mended and no error on the page."""

import pytest

from core.concepts.examples import EXAMPLES

OPENED = [example for example in EXAMPLES if example.state]


@pytest.mark.parametrize("example", OPENED, ids=lambda example: example.name)
def test_its_link_opens_it(visit, example):
    at = visit("concepts", chapter=example.chapter, **example.state).at
    assert not at.warning
    assert not at.error
    assert "Another one is shown" not in " ".join(caption.value for caption in at.caption)
