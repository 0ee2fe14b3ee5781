"""Layer arithmetic: what the course's material states in numbers."""

from core.concepts.worked_example import WorkedExample

EXAMPLES: tuple[WorkedExample, ...] = ()
