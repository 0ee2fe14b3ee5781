"""Signals and 1-D convolution: what the course's material states in numbers."""

import numpy as np

from core.concepts.matrix_text import read_matrix
from core.concepts.signals.convolution_1d import slide
from core.concepts.signals.linear_shift_invariant import filtered, impulse_response, shifted_impulses, shifted_responses
from core.concepts.signals.sampling import quantise, sample
from core.concepts.worked_example import WorkedExample

_SOURCE = "Signals and convolution"


def _row(text: str) -> np.ndarray:
    return read_matrix(text)[0]


def _correlated(signal: str, kernel: str) -> np.ndarray:
    return slide(_row(signal), _row(kernel), flip=False).answers


def _taken_apart_and_added() -> np.ndarray:
    return shifted_impulses(np.arange(1, 50).reshape(7, 7)).sum(axis=0)


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "full-1d",
        "signals",
        "x = [1, 2, 2] convolved with h = [3, 2, 1] is [3, 8, 11, 6, 2].",
        [3, 8, 11, 6, 2],
        lambda: slide(_row("1 2 2"), _row("3 2 1"), padding="full").answers,
        {"signal": "1 2 2", "kernel": "3 2 1", "padding": "full"},
        _SOURCE,
    ),
    WorkedExample(
        "stride-two-1d",
        "signals",
        "x = [3, 2, 1, 7, 1, 2, 5, 4] with w = [½, ¾, 1, ¼], flipped, in steps of two, is [7, 9, 8].",
        [7, 9, 8],
        lambda: slide(_row("3 2 1 7 1 2 5 4"), _row("1/2 3/4 1 1/4"), stride=2).answers,
        {"signal": "3 2 1 7 1 2 5 4", "kernel": "1/2 3/4 1 1/4", "padding": "valid", "stride": "2"},
        _SOURCE,
    ),
    WorkedExample(
        "edge-detector",
        "signals",
        "[-1, 1], not flipped, over [0, 0, 0, 0, 0, 1, 1, 1] answers 1 at index 4 and 0 elsewhere.",
        [0, 0, 0, 0, 1, 0, 0],
        lambda: _correlated("0 0 0 0 0 1 1 1", "-1 1"),
        {"signal": "0 0 0 0 0 1 1 1", "kernel": "-1 1", "padding": "valid", "flip": "false", "step": "5"},
        _SOURCE,
    ),
    WorkedExample(
        "impulse-response",
        "signals",
        "What a filter makes of 1, 0, 0, 0, 0 is its kernel: [3, 2, 1] answers [3, 2, 1, 0, 0].",
        [3, 2, 1, 0, 0],
        lambda: impulse_response(filtered(_row("3 2 1")), 5),
        {"view": "impulse", "signal": "1 0 0", "kernel": "3 2 1"},
        _SOURCE,
    ),
    WorkedExample(
        "sum-of-shifted-responses",
        "signals",
        "The impulse response [3, 2, 1], shifted and weighted by x = [1, 2, 2], adds up to [3, 8, 11, 6, 2].",
        [3, 8, 11, 6, 2],
        lambda: shifted_responses(_row("1 2 2"), _row("3 2 1")).sum(axis=0),
        {"view": "impulse", "signal": "1 2 2", "kernel": "3 2 1"},
        _SOURCE,
    ),
    WorkedExample(
        "image-of-impulses",
        "signals",
        "Any image is a weighted sum of shifted impulses (“unit steps”): the 7 × 7 image of 1 … 49 is that of 49.",
        np.arange(1, 50).reshape(7, 7),
        _taken_apart_and_added,
        {"view": "impulse"},
        _SOURCE,
    ),
    WorkedExample(
        "fewer-pixels",
        "signals",
        "Every fourth row and column of a 512 × 512 image make one of 128 × 128: a sixteenth of the numbers.",
        [128, 128],
        lambda: sample(np.zeros((512, 512)), 4).shape,
        {"view": "sampling", "factor": "4"},
    ),
    WorkedExample(
        "two-grey-levels",
        "signals",
        "With one bit a value, a grey of 127 becomes 0 and one of 128 becomes 255.",
        [0, 255],
        lambda: quantise(np.array([127, 128], np.uint8), 2),
        {"view": "sampling", "factor": "1", "bits": "1"},
    ),
)
