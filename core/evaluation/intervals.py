"""Wilson's score interval: how far a share measured on a few images may lie from the true one."""

from math import sqrt
from statistics import NormalDist


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval for a binomial proportion.

    Unlike the textbook interval p ± z·sqrt(p(1 - p)/n) it does not shrink to nothing at 0 or 1 and keeps close to its
    nominal coverage for small `n`.

    Parameters
    ----------
    successes : int
        Number of successes, 0 ≤ `successes` ≤ `n`.
    n : int
        Number of trials, 0 or more.
    confidence : float
        Two-sided confidence level, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper end, both in [0, 1]. (0.0, 1.0) where `n` is 0: without a trial nothing is known.

    Raises
    ------
    ValueError
        If `successes` is not in 0..`n`, `n` is negative, or `confidence` is not in (0, 1).

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association, 22(158), 209–212.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n, got {successes} of {n}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    if n == 0:
        return 0.0, 1.0
    successes, n = int(successes), int(n)  # NumPy's small integers would overflow below
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    shrink = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half_width = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    # At 0 and n the formula gives exactly 0 and 1; set them, because in floating point it misses them by an ulp.
    low = 0.0 if successes == 0 else max(0.0, centre - half_width)
    high = 1.0 if successes == n else min(1.0, centre + half_width)
    return low, high
