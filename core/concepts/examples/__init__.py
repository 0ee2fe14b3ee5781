"""What the course's material states in numbers, a file a chapter."""

from core.concepts.examples import (
    architectures,
    arrays,
    backpropagation,
    filters,
    layers,
    learning,
    pooling,
    seeing,
    signals,
    transfer,
)
from core.concepts.worked_example import WorkedExample

_CHAPTERS = (arrays, signals, filters, layers, pooling, backpropagation, learning, seeing, architectures, transfer)
EXAMPLES: tuple[WorkedExample, ...] = tuple(example for chapter in _CHAPTERS for example in chapter.EXAMPLES)
