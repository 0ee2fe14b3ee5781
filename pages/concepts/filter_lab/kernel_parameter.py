"""A kernel as it stands in a link: by its name, or as its numbers."""

import numpy as np

from core.concepts.filters.kernels import KERNELS
from core.concepts.matrix_text import read_matrix
from pages.concepts.matrix_field import MatrixParameter

MOST_SIDE = 31


class KernelParameter(MatrixParameter):
    """The name of a kernel, or its numbers as they are typed."""

    def check(self, value: str) -> str:
        """The name, or the numbers in one line; an error that says where they are none."""
        name = str(value).strip().lower()
        return name if name in KERNELS else self.written(super().check(value))


def read_kernel(value: str) -> np.ndarray:
    """The kernel that a value of the parameter stands for."""
    return KERNELS[value].matrix if value in KERNELS else read_matrix(value, MOST_SIDE)


KERNEL = KernelParameter(
    "kernel",
    "Kernel",
    "The numbers that are laid over the picture.",
    default="sobel_x",
    most_side=MOST_SIDE,
)
