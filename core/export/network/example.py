"""The example in an export: a short program that reads images as the run does, and answers them."""

from dataclasses import dataclass

# As `core.images.reading.read_square` has it for images of 8 bits; the tests hold the two against each other.
EXAMPLE = '''"""Answers images: python example.py cat.jpg dog.png

Needs Python 3.11 and: pip install {install}
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
{imports}
HERE, SIDE = Path(__file__).parent, {side}
LABELS = json.loads((HERE / "labels.json").read_text(encoding="utf-8"))
{load}


def read(path):
    """An image as the network learned from it: upright, on white, stretched to a square; (SIDE, SIDE, 3) uint8."""
    image = Image.open(path)
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    image = ImageOps.exif_transpose(image)
    rgb = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        rgb.paste(image.convert("RGBA"), mask=image.convert("RGBA").getchannel("A"))
    else:
        rgb = image.convert("RGB")
    return np.array(rgb.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0))


def probabilities(pixels):
    """(n, classes) float32 of (n, SIDE, SIDE, 3) uint8."""
{answer}


if __name__ == "__main__":
    for path in sys.argv[1:]:
        answers = probabilities(read(path)[None])[0]
        for index in answers.argsort()[::-1][:3]:
            print(f"{{path}}: {{LABELS[index]}} {{answers[index]:.1%}}")
'''


@dataclass(frozen=True)
class Example:
    """What the examples of formats differ in.

    Parameters
    ----------
    imports
        Lines.
    load
        Lines that open the model.
    answer
        Lines of the body of ``probabilities(pixels)``.
    """

    imports: str
    load: str
    answer: str

    def code(self, side: int, install: str) -> str:
        """The program.

        Parameters
        ----------
        side
            Of the images, in pixels.
        install
            The packages, as pip takes them.
        """
        answer = "\n".join(f"    {line}" for line in self.answer.splitlines())
        return EXAMPLE.format(imports=f"{self.imports}\n", load=self.load, answer=answer, side=side, install=install)
