"""Many images as points that one looks into: hovering shows the picture, a lasso chooses those that lie in it."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from pages.components.gallery import Tile, clear_selection, selection_token

_FOLDER = Path(__file__).parent
_component = component(
    "workbench_point_map",
    html='<div class="points"></div>',
    css=(_FOLDER / "point_map.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "point_map.js").read_text(encoding="utf-8"),
)
# Told apart where colours are not.
SHAPES = ("circle", "square", "triangle", "diamond")
# The browser asks for the picture under the pointer and for some beside it, which will be looked at next.
MOST_AT_ONCE = 12
# Places are sent as two bytes, groups as one: 25,000 points are 200 KB, once.
FINEST, MOST_GROUPS = 65535, 256


@dataclass(frozen=True)
class Group:
    """Points that look alike.

    Parameters
    ----------
    colour
        "" for those that stay in the background, grey and without rings.
    shape
        One of `SHAPES`.
    """

    name: str
    colour: str
    shape: str = SHAPES[0]


@dataclass(frozen=True, eq=False)
class PointMap:
    """What the map draws.

    Parameters
    ----------
    identity
        By which these points are known: what was chosen among others is not chosen among them.
    edition
        By which what is told of the points is known; in another one the pictures are asked for anew.
    places : array of float, shape (n, 2)
        Finite, at least one; to the right and upwards, in any unit, which is the same in both directions.
    groups
        At most `MOST_GROUPS`.
    group : array of int, shape (n,)
        Of each point, an index into `groups`.
    ringed : array of bool, shape (n,)
        Which points stand out, and what for is said by `ring`.
    ring
        What a ring means.
    named
        Whether groups are named on the map, where most of their points lie.
    alt
        The map in words.
    """

    identity: str
    edition: str
    places: np.ndarray
    groups: Sequence[Group]
    group: np.ndarray
    ringed: np.ndarray
    ring: str
    named: bool
    alt: str


def show_point_map(drawn: PointMap, tiles: Callable[[list[int]], list[Tile]], key: str) -> np.ndarray:
    """Draw the map.

    Parameters
    ----------
    tiles
        What is shown of points that one hovers over, given their rows.

    Returns
    -------
    ndarray of int
        The rows of the points that are chosen, in order. They stay so until others are, other points are shown, or
        `clear_selection(key)` is called.
    """
    token = selection_token(key, (drawn.identity,))
    with st.container(gap=None):
        result = _component(
            data=map_data(drawn, key, token),
            key=key,
            default={"chosen": None},
            on_chosen_change=lambda: None,
        )
        st.fragment(_answer)(drawn, tiles, key)
    return chosen_rows(result.chosen, token, len(drawn.places))


def clear_points(key: str) -> None:
    """Choose nothing on this map when it is drawn next."""
    clear_selection(key)


def map_data(drawn: PointMap, key: str, token: str) -> dict[str, Any]:
    """What the browser draws: arrays as base64 of little-endian numbers."""
    low = drawn.places.min(axis=0)
    span = float((drawn.places.max(axis=0) - low).max())
    fine = np.round((drawn.places - low) / (span or 1.0) * FINEST).astype("<u2")
    return {
        "kind": "map",
        "name": key,
        "points": drawn.identity,
        "edition": drawn.edition,
        "token": token,
        "x": _packed(fine[:, 0]),
        "y": _packed(fine[:, 1]),
        "group": _packed(drawn.group.astype(np.uint8)),
        "ringed": _packed(drawn.ringed.astype(np.uint8)),
        "groups": [asdict(group) for group in drawn.groups],
        "ring": drawn.ring,
        "named": drawn.named,
        "alt": drawn.alt,
    }


def _packed(numbers: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()


def chosen_rows(state: Any, token: str, count: int) -> np.ndarray:
    """The rows that the browser says are chosen, a bit a point; none of what is not of these points."""
    nothing = np.array([], dtype=np.intp)
    if not isinstance(state, dict) or state.get("token") != token:
        return nothing
    try:
        packed = np.frombuffer(base64.b64decode(state["bits"], validate=True), np.uint8)
    except (KeyError, TypeError, ValueError):
        return nothing
    return np.flatnonzero(np.unpackbits(packed, bitorder="little")[:count])


# Pictures on demand ---------------------------------------------------------------------------------------------------


def _answer(drawn: PointMap, tiles: Callable[[list[int]], list[Tile]], key: str) -> None:
    """Hand over the pictures that were asked for. A fragment of its own: the map itself is not sent once more."""
    own = f"{key}_pictures"
    rows = wanted_rows((st.session_state.get(own) or {}).get("wanted"), drawn)
    _component(
        data={
            "kind": "pictures",
            "name": key,
            "points": drawn.identity,
            "edition": drawn.edition,
            "tiles": [[row, asdict(tile)] for row, tile in zip(rows, tiles(rows), strict=True)] if rows else [],
        },
        key=own,
        default={"wanted": None},
        on_wanted_change=lambda: None,
    )


def wanted_rows(state: Any, drawn: PointMap) -> list[int]:
    """The rows whose pictures the browser asks for; none of what is not a row of these points."""
    if not isinstance(state, dict) or state.get("points") != drawn.identity:
        return []
    rows = state.get("rows")
    if not isinstance(rows, list):
        return []
    count = len(drawn.places)
    known = [row for row in rows if type(row) is int and 0 <= row < count]
    return list(dict.fromkeys(known))[:MOST_AT_ONCE]
