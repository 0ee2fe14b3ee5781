"""Feature maps and kernels as small pictures, and many of them on one sheet."""

import numpy as np
from PIL import Image

MOST_PIXELS = 112
WHITE, MIDDLE = 255, 127.5
# A filter that gives less than this share of the largest amount in its layer gives nothing: what is left is rounding.
NOTHING = 1e-5


def maps_as_pictures(
    maps: np.ndarray, largest: float | np.ndarray, signed: bool = False, most_pixels: int = MOST_PIXELS
) -> np.ndarray:
    """Maps of (k, height, width) as (k, height, width) uint8, at most `most_pixels` a side.

    Parameters
    ----------
    largest
        The amount that is white: a number, or of each map one in an array of (k, 1, 1).
    signed
        Whether middle grey is 0 and black as much below 0 as white is above; else black is 0 and what is below it.
    """
    shares = maps.astype(np.float32) / np.maximum(np.asarray(largest, np.float32), 1e-9)
    levels = MIDDLE + MIDDLE * shares if signed else WHITE * shares
    return _shrunk(np.rint(levels).clip(0, WHITE).astype(np.uint8), most_pixels)


def own_scales(maps: np.ndarray, whole: float) -> np.ndarray:
    """The amount that is white in each of (k, height, width) maps on its own scale, (k, 1, 1); `whole` is the layer's.

    What is nothing beside the others stays so: on its own scale, rounding would look like a finding.
    """
    return np.maximum(np.abs(maps).max(axis=(1, 2), keepdims=True), NOTHING * whole)


def kernels_as_pictures(kernels: np.ndarray) -> np.ndarray:
    """Kernels of (k, height, width, channels) as (k, height, width, 3) uint8.

    The middle grey is 0, and the largest weight of each by amount is black or white. Three channels are red, green and
    blue; of any other number, the mean is shown in grey.
    """
    kernels = kernels.astype(np.float32)
    if kernels.shape[-1] != 3:
        kernels = np.repeat(kernels.mean(axis=-1, keepdims=True), 3, axis=-1)
    largest = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
    shares = np.divide(kernels, largest, out=np.zeros_like(kernels), where=largest > 0)
    return np.rint(MIDDLE + MIDDLE * shares).astype(np.uint8)


def enlarged(pixels: np.ndarray, side: int) -> np.ndarray:
    """A small picture with each of its pixels a square, so that it is about `side` pixels high and stays sharp."""
    times = max(1, side // pixels.shape[0])
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def contact_sheet(pictures: np.ndarray, columns: int = 0, gap: int = 2) -> np.ndarray:
    """Pictures of (k, height, width) or (k, height, width, 3) uint8 on one sheet, row by row, white in between.

    Parameters
    ----------
    columns
        How many in a row; 0 for as many as make the sheet about square.
    """
    count, height, width = pictures.shape[:3]
    columns = columns or max(1, int(np.ceil(np.sqrt(count * height / width))))
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, *pictures.shape[3:]), WHITE, np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def _shrunk(pictures: np.ndarray, most: int) -> np.ndarray:
    height, width = pictures.shape[1:]
    longest = max(height, width)
    if longest <= most:
        return pictures
    size = max(1, round(width * most / longest)), max(1, round(height * most / longest))
    return np.stack([np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BILINEAR)) for each in pictures])
