"""All that is known of an image, in plain words."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.datasets.pixel_scale import kind_in_words, value_in_words
from core.evaluation.words import SPLIT_WORDS

# By what EXIF calls them; 1 is upright.
_ORIENTATIONS = {
    2: "mirrored left to right",
    3: "turned by 180°",
    4: "mirrored top to bottom",
    5: "mirrored and turned by 90° anticlockwise",
    6: "turned by 90° clockwise",
    7: "mirrored and turned by 90° clockwise",
    8: "turned by 90° anticlockwise",
}
_COLOURS = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey, with transparency",
    "P": "a palette of colours",
    "PA": "a palette of colours, with transparency",
    "RGB": "colour",
    "RGBA": "colour, with transparency",
    "CMYK": "colour, for printing",
    "YCbCr": "colour",
    "F": "grey, in floating-point numbers",
}
_SPLIT_HELP = {
    "train": "The network learns from the training images.",
    "validation": "The validation images decide when to stop training.",
    "test": "The network never sees the test images while it learns: they tell how good it is.",
}


@dataclass(frozen=True)
class Fact:
    """A name, its value as text, and what a word of the field means ("" where nothing needs saying)."""

    name: str
    value: str
    help: str = ""


def facts_of(row: pd.Series) -> list[Fact]:
    """What a row of a dataset's table of images tells of its image.

    Columns that older tables lack (`original_label`, `orientation`, `brightness`, `contrast`, `sharpness`, `problem`)
    and cells that are missing are left out. What the numbers mean is said in `core.images.description`.
    """
    known = {name: value for name, value in row.items() if not pd.isna(value)}
    return [*_teaching(known), *_file(known), *_look(known)]


def _teaching(known: dict[str, Any]) -> list[Fact]:
    if not known["label"]:
        return [Fact("Class", "none yet", "It came without a label, and takes no part in training until it has one.")]
    facts = [Fact("Class", known["label"])]
    if known.get("original_label", known["label"]) not in ("", known["label"]):
        facts.append(Fact("Class when imported", known["original_label"], "The class was changed here since."))
    split: str = known["split"]
    facts.append(Fact("Split", SPLIT_WORDS.get(split, split), _SPLIT_HELP.get(split, "")))
    if known.get("problem"):
        facts.append(Fact("Problem", known["problem"]))
    return facts


def _file(known: dict[str, Any]) -> list[Fact]:
    mode = known["mode"]
    colours = _COLOURS.get(mode, "grey, 16 bits or more" if mode.startswith("I") else "colour")
    facts = [
        Fact("Size", f"{known['width']:.0f} × {known['height']:.0f} px"),
        Fact(
            "Format",
            f"{known['format']}, {mode} ({colours})",
            "The kind of file, and how it stores colours. Whatever it is, networks are fed red, green and blue.",
        ),
        *_values(known),
        Fact("File size", _bytes_in_words(known["size_bytes"])),
        Fact("Path", known["path"]),
    ]
    turn = _ORIENTATIONS.get(known.get("orientation", 1))
    if turn:
        facts.insert(
            1,
            Fact(
                "Orientation",
                f"{turn} when read",
                "The camera noted in the file (EXIF) how it was held. The image is turned by that, here and in "
                "training; a program that ignores the note shows it otherwise.",
            ),
        )
    return facts


def _values(known: dict[str, Any]) -> list[Fact]:
    """What it holds that 8 bits and three colours don't."""
    if not known.get("sample_kind"):
        return []
    words = f"{value_in_words(known['low'])} to {value_in_words(known['high'])}, {kind_in_words(known['sample_kind'])}"
    bands = f", {known['bands']:.0f} bands" if known["bands"] > 1 else ""
    return [Fact("Values", words + bands, "As they are in the file. What is black and white is set for all images.")]


def _look(known: dict[str, Any]) -> list[Fact]:
    facts = []
    if "brightness" in known:
        words = "Mean of the grey values: 0 % is black all over, 100 % white."
        facts.append(Fact("Brightness", f"{known['brightness']:.0%}", words))
    if "contrast" in known:
        words = "Standard deviation of the grey values: 0 % is a single tone, 50 % half black and half white."
        facts.append(Fact("Contrast", f"{known['contrast']:.0%}", words))
    if "sharpness" in known:
        words = (
            "How much of what there is to see lies in edges: the spread of the Laplacian, a filter that answers to "
            "edges, over the spread of the grey values. Photographs have 0.1 to 1; less is blurred."
        )
        facts.append(Fact("Sharpness", f"{known['sharpness']:.2f}", words))
    return facts


def _bytes_in_words(size: int) -> str:
    return f"{size / 1024**2:,.1f} MB" if size >= 1024**2 else f"{size / 1024:,.1f} KB"
