"""The network of a run, as it answers new images: in the runtime and precision in which it answered the run's own."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import h5py
import numpy as np
from scipy.special import softmax

from core.architectures.weights import IMAGENET, fetch_weights, path_at_hand
from core.errors import UsageError, WorkbenchError
from core.features.activations import TooLargeForHalf, in_half
from core.features.feature_extractor import load_backbone
from core.features.openvino_network import OPENVINO, compiled, converted, is_installed, kept
from core.features.plan import DEFAULT_BATCH_SIZE, Plan, default_plan, read_plan
from core.features.store import cache_key
from core.runs.loading_weights import loading_weights
from core.runs.record import Run
from core.training.fine_tuning import build_learner
from core.training.frozen import extraction_settings

if TYPE_CHECKING:  # take seconds to load, which those frozen backbones need not that OpenVINO computes
    import keras

    from core.explain.trained_network import TrainedNetwork

Compute = Callable[[np.ndarray], np.ndarray]


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


def answering_network(run: Run, class_count: int, machine: Path) -> AnsweringNetwork:
    """The network of a run with its best weights, those so far where it still trains.

    Parameters
    ----------
    class_count
        How many classes it tells apart.
    machine
        The folder of what all workspaces of the machine share.

    Raises
    ------
    WorkbenchError
        If it has no weights, they are damaged, or those of its backbone are not on this machine any more.
    """
    kept = run.record.plan
    plan = default_plan() if kept is None else read_plan(kept)
    if not run.settings.design.frozen:
        from core.explain.trained_network import trained_network

        return _Scratch(trained_network(run))
    if not (run.best_weights.exists() or run.fine_tuned_weights.exists()):
        raise WorkbenchError(
            f"The run {run.id} has no weights, so it can't be asked: it has not come to the end of an epoch yet, or "
            "its folder was cleaned up. Wait for that end, or train again."
        )
    with loading_weights(run):
        if run.fine_tuned_weights.exists():
            return _FineTuned(run, class_count, plan)
        return _Frozen(run, class_count, plan, machine)


class _Frozen:
    """A head on the features of a frozen backbone."""

    def __init__(self, run: Run, class_count: int, plan: Plan, machine: Path):
        self.batch_size = plan.batch_size
        self._head = _dense_layers(run.best_weights)
        if self._head[-1][1].shape != (class_count,):
            raise ValueError(f"they tell {len(self._head[-1][1])} classes apart, and not {class_count}")
        self._features = _kept_backbone(run, plan, machine) or _computing(_backbone(run), plan)

    def answer(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        features = values = self._features(pixels)
        for number, (kernel, bias) in enumerate(self._head):
            values = values @ kernel + bias
            if number < len(self._head) - 1:
                values = np.maximum(values, 0)
        return softmax(values.astype(np.float64), axis=-1), features


class _FineTuned:
    """The blocks that were fine-tuned, with the head, on what the blocks below make of images."""

    def __init__(self, run: Run, class_count: int, plan: Plan):
        self.batch_size = plan.batch_size
        from core.networks.fine_tuning import cut_backbone

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

    def __init__(self, network: "TrainedNetwork"):
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


def _dense_layers(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each layer of a head, as Keras has written them; an error of Keras's kinds where it has not.

    So few sums need no Keras, which takes seconds to load; in NumPy they are those of `core.training.linear_head`.
    """
    with h5py.File(path) as file:
        layers = [file[f"layers/{name}/vars"] for name in ("dense", "dense_1") if f"layers/{name}" in file]
        found = [(np.asarray(layer["0"]), np.asarray(layer["1"])) for layer in layers]
    if not found:
        raise ValueError("they hold no layer")
    return found


def _weights(run: Run) -> Path | None:
    """The file of its backbone's weights; None for random ones."""
    settings = run.settings
    if settings.weights == IMAGENET and path_at_hand(settings.design) is None:
        raise WorkbenchError(
            f"The ImageNet weights of {settings.design.title}, on which the run {run.id} was trained, are not on this "
            "machine any more. Get them on the Model page; then it can be asked."
        )
    return fetch_weights(settings.design, settings.weights, lambda come, expected: None)


def _backbone(run: Run) -> "keras.Model":
    return load_backbone(extraction_settings(run.settings, run.reading), _weights(run))


def _kept_backbone(run: Run, plan: Plan, machine: Path) -> Compute | None:
    """What computes its backbone by OpenVINO, without Keras where that has answered before; None where it can't.

    Random weights are not kept: of each seed there are others.
    """
    weights = _weights(run)
    if weights is None or plan.runtime not in OPENVINO or not is_installed():
        return None
    recipe = cache_key(run.settings.architecture, run.settings.image_size, weights, run.settings.seed)
    model = kept(machine / "converted", recipe, lambda: converted(_backbone(run)))
    return compiled(model, OPENVINO[plan.runtime])


def _computing(backbone: "keras.Model", plan: Plan) -> Compute:
    """What computes a backbone as the plan says, or in float32 where that way is not there any more."""
    from core.features.runtimes import plain_name, runtimes

    ways = runtimes()
    way = ways.get(plan.runtime)
    return (ways[plain_name()] if way is None or way.missing else way).make(backbone)
