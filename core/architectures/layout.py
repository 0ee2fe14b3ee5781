"""What the weights of a backbone consist of, layer by layer, written down so that looking at a file takes no Keras."""

import math
from dataclasses import dataclass
from pathlib import Path

from core.files import replacing

LAYOUTS = Path(__file__).parent / "layouts"


@dataclass(frozen=True)
class LayerWeights:
    """A layer that holds numbers.

    Parameters
    ----------
    name
        Its own.
    shapes
        Of its arrays, in the order of the file.
    places
        Where Keras 3 files it in a ``.weights.h5``, such as ``conv2d_3``; several where it is made of several layers.
    """

    name: str
    shapes: tuple[tuple[int, ...], ...]
    places: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes)

    def words(self) -> str:
        """Such as 'conv1 (3×3×3×24)'; "lacking" where a file does not have it."""
        if not self.shapes:
            return "lacking"
        return f"{self.name} ({', '.join('×'.join(map(str, shape)) for shape in self.shapes)})"


def layout_path(name: str) -> Path:
    """Where it is written down what the weights of the architecture of this name consist of."""
    return LAYOUTS / f"{name}.txt"


def read_layout(path: Path) -> list[LayerWeights]:
    """The layers of a backbone that hold numbers, as `write_layout` wrote them."""
    layers = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *rest = line.split(" ")
        shapes = tuple(tuple(map(int, text.split("x"))) for text in rest if text[0].isdigit())
        layers.append(LayerWeights(name, shapes, tuple(text for text in rest if not text[0].isdigit())))
    return layers


def write_layout(path: Path, layers: list[LayerWeights]) -> None:
    """Write a line a layer: its name, its places and the shapes of its arrays, such as ``conv1 conv2d 3x3x3x24``."""
    lines = [
        " ".join([layer.name, *layer.places, *("x".join(map(str, shape)) for shape in layer.shapes)])
        for layer in layers
    ]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
