"""Bootstrap intervals against the plain loop, against theory, and with groups."""

import numpy as np
import pytest

from core.evaluation.bootstrap import Rows, _weights, intervals
from core.evaluation.confusion_scores import accuracy
from core.evaluation.evaluation import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.resampled_scores import per_image_terms, scores_of


def predictions(k, n, seed, sharpness=1.0):
    generator = np.random.default_rng(seed)
    return Predictions(
        np.array([f"{index}.png" for index in range(n)]),
        np.array(["test"] * n),
        generator.integers(0, k, n),
        generator.dirichlet(np.full(k, sharpness), n),
        tuple(f"class {index}" for index in range(k)),
    )


def with_training(rows):
    return Predictions(
        np.r_[["t"], rows.ids],
        np.r_[["train"], rows.splits],
        np.r_[[0], rows.true],
        np.r_[rows.probabilities[:1], rows.probabilities],
        rows.class_names,
    )


def weighted(rows, chosen):
    """The weights of images in the order that `Rows` wants, for a list of images in which some stand twice."""
    return np.bincount(chosen, minlength=len(rows)).astype(float)[rows.order][None]


@pytest.mark.parametrize("k", [2, 5, 21])
def test_weights_give_the_scores_of_images_that_were_really_drawn(k):
    """Every figure of a resample equals that of a table in which the drawn rows stand as often as they were drawn."""
    whole = predictions(k, 60, seed=k, sharpness=0.4)
    rows = per_image_terms(whole, whole.predicted, 2)
    generator = np.random.default_rng(1)
    for _ in range(20):
        chosen = generator.integers(0, 60, 60)
        drawn = whole._rows(chosen)
        expected = scores_of(per_image_terms(drawn, drawn.predicted, 2).sums(np.ones((1, 60))))
        found = scores_of(rows.sums(weighted(rows, chosen)))
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, abs=1e-9), name


def test_equal_intervals_as_the_plain_loop_over_the_same_draws():
    whole = predictions(4, 150, seed=0)
    rows = per_image_terms(whole, whole.predicted, 2)
    generator = np.random.default_rng(0)
    figures = {name: [] for name in scores_of(rows.sums(np.ones((1, 150))))}
    for _ in range(120):
        # What is drawn is the place in `order`.
        drawn = whole._rows(rows.order[generator.integers(0, 150, 150)])
        for name, value in scores_of(per_image_terms(drawn, drawn.predicted, 2).sums(np.ones((1, 150)))).items():
            figures[name].append(value[0])
    found = intervals(rows, scores_of, resamples=120)
    itself = scores_of(rows.sums(np.ones((1, 150))))
    for name, values in figures.items():
        low, high = np.quantile(values, [0.025, 0.975])
        assert found[name] == pytest.approx((min(low, itself[name][0]), max(high, itself[name][0])), abs=1e-9), name


def test_a_thousand_resamples_come_near_the_binomial():
    """The percentile interval of accuracy is that of the binomial distribution, which is known in full."""
    n, hits = 400, 320
    right = np.arange(n) < hits
    rows = Rows(np.zeros(n, dtype=int), np.where(right, 0, 1), 2, np.zeros((n, 1)), np.zeros(n, int), np.zeros(n), 1)
    low, high = intervals(rows, lambda sums: {"accuracy": accuracy(sums.counts)})["accuracy"]
    assert (low, high) == pytest.approx((0.76, 0.8375), abs=0.006)  # scipy.stats.binom(400, .8).ppf([.025, .975]) / 400


def test_images_that_resemble_each_other_widen_the_interval():
    """Forty patients with ten images each, all of which are right or all wrong, tell no more than forty images."""
    patient = np.repeat(np.arange(40), 10)
    right = patient % 4 != 0
    whole = Predictions(
        np.arange(400).astype(str),
        np.array(["test"] * 400),
        np.tile([0, 1], 200),
        np.where((np.tile([0, 1], 200) == np.where(right, 1, 0))[:, None], [0.2, 0.8], [0.8, 0.2]),
        ("a", "b"),
    )
    apart, together = evaluate(with_training(whole)), evaluate(with_training(whole), groups=patient)

    def width(found):
        return found.accuracy_bootstrap[1] - found.accuracy_bootstrap[0]

    assert width(together) == pytest.approx(width(apart) * np.sqrt(10), rel=0.15)
    assert (apart.group_count, together.group_count) == (400, 40)
    assert apart.accuracy == together.accuracy


def test_groups_may_be_numbered_by_anything():
    whole = with_training(predictions(3, 60, seed=1))
    numbers = np.random.default_rng(0).integers(0, 12, 60)
    names = np.array([f"patient {number:02}" for number in numbers])
    assert evaluate(whole, groups=numbers).mcc == evaluate(whole, groups=names).mcc
    single = evaluate(whole, groups=np.zeros(60, dtype=int))
    assert (single.mcc.low, single.mcc.high) == (-1.0, 1.0)
    with pytest.raises(ValueError, match="a group for each of 60 images"):
        evaluate(whole, groups=numbers[:-1])


def test_the_same_images_give_the_same_intervals():
    whole = with_training(predictions(3, 80, seed=2))
    assert evaluate(whole).to_dict() == evaluate(whole).to_dict()


def test_a_draw_is_as_large_as_what_it_is_drawn_from():
    weights = _weights(np.random.default_rng(0), None, 500, 200)
    assert (weights.sum(axis=1) == 500).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(500), abs=0.4)
    assert weights.var(axis=1).mean() == pytest.approx(1.0, abs=0.05)  # of a multinomial draw: 1 - 1/n
