"""Heat laid over an image: colours that rise evenly in lightness, over the image in grey, in light and dark alike."""

import numpy as np
from plotly.colors import hex_to_rgb, sequential

# Of matplotlib (van der Walt and Smith 2015): its lightness rises evenly, so that it is read without colour as well.
INFERNO = np.array([hex_to_rgb(colour) for colour in sequential.Inferno], np.float32)
# Told apart by colour-blind people too; the first for what speaks for a class, the second for what speaks against it.
FOR, AGAINST = np.array([[255, 176, 0], [60, 120, 255]], np.float32)
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def overlay(image: np.ndarray, heat: np.ndarray, strength: float) -> np.ndarray:
    """An image in grey with heat over it: the hotter, the more of the colour and the lighter it is.

    Parameters
    ----------
    image : (height, width, 3) array of uint8
    heat : (height, width) array
        0 to 1. Where it is 0, the image stays as it is.
    strength
        How much of the colour covers the image where it is hottest, 0 to 1.

    Returns
    -------
    (height, width, 3) array of uint8
    """
    heat = np.clip(heat, 0, 1)
    stops = np.linspace(0, 1, len(INFERNO))
    colours = np.stack([np.interp(heat, stops, channel) for channel in INFERNO.T], axis=-1)
    return _blend(image, colours, strength * heat)


def overlay_signed(image: np.ndarray, values: np.ndarray, largest: float, strength: float) -> np.ndarray:
    """The same for values that speak for something, above 0, or against it, below 0.

    Parameters
    ----------
    values : (height, width) array
    largest
        The amount that gets the full colour.
    """
    colours = np.where((values >= 0)[..., None], FOR, AGAINST)
    return _blend(image, colours, strength * np.clip(np.abs(values) / largest, 0, 1))


def _blend(image: np.ndarray, colours: np.ndarray, shares: np.ndarray) -> np.ndarray:
    grey = (image @ LUMINANCE)[..., None]
    return np.rint(grey + shares[..., None] * (colours - grey)).clip(0, 255).astype(np.uint8)
