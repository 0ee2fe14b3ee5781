"""Which of two networks is better: the test, the interval, and what may be compared at all."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.evaluation.comparable import EvaluatedRun, comparable_rows, why_not_comparable
from core.evaluation.comparison import compare, compare_with, difference_in_words, in_words, luck_in_words
from core.evaluation.disagreement import matrix_difference
from core.evaluation.predictions import Predictions


def answered(right, true=None, ids=None, split="test"):
    """Answers to images of two classes, right where `right` says so."""
    right = np.asarray(right, dtype=bool)
    true = np.arange(len(right)) % 2 if true is None else np.asarray(true)
    given = np.where(right, true, 1 - true)
    sure = np.linspace(0.6, 0.9, len(right))
    probabilities = np.where(given[:, None] == [0, 1], sure[:, None], 1 - sure[:, None])
    ids = np.array([f"{index}.png" for index in range(len(right))]) if ids is None else np.asarray(ids)
    return Predictions(ids, np.repeat([split], len(right)), true, probabilities, ("cats", "dogs"))


def evaluated(name, right, dataset="pets", version="1", **changes):
    return EvaluatedRun(name, dataset, version, answered(right, **changes))


# In words ------------------------------------------------------------------------------------------------------------


def test_the_words_of_the_test(hits):
    first, second = hits(5, 14)
    pair = compare(evaluated("A", first), evaluated("B", second))
    assert in_words(pair) == (
        "B is right on 14 images that A gets wrong, and wrong on 5 that A gets right. By luck alone that would happen "
        "in 6 of 100 cases: the difference is not proven."
    )
    assert difference_in_words(pair) == "+16.7 points (95 % interval +0.6 to +31.5)"
    assert not pair.proven


def test_of_two_that_cannot_be_compared_neither_is_better():
    pair = compare(evaluated("A", [True] * 4), evaluated("B", [False] * 4, dataset="birds"))
    assert pair.p_value is pair.to_dict()["p_adjusted"] is None
    assert in_words(pair) == "A and B can't be compared. They are of different datasets: pets and birds."
    with pytest.raises(ValueError, match="They are of different datasets"):
        _ = pair.better
    with pytest.raises(ValueError, match="They are of different datasets"):
        difference_in_words(pair)


def test_a_proven_difference_names_the_better_one(hits):
    first, second = hits(20, 1)
    words = in_words(compare(evaluated("A", first), evaluated("B", second)))
    assert "B is right on 1 image that A gets wrong, and wrong on 20" in words
    assert words.endswith("in 2 of 100,000 cases: A is better than B on images like these.")
    assert "fewer than 1 of 1,000,000" in in_words(compare(evaluated("A", [True] * 40), evaluated("B", [False] * 40)))


def test_nothing_tells_equal_answers_apart():
    pair = compare(evaluated("A", [True, False]), evaluated("B", [True, False]))
    assert in_words(pair) == "A and B are right on the same of 2 images: nothing tells them apart."


def test_against_many_a_difference_must_be_larger(hits):
    first, second = hits(3, 13)
    alone = compare(evaluated("A", first), evaluated("B", second))
    assert alone.proven
    among = compare_with(evaluated("A", first), [evaluated(name, second) for name in "BCDE"])
    assert [pair.proven for pair in among] == [False] * 4
    assert "so many runs being compared" in in_words(among[0])
    assert among[0].mcnemar == alone.mcnemar


# Groups --------------------------------------------------------------------------------------------------------------


def test_where_images_belong_together_groups_are_what_counts(hits):
    first, second = hits(0, 12, 28, 0)
    groups = np.repeat([0, 1, 2, 3, 4], [6, 6, 10, 10, 8])  # the second is better on two patients of five
    sides = [answered(first), answered(second)]
    pair = compare(EvaluatedRun("A", "pets", "1", sides[0], groups), EvaluatedRun("B", "pets", "1", sides[1], groups))
    assert pair.mcnemar.p_value < 0.001
    assert pair.p_value == pytest.approx(0.5)
    assert not pair.proven
    assert pair.difference.low < 0 < pair.difference.high
    words = in_words(pair)
    assert "The 40 images are of 5 groups that belong together" in words
    assert "each group counts once: B is ahead in 2 of them, A in 0. By luck alone" in words
    assert pair.to_dict()["by_groups"] == {"groups": 5, "ahead_first": 0, "ahead_second": 2, "p_value": 0.5}


def test_where_each_image_is_a_group_mcnemars_test_holds(hits):
    first, second = hits(5, 14)
    groups = np.arange(54)
    pair = compare(
        *(EvaluatedRun(name, "pets", "1", answered(each), groups) for name, each in (("A", first), ("B", second)))
    )
    assert pair.by_groups is None
    assert pair.p_value == pair.mcnemar.p_value == pytest.approx(binomtest(5, 19).pvalue)
    assert pair == compare(evaluated("A", first), evaluated("B", second))


def test_groups_are_found_in_any_order_and_by_either_run(hits):
    first, second = hits(0, 12, 28, 0)
    groups, order = np.repeat([0, 1, 2, 3, 4], [6, 6, 10, 10, 8]), np.random.default_rng(0).permutation(40)
    rows = answered(second)
    shuffled = Predictions(
        rows.ids[order], rows.splits[order], rows.true[order], rows.probabilities[order], rows.class_names
    )
    other = EvaluatedRun("B", "pets", "1", shuffled, groups[order])
    pairs = [compare(EvaluatedRun("A", "pets", "1", answered(first), mine), other) for mine in (groups, None)]
    assert [pair.p_value for pair in pairs] == [pytest.approx(0.5)] * 2


def test_in_half_a_sentence(hits):
    first, second = hits(20, 1)
    assert luck_in_words(compare(evaluated("A", first), evaluated("B", second))) == "more than luck would give"
    assert luck_in_words(compare(evaluated("A", first), evaluated("B", first))) == "no more than luck could give"


# What may be compared ------------------------------------------------------------------------------------------------


def test_other_datasets_versions_and_images_are_not_compared():
    first = evaluated("A", [True, False, True])
    assert why_not_comparable(first, evaluated("B", [False] * 3)) == ""
    others = {
        "different datasets: pets and cars": evaluated("B", [True] * 3, dataset="cars"),
        "relabelled, excluded, added or divided anew": evaluated("B", [True] * 3, version="2"),
        "of 3 and 3 test images, 2 are the same": evaluated("B", [True] * 3, ids=["0.png", "1.png", "9.png"]),
        "of 3 and 2 test images, 2 are the same": evaluated("B", [True] * 2),
        "not their labels": evaluated("B", [True] * 3, true=[1, 1, 1]),
        "B has no predictions for test images": evaluated("B", [True] * 3, split="train"),
    }
    for reason, other in others.items():
        assert reason in why_not_comparable(first, other)
        pair = compare(first, other)
        assert (pair.mcnemar, pair.difference, pair.proven) == (None, None, False)
        assert reason in pair.to_dict()["words"]
        with pytest.raises(ValueError):
            comparable_rows(first, other)


def test_the_same_images_in_another_order_are_the_same():
    first = evaluated("A", [True, False, True, True])
    order = [2, 0, 3, 1]
    rows = first.predictions
    other = Predictions(
        rows.ids[order], rows.splits[order], rows.true[order], rows.probabilities[order], rows.class_names
    )
    one, two = comparable_rows(first, EvaluatedRun("B", "pets", "1", other))
    assert list(one.ids) == list(two.ids)
    assert not matrix_difference(one, two).any()
