"""Whether a network does on new images what it does on those it learned from, in words."""

from math import sqrt

from core.evaluation.intervals import wilson

# Less is of no consequence, even where many images prove it.
SMALL_GAP = 0.02


def gap_interval(train_right: int, train_n: int, other_right: int, other_n: int) -> tuple[float, float]:
    """How much more accurate a network is on training images, with 95 % confidence.

    Newcombe's interval from the two Wilson intervals (1998, Statistics in Medicine 17, 873–890, method 10).

    Parameters
    ----------
    train_right, other_right : int
        How many of the images it is right on.
    train_n, other_n : int
        How many there are, 1 or more.

    Returns
    -------
    tuple of float
        Lower and upper end of the difference, each in [-1, 1].

    Raises
    ------
    ValueError
        If there are no images, or more are right than there are.
    """
    if not train_n or not other_n:
        raise ValueError("a gap needs images on both sides")
    train, other = train_right / train_n, other_right / other_n
    train_low, train_high = wilson(train_right, train_n)
    other_low, other_high = wilson(other_right, other_n)
    gap = train - other
    return (
        gap - sqrt((train - train_low) ** 2 + (other_high - other) ** 2),
        gap + sqrt((train_high - train) ** 2 + (other - other_low) ** 2),
    )


def in_words(train_right: int, train_n: int, other_right: int, other_n: int, majority: float, images: str) -> str:
    """A word on over-fitting and under-fitting.

    Parameters
    ----------
    train_right, train_n, other_right, other_n : int
        As for `gap_interval`.
    majority : float
        The accuracy of always answering the commonest class, in [0, 1].
    images : str
        What the others are, such as "test".

    Returns
    -------
    str
        One sentence or two. Over-fitting is spoken of only where the whole interval of `gap_interval` lies above 0.

    Raises
    ------
    ValueError
        As `gap_interval`.
    """
    low, high = gap_interval(train_right, train_n, other_right, other_n)
    train, other = train_right / train_n, other_right / other_n
    points = f"{100 * (train - other):.1f} points"
    within = f"95 % interval {100 * low:.1f} to {100 * high:.1f}".replace("-", "−")
    if majority == 1:
        return "All training images are of one class, so there was nothing to tell apart."
    if wilson(train_right, train_n)[0] <= majority:
        return (
            "It is hardly better than a constant answer even on the images it learned from: it has learned too little. "
            "A larger network, more epochs or another learning rate may help."
        )
    if low <= 0:
        return f"No sign of over-fitting: on {images} images it is as accurate as on training images ({within} points)."
    if train - other < SMALL_GAP:
        return f"Hardly over-fitted: on training images it is {points} more accurate ({within}), which matters little."
    return (
        f"Over-fitted to some degree: on training images it is {points} more accurate than on {images} images "
        f"({within}). More images or augmentation narrow such a gap, as do more dropout and fewer epochs."
    )
