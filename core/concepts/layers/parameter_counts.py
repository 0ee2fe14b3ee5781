"""What a convolution has to learn, beside dense layers on the same image."""

from dataclasses import dataclass

from core.architectures.layer_factories import conv, dense
from core.architectures.layers import Layer, LayerRow, tabulate


@dataclass(frozen=True)
class LayersCompared:
    """Three layers on one image, as lines of a network's table.

    Parameters
    ----------
    convolution
        So many filters.
    units
        A dense layer of so many units.
    same_numbers
        A dense layer that gives as many numbers as the convolution: with n² pixels in and k² out for each map, k²n²
        weights for each pair of channels.
    """

    convolution: LayerRow
    units: LayerRow
    same_numbers: LayerRow


def compare_layers(
    side: int, channels: int, filters: int, kernel: int, units: int, padding: str, bias: bool
) -> LayersCompared:
    """Put a convolution and two dense layers on an image of `side` × `side` × `channels`.

    Raises
    ------
    UsageError
        If the kernel does not fit on the image.
    """
    image = (side, side, channels)
    convolution = tabulate([conv(filters, kernel, "", padding=padding, bias=bias)], image)[0]
    height, width, depth = convolution.shape

    def fully_connected(numbers: int) -> LayerRow:
        return tabulate([Layer("flatten"), dense(numbers, "", bias=bias)], image)[-1]

    return LayersCompared(convolution, fully_connected(units), fully_connected(height * width * depth))
