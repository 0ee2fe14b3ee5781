"""Numbers as people list them."""

import pytest

from core.concepts.number_list import LONGEST, read_numbers
from core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,5,7", [1, 5, 7]),
        (" 3 - 5 , 1 ", [3, 4, 5, 1]),
        ("2–4;2", [2, 3, 4]),
        ("9 8", [9, 8]),
        ("12,", [12]),
        ("ALL", None),
    ],
)
def test_lists_are_read(text, numbers):
    assert read_numbers(text) == numbers


@pytest.mark.parametrize("text", ["", "0", "a", "5-3", "1,,x", "-4", "1.5", "9" * 50, "١"])
def test_what_is_no_list_is_told_with_what_would_be(text):
    with pytest.raises(UsageError, match='List filters as "1,5,7-9", or say "all"'):
        read_numbers(text)


def test_a_list_has_an_end():
    assert len(read_numbers(f"1-{LONGEST}") or ()) == LONGEST
    with pytest.raises(UsageError, match=f"At most {LONGEST} filters"):
        read_numbers("1-999999")
