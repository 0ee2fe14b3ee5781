"""In which precision, and in batches of how many images, a network is trained from nothing the fastest here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from core.features.plan import Plan, Trial, asked_for, best_speed, fastest, remembered_or_measured
from core.features.runtimes import Runtime, plain_name, runtimes
from core.jobs.gpus import AUTO

# Weights, their updates and the loss stay in float32: Micikevicius et al. 2018, "Mixed Precision Training".
POLICIES = {"tensorflow-bfloat16": "mixed_bfloat16", "tensorflow-float16": "mixed_float16"}
BATCH_SIZES = (16, 32, 64, 128)
LEAST_STEPS = 10  # of an epoch, where the batch size is chosen: with fewer, the weights hardly move
USUAL_BATCH_SIZE = 32
# Several sizes are tried where the batch size is chosen too.
SECONDS_PER_PRECISION = 1.0


def precisions() -> dict[str, Runtime]:
    """The ways to train by name, float32 first; their families are Keras's dtype policies."""
    return {
        name: replace(way, family=POLICIES.get(name, "float32"))
        for name, way in runtimes().items()
        if name == plain_name() or name in POLICIES
    }


def batch_sizes(asked: int, image_count: int) -> tuple[int, ...]:
    """Which batch sizes are tried.

    Parameters
    ----------
    asked
        By the settings; 0 for automatic.
    image_count
        Of training images. Where the size is automatic, an epoch has at least `LEAST_STEPS` batches.
    """
    if asked:
        return (asked,)
    return tuple(size for size in BATCH_SIZES if size * LEAST_STEPS <= image_count) or BATCH_SIZES[:1]


def choose_precision(
    build: Callable[[str], keras.Model],
    sample: np.ndarray,
    sizes: Sequence[int],
    key: dict[str, Any],
    folder: Path,
    runtime: str = AUTO,
) -> Plan:
    """The fastest way to train a network on this machine, as remembered or as measured now.

    Parameters
    ----------
    build
        From Keras's dtype policy to a network, from pixels to logits.
    sample : (n, side, side, 3) array of uint8
        Some of the training images, best as many as the largest batch. Without any, nothing is measured.
    sizes
        Of the batches to try, in rising order. A single one is taken as it is.
    key, folder
        See `core.features.plan.remembered_plan`. What is measured is remembered.
    runtime
        "auto", or the name of the precision to take whatever it costs.

    Raises
    ------
    UsageError
        If the precision asked for does not exist or can't be used here.
    """
    ways = precisions()
    usual = max((size for size in sizes if size <= USUAL_BATCH_SIZE), default=sizes[0])
    if runtime == AUTO:
        measured = (lambda: measure(build, sample, sizes, ways)) if len(sample) else None
        plan = remembered_or_measured(ways, key, folder, measured)
        return plan or Plan(plain_name(), ways[plain_name()].family, usual, "default")
    way = asked_for(ways, runtime)
    if len(sizes) == 1 or not len(sample):
        return Plan(way.name, way.family, usual, "setting")
    return replace(measure(build, sample, sizes, {way.name: way}), chosen_by="setting")


def measure(
    build: Callable[[str], keras.Model], sample: np.ndarray, sizes: Sequence[int], ways: dict[str, Runtime]
) -> Plan:
    """Train a few steps in every precision, and choose; see `choose_precision`.

    The networks are thrown away. What they draw comes from Keras's global seed, so it is to be set again.
    """
    fitting = [size for size in sizes if size <= len(sample)] or [len(sample)]

    def attempt(way: Runtime) -> Trial:
        step = _training_step(build(way.family), way.family)
        # A second shape makes TensorFlow compile for any.
        for size in {fitting[0], fitting[-1]}:
            step(sample[:size])
        speed, batch_size = best_speed(step, sample, fitting, SECONDS_PER_PRECISION)
        return Trial(way.name, way.title, speed, batch_size)

    plan = fastest(ways, attempt)
    return plan if len(sizes) > 1 else replace(plan, batch_size=sizes[0])


def _training_step(network: keras.Model, policy: str) -> Callable[[np.ndarray], Any]:
    """One step forwards, backwards and to new weights; the labels don't matter for its speed."""
    network.dtype_policy = policy  # by which Keras knows whether the loss has to be scaled
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return lambda pixels: network.train_on_batch(pixels, np.zeros(len(pixels), "int32"))
