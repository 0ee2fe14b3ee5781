"""Noise of the two kinds that filters are tried on."""

import numpy as np

VARIANCE = 100.0
HIGHEST = 20


def add_gaussian_noise(picture: np.ndarray, variance: float = VARIANCE, seed: int = 0) -> np.ndarray:
    """A picture with white noise: to each value a number is added that is drawn from a bell around 0.

    Parameters
    ----------
    picture : array of uint8
    variance
        Of the noise, in square grey levels: a variance of 100 is a standard deviation of 10 levels.
    seed
        The same seed draws the same noise.

    Returns
    -------
    array of uint8
        Rounded and clipped to 0…255.
    """
    noise = np.random.default_rng(seed).normal(0, np.sqrt(variance), np.shape(picture))
    return np.rint(np.clip(picture + noise, 0, 255)).astype(np.uint8)


def add_salt_and_pepper(picture: np.ndarray, highest: int = HIGHEST, seed: int = 0) -> np.ndarray:
    """A picture in which some pixels are black and some white.

    For each pixel an integer from 0 to `highest` is drawn: 0 makes it black, `highest` white. So 2 of `highest` + 1
    pixels are hit, about one in ten where it is 20.

    Parameters
    ----------
    picture : (height, width) or (height, width, channels) array of uint8
        A pixel is hit in all its channels.
    highest
        At least 1.

    Returns
    -------
    array of uint8
    """
    drawn = np.random.default_rng(seed).integers(0, highest, np.shape(picture)[:2], endpoint=True)
    noisy = np.array(picture, np.uint8)
    noisy[drawn == 0] = 0
    noisy[drawn == highest] = 255
    return noisy
