"""Sign-flip test by groups: two networks on images of which some belong together, as those of one patient do.

What happens to one image of a group mostly happens to the others too, so that ten images of one patient are not ten
pieces of evidence. McNemar's test and the usual interval take them for ten, and are too sure. Here a group is one piece
of evidence; where each image is a group of its own, both come to what they are without groups.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np


@dataclass(frozen=True)
class SignFlips:
    """The exact sign-flip test of two networks on groups of images.

    Parameters
    ----------
    groups
        How many groups the images are of.
    ahead_first, ahead_second
        In how many of them the first, or the second, is right on more images than the other.
    p_value
        How probable it is that luck alone makes so large a difference in accuracy, or a larger: two-sided, in [0, 1].
    """

    groups: int
    ahead_first: int
    ahead_second: int
    p_value: float


def sign_flips(gains: np.ndarray, groups: np.ndarray) -> SignFlips:
    """Test whether one of two networks is right more often than the other, on images of which some belong together.

    If both were equally good, either could have given either's answers to a whole group: the group's difference might
    as well have the other sign. The p-value is the share, among all ways to choose the signs, of those that make a
    difference in accuracy as large as the one found, or larger. It is worked out in full, not by drawing signs. With
    one image to a group this is McNemar's exact test.

    Parameters
    ----------
    gains : ndarray of int, shape (n,)
        1 for each image that only the second gets right, -1 where only the first does, else 0.
    groups : ndarray, shape (n,)
        Which images belong together, by any value.

    Raises
    ------
    ValueError
        If the lengths differ.

    References
    ----------
    Fisher, R. A. (1935). The Design of Experiments, section 21; Pitman, E. J. G. (1937). Significance tests which may
    be applied to samples from any populations. Supplement to the Journal of the Royal Statistical Society, 4(1),
    119–130. That in matched pairs groups are what to count is shown by Durkalski, V. L. et al. (2003). The analysis of
    clustered matched-pair data. Statistics in Medicine, 22(15), 2417–2428.
    """
    sums, _ = _of_groups(gains, groups)
    chances = _chances_of_sums(abs(sums))
    # If x of all the difference there is goes to the second, t - x goes to the first: s = 2 x - t.
    reached = (len(chances) - 1 + abs(sums.sum())) // 2
    p_value = min(1.0, 2 * float(chances[reached:].sum())) if sums.sum() else 1.0
    return SignFlips(len(sums), int((sums < 0).sum()), int((sums > 0).sum()), p_value)


def interval_by_groups(gains: np.ndarray, groups: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Where the difference of two accuracies lies, from images of which some belong together.

    Accuracy is a ratio, of the right answers in all groups to the images in them; its variance is that between groups
    (Cochran), and Student's distribution with one degree less than there are groups allows for their being few. As
    Bonett and Price do for single images, two images are added, one that only the first and one that only the second
    gets right, so that the interval does not shrink to nothing where all agree.

    Parameters
    ----------
    gains, groups
        As `sign_flips` takes them; n ≥ 1.
    confidence : float
        Two-sided confidence level, in (0, 1).

    Returns
    -------
    tuple of float
        The ends, each in [-1, 1]; these themselves where there is one group only, which tells nothing of others.

    Raises
    ------
    ValueError
        If the lengths differ.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd ed., section 9A; Bonett, D. G. and Price, R. M. (2012). Journal of
    Educational and Behavioral Statistics, 37(4), 479–488.
    """
    from scipy.special import stdtrit

    sums, sizes = _of_groups(gains, groups)
    count = len(sums)
    if count < 2:
        return -1.0, 1.0
    sums, sizes = np.append(sums, [1, -1]), np.append(sizes, [1, 1])
    centre = sums.sum() / sizes.sum()
    spread = sqrt(count / (count - 1) * ((sums - centre * sizes) ** 2).sum()) / sizes.sum()
    half_width = float(stdtrit(count - 1, (1 + confidence) / 2)) * spread
    ends = float(centre - half_width), float(centre + half_width)
    found = float(np.mean(gains))  # the images that were added pull the middle away from it
    return max(-1.0, min(found, ends[0])), min(1.0, max(found, ends[1]))


def _of_groups(gains: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each group the sum of its gains and its number of images: (g,) arrays of int."""
    gains, groups = np.asarray(gains, dtype=np.int64), np.asarray(groups)
    if gains.ndim != 1 or gains.shape != groups.shape:
        raise ValueError(f"need a group for each image, got {groups.shape} for {gains.shape}")
    names, places = np.unique(groups, return_inverse=True)
    sums = np.bincount(places, weights=gains, minlength=len(names))
    return sums.round().astype(np.int64), np.bincount(places, minlength=len(names))


def _chances_of_sums(amounts: np.ndarray) -> np.ndarray:
    """How probable each sum is where every amount is in it or not by the toss of a coin: shape (sum of amounts + 1,).

    Equal amounts are tossed together: how many of them are in the sum follows a binomial distribution.
    """
    chances = np.ones(1)
    for amount, count in zip(*np.unique(amounts[amounts > 0], return_counts=True), strict=True):
        spread = np.zeros(amount * count + 1)
        spread[::amount] = _coins(int(count))
        chances = np.convolve(chances, spread)
    return chances


def _coins(count: int) -> np.ndarray:
    """How probable each number of heads is among so many coins: shape (count + 1,)."""
    heads = np.arange(count)
    ways = np.concatenate([[0.0], np.cumsum(np.log(count - heads) - np.log(heads + 1))])
    return np.exp(ways - count * log(2))
