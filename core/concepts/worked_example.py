"""A worked example: something that the course's material states in numbers, computed here and open to everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class WorkedExample:
    """What is stated, how it is computed, and where one can look at it.

    Parameters
    ----------
    name
        By which it is called, such as "edge-detector"; each once.
    chapter
        The key of the chapter that shows it.
    statement
        What is given and what comes out, in a sentence.
    expected
        The stated answer: a number, words, or an array of numbers.
    compute
        Gives the answer anew.
    state
        The parameters of a link that opens the chapter on it.
    source
        Which part of the material states it.
    tolerance
        By how much an answer may differ from what is stated, which is often rounded.
    """

    name: str
    chapter: str
    statement: str
    expected: Any
    compute: Callable[[], Any]
    state: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    tolerance: float = 1e-9

    @property
    def holds(self) -> bool:
        """Whether the computed answer is the stated one."""
        return agrees(self.compute(), self.expected, self.tolerance)


def agrees(computed: Any, expected: Any, tolerance: float) -> bool:
    """Whether two answers are the same words, or numbers of one shape that differ by at most `tolerance`."""
    if isinstance(expected, str):
        return computed == expected
    computed, expected = np.asarray(computed, float), np.asarray(expected, float)
    return computed.shape == expected.shape and bool(np.all(np.abs(computed - expected) <= tolerance))
