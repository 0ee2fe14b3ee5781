"""Pictures as the browser gets them, and the place it says was chosen, which may be anything."""

import json

import numpy as np
import pytest

from pages.components import pixel_lens
from pages.components.pixel_lens import MOST_SIDE, picture_data, read_place, usual_range


def sent(picture: np.ndarray) -> tuple[dict, bytes]:
    data = picture_data(picture, "lens")
    end = 4 + int.from_bytes(data[:4], "little")
    return json.loads(data[4:end])["arrays"][0], data[end:]


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (np.array([[0, 255]], np.uint8), "u1"),
        (np.array([[0, 255]], np.int64), "u1"),
        (np.array([[0.0, 200.0]]), "u1"),
        (np.array([[-1, 300]]), "i2"),
        (np.array([[0, 65535]], np.uint16), "u2"),
        (np.array([[-1.0, 1e6]]), "f4"),
        (np.array([[0.25, np.nan]]), "f4"),
        (np.array([[np.inf, 1]]), "f4"),
        (np.array([[True, False]]), "u1"),
    ],
)
def test_numbers_travel_as_they_are_and_small(values, numbers):
    description, content = sent(values)
    assert description["numbers"] == numbers
    np.testing.assert_array_equal(np.frombuffer(content, f"<{numbers}"), values.ravel().astype(float))


def test_three_equal_channels_travel_once():
    grey = np.repeat(np.arange(6, dtype=np.uint8).reshape(2, 3, 1), 3, axis=2)
    description, content = sent(grey)
    assert (description["same"], description["channels"], content) == (True, 1, bytes(range(6)))
    colour = grey.copy()
    colour[0, 0, 2] = 9
    description, content = sent(colour)
    assert (description["same"], description["channels"], len(content)) == (False, 3, 18)


def test_what_is_black_and_white_follows_the_kind_of_numbers():
    assert usual_range(np.array([[0.1, 1.0]])) == (0, 1)
    assert usual_range(np.array([[0.1, 7.0]])) == (0, 255)
    assert usual_range(np.array([[0, 1]], np.uint8)) == (0, 255)
    assert usual_range(np.array([[0, 1]], np.uint16)) == (0, 65535)


@pytest.mark.parametrize("shape", [(2, 2, 4), (4,), (MOST_SIDE + 1, 2), (0, 0)])
def test_what_is_no_small_picture_is_refused(shape):
    with pytest.raises(ValueError, match="is needed"):
        sent(np.zeros(shape))


@pytest.mark.parametrize(
    "place", [None, "1,2", [1], [1, 2, 3], [-1, 0], [0, 3], [2, 0], [0.5, 1], [True, 1], [None, 1]]
)
def test_a_place_that_is_none_is_not_taken(place):
    assert read_place(place, (2, 3)) is None


def test_a_place_is_row_and_column():
    assert read_place([1, 2], (2, 3)) == (1, 2)


def test_the_browser_is_sent_to_a_place_that_it_has_not_chosen_itself(monkeypatch):
    kept = {}
    monkeypatch.setattr(pixel_lens.st, "session_state", kept)
    assert pixel_lens._jump("lens", (1, 1)) == {"place": (1, 1), "number": 0}
    kept["lens"] = {"place": [5, 5]}
    pixel_lens._take("lens", (9, 9), lambda place: None)
    assert pixel_lens._jump("lens", (5, 5)) == {"place": (1, 1), "number": 0}, "nothing new is sent"
    assert pixel_lens._jump("lens", (1, 1)) == {"place": (1, 1), "number": 1}, "back by a button"
    assert pixel_lens._jump("lens", (1, 1)) == {"place": (1, 1), "number": 1}
