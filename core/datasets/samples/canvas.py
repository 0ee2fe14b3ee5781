"""Drawing tools which the three drawn samples share.

Everything is drawn at twice the wanted size and halved at the end, which is the cheapest way to smooth edges that
Pillow draws hard.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image, ImageDraw

SIDE = 96
SUPERSAMPLING = 2
DRAWING_SIDE = SIDE * SUPERSAMPLING

Colour = tuple[int, ...]
Point = tuple[float, float]
Item = TypeVar("Item")

_CIRCLE = [(math.cos(math.tau * step / 28), math.sin(math.tau * step / 28)) for step in range(28)]
_ACROSS, _DOWN = np.meshgrid(*[np.linspace(-1, 1, SIDE, dtype=np.float32)] * 2)


def pick(generator: np.random.Generator, choices: Sequence[Item]) -> Item:
    """Return one of `choices`, each as likely as the others."""
    return choices[int(generator.integers(len(choices)))]


def shade(colour: Colour, factor: float) -> Colour:
    """Return `colour` darkened (`factor` < 1) or lightened (`factor` > 1)."""
    return tuple(max(0, min(255, round(channel * factor))) for channel in colour[:3])


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that lies `share` of the way from `first` to `second`."""
    return tuple(round(a + (b - a) * share) for a, b in zip(first[:3], second[:3], strict=True))


def vary(generator: np.random.Generator, colour: Colour, spread: float = 10) -> Colour:
    """Return a colour near `colour`: brightness shifts by about `spread`, hue by half of that."""
    shifts = generator.normal(0, spread) + generator.normal(0, spread / 2, 3)
    return tuple(max(0, min(255, round(channel + shift))) for channel, shift in zip(colour, shifts, strict=True))


def texture(generator: np.random.Generator, colour: Colour, contrast: float = 12, cells: int = 12) -> Image.Image:
    """Return a blotchy surface of `colour` whose blotches are about `1 / cells` of the side wide."""
    brightness = generator.normal(0, contrast, (cells, cells, 1))
    tint = generator.normal(0, contrast / 4, (cells, cells, 3))
    pixels = np.clip(np.asarray(colour) + brightness + tint, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize((DRAWING_SIDE, DRAWING_SIDE), Image.Resampling.BICUBIC)


def ground(generator: np.random.Generator, colour: Colour, contrast: float = 10) -> Image.Image:
    """Return a surface with both broad blotches and fine grain, as soil, grass and water show from above."""
    broad = texture(generator, colour, contrast * 1.6, int(generator.integers(3, 7)))
    fine = texture(generator, colour, contrast * 1.6, int(generator.integers(40, 72)))
    return Image.blend(broad, fine, 0.45)


def gradient(corners: Sequence[Colour]) -> Image.Image:
    """Return a smooth blend between four corner colours (top left, top right, bottom left, bottom right)."""
    small = Image.fromarray(np.asarray(corners, dtype=np.uint8).reshape(2, 2, 3))
    return small.resize((DRAWING_SIDE, DRAWING_SIDE), Image.Resampling.BILINEAR)


class Canvas:
    """A picture with its own coordinates, so that a motif is written once and drawn anywhere, turned and scaled.

    Parameters
    ----------
    image
        The background; it is drawn on.
    centre
        Where the motif's (0, 0) lies, as shares of the side.
    scale
        How many shares of the side one unit of the motif is long.
    degrees
        How far the motif is turned.
    """

    def __init__(self, image: Image.Image, centre: Point = (0.5, 0.5), scale: float = 0.5, degrees: float = 0.0):
        self.image = image
        angle = math.radians(degrees)
        self._pixels_per_unit = scale * DRAWING_SIDE
        self._centre = (centre[0] * DRAWING_SIDE, centre[1] * DRAWING_SIDE)
        self._right = (math.cos(angle) * self._pixels_per_unit, math.sin(angle) * self._pixels_per_unit)
        # The mode RGBA on an RGB picture makes Pillow blend colours that carry an opacity.
        self._draw = ImageDraw.Draw(image, "RGBA")

    def _place(self, points: Iterable[Point]) -> list[Point]:
        (left, top), (cosine, sine) = self._centre, self._right
        return [(left + x * cosine - y * sine, top + x * sine + y * cosine) for x, y in points]

    def polygon(self, points: Iterable[Point], colour: Colour) -> None:
        """Fill the shape with the corners `points`."""
        self._draw.polygon(self._place(points), fill=colour)

    def ellipse(self, x: float, y: float, width: float, height: float, colour: Colour, turn: float = 0.0) -> None:
        """Fill an ellipse with half axes `width` and `height`, turned by `turn` radians."""
        cosine, sine = math.cos(turn), math.sin(turn)
        self.polygon(
            [
                (x + a * width * cosine - b * height * sine, y + a * width * sine + b * height * cosine)
                for a, b in _CIRCLE
            ],
            colour,
        )

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle; quicker than `ellipse`, for the motifs with hundreds of them."""
        ((left, top),) = self._place([(x, y)])
        reach = radius * self._pixels_per_unit
        self._draw.ellipse((left - reach, top - reach, left + reach, top + reach), fill=colour)

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour, turn: float = 0.0) -> None:
        """Fill a rectangle around (`x`, `y`) with full sides `width` and `height`, turned by `turn` radians."""
        cosine, sine = math.cos(turn) / 2, math.sin(turn) / 2
        corners = [(-width, -height), (width, -height), (width, height), (-width, height)]
        self.polygon([(x + a * cosine - b * sine, y + a * sine + b * cosine) for a, b in corners], colour)

    def line(self, points: Iterable[Point], width: float, colour: Colour) -> None:
        """Draw a line `width` units thick, and never thinner than one pixel of the drawing."""
        thickness = max(1, round(width * self._pixels_per_unit))
        self._draw.line(self._place(points), fill=colour, width=thickness, joint="curve" if thickness > 4 else None)


def blob(generator: np.random.Generator, x: float, y: float, radius: float, roughness: float = 0.15) -> list[Point]:
    """Return the outline of an irregular patch around (`x`, `y`)."""
    steps = np.linspace(0, math.tau, 32, endpoint=False)
    reach = np.ones(32)
    for waves in (2, 3, 5):
        reach += generator.normal(0, roughness / waves**0.5) * np.cos(waves * steps + generator.uniform(0, math.tau))
    reach = radius * np.maximum(reach, 0.25)
    return list(zip((x + reach * np.cos(steps)).tolist(), (y + reach * np.sin(steps)).tolist(), strict=True))


def finish(image: Image.Image, generator: np.random.Generator, lighting: float = 0.22) -> Image.Image:
    """Return the picture at its final size as a camera would give it: unevenly lit, tinted and noisy."""
    pixels = np.asarray(image.reduce(SUPERSAMPLING), dtype=np.float32)
    direction, strength = generator.uniform(0, math.tau), generator.uniform(0, lighting)
    light = 1 + np.float32(strength) * (
        np.float32(math.cos(direction)) * _ACROSS + np.float32(math.sin(direction)) * _DOWN
    )
    gain = (generator.uniform(0.82, 1.15) * generator.normal(1, 0.03, 3)).astype(np.float32)
    noise = generator.standard_normal(pixels.shape, dtype=np.float32) * np.float32(generator.uniform(1.5, 7))
    return Image.fromarray(np.clip(pixels * light[..., None] * gain + noise, 0, 255).astype(np.uint8))
