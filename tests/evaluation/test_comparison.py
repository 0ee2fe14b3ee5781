"""Which of two networks is better: the test, the interval, and what may be compared at all."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.evaluation.comparison import (
    Judged,
    cell_changes,
    comparable_rows,
    compare,
    compare_with,
    difference,
    difference_in_words,
    disagreement,
    holm,
    in_words,
    luck_in_words,
    matrix_difference,
    mcnemar,
    settings_that_differ,
    why_not_comparable,
)
from core.evaluation.predictions import Predictions


def hits(only_first, only_second, both=30, neither=5):
    """Who gets which images right, so many of each kind."""
    counts = [only_first, only_second, both, neither]
    first, second = np.repeat([1, 0, 1, 0], counts), np.repeat([0, 1, 1, 0], counts)
    return first.astype(bool), second.astype(bool)


def answered(right, true=None, ids=None, split="test"):
    """Answers to images of two classes, right where `right` says so."""
    right = np.asarray(right, dtype=bool)
    true = np.arange(len(right)) % 2 if true is None else np.asarray(true)
    given = np.where(right, true, 1 - true)
    sure = np.linspace(0.6, 0.9, len(right))
    probabilities = np.where(given[:, None] == [0, 1], sure[:, None], 1 - sure[:, None])
    ids = np.array([f"{index}.png" for index in range(len(right))]) if ids is None else np.asarray(ids)
    return Predictions(ids, np.repeat([split], len(right)), true, probabilities, ("cats", "dogs"))


def judged(name, right, dataset="pets", version="1", **changes):
    return Judged(name, dataset, version, answered(right, **changes))


# The test ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("only_first", "only_second"), [(5, 14), (14, 5), (0, 0), (1, 0), (0, 1), (0, 29), (7, 7), (7, 8), (1, 3)]
)
def test_the_test_is_scipys(only_first, only_second):
    found = mcnemar(*hits(only_first, only_second))
    assert (found.only_first, found.only_second) == (only_first, only_second)
    n = only_first + only_second
    assert found.p_value == pytest.approx(binomtest(only_first, n).pvalue if n else 1, abs=1e-12)


def test_the_test_is_scipys_on_random_counts():
    draws = np.random.default_rng(0)
    for only_first, only_second in draws.integers(0, 400, (100, 2)).tolist():
        expected = binomtest(only_first, only_first + only_second).pvalue
        assert mcnemar(*hits(only_first, only_second)).p_value == pytest.approx(expected, rel=1e-9)


def test_the_test_stands_many_images():
    assert mcnemar(*hits(12_000, 12_500)).p_value == pytest.approx(binomtest(12_000, 24_500).pvalue, rel=1e-9)
    assert 0 <= mcnemar(*hits(0, 24_500)).p_value < 1e-300


def test_images_are_compared_one_by_one():
    with pytest.raises(ValueError, match="equally long"):
        mcnemar(np.ones(3, bool), np.ones(4, bool))


def test_the_interval_holds_the_difference_and_is_not_nothing():
    found = difference(*hits(5, 14, 30, 5))
    assert found.value == pytest.approx(9 / 54)
    assert found.low < found.value < found.high
    # Bonett and Price, by hand: (15 - 6) / 56 ± 1.96 sqrt((15/56 + 6/56 - (9/56)²) / 56)
    half_width = 1.959963984540054 * np.sqrt((21 / 56 - (9 / 56) ** 2) / 56)
    assert (found.low, found.high) == pytest.approx((9 / 56 - half_width, 9 / 56 + half_width))
    same = difference(*hits(0, 0, 10, 0))
    assert same.value == 0
    assert same.low < 0 < same.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    draws = np.random.default_rng(1)
    covered = 0
    for _ in range(2000):
        kinds = draws.choice(4, 60, p=[0.05, 0.15, 0.7, 0.1])
        first, second = np.isin(kinds, [0, 2]), np.isin(kinds, [1, 2])
        found = difference(first, second)
        covered += found.low <= 0.1 <= found.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.02)


def test_ends_stay_within_what_accuracies_allow():
    assert difference(*hits(0, 1, 0, 0)).high <= 1
    assert difference(*hits(1, 0, 0, 0)).low >= -1
    with pytest.raises(ValueError, match="without an image"):
        difference(np.zeros(0, bool), np.zeros(0, bool))


def test_many_comparisons_are_adjusted_as_holm_did():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.6]) == [1, 1]
    assert holm([]) == []


# In words ------------------------------------------------------------------------------------------------------------


def test_the_words_of_the_test():
    first, second = hits(5, 14)
    pair = compare(judged("A", first), judged("B", second))
    assert in_words(pair) == (
        "B is right on 14 images that A gets wrong, and wrong on 5 that A gets right. By luck alone that would happen "
        "in 6 of 100 cases: the difference is not proven."
    )
    assert difference_in_words(pair) == "+16.7 points (95 % interval +0.6 to +31.5)"
    assert not pair.proven


def test_a_proven_difference_names_the_better_one():
    first, second = hits(20, 1)
    words = in_words(compare(judged("A", first), judged("B", second)))
    assert "B is right on 1 image that A gets wrong, and wrong on 20" in words
    assert words.endswith("in 2 of 100,000 cases: A is better than B on images like these.")
    assert "fewer than 1 of 1,000,000" in in_words(compare(judged("A", [True] * 40), judged("B", [False] * 40)))


def test_nothing_tells_equal_answers_apart():
    pair = compare(judged("A", [True, False]), judged("B", [True, False]))
    assert in_words(pair) == "A and B are right on the same of 2 images: nothing tells them apart."


def test_against_many_a_difference_must_be_larger():
    first, second = hits(3, 13)
    alone = compare(judged("A", first), judged("B", second))
    assert alone.proven
    among = compare_with(judged("A", first), [judged(name, second) for name in "BCDE"])
    assert [pair.proven for pair in among] == [False] * 4
    assert "so many runs being compared" in in_words(among[0])
    assert among[0].mcnemar == alone.mcnemar


# Groups --------------------------------------------------------------------------------------------------------------


def test_where_images_belong_together_groups_are_what_counts():
    first, second = hits(0, 12, 28, 0)
    groups = np.repeat([0, 1, 2, 3, 4], [6, 6, 10, 10, 8])  # the second is better on two patients of five
    sides = [answered(first), answered(second)]
    pair = compare(Judged("A", "pets", "1", sides[0], groups), Judged("B", "pets", "1", sides[1], groups))
    assert pair.mcnemar.p_value < 0.001
    assert pair.p_value == pytest.approx(0.5)
    assert not pair.proven
    assert pair.difference.low < 0 < pair.difference.high
    words = in_words(pair)
    assert "The 40 images are of 5 groups that belong together" in words
    assert "each group counts once: B is ahead in 2 of them, A in 0. By luck alone" in words
    assert pair.to_dict()["by_groups"] == {"groups": 5, "ahead_first": 0, "ahead_second": 2, "p_value": 0.5}


def test_where_each_image_is_a_group_mcnemars_test_holds():
    first, second = hits(5, 14)
    groups = np.arange(54)
    pair = compare(*(Judged(name, "pets", "1", answered(each), groups) for name, each in (("A", first), ("B", second))))
    assert pair.by_groups is None
    assert pair.p_value == pair.mcnemar.p_value == pytest.approx(binomtest(5, 19).pvalue)
    assert pair == compare(judged("A", first), judged("B", second))


def test_groups_are_found_in_any_order_and_by_either_run():
    first, second = hits(0, 12, 28, 0)
    groups, order = np.repeat([0, 1, 2, 3, 4], [6, 6, 10, 10, 8]), np.random.default_rng(0).permutation(40)
    rows = answered(second)
    shuffled = Predictions(
        rows.ids[order], rows.splits[order], rows.true[order], rows.probabilities[order], rows.class_names
    )
    other = Judged("B", "pets", "1", shuffled, groups[order])
    pairs = [compare(Judged("A", "pets", "1", answered(first), mine), other) for mine in (groups, None)]
    assert [pair.p_value for pair in pairs] == [pytest.approx(0.5)] * 2


def test_in_half_a_sentence():
    first, second = hits(20, 1)
    assert luck_in_words(compare(judged("A", first), judged("B", second))) == "more than luck would give"
    assert luck_in_words(compare(judged("A", first), judged("B", first))) == "no more than luck could give"


# What may be compared ------------------------------------------------------------------------------------------------


def test_other_datasets_versions_and_images_are_not_compared():
    first = judged("A", [True, False, True])
    assert why_not_comparable(first, judged("B", [False] * 3)) == ""
    others = {
        "different datasets: pets and cars": judged("B", [True] * 3, dataset="cars"),
        "relabelled, excluded, added or divided anew": judged("B", [True] * 3, version="2"),
        "of 3 and 3 test images, 2 are the same": judged("B", [True] * 3, ids=["0.png", "1.png", "9.png"]),
        "of 3 and 2 test images, 2 are the same": judged("B", [True] * 2),
        "not their labels": judged("B", [True] * 3, true=[1, 1, 1]),
        "B has no predictions for test images": judged("B", [True] * 3, split="train"),
    }
    for reason, other in others.items():
        assert reason in why_not_comparable(first, other)
        pair = compare(first, other)
        assert (pair.mcnemar, pair.difference, pair.proven) == (None, None, False)
        assert reason in pair.to_dict()["words"]
        with pytest.raises(ValueError):
            comparable_rows(first, other)


def test_the_same_images_in_another_order_are_the_same():
    first = judged("A", [True, False, True, True])
    order = [2, 0, 3, 1]
    rows = first.predictions
    other = Predictions(
        rows.ids[order], rows.splits[order], rows.true[order], rows.probabilities[order], rows.class_names
    )
    one, two = comparable_rows(first, Judged("B", "pets", "1", other))
    assert list(one.ids) == list(two.ids)
    assert not matrix_difference(one, two).any()


def test_the_images_behind_the_counts():
    first, second = answered([1, 1, 0, 0, 1]), answered([0, 1, 1, 0, 0])
    found = disagreement(first, second)
    assert found.only_first.tolist() == [4, 0]  # the surest mistake first
    assert found.only_second.tolist() == [2]
    assert found.both_wrong.tolist() == [3]
    changes = matrix_difference(first, second)
    assert changes.tolist() == [[-1, 1], [0, 0]]
    assert changes.sum(axis=1).tolist() == [0, 0]
    came, left = cell_changes(first, second, 0, 1)
    assert (came.tolist(), left.tolist()) == ([0, 4], [2])


def test_settings_that_are_the_same_everywhere_are_not_listed():
    settings = [{"epochs": 3, "seed": 1}, {"epochs": 5, "seed": 1, "dropout": 0.2}]
    assert settings_that_differ(settings) == {"epochs": [3, 5], "dropout": [None, 0.2]}
    assert settings_that_differ([settings[0], settings[0]]) == {}
