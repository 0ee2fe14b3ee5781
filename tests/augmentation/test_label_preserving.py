"""What may be done to an image is put into words."""

import pytest

from core.augmentation.label_preserving import LabelPreserving


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (LabelPreserving(False, False, 0), "neither be mirrored nor turned"),
        (LabelPreserving(True, False, 0), "be mirrored left to right"),
        (LabelPreserving(False, False, 15), "be turned by up to 15°"),
        (LabelPreserving(True, True, 180), "be mirrored left to right and top to bottom and turned by up to 180°"),
    ],
)
def test_what_keeps_a_label_is_put_into_words(allowed, words):
    assert allowed.in_words() == words
