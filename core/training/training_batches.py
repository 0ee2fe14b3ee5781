"""The batches that a run trains on: how many images each holds, and how much each image counts."""

import numpy as np

from core.runs.settings import PARAMETERS, RunSettings
from core.training.batches import Batches, passes_for
from core.training.class_weights import class_weights
from core.training.learner import Learner
from core.training.selection import Selection


def make_batches(
    settings: RunSettings, learner: Learner, inputs: np.ndarray | Selection, targets: np.ndarray, batch_size: int
) -> Batches:
    """The batches that a learner is trained on, and answers in no larger ones than twice as many images.

    Parameters
    ----------
    inputs : (n, ...) array or `core.training.selection.Selection`
    targets : (n,) array of int
    batch_size
        See `batch_size_of`.
    """
    passes = passes_for(settings.min_steps_per_epoch, len(targets), batch_size)
    weights = class_weights(settings, targets)
    batches = Batches(inputs, targets, batch_size, settings.seed, weights, learner.shares, passes)
    # An answer takes less memory than a step of training, but not where that was made as small as it goes.
    learner.rows_at_once = min(learner.rows_at_once, 2 * batches.batch_size)
    return batches


def batch_size_of(settings: RunSettings, found: int | None = None) -> int:
    """How many images to train on at a time: what the settings say, or what is usual for the kind of network.

    Parameters
    ----------
    found
        What was measured, or had to be lowered for memory: no more than that at a time.
    """
    automatic = PARAMETERS["batch_size"].default[settings.design.kind]
    wanted = settings.batch_size
    return min(found, wanted) if found and wanted else found or wanted or automatic
