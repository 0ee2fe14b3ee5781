"""Abstract sketches of the three transformation zone types of the cervix.

The types differ, as in the real images, by where the reddened transition zone lies relative to the opening: entirely
around it (type 1), partly inside it (type 2) or hidden inside but for a small rim (type 3).
"""

import math

import numpy as np
from PIL import Image, ImageFilter

from core.datasets.samples.canvas import Canvas, Colour, Point, blob, finish, mix, pick, shade, texture, vary

CLASS_NAMES = ("Type_1", "Type_2", "Type_3")

_WALL = (150, 70, 76)
_DISC = (222, 142, 142)
_ZONE = (182, 60, 58)
_OPENING = (84, 22, 30)
_GLEAM = (255, 246, 240)


def draw(class_name: str, generator: np.random.Generator) -> Image.Image:
    """Draw one sketch of the type `class_name`, 96 × 96 pixels."""
    wall = vary(generator, _WALL, 14)
    canvas = Canvas(
        texture(generator, wall, 16, int(generator.integers(4, 9))),
        centre=(generator.uniform(0.4, 0.6), generator.uniform(0.4, 0.6)),
        scale=generator.uniform(0.32, 0.44),
        degrees=generator.uniform(-40, 40),
    )
    disc = vary(generator, _DISC, 12)
    for reach, share in ((1.12, 0.7), (1.04, 0.35), (0.97, 0.0), (0.72, -0.08)):
        canvas.polygon(blob(generator, 0, 0, reach, 0.035), mix(disc, shade(wall, 0.75), share))
    opening = (generator.normal(0, 0.1), generator.normal(0, 0.1))
    zone = vary(generator, _ZONE, 12)
    {"Type_1": _zone_outside, "Type_2": _zone_half_inside, "Type_3": _zone_hidden}[class_name](
        canvas, generator, opening, zone
    )
    _opening(canvas, generator, opening, wide=class_name != "Type_1")
    _vessels(canvas, generator, zone)
    image = canvas.image.filter(ImageFilter.BoxBlur(generator.uniform(0.8, 1.8)))
    _gleams(Canvas(image, (0.5, 0.5), 0.42), generator)
    return finish(_vignette(image, generator), generator, lighting=0.25)


def _zone_outside(canvas: Canvas, generator: np.random.Generator, opening: Point, zone: Colour) -> None:
    """Type 1: the zone is a full ring around the opening, with a paler rim where it ends."""
    x, y = (place + generator.normal(0, 0.03) for place in opening)
    reach = generator.uniform(0.42, 0.64)
    canvas.polygon(blob(generator, x, y, reach + 0.07, 0.09), mix(zone, _GLEAM, 0.62))
    canvas.polygon(blob(generator, x, y, reach, 0.09), zone)
    canvas.polygon(blob(generator, x, y, reach * 0.6, 0.12), shade(zone, 1.16))
    _grains(canvas, generator, (x, y), reach * 0.85, shade(zone, 1.3))


def _zone_half_inside(canvas: Canvas, generator: np.random.Generator, opening: Point, zone: Colour) -> None:
    """Type 2: the zone shows on one side of the opening only; on the other it goes in."""
    direction, reach = generator.uniform(0, math.tau), generator.uniform(0.26, 0.38)
    x = opening[0] + math.cos(direction) * reach * 0.85
    y = opening[1] + math.sin(direction) * reach * 0.85
    canvas.polygon(blob(generator, x, y, reach + 0.06, 0.1), mix(zone, _GLEAM, 0.62))
    canvas.polygon(blob(generator, x, y, reach, 0.1), zone)
    _grains(canvas, generator, (x, y), reach * 0.8, shade(zone, 1.3))


def _zone_hidden(canvas: Canvas, generator: np.random.Generator, opening: Point, zone: Colour) -> None:
    """Type 3: nothing but a thin rim of the zone can be seen."""
    canvas.polygon(
        blob(generator, *opening, generator.uniform(0.2, 0.27), 0.1), mix(zone, _DISC, generator.uniform(0.2, 0.5))
    )


def _grains(canvas: Canvas, generator: np.random.Generator, centre: Point, reach: float, colour: Colour) -> None:
    """The zone's surface is grainy, whereas the disc around it is smooth."""
    for direction, distance, size in generator.random((26, 3)).tolist():
        away = reach * math.sqrt(distance)
        x, y = centre[0] + away * math.cos(math.tau * direction), centre[1] + away * math.sin(math.tau * direction)
        canvas.disc(x, y, 0.015 + 0.025 * size, (*colour, 110))


def _opening(canvas: Canvas, generator: np.random.Generator, place: Point, *, wide: bool) -> None:
    """A round dimple or a slit; both occur with every type."""
    colour = vary(generator, _OPENING, 8)
    height = generator.uniform(0.05, 0.11)
    width = height * (generator.uniform(1, 1.5) if generator.random() < 0.5 else generator.uniform(1.8, 2.8))
    width += 0.02 if wide else 0
    turn = generator.normal(0, 0.25)
    canvas.ellipse(*place, width + 0.04, height + 0.04, mix(colour, _ZONE, 0.6), turn)
    canvas.ellipse(*place, width, height, colour, turn)


def _vessels(canvas: Canvas, generator: np.random.Generator, zone: Colour) -> None:
    for _ in range(int(generator.integers(2, 7))):
        direction = generator.uniform(0, math.tau)
        steps = generator.normal(0, 0.09, 4).cumsum()
        canvas.line(
            [
                (distance * math.cos(direction + bend), distance * math.sin(direction + bend))
                for distance, bend in zip((0.92, 0.82, 0.72, 0.62), steps.tolist(), strict=True)
            ],
            0.02,
            (*zone, 100),
        )


def _gleams(canvas: Canvas, generator: np.random.Generator) -> None:
    """Wet surfaces mirror the lamp in small white spots; some images show a thread of mucus."""
    for x, y, size in generator.uniform(-0.7, 0.7, (int(generator.integers(3, 9)), 3)).tolist():
        canvas.ellipse(x, y, 0.02 + 0.06 * abs(size), 0.015 + 0.03 * abs(size), (*_GLEAM, 215), turn=4 * size)
    if generator.random() < 0.3:
        x, y = generator.uniform(-0.3, 0.3, 2).tolist()
        canvas.polygon(blob(generator, x, y, generator.uniform(0.08, 0.18), 0.3), (*_GLEAM, 90))


def _vignette(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Darken the rim, as the light falls through a tube; some images show the edge of the instrument."""
    side = image.width
    mask = Image.radial_gradient("L").resize((side, side), Image.Resampling.BILINEAR)
    start, strength = generator.uniform(90, 140), generator.uniform(0.8, 1.6)
    mask = mask.point([max(0, min(235, round((value - start) * strength))) for value in range(256)])
    dark = Image.new("RGB", image.size, pick(generator, ((24, 8, 10), (40, 14, 16), (12, 10, 14))))
    return Image.composite(dark, image, mask)
