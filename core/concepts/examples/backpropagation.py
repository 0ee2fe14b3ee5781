"""Backpropagation: what the course's material states in numbers."""

import numpy as np

from core.concepts.backpropagation.backpropagation import (
    FIRST,
    SHARED,
    forward,
    input_gradient,
    kernel_gradient,
    linear_loss,
    pooling_gradient,
)
from core.concepts.backpropagation.gradient_check import central_differences
from core.concepts.pooling.pooling import AVERAGE, MAX
from core.concepts.worked_example import WorkedExample

MAP = np.arange(1.0, 10).reshape(3, 3)
KERNEL = DELTA = np.array([[1.0, 2], [3, 4]])
CONVOLUTION = {"view": "convolution", "input": "1 2 3; 4 5 6; 7 8 9", "kernel": "1 2; 3 4"}
CONVOLUTION |= {"loss": "linear", "delta": "1 2; 3 4"}
ONE_WINDOW, EQUALS = np.array([[1.0, 3], [2, 0]]), np.array([[5.0, 5], [1, 5]])


def example(name: str, statement: str, expected, compute, **state: str) -> WorkedExample:
    return WorkedExample(name, "backpropagation", statement, expected, compute, state, "learning")


def through_pooling(values: np.ndarray, delta: float, kind: str, ties: str = FIRST) -> np.ndarray:
    return pooling_gradient(values, np.array([[delta]]), 2, 2, kind, ties)


EXAMPLES: tuple[WorkedExample, ...] = (
    example(
        "kernel-gradient",
        "∂L/∂w_ij = Σ δ_nm · a_(i+n)(j+m) for a 2 × 2 kernel on the 3 × 3 map 1…9 with δ = [[1, 2], [3, 4]] is "
        "[[37, 47], [67, 77]]: a convolution of the input with the output's gradient.",
        [[37, 47], [67, 77]],
        lambda: kernel_gradient(MAP, DELTA),
        **CONVOLUTION,
        follow="kernel",
    ),
    example(
        "kernel-gradient-measured",
        "The same, measured: each weight is moved up and down a little.",
        [[37, 47], [67, 77]],
        lambda: central_differences(lambda kernel: linear_loss(forward(MAP, kernel), DELTA), KERNEL),
        **CONVOLUTION,
        follow="kernel",
        cell="4",
    ),
    example(
        "flipped-kernel",
        "The gradient of the input is δ, with zeros around, under the flipped kernel: of δ = w = [[1, 2], [3, 4]] it "
        "is [[1, 4, 4], [6, 20, 16], [9, 24, 16]].",
        [[1, 4, 4], [6, 20, 16], [9, 24, 16]],
        lambda: input_gradient(DELTA, KERNEL),
        **CONVOLUTION,
        follow="input",
        cell="5",
    ),
    example(
        "max-pooling-gradient",
        "Max pooling sends the whole gradient to the winning cell: of [[1, 3], [2, 0]] with δ = 1, to the 3.",
        [[0, 1], [0, 0]],
        lambda: through_pooling(ONE_WINDOW, 1, MAX),
        view="max",
        map="1 3; 2 0",
        above="1",
    ),
    example(
        "average-pooling-gradient",
        "Average pooling sends a quarter to each of its four cells.",
        [[0.25, 0.25], [0.25, 0.25]],
        lambda: through_pooling(ONE_WINDOW, 1, AVERAGE),
        view="average",
        map="1 3; 2 0",
        above="1",
    ),
    example(
        "ties-first",
        "Where cells tie, Keras's MaxPooling gives all to the first: [[5, 5], [1, 5]] with δ = 6 gives "
        "[[6, 0], [0, 0]].",
        [[6, 0], [0, 0]],
        lambda: through_pooling(EQUALS, 6, MAX),
        view="max",
        map="5 5; 1 5",
        above="6",
    ),
    example(
        "ties-shared",
        "GlobalMaxPooling shares it, 1/n each: [[2, 2], [0, 2]].",
        [[2, 2], [0, 2]],
        lambda: through_pooling(EQUALS, 6, MAX, SHARED),
        view="max",
        map="5 5; 1 5",
        above="6",
    ),
)
