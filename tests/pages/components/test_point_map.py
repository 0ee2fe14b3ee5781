"""Points as the browser gets them, and what it says of them, which may be anything."""

import base64

import numpy as np
import pytest

from pages.components.point_map import FINEST, MOST_AT_ONCE, Group, PointMap, chosen_rows, map_data, wanted_rows


def drawn(places, identity: str = "these") -> PointMap:
    places = np.array(places, dtype=float)
    none = np.zeros(len(places), dtype=bool)
    return PointMap(identity, "1", places, [Group("all", "#000000")], none.astype(int), none, "", False, "Some points.")


def numbers(text: str, kind: str = "<u2") -> list[int]:
    return np.frombuffer(base64.b64decode(text), kind).tolist()


def bits(*rows: int, count: int = 10) -> str:
    packed = np.packbits(np.isin(np.arange(count), rows), bitorder="little")
    return base64.b64encode(packed.tobytes()).decode()


def test_places_keep_their_proportions():
    data = map_data(drawn([[-1, 0], [3, 1], [1, 2]]), "map", "token")
    assert numbers(data["x"]) == [0, FINEST, (FINEST + 1) // 2]
    assert numbers(data["y"]) == [0, pytest.approx(FINEST / 4, abs=1), (FINEST + 1) // 2]


def test_points_on_one_place_are_drawn():
    assert numbers(map_data(drawn([[2, 2], [2, 2]]), "map", "token")["x"]) == [0, 0]


def test_chosen_points_come_as_bits():
    assert chosen_rows({"token": "a", "bits": bits(0, 3, 9)}, "a", 10).tolist() == [0, 3, 9]
    assert chosen_rows({"token": "a", "bits": bits(0, 15, count=16)}, "a", 10).tolist() == [0]


@pytest.mark.parametrize(
    "state",
    [
        None,
        "text",
        {},
        {"token": "a"},
        {"token": "other", "bits": bits(1)},
        {"token": "a", "bits": None},
        {"token": "a", "bits": 3},
        {"token": "a", "bits": "no base64!"},
        {"token": "a", "bits": ["x"]},
        {"token": "a", "bits": "é"},
        {"token": "a", "bits": ""},
    ],
)
def test_whatever_else_comes_chooses_nothing(state):
    assert chosen_rows(state, "a", 10).tolist() == []


def test_pictures_are_asked_for_by_row():
    points = drawn(np.zeros((100, 2)))
    assert wanted_rows({"points": "these", "rows": [5, 7, 5]}, points) == [5, 7]
    assert len(wanted_rows({"points": "these", "rows": list(range(100))}, points)) == MOST_AT_ONCE


@pytest.mark.parametrize("rows", [None, "12", {"a": 1}, [-1], [100], [True], [1.0], ["1"], [[1]], [None]])
def test_rows_that_there_are_not_have_no_picture(rows):
    assert wanted_rows({"points": "these", "rows": rows}, drawn(np.zeros((100, 2)))) == []


@pytest.mark.parametrize("state", [None, 1, [], {}, {"points": "others", "rows": [1]}])
def test_pictures_of_other_points_are_not_given(state):
    assert wanted_rows(state, drawn(np.zeros((100, 2)))) == []
