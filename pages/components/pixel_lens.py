"""A picture whose numbers one reads: hovering shows the pixels around the pointer, and what a filter makes of them."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

_FOLDER = Path(__file__).parent
_component = component(
    "workbench_pixel_lens",
    html='<div class="lens"></div>',
    css=(_FOLDER / "pixel_lens.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "pixel_lens.js").read_text(encoding="utf-8"),
)
# Pictures are sent as they are; the answer of a full convolution is somewhat larger than its picture.
MOST_SIDE = 768
# The smallest kind of number that holds all values as they are is sent.
KINDS = ("u1", "<i2", "<u2")
Place = tuple[int, int]
Range = tuple[float, float]
Outside = Literal["zero", "nearest", "reflect", "mirror", "wrap", "none"]


def pixel_lens(
    picture: np.ndarray,
    key: str,
    *,
    answer: np.ndarray | None = None,
    kernel: np.ndarray | None = None,
    window: tuple[int, int] | None = None,
    scale: int = 1,
    offset: tuple[int, int] | None = None,
    dilation: int = 1,
    outside: Outside = "zero",
    place: Place | None = None,
    moved: Callable[[Place], None] | None = None,
    captions: tuple[str, str] = ("", ""),
    ranges: tuple[Range | None, Range | None] = (None, None),
    alt: str = "",
) -> None:
    """Draw a picture, and beside it what was made of it, with the numbers at the pointer or the keyboard's place.

    Hovering is all in the browser; arrow keys move by a pixel, with Shift by ten. A click or Enter keeps the place.

    Parameters
    ----------
    picture : (height, width) or (height, width, 3) array of numbers
        At most `MOST_SIDE` pixels long.
    answer : array like `picture`
        What was made of it, of any size.
    kernel : (rows, columns) array
        As it lies on the picture: turned around already where it is to be flipped. The products with what lies
        under it are written out, one channel at a time, and their sum beside the answer's number.
    window : (rows, columns)
        How many pixels of the picture each of the answer comes from, where there is no kernel, as in pooling; else,
        where `scale` is 1 as well, both are shown with what is around the place.
    scale
        Pixels of the picture for one of the answer: the stride.
    offset
        Row and column in the picture at which the window of the answer's first pixel begins; negative with padding.
        By default 0, and for an answer of the picture's size such that the window lies centred.
    dilation
        How far the kernel's cells lie apart, in pixels.
    outside
        What is shown beyond the edges: "zero"; the "nearest" pixel; "reflect" (d c b a | a b c d | d c b a), "mirror"
        (d c b | a b c d | c b a) and "wrap" as SciPy calls them; or "none".
    place
        Row and column of the pixel in `picture` that is shown first, and again when it changes.
    moved
        Called back with such a place when one was clicked, or chosen by Enter.
    captions
        Below picture and answer.
    ranges
        The values shown black and white, of picture and answer. By default those that the type of whole numbers of
        16 bits can hold, 0 and 1 of numbers between these, and else 0 and 255.
    alt
        What there is to see, in words.
    """
    settings = {
        "kernel": None if kernel is None else np.asarray(kernel, float).tolist(),
        "window": list(np.shape(kernel)) if kernel is not None else list(window or (scale, scale)),
        "scale": scale,
        "offset": None if offset is None else list(offset),
        "dilation": dilation,
        "outside": outside,
        "jump": _jump(key, place),
        "captions": list(captions),
        "alt": alt,
    }
    with st.container(gap=None):
        # An element of its own: as long as the picture is the same, the browser is not sent it once more.
        _component(data=picture_data(picture, key, ranges[0]), key=f"{key}_picture")
        _component(
            data=lens_data(key, answer, ranges[1], settings),
            key=key,
            on_place_change=partial(_take, key, picture.shape[:2], moved),
        )


def picture_data(picture: np.ndarray, key: str, shown: Range | None = None) -> bytes:
    """The picture as the browser gets it."""
    return _packed({"kind": "picture", "name": key}, [(picture, shown)])


def lens_data(key: str, answer: np.ndarray | None, shown: Range | None, settings: dict[str, Any]) -> bytes:
    """All else as the browser gets it."""
    return _packed({"kind": "lens", "name": key, **settings}, [] if answer is None else [(answer, shown)])


def read_place(place: Any, shape: tuple[int, ...]) -> Place | None:
    """The place that the browser says was chosen; None where it is none in a picture of that height and width."""
    if not isinstance(place, list) or len(place) != 2 or not all(type(part) is int for part in place):
        return None
    row, column = place
    return (row, column) if 0 <= row < shape[0] and 0 <= column < shape[1] else None


def _jump(key: str, place: Place | None) -> dict[str, Any]:
    """The place to go to, with a number that is new where the browser is to go there.

    Of a place that the browser has chosen nothing is said: then it is not sent the answer once more.
    """
    known = st.session_state.setdefault(f"{key}_places", {"last": place, "chosen": None, "to": place, "number": 0})
    if place not in (known["last"], known["chosen"]):
        known.update(to=place, number=known["number"] + 1)
    known["last"] = place
    return {"place": known["to"], "number": known["number"]}


def _take(key: str, shape: tuple[int, ...], moved: Callable[[Place], None] | None) -> None:
    place = read_place(st.session_state[key]["place"], shape)
    if moved is not None and place is not None:
        st.session_state[f"{key}_places"]["chosen"] = place
        moved(place)


# The bytes that travel ------------------------------------------------------------------------------------------------


def _packed(header: dict[str, Any], arrays: list[tuple[np.ndarray, Range | None]]) -> bytes:
    """The length of a header in JSON as four bytes, the header, then the numbers of each array."""
    described, content = (
        zip(*(_described(values, shown) for values, shown in arrays), strict=True) if arrays else ((), ())
    )
    text = json.dumps(header | {"arrays": described}).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(content)


def _described(values: np.ndarray, shown: Range | None) -> tuple[dict[str, Any], bytes]:
    if values.ndim not in (2, 3) or values.shape[2:] not in ((), (1,), (3,)) or not 0 < max(values.shape) <= MOST_SIDE:
        raise ValueError(f"A picture of at most {MOST_SIDE} pixels a side is needed, not of shape {values.shape}.")
    sent, same = _without_copies(values)
    numbers = np.ascontiguousarray(_smallest(sent))
    low, high = shown or usual_range(values)
    description = {
        "height": values.shape[0],
        "width": values.shape[1],
        "channels": sent.shape[2] if sent.ndim == 3 else 1,
        "same": same,
        "numbers": numbers.dtype.str.lstrip("<|"),
        "low": float(low),
        "high": float(high),
    }
    return description, numbers.tobytes()


def _without_copies(values: np.ndarray) -> tuple[np.ndarray, bool]:
    """The values, and whether they are one channel of three that are the same."""
    if values.ndim == 3 and values.shape[2] == 3 and (values[..., :1] == values[..., 1:]).all():
        return values[..., 0], True
    return values, False


def _smallest(values: np.ndarray) -> np.ndarray:
    if values.dtype == np.uint8:
        return values
    low, high = values.min(), values.max()
    if np.isfinite(low) and np.isfinite(high) and (values.dtype.kind != "f" or (values == np.round(values)).all()):
        for kind in KINDS:
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                return values.astype(kind)
    return values.astype("<f4")


def usual_range(values: np.ndarray) -> Range:
    """The values shown black and white where nothing is said."""
    if values.dtype == np.uint16:
        return 0.0, 65535.0
    is_share = values.dtype.kind == "f" and values.min() >= 0 and values.max() <= 1
    return (0.0, 1.0) if is_share or values.dtype == bool else (0.0, 255.0)
