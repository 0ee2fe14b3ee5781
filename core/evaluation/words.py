"""Words that all who speak of scores share: the parts of a split, and a share with as many digits as it deserves."""

SPLIT_WORDS = {"train": "training", "validation": "validation", "test": "test"}


def percent(value: float, n: int) -> str:
    """`value` as a percentage with the digits that `n` images can support.

    None after the point for n < 100, one for n ≥ 100, two for n ≥ 10,000: ``percent(0.975, 200)`` is "97.5 %".
    """
    decimals = 0 if n < 100 else 1 if n < 10_000 else 2
    return f"{100 * value:.{decimals}f} %"
