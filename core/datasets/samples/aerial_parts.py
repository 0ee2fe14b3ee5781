"""What several aerial scenes are put together from: ground, trees, houses, roads and cars."""

import math
from collections.abc import Sequence

import numpy as np

from core.datasets.samples.canvas import Canvas, Colour, Point, ground, pick, shade, vary

GRASS = (104, 132, 72)
DRY_GRASS = (158, 146, 98)
SOIL = (172, 146, 110)
SAND = (216, 196, 150)
FOLIAGE = (58, 88, 48)
WATER = (52, 92, 112)
ASPHALT = (104, 104, 108)
CONCRETE = (172, 170, 164)
MARKING = (236, 234, 224)
SHADOW = (14, 16, 22, 110)
ROOFS = [(150, 88, 70), (120, 112, 108), (176, 150, 122), (92, 84, 84), (190, 182, 172)]
CARS = [(230, 230, 230), (40, 42, 48), (160, 40, 40), (50, 80, 140), (170, 172, 176), (110, 120, 90)]
REACH = 1.5


def scene(generator: np.random.Generator, colour: Colour, contrast: float = 9) -> Canvas:
    """Return bare ground, seen from a height and an angle that vary."""
    return Canvas(
        ground(generator, vary(generator, colour, 10), contrast),
        centre=tuple(generator.normal(0.5, 0.05, 2).tolist()),
        scale=generator.uniform(0.44, 0.58),
        degrees=generator.uniform(0, 360),
    )


def tree(canvas: Canvas, generator: np.random.Generator, x: float, y: float, radius: float) -> None:
    colour = vary(generator, FOLIAGE, 8)
    canvas.disc(x + radius * 0.3, y + radius * 0.3, radius, SHADOW)
    canvas.disc(x, y, radius, colour)
    canvas.disc(x - radius * 0.25, y - radius * 0.25, radius * 0.6, shade(colour, 1.25))


def trees(canvas: Canvas, generator: np.random.Generator, count: int, size: float = 0.11) -> None:
    for x, y, share in generator.uniform(-1, 1, (count, 3)).tolist():
        tree(canvas, generator, x * 1.3, y * 1.3, size * (1 + 0.35 * share))


def car(canvas: Canvas, generator: np.random.Generator, x: float, y: float, turn: float, size: float = 1.0) -> None:
    colour = pick(generator, CARS)
    canvas.rectangle(x + 0.015, y + 0.015, 0.15 * size, 0.075 * size, SHADOW, turn)
    canvas.rectangle(x, y, 0.15 * size, 0.07 * size, colour, turn)
    canvas.rectangle(x, y, 0.07 * size, 0.055 * size, shade(colour, 0.7), turn)


def house(
    canvas: Canvas, generator: np.random.Generator, x: float, y: float, width: float, height: float, turn: float = 0.0
) -> None:
    """A gabled roof: one half lies in the light, the other does not."""
    colour = vary(generator, pick(generator, ROOFS), 9)
    canvas.rectangle(x + 0.04, y + 0.04, width, height, SHADOW, turn)
    canvas.rectangle(x, y, width, height, shade(colour, 1.12), turn)
    offset = height / 4
    canvas.rectangle(
        x - offset * math.sin(turn), y + offset * math.cos(turn), width, height / 2, shade(colour, 0.8), turn
    )


def road(
    canvas: Canvas, generator: np.random.Generator, points: Sequence[Point], width: float, dashes: bool = True
) -> None:
    colour = vary(generator, ASPHALT, 8)
    canvas.line(points, width + 0.07, shade(colour, 1.35))
    canvas.line(points, width, colour)
    if dashes:
        (x0, y0), (x1, y1) = points[0], points[-1]
        for start in np.arange(0, 1, 0.07).tolist():
            stop = start + 0.035
            ends = [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (start, stop)]
            canvas.line(ends, 0.022, MARKING)


def wave(generator: np.random.Generator, height: float, places: int = 25) -> list[Point]:
    """Return a wavy line from left to right."""
    across = np.linspace(-REACH, REACH, places)
    phases, speeds = generator.uniform(0, math.tau, 2), generator.uniform(1.2, 2.8, 2)
    rise = height * (np.sin(across * speeds[0] + phases[0]) + 0.4 * np.sin(across * speeds[1] * 2 + phases[1]))
    return list(zip(across.tolist(), rise.tolist(), strict=True))


def traffic(
    canvas: Canvas, generator: np.random.Generator, lanes: list[float], share: float, size: float = 1.0
) -> None:
    """Set cars on horizontal lanes, `share` of the places taken."""
    for y in lanes:
        for x in np.arange(-1.4, 1.5, 0.32).tolist():
            if generator.random() < share:
                car(canvas, generator, x + generator.normal(0, 0.05), y, 0.0, size)
