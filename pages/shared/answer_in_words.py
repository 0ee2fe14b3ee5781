"""What a network says of one image, and what that rests on, in words."""

from collections import Counter

import numpy as np


def percent(share: float) -> str:
    """A probability to the percent, but never a 0 or 100 that it is not.

    >>> percent(0.9999), percent(0.123)
    ('> 99 %', '12 %')
    """
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{share:.0%}".replace("%", " %")


def nearest_in_words(labels: list[str], answer: str) -> str:
    """Whether the training images most like an image are of the class that it was taken for.

    >>> nearest_in_words(["cats", "dogs", "cats"], "dogs")
    'Of the 3 training images most like it, 1 is “dogs”, as it answered; 2 are “cats”.'
    """
    if not labels:
        return "There are no training images to compare it with."
    same, others = labels.count(answer), Counter(label for label in labels if label != answer)
    parts = [f"{same} {'is' if same == 1 else 'are'} “{answer}”, as it answered"] if same else []
    parts += [f"{count} {'is' if count == 1 else 'are'} “{label}”" for label, count in others.most_common()]
    images = "image" if len(labels) == 1 else "images"
    return f"Of the {len(labels)} training {images} most like it, {'; '.join(parts)}."


def where(heat: np.ndarray) -> str:
    """In which part of an image the middle of the heat lies, for those who can't see it.

    >>> where(np.eye(9)[:, ::-1] * [[0] * 6 + [1] * 3])
    'the most at the top right'
    """
    if not heat.any():
        return "nowhere"
    shares = [heat.sum(axis=other) @ np.linspace(0, 1, len(heat)) / heat.sum() for other in (1, 0)]
    down, across = (int(share > 1 / 3) + int(share > 2 / 3) for share in shares)
    words = f"{('top', '', 'bottom')[down]} {('left', '', 'right')[across]}".strip()
    return f"the most at the {words}" if words else "the most in the middle"
