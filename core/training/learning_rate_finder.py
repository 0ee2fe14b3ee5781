"""Learning rate finder: a range test before the training, which raises the rate step by step until the loss explodes.

Smith 2017, "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186, section 3.3.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.runs.settings import RunSettings
from core.training.batches import Batches
from core.training.callbacks.base import Callback, CallbackList, Metrics
from core.training.callbacks.seed_epoch import SeedEpoch
from core.training.learner import Learner

LEAST_RATE, GREATEST_RATE = 1e-6, 10.0
LEAST_RATE_OF_SGD = 1e-5  # its steps are of the gradient's size, not of the rate's
# Small sets are gone through several times, but no oftener than a training that is worth a test.
MOST_STEPS, LEAST_STEPS, PASSES = 100, 50, 3
# Of exponential smoothing, with the bias of its beginning taken off as in Adam; about the last ten steps count.
SMOOTHING = 0.9
# The test ends where the smoothed loss is so many times the least.
EXPLOSION = 4.0
# A loss that falls by less than so many standard errors, or by a smaller share, has not fallen.
STANDARD_ERRORS, LEAST_FALL = 3.0, 0.01


@dataclass(frozen=True)
class LearningRateCurve:
    """The loss over the learning rates of a range test.

    Parameters
    ----------
    rates
        The learning rates that were tried, rising.
    losses
        The smoothed training loss at each.
    suggestion
        The rate to train with; None where the loss did not fall at any.
    """

    rates: list[float]
    losses: list[float]
    suggestion: float | None


def find_learning_rate(
    learner: Learner, batches: Batches, settings: RunSettings, is_over: Callable[[], bool] = lambda: False
) -> LearningRateCurve:
    """Try learning rates from the least to the greatest, and put everything back to where it was.

    Parameters
    ----------
    is_over
        Whether to give up, asked after every step.
    """
    kept, rate = learner.variables(), learner.learning_rate
    test = _RangeTest(learner, batches, settings.optimiser, is_over)
    callbacks = CallbackList(learner, SeedEpoch(learner, batches, settings.seed), test)
    learner.fit(batches, None, callbacks, 0, math.ceil(len(test.rates) / len(batches)))
    learner.restore(kept)
    learner.learning_rate = rate
    losses = smoothed(test.losses)
    rates = test.rates[: len(losses)]
    return LearningRateCurve(rates.tolist(), losses.tolist(), suggested_rate(rates, losses, np.array(test.losses)))


class _RangeTest(Callback):
    """Raises the learning rate with every batch, until the loss explodes or the last rate was tried."""

    def __init__(self, learner: Learner, batches: Batches, optimiser: str, is_over: Callable[[], bool]):
        self._learner, self._batches, self._is_over = learner, batches, is_over
        least = LEAST_RATE_OF_SGD if optimiser == "sgd" else LEAST_RATE
        steps = min(MOST_STEPS, max(LEAST_STEPS, PASSES * len(batches)))
        self.rates = np.geomspace(least, GREATEST_RATE, steps)
        self.losses: list[float] = []

    def on_epoch_begin(self, epoch: int) -> None:
        self._sum, self._images = 0.0, 0

    def on_batch_begin(self, batch: int) -> None:
        self._learner.learning_rate = float(self.rates[min(len(self.losses), len(self.rates) - 1)])

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        # What is told is the average over the epoch so far.
        size = self._batches.size_of(batch)
        self._images += size
        total = float(metrics["loss"]) * self._images
        loss, self._sum = (total - self._sum) / size, total
        if math.isfinite(loss):
            self.losses.append(loss)
            latest = smoothed(self.losses)
            if latest[-1] <= EXPLOSION * latest.min() and len(self.losses) < len(self.rates) and not self._is_over():
                return
        self._learner.stop()


def smoothed(losses: list[float]) -> np.ndarray:
    """Exponentially smoothed losses, float64 of the same length; see `SMOOTHING`."""
    averages, average = [], 0.0
    for step, loss in enumerate(losses, 1):
        average += (loss - average) * (1 - SMOOTHING)
        averages.append(average / (1 - SMOOTHING**step))
    return np.array(averages)


def suggested_rate(rates: np.ndarray, losses: np.ndarray, raw: np.ndarray) -> float | None:
    """The rate to train with, or None where the loss never falls by more than chance.

    Parameters
    ----------
    rates, losses, raw : (n,) arrays
        The rates that were tried, and the losses at each, smoothed and as they were.
    """
    # Where the loss falls the steepest, as Smith reads it. For heads on aerial scenes (.007 with AdamW, .06 with SGD)
    # and on photographs (.004), and a small CNN on aerial scenes (.004), that was within a factor of 2.2 of the best of
    # four to six rates (.01, .03, .003 and .008). A tenth of the rate of the least loss was up to 40 times too large,
    # the middle of the longest fall up to 20 times too small.
    if len(rates) < 3 or not _falls(losses, raw):
        return None
    # Behind the least loss, a fall is but the way back from an explosion, at rates that nothing is learned by.
    slopes = np.gradient(losses, np.log(rates))[: np.argmin(losses) + 1]
    return float(rates[np.argmin(slopes)])


def _falls(losses: np.ndarray, raw: np.ndarray) -> bool:
    # The first third of the rates is too small to move anything: there, losses differ by their batches alone.
    beginning = raw[: max(3, len(raw) // 3)]
    error = beginning.std() * math.sqrt((1 - SMOOTHING) / (1 + SMOOTHING))
    fall = beginning.mean() - losses.min()
    return fall > max(STANDARD_ERRORS * error, LEAST_FALL * beginning.mean())
