"""Domain similarity: how like ImageNet a dataset is, by what features that were learned there are worth on it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.advice.linear_probe import MAJORITY, Candidate, Findings

SIMILAR, PARTLY, DISSIMILAR, UNKNOWN = "similar", "partly similar", "dissimilar", "cannot be told"
# Measured with MobileNet α 0.75: above lie photographs of pets (.94), aerial scenes (.90) and the drawn samples (.93 to
# 1); below the same pets at 16 × 16 pixels (.47), how many dots there are (.39) and digits of 8 × 8 pixels (.19).
SIMILAR_FROM, DISSIMILAR_BELOW = 0.75, 0.5
DRAWS = 20_000


@dataclass(frozen=True)
class DomainSimilarity:
    """The share of a plain baseline's errors that a linear head on frozen features avoids.

    Parameters
    ----------
    verdict
        `SIMILAR`, `PARTLY`, `DISSIMILAR` or `UNKNOWN`.
    reason
        Why it can't be told; "" where it can.
    share
        1 − error(features) / error(baseline): 1 where no error is left, 0 where they are no better than the baseline,
        below 0 where they are worse; None where it was not measured.
    interval
        The 95 % interval of the share.
    features, baseline
        The backbone, and the better of small pixels and the commonest class.
    """

    verdict: str
    reason: str = ""
    share: float | None = None
    interval: tuple[float, float] | None = None
    features: Candidate | None = None
    baseline: Candidate | None = None

    @property
    def easy(self) -> bool:
        """Whether the baseline made no error at all."""
        return self.baseline is not None and self.baseline.right == self.baseline.images

    @property
    def known(self) -> bool:
        return self.verdict != UNKNOWN

    def words(self) -> str:
        """What was measured, in a sentence; "" where nothing was."""
        if self.share is None or self.interval is None or self.features is None or self.baseline is None:
            return ""
        name, (low, high) = f"{self.features.title}’s features", self.interval
        plain = "small pixels alone make"
        if self.baseline.name == MAJORITY:
            plain = "always answering the commonest class makes"
        if self.share < 0:
            between = f"95 % interval {_whole(-high)} to {_whole(-low)} %"
            return f"{name} make {_whole(-self.share)} % more errors ({between}) than {plain}."
        between = f"95 % interval {_whole(low)} to {_whole(high)} %"
        return f"{name} avoid {_whole(self.share)} % ({between}) of the errors that {plain}."

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        names = {"features": self.features and self.features.name, "baseline": self.baseline and self.baseline.name}
        return asdict(self) | names | {"words": self.words()}


def similarity(findings: Findings | None) -> DomainSimilarity:
    """How like ImageNet the images are that a linear probe was at.

    ImageNet's features are worth as much on other images as these are like it: the nearer two tasks, the better the
    features of one do on the other (Yosinski, Clune, Bengio and Lipson, 2014, How transferable are features in deep
    neural networks?). A linear head on frozen features is the usual test of that (Kornblith, Shlens and Le, 2019, Do
    better ImageNet models transfer better?). It is set against the baseline so that easy images do not pass for like
    ones. Of several backbones, the best is taken, which flatters a little.

    Returns
    -------
    DomainSimilarity
        "cannot be told" where no backbone was tried, nothing tried told the classes apart, the baseline made no
        errors, or the interval reaches from the dissimilar to the similar.
    """
    if findings is None:
        return DomainSimilarity(UNKNOWN, "it was not measured yet")
    baseline = max(
        (candidate for candidate in findings.tried if not candidate.is_backbone),
        key=lambda candidate: candidate.accuracy or 0.0,
        default=None,
    )
    features = findings.best
    if baseline is None or features is None:
        return DomainSimilarity(UNKNOWN, "no pretrained network was tried")
    if not baseline.wrong:
        reason = "small pixels alone made no error that features could avoid"
        return DomainSimilarity(UNKNOWN, reason, features=features, baseline=baseline)
    share = 1 - (features.wrong / features.images) / (baseline.wrong / baseline.images)
    interval = _interval(features.wrong, features.images, baseline.wrong, baseline.images)
    verdict, reason = _verdict(share, interval), ""
    if not _tell_apart(findings, features, baseline):
        verdict, reason = UNKNOWN, "nothing that was tried told the classes apart"
    elif verdict == UNKNOWN:
        reason = f"on {features.images:,} sampled images the interval is too wide"
    return DomainSimilarity(verdict, reason, share, interval, features, baseline)


def _interval(wrong: int, n: int, errors: int, baseline_n: int) -> tuple[float, float]:
    """The 95 % interval of 1 − p / q, of errors that were made `wrong` times in `n` and `errors` times in `baseline_n`.

    Both shares of errors are drawn from what is known of them by Jeffreys's prior (Brown, Cai and DasGupta, 2001,
    Interval estimation for a binomial proportion), as if independent. They are of the same images, where hard ones
    are hard for both, so that the interval is rather too wide than too narrow.
    """
    random = np.random.default_rng(0)
    shares = (random.beta(count + 0.5, n - count + 0.5, DRAWS) for count, n in ((wrong, n), (errors, baseline_n)))
    low, high = np.quantile(1 - np.divide(*shares), (0.025, 0.975))
    return float(low), float(high)


def _verdict(share: float, interval: tuple[float, float]) -> str:
    low, high = interval
    if low < DISSIMILAR_BELOW and high >= SIMILAR_FROM:
        return UNKNOWN
    if share >= SIMILAR_FROM:
        return SIMILAR
    return PARTLY if share >= DISSIMILAR_BELOW else DISSIMILAR


def _tell_apart(findings: Findings, *candidates: Candidate) -> bool:
    """Whether one of them is clearly better than the commonest class."""
    majority = next((candidate.accuracy or 0.0 for candidate in findings.tried if candidate.name == MAJORITY), 0.0)
    intervals = (candidate.interval for candidate in candidates if candidate.name != MAJORITY)
    return any(interval is not None and interval[0] > majority for interval in intervals)


def _whole(share: float) -> str:
    """In percent, as "94" or "−12"."""
    return f"{round(100 * share):d}".replace("-", "−")
