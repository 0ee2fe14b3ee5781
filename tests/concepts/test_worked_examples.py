"""What the course's material states in numbers comes out, each example by itself."""

import pytest

from core.concepts.examples import EXAMPLES
from core.concepts.worked_example import WorkedExample, agrees
from core.concepts.worked_examples import WORKED_EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_stated_answer_comes_out(example: WorkedExample):
    computed = example.compute()
    assert agrees(computed, example.expected, example.tolerance), (computed, example.expected)


def test_each_has_a_name_of_its_own():
    assert len(WORKED_EXAMPLES) == len(EXAMPLES)


def test_answers_of_another_shape_or_value_do_not_agree():
    assert not agrees([1, 2], [1, 2, 3], 0.1)
    assert not agrees([1, 2.2], [1, 2], 0.1)
    assert not agrees([1, float("nan")], [1, 2], 0.1)
    assert agrees([1, 2.05], [1, 2], 0.1)
    assert not agrees("right and bottom", "both sides", 0)
