"""Learning rate schedules: functions of the position in a training alone, so that a resumed run is on them."""

import math

from core.runs.settings import RunSettings


def learning_rate_at(settings: RunSettings, position: float, steps_per_epoch: int, reductions: int = 0) -> float:
    """The learning rate of a step.

    Parameters
    ----------
    settings
        Of the run; its epochs, extended ones included, are what warm-up and cosine are stretched over.
    position
        How many epochs have passed at the end of the step: 1.5 is half way through the second. Above 0.
    steps_per_epoch
        How many steps an epoch has, which an inverse time schedule counts.
    reductions
        How often the plateau schedule has found no progress.

    Returns
    -------
    float
        Positive up to the end, where a cosine has come down to 0. The cosine is that of Loshchilov & Hutter 2017,
        "SGDR", without restarts; the warm-up is linear, as in Goyal et al. 2017.
    """
    warm = settings.warmup * settings.epochs
    if position < warm:
        return settings.learning_rate * position / warm
    return settings.learning_rate * _share_left(settings, position - warm, warm, steps_per_epoch, reductions)


def _share_left(settings: RunSettings, passed: float, warm: float, steps_per_epoch: int, reductions: int) -> float:
    factor, span = settings.decay_factor, settings.decay_epochs
    if settings.schedule == "step":
        return factor ** (passed // span)
    if settings.schedule == "exponential":
        return factor ** (passed / span)
    if settings.schedule == "plateau":
        return factor**reductions
    if settings.schedule == "cosine":
        return (1 + math.cos(math.pi * min(1.0, passed / (settings.epochs - warm)))) / 2
    if settings.schedule == "inverse_time":
        # Before the first step, Keras 2's optimisers have counted none: `lr * 1 / (1 + decay * iterations)`.
        return 1 / (1 + settings.decay_rate * max(0, round(passed * steps_per_epoch) - 1))
    return 1.0
