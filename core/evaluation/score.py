"""A score with its interval, or with the reason why it is undefined."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """One score of a network, such as its accuracy or its macro F1.

    Parameters
    ----------
    value : float
        What scikit-learn gives; where the score is undefined, that is no result.
    low, high : float, optional
        The 95 % interval. None where none was worked out.
    undefined_because : str
        Why it can't be told, as it would be 0/0; "" where it can.
    """

    value: float
    low: float | None = None
    high: float | None = None
    undefined_because: str = ""

    @property
    def defined(self) -> bool:
        """Whether `value` says anything."""
        return not self.undefined_because

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the 95 % interval.

        Raises
        ------
        ValueError
            If none was worked out.
        """
        if self.low is None or self.high is None:
            raise ValueError("no interval of this score was worked out: evaluate with `resamples`")
        return self.low, self.high

    def __str__(self) -> str:
        if not self.defined:
            return f"undefined: {self.undefined_because}"
        within = "" if self.low is None else f" (95 % interval {self.low:.3f} to {self.high:.3f})"
        return f"{self.value:.3f}{within}"
