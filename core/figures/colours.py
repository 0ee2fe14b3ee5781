"""Colours: a class has the same one in every picture, a part of the split the same line, a run the same place."""

import colorsys

# Okabe and Ito, 2008: colours that colour-blind people can tell apart. Their black vanishes in the dark, so grey here.
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#B5A000", "#8C8C8C")

LINE_STYLES = {"train": "solid", "validation": "dash", "test": "dot"}
# Not among the classes' colours, with which they often share a page.
SPLIT_COLOURS = {"train": "#6470e8", "validation": "#9aa3b5", "test": "#b05fd0"}
# Paul Tol's bright scheme, which colour-blind people can tell apart; not the colours of classes or splits.
RUN_COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#999999")
# Of what only helps to read.
GREY = "#8C8C8C"
# Cells of a confusion matrix.
RIGHT, WRONG = "#4350c4", "#d64532"


def class_colours(class_names: tuple[str, ...]) -> dict[str, str]:
    """A colour for each class: a colour-blind-safe list for up to eight, evenly spaced hues beyond."""
    if len(class_names) <= len(OKABE_ITO):
        return dict(zip(class_names, OKABE_ITO, strict=False))
    hues = (index / len(class_names) for index in range(len(class_names)))
    return dict(zip(class_names, map(_from_hue, hues), strict=True))


def run_colour(index: int) -> str:
    """The colour of the run of this place in a list."""
    return RUN_COLOURS[index % len(RUN_COLOURS)]


def _from_hue(hue: float) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, 0.5, 0.55))
