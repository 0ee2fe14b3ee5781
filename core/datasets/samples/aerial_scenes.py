"""Drawn sketches of the 21 land-use classes of UC Merced, seen from above.

A scene is drawn in coordinates where the visible square reaches from -1 to 1 before it is turned; what must reach the
picture's rim at any angle is therefore drawn to ±1.5.
"""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image

from core.datasets.samples.aerial_parts import (
    ASPHALT,
    CARS,
    CONCRETE,
    DRY_GRASS,
    FOLIAGE,
    GRASS,
    MARKING,
    REACH,
    SAND,
    SHADOW,
    SOIL,
    WATER,
    car,
    house,
    road,
    scene,
    traffic,
    trees,
    wave,
)
from core.datasets.samples.canvas import Canvas, blob, finish, pick, shade, vary

Scene = Callable[[np.random.Generator], Canvas]


def draw(class_name: str, generator: np.random.Generator) -> Image.Image:
    """Draw one scene of the class `class_name`, 96 × 96 pixels."""
    return finish(_SCENES[class_name](generator).image, generator)


# Nature and farming


def _agricultural(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (GRASS, DRY_GRASS, SOIL)))
    step, edge = generator.uniform(0.07, 0.17), generator.uniform(-0.6, 1.3)
    crop = vary(generator, pick(generator, ((84, 118, 54), (120, 142, 70), (112, 92, 64))), 10)
    for y in np.arange(-REACH, edge, step).tolist():
        canvas.line([(-REACH, y), (REACH, y)], step * 0.5, crop)
    if edge < 0.8:  # a second field lies behind a track, its rows at a right angle
        canvas.rectangle(0, edge + 0.05, 3, 0.1, vary(generator, SOIL, 8))
        second = vary(generator, crop, 18)
        for x in np.arange(-REACH, REACH, step * 1.2).tolist():
            canvas.line([(x, edge + 0.12), (x, REACH)], step * 0.5, second)
    return canvas


def _beach(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, SAND, 5)
    shift = generator.uniform(-0.35, 0.35)
    coast = [(x, y + shift) for x, y in wave(generator, generator.uniform(0.04, 0.12))]
    water = vary(generator, pick(generator, ((60, 130, 145), (50, 110, 140))), 10)
    foam = (244, 246, 242)
    for offset, colour in ((-0.1, shade(SAND, 0.85)), (0, foam), (0.06, shade(water, 1.2)), (0.3, water)):
        sea = [(x, y + offset) for x, y in coast] + [(REACH, 2), (-REACH, 2)]
        canvas.polygon(sea, colour)
    for offset in generator.uniform(0.1, 0.8, 3).tolist():  # breakers run along with the coast
        part = int(generator.integers(0, 14))
        canvas.line([(x, y + offset) for x, y in coast[part : part + 10]], 0.04, (*foam, 190))
    for x, y in generator.uniform(-1, 1, (6, 2)).tolist():
        if y < shift - 0.35:
            canvas.disc(x, y, 0.035, pick(generator, CARS))
    return canvas


def _chaparral(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (190, 172, 132), 8)
    count = int(generator.integers(90, 150))
    shrub = vary(generator, (84, 88, 58), 10)
    for x, y, share in generator.uniform(-1, 1, (count, 3)).tolist():
        radius = 0.045 + 0.022 * share
        canvas.disc(1.4 * x + 0.02, 1.4 * y + 0.02, radius, (*shade(shrub, 0.5), 130))
        canvas.disc(1.4 * x, 1.4 * y, radius, shade(shrub, 1 + 0.2 * share))
    return canvas


def _forest(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (40, 62, 36), 10)
    colour = vary(generator, (66, 98, 52), 10)
    size = generator.uniform(0.08, 0.13)
    for x, y, share in generator.uniform(-1, 1, (230, 3)).tolist():
        x, y, radius = 1.4 * x, 1.4 * y, size * (1 + 0.4 * share)
        canvas.disc(x + radius * 0.35, y + radius * 0.35, radius, (18, 30, 18, 150))
        canvas.disc(x, y, radius, shade(colour, 0.85 + 0.2 * share))
        canvas.disc(x - radius * 0.3, y - radius * 0.3, radius * 0.5, shade(colour, 1.12 + 0.2 * share))
    return canvas


def _river(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (GRASS, FOLIAGE, DRY_GRASS)), 12)
    trees(canvas, generator, int(generator.integers(25, 60)))
    course = wave(generator, generator.uniform(0.15, 0.32))
    width = generator.uniform(0.28, 0.5)
    canvas.line(course, width + 0.12, vary(generator, SOIL, 10))
    water = vary(generator, pick(generator, (WATER, (80, 96, 76), (70, 110, 130))), 8)
    canvas.line(course, width, water)
    canvas.line(course, width * 0.4, shade(water, 0.88))
    return canvas


# Sports grounds


def _baseballdiamond(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (GRASS, (92, 138, 70))), 7)
    trees(canvas, generator, int(generator.integers(0, 7)))
    soil = vary(generator, (188, 142, 100), 10)
    grass = vary(generator, (108, 142, 76), 8)
    size = generator.uniform(0.75, 1.05)
    corner = (0.0, 0.62)
    arc = [math.radians(degrees) for degrees in range(-135, -44, 9)]
    fan = [(corner[0] + size * math.cos(turn), corner[1] + size * math.sin(turn)) for turn in arc]
    canvas.polygon([(-0.1, 0.74), *fan, (0.1, 0.74)], soil)
    canvas.disc(*corner, 0.16, soil)
    canvas.rectangle(0, corner[1] - size * 0.46, size * 0.52, size * 0.52, grass, math.pi / 4)
    canvas.disc(0, corner[1] - size * 0.46, 0.075, soil)
    for side in (-1, 1):
        canvas.line([corner, (corner[0] + side * 1.3, corner[1] - 1.3)], 0.025, MARKING)
        canvas.disc(side * size * 0.37, corner[1] - size * 0.46, 0.03, MARKING)
    return canvas


def _golfcourse(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (82, 110, 62), 9)
    trees(canvas, generator, int(generator.integers(12, 30)))
    fairway = vary(generator, (126, 164, 88), 8)
    course = wave(generator, 0.2)
    canvas.line(course, generator.uniform(0.45, 0.7), fairway)
    x, y = course[int(generator.integers(8, 17))]
    canvas.polygon(blob(generator, x, y, 0.3, 0.1), shade(fairway, 1.14))
    canvas.disc(x, y, 0.025, MARKING)
    for direction in generator.uniform(0, math.tau, int(generator.integers(2, 6))).tolist():
        distance = generator.uniform(0.38, 0.62)
        place = (x + distance * math.cos(direction), y + distance * math.sin(direction))
        canvas.polygon(
            blob(generator, *place, generator.uniform(0.09, 0.15), 0.22), vary(generator, (230, 216, 178), 6)
        )
    return canvas


def _tenniscourt(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (GRASS, CONCRETE, DRY_GRASS)), 8)
    trees(canvas, generator, int(generator.integers(0, 9)))
    count = int(generator.integers(1, 4))
    surround, court = pick(
        generator, (((70, 112, 82), (64, 90, 140)), ((150, 84, 66), (70, 120, 84)), ((86, 126, 92), (168, 98, 74)))
    )
    surround, court = vary(generator, surround, 8), vary(generator, court, 8)
    canvas.rectangle(0, 0, 0.82 * count + 0.12, 1.66, surround)
    for position in range(count):
        x = (position - (count - 1) / 2) * 0.82
        canvas.rectangle(x, 0, 0.56, 1.24, MARKING)
        for side in (-1, 1):
            canvas.rectangle(x + side * 0.242, 0, 0.045, 1.2, court)  # the doubles alleys
            canvas.rectangle(x, side * 0.475, 0.41, 0.25, court)
            for half in (-1, 1):
                canvas.rectangle(x + half * 0.107, side * 0.165, 0.195, 0.32, court)
        canvas.line([(x - 0.34, 0), (x + 0.34, 0)], 0.02, (30, 30, 34))
    return canvas


# Housing


def _street_of_houses(canvas: Canvas, generator: np.random.Generator, y: float, step: float, size: float) -> None:
    """Set a house at every `step` along the line `y`, with a few left out."""
    for x in np.arange(-1.45, 1.5, step).tolist():
        if generator.random() < 0.94:
            width, height = (size * generator.uniform(0.85, 1.1, 2)).tolist()
            house(
                canvas, generator, x, y + generator.normal(0, 0.02), width, height, pick(generator, (0.0, math.pi / 2))
            )


def _denseresidential(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (140, 134, 120), 9)
    shift = generator.uniform(-0.2, 0.2)
    for y in (-1.1 + shift, 0.0 + shift, 1.1 + shift):
        road(canvas, generator, [(-REACH, y), (REACH, y)], 0.16, dashes=False)
        traffic(canvas, generator, [y - 0.06], 0.3, 0.75)
        for offset in (0.32, 0.6, 0.85):
            _street_of_houses(canvas, generator, y + offset - 0.03, 0.3, 0.25)
    trees(canvas, generator, int(generator.integers(4, 14)), 0.06)
    return canvas


def _mediumresidential(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, GRASS, 10)
    shift = generator.uniform(-0.3, 0.3)
    road(canvas, generator, [(-REACH, shift), (REACH, shift)], 0.22, dashes=False)
    traffic(canvas, generator, [shift], 0.15, 0.9)
    for y in (-0.95, -0.42, 0.42, 0.95):
        for x in np.arange(-1.3, 1.4, 0.58).tolist():
            x += generator.normal(0, 0.03)
            if abs(y) < 0.5:
                canvas.rectangle(x + 0.1, shift + y / 2, 0.1, 0.4, CONCRETE)
            house(canvas, generator, x, shift + y, generator.uniform(0.36, 0.44), generator.uniform(0.28, 0.36))
    trees(canvas, generator, int(generator.integers(18, 32)), 0.09)
    return canvas


def _sparseresidential(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (GRASS, DRY_GRASS)), 12)
    trees(canvas, generator, int(generator.integers(22, 50)), 0.12)
    x, y = generator.uniform(-0.35, 0.35, 2).tolist()
    turn = generator.uniform(0, math.pi)
    canvas.line([(x, y), (x + 0.4, y + 0.7), (x + 0.2, REACH)], 0.1, CONCRETE)
    canvas.polygon(blob(generator, x, y, 0.45, 0.12), vary(generator, (128, 150, 86), 8))
    house(canvas, generator, x, y, 0.55, 0.32, turn)
    house(canvas, generator, x + 0.2 * math.cos(turn), y + 0.2 * math.sin(turn), 0.28, 0.42, turn)
    if generator.random() < 0.4:  # a pool
        canvas.ellipse(x - 0.34, y + 0.16, 0.12, 0.08, (84, 180, 200), turn)
    return canvas


def _mobilehomepark(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (136, 134, 118), 8)
    step, lean = generator.uniform(0.24, 0.3), generator.uniform(0.35, 0.7) * pick(generator, (-1, 1))
    for y in (-1.26, -0.42, 0.42, 1.26):
        canvas.rectangle(0, y + 0.42, 3, 0.16, vary(generator, ASPHALT, 6))
        for x in np.arange(-REACH, REACH, step).tolist():
            roof = vary(generator, pick(generator, ((222, 220, 214), (200, 196, 186), (182, 190, 196))), 8)
            turn = math.pi / 2 + lean
            canvas.rectangle(x + 0.03, y + 0.03, 0.54, 0.14, SHADOW, turn)
            canvas.rectangle(x, y, 0.54, 0.14, roof, turn)
            canvas.rectangle(x + 0.1, y - 0.05, 0.2, 0.07, shade(roof, 0.72), turn)
    trees(canvas, generator, int(generator.integers(4, 14)), 0.06)
    return canvas


def _buildings(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (CONCRETE, ASPHALT)), 8)
    places = [(-0.55, -0.5), (0.55, -0.5), (-0.55, 0.55), (0.55, 0.55)]
    for x, y in places[: int(generator.integers(2, 5))]:
        width, height = generator.uniform(0.65, 0.98, 2).tolist()
        roof = vary(generator, pick(generator, ((196, 192, 184), (150, 148, 146), (170, 140, 120), (110, 112, 118))), 8)
        canvas.rectangle(x + 0.12, y + 0.12, width, height, SHADOW)
        canvas.rectangle(x, y, width, height, shade(roof, 0.75))
        canvas.rectangle(x, y, width - 0.06, height - 0.06, roof)
        for a, b in generator.uniform(-0.35, 0.35, (5, 2)).tolist():  # vents and machines
            canvas.rectangle(x + a * width + 0.02, y + b * height + 0.02, 0.1, 0.08, SHADOW)
            canvas.rectangle(x + a * width, y + b * height, 0.1, 0.08, shade(roof, 1.2))
    traffic(canvas, generator, [0.02], 0.35)
    trees(canvas, generator, int(generator.integers(0, 6)), 0.08)
    return canvas


# Traffic


def _airplane(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (158, 158, 154), 6)
    for offset in generator.uniform(-1.2, 1.2, 2).tolist():
        canvas.line([(-REACH, offset), (REACH, offset)], 0.02, (200, 180, 90))
    body = vary(generator, (226, 228, 230), 8)
    sweep, size = generator.uniform(0.2, 0.4), generator.uniform(0.8, 1.05)
    for offset, colours in ((0.08, (SHADOW,) * 4), (0.0, (body, shade(body, 0.86), shade(body, 0.6), (60, 70, 90)))):
        fuselage, wings, engines, window = colours
        for side in (-1, 1):
            wing = [(-0.12, 0.04), (0.22, 0.04), (-0.02 - sweep, 0.82), (-0.16 - sweep, 0.82)]
            tail = [(-0.72, 0.03), (-0.55, 0.03), (-0.72, 0.3), (-0.84, 0.3)]
            for part in (wing, tail):
                canvas.polygon([(offset + size * x, offset + size * side * y) for x, y in part], wings)
            canvas.rectangle(offset + size * (0.1 - sweep * 0.4), offset + size * side * 0.32, 0.18, 0.07, engines)
        canvas.ellipse(offset, offset, 0.82 * size, 0.1 * size, fuselage)
        canvas.ellipse(offset + 0.7 * size, offset, 0.04, 0.05, window)
    for x, y in generator.uniform(-1.1, 1.1, (3, 2)).tolist():
        if abs(y) > 0.85:
            car(canvas, generator, x, y, 0.0)
    return canvas


def _runway(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (DRY_GRASS, GRASS, SOIL)), 8)
    y, width = generator.uniform(-0.3, 0.3), generator.uniform(0.55, 0.85)
    surface = vary(generator, pick(generator, (ASPHALT, (134, 132, 128))), 8)
    canvas.rectangle(0, y, 3.2, width + 0.16, shade(surface, 1.2))
    canvas.rectangle(0, y, 3.2, width, surface)
    for side in (-1, 1):
        canvas.line([(-1.6, y + side * width * 0.45), (1.6, y + side * width * 0.45)], 0.025, MARKING)
    threshold = generator.uniform(-1.0, 1.6)
    for stripe in np.linspace(-0.36, 0.36, 8).tolist():
        canvas.rectangle(threshold, y + stripe * width, 0.36, width * 0.05, MARKING)
    for x in np.arange(threshold - 3, threshold + 3, 0.42).tolist():
        if abs(x - threshold) > 0.3:
            canvas.rectangle(x, y, 0.24, 0.04, MARKING)
    canvas.ellipse(threshold + 0.6, y, 0.5, width * 0.16, (30, 30, 32, 90))  # rubber left by wheels
    return canvas


def _freeway(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (DRY_GRASS, GRASS, SOIL)), 10)
    trees(canvas, generator, int(generator.integers(5, 30)), 0.09)
    lanes, shift = int(generator.integers(2, 5)), generator.uniform(-0.2, 0.2)
    width, surface = 0.17 * lanes, vary(generator, (142, 140, 136), 12)
    for side in (-1, 1):
        y = shift + side * (width / 2 + 0.08)
        canvas.rectangle(0, y, 3.2, width + 0.08, surface)
        for lane in range(1, lanes):
            for x in np.arange(-1.5, 1.5, 0.2).tolist():
                canvas.line([(x, y - width / 2 + lane * 0.17), (x + 0.09, y - width / 2 + lane * 0.17)], 0.018, MARKING)
        traffic(canvas, generator, [y - width / 2 + (lane + 0.5) * 0.17 for lane in range(lanes)], 0.3)
    canvas.rectangle(0, shift, 3.2, 0.07, pick(generator, (FOLIAGE, (190, 188, 180), DRY_GRASS)))
    return canvas


def _overpass(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (DRY_GRASS, GRASS, SOIL)), 10)
    trees(canvas, generator, int(generator.integers(5, 20)), 0.09)
    lower, upper = vary(generator, ASPHALT, 8), vary(generator, (180, 176, 168), 8)
    canvas.rectangle(0, 0, 3.2, 0.66, lower)
    canvas.line([(-1.6, 0), (1.6, 0)], 0.03, (220, 200, 110))
    traffic(canvas, generator, [-0.24, -0.1, 0.1, 0.24], 0.3)
    lean, width = generator.normal(0, 0.3), generator.uniform(0.4, 0.6)
    ends = [(-lean, -1.6), (lean, 1.6)]
    canvas.line([(x + 0.14, y + 0.04) for x, y in ends], width, SHADOW)  # the bridge stands above the road
    canvas.line(ends, width + 0.08, shade(upper, 1.2))
    canvas.line(ends, width, upper)
    canvas.line(ends, 0.03, MARKING)
    for share in np.arange(-1.3, 1.4, 0.35).tolist():
        if generator.random() < 0.5:
            side = pick(generator, (-1, 1)) * width * 0.24
            car(canvas, generator, lean * share / 1.6 + side, share, math.atan2(3.2, 2 * lean))
    return canvas


def _intersection(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (GRASS, CONCRETE, (140, 134, 120))), 8)
    width = generator.uniform(0.36, 0.5)
    far = generator.uniform(0.75, 0.95)
    for x in (-far, far):
        for y in (-far, far):
            if generator.random() < 0.8:
                house(canvas, generator, x, y, generator.uniform(0.5, 0.8), generator.uniform(0.4, 0.7))
    for ends in ([(-REACH, 0), (REACH, 0)], [(0, -REACH), (0, REACH)]):
        road(canvas, generator, ends, width)
    canvas.rectangle(0, 0, width, width, ASPHALT)
    for side in (-1, 1):  # zebra crossings on all four arms
        for stripe in np.linspace(-0.4, 0.4, 6).tolist():
            canvas.rectangle(side * (width / 2 + 0.08), stripe * width, 0.1, 0.03, MARKING)
            canvas.rectangle(stripe * width, side * (width / 2 + 0.08), 0.03, 0.1, MARKING)
    for place in generator.uniform(0.4, 1.2, 4).tolist():
        side = pick(generator, (-1, 1))
        if generator.random() < 0.5:
            car(canvas, generator, side * place, side * width / 4, 0.0)
        else:
            car(canvas, generator, -side * width / 4, side * place, math.pi / 2)
    return canvas


def _parkinglot(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, ASPHALT, 6)
    step, taken = generator.uniform(0.13, 0.16), generator.uniform(0.6, 0.95)
    shift = generator.uniform(-0.2, 0.2)
    for row in (-1.2, -0.4, 0.4, 1.2):
        canvas.line([(-REACH, row + shift), (REACH, row + shift)], 0.015, MARKING)
        for x in np.arange(-1.45, 1.5, step).tolist():
            canvas.line([(x - step / 2, row + shift - 0.22), (x - step / 2, row + shift + 0.22)], 0.014, MARKING)
            for side in (-0.12, 0.12):
                if generator.random() < taken:
                    car(canvas, generator, x, row + shift + side, math.pi / 2, 1.2)
    return canvas


def _harbor(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, (44, 70, 84), 5)
    step, shift = generator.uniform(0.15, 0.21), generator.uniform(-0.25, 0.25)
    for row in (-1.15, 0.0, 1.15):
        pier = row + shift
        canvas.rectangle(0, pier, 3, 0.09, vary(generator, (186, 178, 164), 8))
        for x in np.arange(-1.45, 1.5, step).tolist():
            for side in (-1, 1):
                if generator.random() < 0.85:
                    _boat(canvas, generator, x, pier + side * 0.07, side * generator.uniform(0.27, 0.4), step * 0.32)
    return canvas


def _boat(canvas: Canvas, generator: np.random.Generator, x: float, y: float, length: float, width: float) -> None:
    """A hull from the stern at (`x`, `y`) to a bow `length` away."""
    hull = vary(generator, (232, 232, 228), 8)
    outline = [(-width, 0), (width, 0), (width, length * 0.6), (0, length), (-width, length * 0.6)]
    canvas.polygon([(x + a, y + b) for a, b in outline], hull)
    cover = pick(generator, ((60, 90, 150), (200, 196, 186), (150, 120, 90), (90, 110, 120)))
    canvas.rectangle(x, y + length * 0.35, width * 1.2, abs(length) * 0.35, cover)


def _storagetanks(generator: np.random.Generator) -> Canvas:
    canvas = scene(generator, pick(generator, (SOIL, CONCRETE, DRY_GRASS)), 9)
    count = int(generator.integers(1, 4))
    radius = {1: 0.62, 2: 0.42, 3: 0.29}[count] * generator.uniform(0.85, 1.05)
    step = 2.3 * radius + 0.06
    tone = pick(generator, ((228, 226, 218), (206, 208, 206), (190, 176, 156)))
    for column in range(count):
        for row in range(count):
            if count > 1 and generator.random() < 0.15:
                continue
            x, y = ((place - (count - 1) / 2) * step for place in (column, row))
            colour = vary(generator, tone, 7)
            canvas.disc(x + 0.1, y + 0.1, radius, SHADOW)
            canvas.disc(x, y, radius, shade(colour, 0.72))
            canvas.disc(x - 0.02, y - 0.02, radius * 0.93, colour)
            canvas.disc(x, y, radius * 0.1, shade(colour, 0.7))
            canvas.line([(x, y), (x + radius * 0.9, y)], 0.025, shade(colour, 0.8))
    canvas.line([(-REACH, radius * 1.2), (REACH, radius * 1.2)], 0.035, (120, 116, 112))  # a pipe
    return canvas


_SCENES: dict[str, Scene] = {
    "agricultural": _agricultural,
    "airplane": _airplane,
    "baseballdiamond": _baseballdiamond,
    "beach": _beach,
    "buildings": _buildings,
    "chaparral": _chaparral,
    "denseresidential": _denseresidential,
    "forest": _forest,
    "freeway": _freeway,
    "golfcourse": _golfcourse,
    "harbor": _harbor,
    "intersection": _intersection,
    "mediumresidential": _mediumresidential,
    "mobilehomepark": _mobilehomepark,
    "overpass": _overpass,
    "parkinglot": _parkinglot,
    "river": _river,
    "runway": _runway,
    "sparseresidential": _sparseresidential,
    "storagetanks": _storagetanks,
    "tenniscourt": _tenniscourt,
}
CLASS_NAMES = tuple(_SCENES)
