"""The page Concepts: every chapter opens, with and without a dataset, and links that are wrong lead somewhere."""

import pytest

from pages.concepts.contents import CHAPTERS


@pytest.mark.parametrize("key", CHAPTERS)
def test_a_chapter_opens_without_a_dataset(visit, key):
    at = visit("concepts", chapter=key).at
    assert any(CHAPTERS[key].title in heading.value for heading in at.subheader)
    assert not at.error


def test_an_unknown_chapter_is_the_first_with_a_word(visit):
    at = visit("concepts", chapter="<b>quantum</b>").at
    assert "which there is not" in at.warning[0].value


def test_drawn_images_are_labelled_so(visit, imported):
    dataset = imported("pets", {"cats": 3, "dogs": 3})
    dataset.save(type(dataset.info)(**dataset.info.__dict__ | {"drawn": True}))
    assert "Drawn by the program, not photographs" in visit("concepts", chapter="filters").words
