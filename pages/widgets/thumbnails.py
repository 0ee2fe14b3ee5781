"""Small pictures, made once and handed to the browser inside the page."""

import base64
import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from core.images.reading import UnreadableImage, thumbnail

SIDE = 160


@st.cache_data(max_entries=3000, show_spinner=False)
def thumbnail_url(identity: str, side: int, _path: str) -> str:
    """A data URL of an image file's thumbnail, "" where it can't be read any more.

    Parameters
    ----------
    identity
        The hash of the image's pixels, which the cache goes by.
    side
        Longest side in pixels.
    """
    try:
        return image_url(Path(_path), side)
    except UnreadableImage:
        return ""


def image_url(path: Path, side: int) -> str:
    """A data URL of an image at its true proportions, its longest side at most `side` pixels.

    Raises
    ------
    UnreadableImage
        If it can't be read any more.
    """
    return _data_url(thumbnail(path, side))


def pixels_url(pixels: np.ndarray, side: int | None = None, shape: tuple[int, int] | None = None) -> str:
    """A data URL of RGB pixels, uint8 of shape (height, width, 3).

    Parameters
    ----------
    shape
        Width and height to show it in, where the network's square is to get its true proportions back.
    """
    image = Image.fromarray(pixels)
    if shape is not None:
        image = image.resize(shape, Image.Resampling.BILINEAR)
    if side is not None:
        image.thumbnail((side, side))
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=88)
    return _data_url(encoded.getvalue())


def _data_url(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
