"""Words for people hold nothing that a terminal obeys, and come to an end."""

import doctest

import pytest

from core.datasets.sources import words
from core.datasets.sources.words import can_be_label, in_a_row, in_bytes, listed, shown


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize("length", [0, 1, 59, 60, 61, 100, 101, 10**6])
@pytest.mark.parametrize("longest", [10, 60, 100])
def test_no_text_is_shown_longer_than_asked(length, longest):
    assert len(shown("x" * length, longest)) == min(length, longest)


def test_what_is_shown_of_a_long_path_holds_the_ending_of_its_name():
    assert shown("photos/" * 100 + "1.tiff").endswith("1.tiff")


@pytest.mark.parametrize("letter", ["\x1b", "\n", "\u202e", "\x9b", "\ud800"])
def test_letters_that_a_terminal_obeys_are_not_shown(letter):
    assert letter not in shown(f"a{letter}b")
    assert letter not in listed([f"a{letter}b"])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["a"], "“a”"),
        (["a", "b"], "“a” and “b”"),
        (["a", "b", "c"], "“a”, “b” and “c”"),
        (["a", "b", "c", "d"], "“a”, “b”, “c” and “d”"),
        (["a", "b", "c", "d", "e"], "“a”, “b”, “c” and 2 more"),
        (list("a" * 2003), "“a”, “a”, “a” and 2,000 more"),
    ],
)
def test_some_of_many_names_are_listed(names, words):
    assert listed(names) == words


def test_all_are_named_in_a_row_where_nobody_says_how_many_at_the_most():
    assert in_a_row("abcd") == "a, b, c and d"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (20 * 2**30, "21.5 GB"), (4 * 10**15, "4,000.0 TB")],
)
def test_bytes_are_told_in_a_unit_that_fits(count, words):
    assert in_bytes(count) == words


@pytest.mark.parametrize(("text", "can"), [("a cat", True), ("x" * 200, True), ("x" * 201, False), ("a\nb", False)])
def test_a_text_can_be_a_label_where_it_is_short_and_visible(text, can):
    assert can_be_label(text) is can
