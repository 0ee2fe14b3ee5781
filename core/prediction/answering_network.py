"""The network of a run, as it answers new images: in the runtime and precision in which it answered the run's own."""

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import softmax

from core.architectures.weights import IMAGENET, fetch_weights, path_at_hand
from core.errors import UsageError, WorkbenchError
from core.explain.trained_network import TrainedNetwork, trained_network
from core.features.activations import TooLargeForHalf, in_half
from core.features.feature_extractor import load_backbone
from core.features.plan import DEFAULT_BATCH_SIZE, Plan, default_plan, read_plan
from core.features.runtimes import Compute, plain_name, runtimes
from core.networks.fine_tuning import cut_backbone
from core.networks.network import build_head
from core.runs.record import Run
from core.training.fine_tuning import build_learner
from core.training.frozen import extraction_settings

if TYPE_CHECKING:
    import keras


class AnsweringNetwork(Protocol):
    """A network with the best weights of a run.

    Attributes
    ----------
    batch_size
        How many images it is given at a time: a power of two, at most 64.
    """

    batch_size: int

    def answer(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """How probable each class is, and the features by which images are compared with others.

        Parameters
        ----------
        pixels : (n, side, side, 3) array of uint8

        Returns
        -------
        probabilities : (n, classes) array of float64
            Neither calibrated nor named anew.
        features : (n, width) array of float32, or None
            Those of `core.explain.run_features`; None where the network has none.
        """
        ...


def answering_network(run: Run, class_count: int) -> AnsweringNetwork:
    """The network of a run with its best weights, those so far where it still trains.

    Raises
    ------
    WorkbenchError
        If it has no weights, they are damaged, or those of its backbone are not on this machine any more.
    """
    kept = run.record.plan
    plan = default_plan() if kept is None else read_plan(kept)
    if not run.settings.design.frozen:
        return _Scratch(trained_network(run))
    if not (run.best_weights.exists() or run.fine_tuned_weights.exists()):
        raise WorkbenchError(
            f"The run {run.id} has no weights, so it can't be asked: it has not come to the end of an epoch, or its "
            "folder was cleaned up. Train again."
        )
    try:
        return (
            _FineTuned(run, class_count, plan) if run.fine_tuned_weights.exists() else _Frozen(run, class_count, plan)
        )
    # Keras answers files that are damaged, or of another network, with any of these.
    except (ValueError, OSError, KeyError, RuntimeError, TypeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WorkbenchError(
            f"The weights of the run {run.id} cannot be loaded: they are damaged, or of another network ({reason}). "
            "Train again."
        ) from error


class _Frozen:
    """A head on the features of a frozen backbone."""

    def __init__(self, run: Run, class_count: int, plan: Plan):
        self.batch_size = plan.batch_size
        backbone = _backbone(run)
        self._features = _computing(backbone, plan)
        self._head = build_head(backbone.output_shape[-1], class_count, run.settings.dropout, run.settings.hidden)
        self._head.load_weights(run.best_weights)

    def answer(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        features = self._features(pixels)
        return softmax(self._head.predict_on_batch(features).astype(np.float64), axis=-1), features


class _FineTuned:
    """The blocks that were fine-tuned, with the head, on what the blocks below make of images."""

    def __init__(self, run: Run, class_count: int, plan: Plan):
        self.batch_size = plan.batch_size
        settings, backbone = run.settings, _backbone(run)
        lower, tail = cut_backbone(backbone, settings.design, settings.unfreeze)
        self._activations = _computing(lower, plan)
        self._learner = build_learner(tail, run.best_weights, class_count, settings)
        self._learner.load(run.fine_tuned_weights)
        # Images are compared as they were before the last blocks were tuned, and these share their layers with `tail`.
        self._features = _computing(_backbone(run), plan)

    def answer(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        activations = self._activations(pixels)
        with suppress(TooLargeForHalf):
            activations = in_half(activations).astype(np.float32)  # as they are kept for training
        return self._learner.probabilities(activations), self._features(pixels)


class _Scratch:
    """A network that was trained from nothing."""

    def __init__(self, network: TrainedNetwork):
        self.batch_size = DEFAULT_BATCH_SIZE
        self._network = network
        try:
            self._rest: keras.Model | None = network.rest
        except UsageError:  # no layer of it tells places in the image apart
            self._rest = None

    def answer(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        if self._rest is None:
            return self._network.probabilities(pixels), None
        maps = self._network.maps(pixels)
        logits = self._rest.predict_on_batch(maps)
        return softmax(logits.astype(np.float64), axis=-1), maps.astype(np.float32).mean(axis=(1, 2))


def _backbone(run: Run) -> "keras.Model":
    settings = run.settings
    if settings.weights == IMAGENET and path_at_hand(settings.design) is None:
        raise WorkbenchError(
            f"The ImageNet weights of {settings.design.title}, on which the run {run.id} was trained, are not on this "
            "machine any more. Get them on the Model page; then it can be asked."
        )
    weights = fetch_weights(settings.design, settings.weights, lambda come, expected: None)
    return load_backbone(extraction_settings(settings, run.reading), weights)


def _computing(backbone: "keras.Model", plan: Plan) -> Compute:
    """What computes a backbone as the plan says, or in float32 where that way is not there any more."""
    ways = runtimes()
    way = ways.get(plan.runtime)
    return (ways[plain_name()] if way is None or way.missing else way).make(backbone)
