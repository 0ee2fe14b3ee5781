"""Our statistics against statsmodels, an independent implementation, on random tables and on those at the edge."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_table
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from core.evaluation.intervals import wilson
from core.evaluation.paired import holm, mcnemar

EDGES = [(0, 1), (1, 1), (0, 1000), (1000, 1000), (1, 1000), (999, 1000), (1, 2), (50_000, 100_000)]


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_wilson_is_statsmodels(confidence):
    draw = np.random.default_rng(0)
    totals = draw.integers(1, 5000, 100)
    for successes, n in [*EDGES, *zip(draw.integers(0, totals + 1).tolist(), totals.tolist(), strict=True)]:
        expected = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
        assert wilson(successes, n, confidence) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_mcnemar_is_statsmodels(hits, seed):
    draw = np.random.default_rng(seed)
    tables = [(0, 0, 3, 0), (0, 1, 0, 0), (1, 0, 0, 5), (6, 6, 0, 0), (0, 30, 1, 1)]
    for only_first, only_second, both, neither in [*tables, *draw.integers(0, 60, (30, 4)).tolist()]:
        found = mcnemar(*hits(only_first, only_second, both, neither))
        expected = mcnemar_of_table([[both, only_first], [only_second, neither]], exact=True)
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9)
        assert min(found.only_first, found.only_second) == expected.statistic


@pytest.mark.parametrize("count", [1, 2, 3, 10, 100])
def test_holm_is_statsmodels(count):
    draw = np.random.default_rng(count)
    ties = np.round(draw.random(count), 1)
    for p_values in (draw.random(count), draw.random(count) ** 6, ties, np.zeros(count), np.ones(count)):
        assert holm(p_values.tolist()) == pytest.approx(multipletests(p_values, method="holm")[1], abs=1e-12)
