"""Drawn cats and dogs.

Only shapes tell the two apart: fur, eyes, patterns, bodies and backgrounds come from the same distributions for both,
so that a model which merely averages colours cannot succeed.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.datasets.samples.canvas import Canvas, Colour, blob, finish, gradient, mix, pick, shade, texture, vary

CLASS_NAMES = ("cats", "dogs")

_FURS = [
    (208, 132, 62),
    (120, 116, 116),
    (62, 56, 56),
    (226, 204, 168),
    (136, 92, 58),
    (232, 228, 222),
    (164, 144, 124),
]
_EYES = [(120, 170, 70), (214, 170, 60), (110, 160, 200), (160, 110, 50)]
_SURROUNDINGS = [
    (96, 140, 70),
    (150, 190, 225),
    (190, 170, 140),
    (120, 90, 70),
    (200, 190, 200),
    (90, 100, 130),
    (170, 90, 80),
    (220, 200, 120),
    (70, 110, 110),
]
_PINK = (226, 138, 140)
_INK = (34, 28, 30)
_WHITE = (250, 248, 242)


@dataclass(frozen=True)
class _Look:
    """What an animal looks like apart from its kind."""

    fur: Colour
    dark: Colour
    light: Colour
    outline: Colour
    eye: Colour
    pink: Colour
    pattern: str
    turn: float  # how far the face looks to the side, from -1 to 1


def _random_look(generator: np.random.Generator) -> _Look:
    fur = vary(generator, pick(generator, _FURS), 12)
    return _Look(
        fur=fur,
        dark=shade(fur, generator.uniform(0.6, 0.78)),
        light=mix(fur, _WHITE, generator.uniform(0.35, 0.8)),
        outline=shade(fur, 0.48),
        eye=vary(generator, pick(generator, _EYES), 12),
        pink=vary(generator, _PINK, 8),
        pattern=pick(generator, ("plain", "stripes", "patch", "blaze")),
        turn=generator.uniform(-1, 1),
    )


def draw(class_name: str, generator: np.random.Generator) -> Image.Image:
    """Draw one cat or dog, 96 × 96 pixels."""
    canvas = Canvas(
        _surroundings(generator),
        centre=(generator.uniform(0.36, 0.64), generator.uniform(0.36, 0.6)),
        scale=generator.uniform(0.24, 0.36),
        degrees=generator.normal(0, 11),
    )
    look = _random_look(generator)
    _body(canvas, look, generator)
    if class_name == "cats":
        _cat(canvas, look, generator)
    else:
        _dog(canvas, look, generator)
    return finish(canvas.image, generator, lighting=0.3)


def _surroundings(generator: np.random.Generator) -> Image.Image:
    """Draw a wall, a meadow, a carpet or a heap of cushions; both classes live in the same places."""
    first, second = (vary(generator, pick(generator, _SURROUNDINGS), 18) for _ in range(2))
    smooth = gradient([vary(generator, colour, 14) for colour in (first, first, second, second)])
    rough = texture(generator, mix(first, second, 0.5), generator.uniform(10, 34), int(generator.integers(5, 40)))
    canvas = Canvas(Image.blend(smooth, rough, generator.uniform(0.2, 0.7)))
    kind = pick(generator, ("floor", "stripes", "cushions", "meadow", "bare"))
    if kind == "floor":
        floor = vary(generator, pick(generator, _SURROUNDINGS), 15)
        horizon = generator.uniform(0.1, 0.6)
        canvas.polygon([(-1, horizon), (1, horizon + generator.normal(0, 0.1)), (1, 1), (-1, 1)], floor)
    elif kind == "stripes":
        lean, step = generator.uniform(-0.6, 0.6), generator.uniform(0.18, 0.4)
        for x in np.arange(-1.8, 1.8, step).tolist():
            canvas.line([(x, -1), (x + lean, 1)], step * 0.4, (*first, 150))
    elif kind == "meadow":
        for x, y, lean in generator.uniform(-1, 1, (45, 3)).tolist():
            blade = shade(first, 0.85 + 0.3 * abs(lean))
            canvas.line([(x, y), (x + 0.1 * lean, y - 0.16)], 0.02, blade)
    _clutter(canvas, generator, count=int(generator.integers(5, 9)) if kind == "cushions" else 3)
    return canvas.image


def _clutter(canvas: Canvas, generator: np.random.Generator, count: int) -> None:
    for x, y, size in generator.uniform(-1, 1, (count, 3)).tolist():
        colour = vary(generator, pick(generator, (*_SURROUNDINGS, *_FURS, _PINK)), 15)
        if size > 0:
            canvas.polygon(blob(generator, x, y, 0.12 + 0.25 * size), colour)
        else:
            canvas.rectangle(x, y, 0.2 - 0.5 * size, 0.2 + 0.3 * abs(x), colour, turn=3 * y)


def _body(canvas: Canvas, look: _Look, generator: np.random.Generator) -> None:
    lean, width = generator.normal(0, 0.12), generator.uniform(0.6, 0.85)
    canvas.ellipse(lean, 1.5, width + 0.05, 1.15, look.outline)
    canvas.ellipse(lean, 1.5, width, 1.1, look.fur)
    if generator.random() < 0.6:
        canvas.ellipse(lean, 1.35, width * 0.5, 0.75, look.light)
    if generator.random() < 0.5:
        collar = vary(generator, pick(generator, ((190, 50, 50), (50, 90, 170), (60, 140, 90), (220, 180, 60))))
        canvas.line([(-0.48 + lean / 2, 0.7), (0, 0.86), (0.48 + lean / 2, 0.7)], 0.13, collar)


def _fur_strokes(canvas: Canvas, look: _Look, generator: np.random.Generator, width: float, height: float) -> None:
    """Scatter short hairs over the head, so that the fur is no flat area."""
    for x, y, tone in generator.uniform(-1, 1, (34, 3)).tolist():
        if x * x + y * y < 0.85:
            colour = (*(look.light if tone > 0 else look.dark), 120)
            start = (x * width, y * height)
            canvas.line([start, (start[0] * 1.08, start[1] * 1.05 + 0.1)], 0.025, colour)


def _pattern(canvas: Canvas, look: _Look, middle: float, width: float) -> None:
    if look.pattern == "stripes":
        for offset, length in ((-0.2, 0.2), (0, 0.28), (0.2, 0.2)):
            canvas.line([(middle + offset, -0.52), (middle + offset * 0.7, -0.52 + length)], 0.07, look.dark)
        for side in (-1, 1):
            for y in (-0.02, 0.14):
                canvas.line([(side * width * 0.94, y), (side * width * 0.7, y + 0.05)], 0.06, look.dark)
    elif look.pattern == "patch":
        side = 1 if look.turn > 0 else -1
        canvas.ellipse(middle + side * 0.27, -0.14, 0.25, 0.27, look.dark)
    elif look.pattern == "blaze":
        canvas.polygon(
            [(middle - 0.06, -0.55), (middle + 0.06, -0.55), (middle + 0.17, 0.2), (middle - 0.17, 0.2)], look.light
        )


def _cat(canvas: Canvas, look: _Look, generator: np.random.Generator) -> None:
    """A wide head with pointed ears, slit pupils, a small nose and whiskers."""
    width, height = generator.uniform(0.66, 0.76), generator.uniform(0.54, 0.62)
    point, spread = generator.uniform(0.98, 1.2), generator.uniform(0.5, 0.64)
    for side in (-1, 1):
        _cat_ear(canvas, look, side, width, spread, point)
    canvas.ellipse(0, 0, width + 0.04, height + 0.04, look.outline)
    canvas.ellipse(0, 0, width, height, look.fur)
    for side in (-1, 1):  # tufts on the cheeks
        for y in (0.1, 0.24, 0.36):
            canvas.polygon(
                [(side * width * 0.8, y - 0.1), (side * (width + 0.1), y + 0.1), (side * width * 0.6, y + 0.14)],
                look.fur,
            )
    _fur_strokes(canvas, look, generator, width, height)
    middle = look.turn * 0.12
    _pattern(canvas, look, middle, width)
    pupil = generator.uniform(0.025, 0.055)
    for side in (-1, 1):
        x, tilt = middle + side * 0.29, side * -0.25
        canvas.ellipse(x, -0.08, 0.185, 0.145, look.outline, tilt)
        canvas.ellipse(x, -0.08, 0.16, 0.125, look.eye, tilt)
        canvas.ellipse(x, -0.08, pupil, 0.12, _INK)
        canvas.disc(x + 0.05, -0.13, 0.03, _WHITE)
    _cat_muzzle(canvas, look, generator, middle * 1.3)


def _cat_ear(canvas: Canvas, look: _Look, side: int, width: float, spread: float, point: float) -> None:
    outer, inner = side * width * 0.97, side * 0.1
    tip = (side * spread, -point)
    canvas.polygon([(outer + side * 0.05, -0.02), (tip[0], tip[1] - 0.07), (inner - side * 0.05, -0.42)], look.outline)
    canvas.polygon([(outer, -0.05), tip, (inner, -0.42)], look.fur)
    base = ((outer + inner) / 2, -0.3)
    lobe = [
        (base[0] + (x - base[0]) * 0.62, base[1] + (y - base[1]) * 0.66) for x, y in ((outer, -0.1), tip, (inner, -0.4))
    ]
    canvas.polygon(lobe, look.pink)


def _cat_muzzle(canvas: Canvas, look: _Look, generator: np.random.Generator, middle: float) -> None:
    for side in (-1, 1):
        canvas.ellipse(middle + side * 0.12, 0.27, 0.15, 0.12, look.light)
    canvas.polygon([(middle - 0.085, 0.11), (middle + 0.085, 0.11), (middle, 0.21)], shade(look.pink, 0.85))
    canvas.line([(middle, 0.2), (middle, 0.27)], 0.03, _INK)
    # Whiskers must stand out from the fur: light ones on a dark coat, dark ones on a light coat.
    whisker = _WHITE if sum(look.fur) < 480 else (70, 60, 60)
    droop = generator.normal(0, 0.06)
    for side in (-1, 1):
        canvas.line([(middle, 0.27), (middle + side * 0.08, 0.33), (middle + side * 0.17, 0.3)], 0.03, _INK)
        for rise in (-0.14, 0.02, 0.17):
            start = (middle + side * 0.16, 0.26 + rise * 0.3)
            bend = (middle + side * 0.55, 0.22 + rise * 0.8)
            canvas.line([start, bend, (middle + side * 0.98, 0.27 + rise * 1.5 + droop)], 0.022, whisker)


def _dog(canvas: Canvas, look: _Look, generator: np.random.Generator) -> None:
    """A longer head with hanging round ears, round eyes, a broad muzzle and mostly a tongue."""
    width, height = generator.uniform(0.54, 0.64), generator.uniform(0.62, 0.72)
    canvas.ellipse(0, -0.05, width + 0.04, height + 0.04, look.outline)
    canvas.ellipse(0, -0.05, width, height, look.fur)
    _fur_strokes(canvas, look, generator, width, height)
    middle = look.turn * 0.12
    _pattern(canvas, look, middle, width)
    ear = pick(generator, (look.dark, look.dark, look.fur, mix(look.dark, _INK, 0.4)))
    length, lift = generator.uniform(0.44, 0.58), generator.uniform(0.05, 0.4)
    for side in (-1, 1):
        _dog_ear(canvas, ear, side, width, length, lift)
    for side in (-1, 1):
        x = middle + side * 0.24
        canvas.ellipse(x, -0.15, 0.125, 0.13, look.outline)
        canvas.disc(x, -0.15, 0.1, look.eye)
        canvas.disc(x, -0.15, 0.07, _INK)
        canvas.disc(x + 0.04, -0.19, 0.03, _WHITE)
        canvas.line([(x - 0.1, -0.34), (x + 0.02, -0.38), (x + 0.12, -0.34)], 0.045, look.light)
    _dog_muzzle(canvas, look, generator, middle * 1.6)


def _dog_ear(canvas: Canvas, colour: Colour, side: int, width: float, length: float, lift: float) -> None:
    x, y = side * (width + 0.02 + 0.14 * lift), -0.12 - 0.2 * lift
    lean = side * -(0.12 + lift)
    canvas.ellipse(x, y, 0.235, length + 0.04, shade(colour, 0.6), lean)
    canvas.ellipse(x, y, 0.2, length, colour, lean)
    canvas.ellipse(x - side * 0.03, y + 0.08, 0.09, length * 0.62, shade(colour, 1.14), lean)


def _dog_muzzle(canvas: Canvas, look: _Look, generator: np.random.Generator, middle: float) -> None:
    if generator.random() < 0.8:
        reach = generator.uniform(0.22, 0.34)
        canvas.ellipse(middle, 0.58, 0.145, reach + 0.03, shade(look.pink, 0.6))
        canvas.ellipse(middle, 0.58, 0.12, reach, look.pink)
        canvas.line([(middle, 0.5), (middle, 0.58 + reach * 0.6)], 0.025, shade(look.pink, 0.75))
    size = generator.uniform(0.92, 1.12)
    canvas.ellipse(middle, 0.3, 0.35 * size, 0.3 * size, look.dark)
    canvas.ellipse(middle, 0.29, 0.32 * size, 0.27 * size, look.light)
    canvas.line([(middle, 0.2), (middle, 0.42)], 0.035, _INK)
    for side in (-1, 1):
        canvas.line([(middle, 0.42), (middle + side * 0.12, 0.49), (middle + side * 0.26, 0.42)], 0.035, _INK)
        for x, y in ((0.14, 0.3), (0.2, 0.36), (0.21, 0.26)):
            canvas.disc(middle + side * x, y, 0.016, look.outline)
    canvas.ellipse(middle, 0.13, 0.16 * size, 0.11 * size, _INK)
    canvas.ellipse(middle - 0.05, 0.09, 0.05, 0.025, (120, 115, 120))
