"""A small fingerprint, by which a picture is known again once re-encoded, resized, slightly cropped or brightened.

The picture is shrunk to a small grey one. The signs of its lowest cosine frequencies are the hash (after the DCT hash
of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010): half of them are set in a
typical picture, few of them change in a changed copy, and about 32 of 64 differ between two unrelated pictures.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

SIDE = 24
"""Width and height of the small grey picture in pixels."""

FIELDS = 4
"""Fields in each direction of which the colour is kept."""

BITS = 64

FLAT = 0.1
"""A coefficient up to this many grey levels says nothing: rounding and noise in an even area come to less."""


@dataclass(frozen=True)
class Fingerprint:
    """What a picture is compared by.

    Attributes
    ----------
    hash : int
        64 bits, unsigned. Bit k is set where the k-th lowest cosine frequency has a coefficient above `FLAT`; 0 for a
        picture without any structure.
    grey : bytes
        `SIDE` × `SIDE` grey values of 0..255, row by row, by which two pictures with similar hashes are compared.
    colours : bytes
        Red, green and blue of `FIELDS` × `FIELDS` fields, 0..255, row by row.
    """

    hash: int
    grey: bytes
    colours: bytes


def fingerprint(image: Image.Image) -> Fingerprint:
    """Take the fingerprint of a decoded picture.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB, of any size. It is stretched to a square: its proportions must be compared apart.

    Returns
    -------
    Fingerprint
    """
    # Bilinear blurs a little, so that a shift by part of a pixel changes the small picture evenly.
    small = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    grey = small.convert("L").tobytes()
    colours = small.resize((FIELDS, FIELDS), Image.Resampling.BOX).tobytes()
    is_set = COSINES @ np.frombuffer(grey, np.uint8) > FLAT
    return Fingerprint(int.from_bytes(np.packbits(is_set, bitorder="little").tobytes(), "little"), grey, colours)


def cosine_matrix(side: int) -> np.ndarray:
    """The orthonormal cosine transform (DCT-II) of `side` values: row k is the wave with k half periods."""
    frequency, position = np.arange(side)[:, None], np.arange(side)
    waves = np.cos(np.pi * (2 * position + 1) * frequency / (2 * side)) * np.sqrt(2 / side)
    waves[0] /= np.sqrt(2)
    return waves


def _lowest_frequencies() -> np.ndarray:
    """Vertical and horizontal frequencies in half periods, shape (BITS, 2), lowest first, without the mean."""
    pairs = np.moveaxis(np.mgrid[:SIDE, :SIDE], 0, -1).reshape(-1, 2)
    return pairs[np.argsort(np.hypot(*pairs.T), kind="stable")][1 : BITS + 1]


FREQUENCIES = _lowest_frequencies()

# Shape (BITS, SIDE²), to multiply a flattened small picture by. Divided by SIDE, coefficients are in grey levels.
COSINES = (np.einsum("ky,kx->kyx", *cosine_matrix(SIDE)[FREQUENCIES.T]) / SIDE).reshape(BITS, -1).astype(np.float32)
