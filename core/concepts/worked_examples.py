"""All worked examples, in the order of the chapters."""

from core.concepts.examples import EXAMPLES
from core.concepts.worked_example import WorkedExample
from core.errors import UsageError

WORKED_EXAMPLES: dict[str, WorkedExample] = {example.name: example for example in EXAMPLES}


def examples_of(chapter: str) -> list[WorkedExample]:
    """The worked examples of a chapter, given by its key."""
    return [example for example in EXAMPLES if example.chapter == chapter]


def find_example(name: str) -> WorkedExample:
    """The worked example of that name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in WORKED_EXAMPLES:
        raise UsageError(f"There is no worked example {name!r}. There are: {', '.join(WORKED_EXAMPLES)}.")
    return WORKED_EXAMPLES[name]
