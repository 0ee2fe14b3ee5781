"""Which picture a chapter works on: one of the dataset, an upload, or one that comes with the installed libraries."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import numpy as np
import streamlit as st
from PIL import Image

from core.concepts.pictures import PICTURES, shipped_pixels
from core.errors import UsageError
from core.images.reading import UnreadableImage, open_rgb
from core.images.reading_settings import AS_USUAL, Reading
from core.runs.settings.parameters import Parameter
from pages.concepts.state import State, touch
from pages.shared.markdown import escape
from pages.shared.page import Page

SIDE = 512
PICTURES_KEPT = 16
CHOICES = 60  # of the dataset's images; more than a list is good for
LONGEST_PATH = 1000
LARGEST_UPLOAD_MB = 50
# While it is decoded, a picture of 100 megapixels takes most of a gigabyte.
ONE_AT_A_TIME = Lock()
SHIPPED, OWN, UPLOADED = "shipped:", "own:", "upload:"
SHIPPED_FIRST = f"{SHIPPED}camera"
FIRST = ""  # the first of one's own images; without any, the first that comes along


@dataclass(frozen=True)
class Picture:
    """The picture in view.

    Parameters
    ----------
    title
        What people call it.
    pixels : (height, width, 3) array of uint8
        In its true proportions, `SIDE` pixels long at most. It must not be written to.
    path
        Where the file lies; None of an upload.
    dataset_path
        As the dataset calls it; "" of others.
    reading
        How deep values become red, green and blue.
    """

    title: str
    pixels: np.ndarray
    path: Path | None = None
    dataset_path: str = ""
    reading: Reading = AS_USUAL


class _PictureParameter(Parameter):
    """The picture: its kind and its name, such as "shipped:camera" or "own:cats/1.jpg"."""

    def check(self, value: str) -> str:
        if value == FIRST:
            return value
        kind = next((kind for kind in (SHIPPED, OWN, UPLOADED) if str(value).startswith(kind)), None)
        if kind is None or len(value) > LONGEST_PATH or (kind == SHIPPED and value.removeprefix(kind) not in PICTURES):
            raise UsageError(f"There is no picture {str(value)[:LONGEST_PATH]!r}.")
        return value


PICTURE = _PictureParameter("image", "Picture", "One of your images, or one that comes along.", default=FIRST)


def choose_picture(page: Page, state: State, shipped_first: str = SHIPPED_FIRST) -> Picture:
    """The picture in view, and the way to another. `PICTURE` has to be among the chapter's parameters.

    A link to an image that there is not leads to the picture that comes first, with a word: one's own, where there is
    one, else `shipped_first`.
    """
    own = _own_images(page)
    first = f"{OWN}{own[0]}" if own else shipped_first
    choice = state["image"] or first
    found = _open(page, choice)
    if found is None:
        st.caption(f"The picture “{escape(_name(choice))}” is not here. Another one is shown.")
        others = [other for other in (first, SHIPPED_FIRST) if other != choice]
        choice, found = next((other, opened) for other in others if (opened := _open(page, other)))
    with st.popover(f"Picture: {escape(found.title)}", icon=":material/image:"):
        _show_choices(state, choice, own)
    return found


def _show_choices(state: State, choice: str, own: list[str]) -> None:
    """The lists of pictures, each showing what is in view or nothing, and the way to bring another one."""
    key, name = state.key("image"), _name(choice)
    st.session_state[f"{key}_own"] = name if choice.startswith(OWN) and name in own else None
    st.session_state[f"{key}_shipped"] = name if choice.startswith(SHIPPED) else None
    if own:
        st.selectbox(
            "Your images",
            own,
            key=f"{key}_own",
            placeholder="Choose one",
            on_change=lambda: _take(state, OWN, f"{key}_own"),
        )
    st.selectbox(
        "Pictures that come along",
        list(PICTURES),
        format_func=lambda name: PICTURES[name].title,
        key=f"{key}_shipped",
        placeholder="Choose one",
        on_change=lambda: _take(state, SHIPPED, f"{key}_shipped"),
    )
    st.file_uploader(
        "Or upload one",
        key=f"{key}_upload",
        max_upload_size=LARGEST_UPLOAD_MB,
        on_change=lambda: _take_upload(state, f"{key}_upload"),
    )


def _take(state: State, kind: str, key: str) -> None:
    if chosen := st.session_state[key]:
        state.set(image=f"{kind}{chosen}")


def _take_upload(state: State, key: str) -> None:
    """Keep the picture, not the file, for as long as the visit lasts."""
    touch()
    uploaded = st.session_state[key]
    if uploaded is None:
        return
    try:
        pixels = _decoded(uploaded)
    except UnreadableImage as error:
        st.session_state["concepts_refused"] = f"{uploaded.name} {error}."
        return
    st.session_state["concepts_upload"] = (uploaded.name, pixels)
    state.set(image=f"{UPLOADED}{uploaded.name}"[:LONGEST_PATH])


def _open(page: Page, choice: str) -> Picture | None:
    """The picture that a choice names; None where there is none."""
    if refused := st.session_state.pop("concepts_refused", ""):
        st.error(escape(refused))
    name = _name(choice)
    if choice.startswith(SHIPPED):
        shipped = PICTURES[name]
        return Picture(shipped.title, _fitting(shipped_pixels(name)), shipped.path)
    if choice.startswith(UPLOADED):
        kept = st.session_state.get("concepts_upload", ("", None))
        return Picture(name, kept[1]) if kept[0] == name else None
    if page.dataset_in_view is None or not page.dataset.ready or not (page.dataset.images["path"] == name).any():
        return None
    path, reading = page.dataset.path_of(name), page.dataset.content.reading
    try:
        return Picture(Path(name).name, _read(path, path.stat().st_mtime_ns, reading), path, name, reading)
    except UnreadableImage as error:
        st.error(f"{escape(name)} {escape(str(error))}.")
    except OSError:
        st.error(f"{escape(name)} can't be read: its file was moved or deleted, or may not be read.")
    return None


def _own_images(page: Page) -> list[str]:
    """Some of the dataset's images, from all classes in turn."""
    if page.dataset_in_view is None or not page.dataset.ready:
        return []
    images = page.dataset.images
    turns = images.groupby("label", sort=False).cumcount()
    return images.loc[turns.sort_values(kind="stable").index[:CHOICES], "path"].tolist()


@lru_cache(maxsize=PICTURES_KEPT)
def _read(path: Path, modified: int, reading: Reading) -> np.ndarray:
    return _decoded(path, reading)


def _decoded(source: Path | BinaryIO, reading: Reading = AS_USUAL) -> np.ndarray:
    with ONE_AT_A_TIME:
        return _shrunk(open_rgb(source, reading, at_least=SIDE))


def _shrunk(image: Image.Image) -> np.ndarray:
    image.thumbnail((SIDE, SIDE))
    pixels = np.array(image)
    pixels.setflags(write=False)
    return pixels


def _fitting(pixels: np.ndarray) -> np.ndarray:
    return pixels if max(pixels.shape) <= SIDE else _shrunk(Image.fromarray(pixels))


def _name(choice: str) -> str:
    return choice.partition(":")[2]
