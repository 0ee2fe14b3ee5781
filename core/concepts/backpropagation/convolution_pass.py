"""A convolution forward and back, with every number of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.concepts.backpropagation.backpropagation import (
    flipped,
    forward,
    input_gradient,
    kernel_gradient,
    linear_loss,
    squared_loss,
    surrounded,
)
from core.concepts.backpropagation.gradient_check import GradientCheck, central_differences, check_gradients

OUTPUT, KERNEL, INPUT = "output", "kernel", "input"


@dataclass(frozen=True)
class ConvolutionPass:
    """A convolution y = x ⋆ w, and what a loss says of its numbers.

    Parameters
    ----------
    image, kernel, delta : arrays
        x, w and ∂L/∂y.
    target
        t of L = ½ Σ (y − t)², whose δ is y − t; None where only δ is known: L = Σ δ · y.
    """

    image: np.ndarray
    kernel: np.ndarray
    delta: np.ndarray
    target: np.ndarray | None = None

    @classmethod
    def towards(cls, target: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> "ConvolutionPass":
        """One whose output should be `target`."""
        return cls(image, kernel, forward(image, kernel) - target, target)

    @cached_property
    def kernel_gradient(self) -> np.ndarray:
        """∂L/∂w."""
        return kernel_gradient(self.image, self.delta)

    @cached_property
    def input_gradient(self) -> np.ndarray:
        """∂L/∂x."""
        return input_gradient(self.delta, self.kernel)

    def loss(self, image: np.ndarray | None = None, kernel: np.ndarray | None = None) -> float:
        """L, perhaps with another input or kernel."""
        output = forward(self.image if image is None else image, self.kernel if kernel is None else kernel)
        return linear_loss(output, self.delta) if self.target is None else squared_loss(output, self.target)

    def equation(self, result: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How `OUTPUT`, the gradient of the `KERNEL` or that of the `INPUT` comes about: what the kernel or what stands
        in its place slides over, that itself, and what comes out."""
        if result == OUTPUT:
            return self.image, self.kernel, forward(self.image, self.kernel)
        if result == KERNEL:
            return self.image, self.delta, self.kernel_gradient
        return surrounded(self.delta, self.kernel), flipped(self.kernel), self.input_gradient

    def stepped(self, rate: float) -> np.ndarray:
        """The kernel after a step of gradient descent: w − η ∂L/∂w."""
        return self.kernel - rate * self.kernel_gradient

    def check(self) -> GradientCheck:
        """Both gradients beside those that are measured."""
        of_kernel = central_differences(lambda kernel: self.loss(kernel=kernel), self.kernel)
        of_input = central_differences(lambda image: self.loss(image=image), self.image)
        pairs = [(self.kernel_gradient, of_kernel), (self.input_gradient, of_input)]
        return check_gradients(pairs, self.loss())
