"""The network of a run as it answers: rebuilt from its settings and best weights, and cut where it last sees places."""

from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import keras
import numpy as np
from cachetools import LRUCache, cached
from scipy.special import softmax

from core.architectures.weights import IMAGENET, fetch_weights, path_at_hand
from core.augmentation.layers.mixing import MixingNetwork
from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError
from core.features.plan import default_plan, read_plan
from core.images.reading import UnreadableImage, read_square
from core.images.reading_settings import AS_USUAL, Reading
from core.networks.backbones import build_backbone
from core.networks.fine_tuning import build_fine_tuned, cut_backbone
from core.networks.network import build_head
from core.runs.loading_weights import loading_weights
from core.runs.record import Run
from core.training.scratch import build_learner

NETWORKS_KEPT = 2
MOST_IMAGES = 32  # of one request
# What a batch may have, so that a network for large images takes no more memory than one for usual ones.
PIXELS_AT_ONCE, ROWS_AT_ONCE = 32 * 224 * 224, 64
CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)


class TrainedNetwork:
    """A network with the weights of a run, in inference.

    Parameters
    ----------
    title
        What people call it.
    image_size
        Side of the images in pixels.
    class_count
        How many classes it tells apart.
    front
        What stands before its layers: from (n, side, side, 3) pixels, 0 to 255, to what they take.
    body
        Its layers, a Functional model that nothing else is nested in.
    head
        From what the body gives to (n, classes) logits; None where the body gives these itself.
    reads_blue_first
        Whether the front puts the colours in the order blue, green, red.
    reading
        How deep values and many bands become red, green and blue, as it has learned.
    """

    def __init__(
        self,
        title: str,
        image_size: int,
        class_count: int,
        front: keras.Model,
        body: keras.Model,
        head: keras.Model | None = None,
        reads_blue_first: bool = False,
        reading: Reading = AS_USUAL,
    ):
        self.title, self.image_size, self.class_count = title, image_size, class_count
        self.front, self.body, self.head, self.reads_blue_first = front, body, head, reads_blue_first
        self.reading = reading

    def read(self, paths: Sequence[str | Path | bytes]) -> np.ndarray:
        """Images as the network is fed them: (n, side, side, 3) uint8.

        Parameters
        ----------
        paths
            Of their files; or what such a file holds.

        Raises
        ------
        UsageError
            If there are none, or more than `MOST_IMAGES`.
        WorkbenchError
            If one can't be read, naming it.
        """
        if not 1 <= len(paths) <= MOST_IMAGES:
            raise UsageError(f"From 1 to {MOST_IMAGES} images are explained at a time. Got {len(paths)}.")
        with ThreadPoolExecutor() as pool:
            return np.stack(list(pool.map(lambda path: _read(path, self.image_size, self.reading), paths)))

    def batches(self, pixels: np.ndarray) -> Iterator[np.ndarray]:
        """Images in as large parts as there is memory for."""
        rows = int(np.clip(PIXELS_AT_ONCE // self.image_size**2, 1, ROWS_AT_ONCE))
        return (pixels[start : start + rows] for start in range(0, len(pixels), rows))

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """How probable each class is: float64 of shape (n, classes), rows summing to 1.

        Parameters
        ----------
        pixels : (n, side, side, 3) array of uint8
        """
        logits = [self._whole.predict_on_batch(batch) for batch in self.batches(pixels)]
        return softmax(np.concatenate(logits).astype(np.float64), axis=-1)

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """The activations at the cut: (n, height, width, channels), in the precision that the network computes in."""
        return np.concatenate([self._below.predict_on_batch(batch) for batch in self.batches(pixels)])

    def check_classes(self, classes: Sequence[int]) -> np.ndarray:
        """The classes as (n,) int32.

        Raises
        ------
        UsageError
            If there is no such class.
        """
        for index in classes:
            if not 0 <= index < self.class_count:
                raise UsageError(f"There is no class {index} among {self.class_count}.")
        return np.array(classes, np.int32)

    @cached_property
    def rest(self) -> keras.Model:
        """From activations at the cut to (n, classes) logits."""
        _, above = self._cut
        maps = keras.Input(above.input_shape[1:], dtype=above.input.dtype)
        return keras.Model(maps, self._headed(above(maps, training=False)))

    @cached_property
    def convolved(self) -> list[keras.KerasTensor]:
        """What leaves each convolution that still tells places apart, with the activation and sum that follow it."""
        takers: dict[int, list[keras.Operation]] = {}
        for operation in self.body.operations:
            if not isinstance(operation, keras.layers.InputLayer):
                for tensor in keras.tree.flatten(operation.input):
                    takers.setdefault(id(tensor), []).append(operation)
        first = [operation.output for operation in self.body.operations if isinstance(operation, CONVOLUTIONS)]
        found = [_finished(output, takers) for output in first if min(output.shape[1:3]) > 1]
        return list({id(output): output for output in found}.values())  # paths that meet lead to the same

    @cached_property
    def _whole(self) -> keras.Model:
        return keras.Model(self.front.input, self._headed(self.body(self.front.output, training=False)))

    @cached_property
    def _below(self) -> keras.Model:
        below, _ = self._cut
        return keras.Model(self.front.input, below(self.front.output, training=False))

    @cached_property
    def _cut(self) -> tuple[keras.Model, keras.Model]:
        """The body up to the last activations that tell places apart and that all paths lead through, and from there.

        Raises
        ------
        UsageError
            If there are none.
        """
        for output in reversed(self.convolved):
            try:
                return keras.Model(self.body.input, output), keras.Model(output, self.body.output)
            except ValueError:  # some path leads past it
                continue
        raise UsageError(
            f"{self.title} has no convolution whose maps would tell places in the image apart, so there is nothing to "
            "weigh. Cover parts of the image instead: that works with any network."
        )

    def _headed(self, features):
        return features if self.head is None else self.head(features, training=False)


def _weights_as_of(run: Run) -> Hashable:
    weights = run.fine_tuned_weights if run.fine_tuned_weights.exists() else run.best_weights
    try:
        written = weights.stat()
    except FileNotFoundError:
        raise WorkbenchError(
            f"The run {run.id} has no weights: it has not come to the end of an epoch yet, or its folder was cleaned "
            "up. Wait for that end, or train again."
        ) from None
    return run.folder, weights.name, written.st_mtime_ns, written.st_size


@cached(LRUCache(NETWORKS_KEPT), key=_weights_as_of, lock=Lock())
def trained_network(run: Run) -> TrainedNetwork:
    """The network of a run with its best weights. The `NETWORKS_KEPT` that were used last are kept.

    Raises
    ------
    WorkbenchError
        If the run has no weights, they are damaged, or those of its backbone are not on this machine any more.
    """
    build = _frozen if run.settings.design.frozen else _scratch
    with loading_weights(run):
        return build(run, _class_count(run))


def _class_count(run: Run) -> int:
    if classes := run.class_names.of_network:
        return len(classes)
    return len(open_dataset(run.workspace, run.settings.dataset).class_names)


def _scratch(run: Run, class_count: int) -> TrainedNetwork:
    """In the very precision that it was trained and evaluated in."""
    kept = run.record.plan
    learner = build_learner(run.settings, class_count, default_plan() if kept is None else read_plan(kept))
    learner.load(run.best_weights)
    model = learner.model
    # The first part of a model from scratch varies images, which only training does.
    network = model.network if isinstance(model, MixingNetwork) else model.layers[-1]
    pixels = keras.Input(network.input_shape[1:])
    return _network(run, class_count, keras.Model(pixels, pixels), network)


def _frozen(run: Run, class_count: int) -> TrainedNetwork:
    """In float32, whatever was the quickest way to compute its features."""
    settings, architecture = run.settings, run.settings.design
    weights = _backbone_weights(run)
    keras.utils.set_random_seed(settings.seed)  # from which an untrained backbone is drawn
    backbone = build_backbone(architecture, settings.image_size, weights)
    head = build_head(backbone.output_shape[-1], class_count, settings.dropout, settings.hidden)
    if run.fine_tuned_weights.exists():
        # Its tail shares the layers of the backbone, which so get what they have learned.
        _, tail = cut_backbone(backbone, architecture, settings.unfreeze)
        build_fine_tuned(tail, head).load_weights(run.fine_tuned_weights)
    else:
        head.load_weights(run.best_weights)
    front = keras.Model(backbone.input, backbone.operations[-2].output)
    reads_blue_first = architecture.preprocessing == "caffe"
    return _network(run, class_count, front, backbone.operations[-1], head, reads_blue_first)


def _backbone_weights(run: Run) -> Path | None:
    """The file of its backbone's weights, which is not downloaded here; None for random ones."""
    choice, architecture = run.settings.weights, run.settings.design
    if choice == IMAGENET and path_at_hand(architecture) is None:
        raise WorkbenchError(
            f"The ImageNet weights of {architecture.title}, on which the run {run.id} was trained, are not on this "
            "machine any more. Get them on the Model page; then what it looks at can be shown."
        )
    return fetch_weights(architecture, choice, lambda come, expected: None)


def _network(run: Run, class_count: int, *parts: Any) -> TrainedNetwork:
    settings = run.settings
    return TrainedNetwork(settings.design.title, settings.image_size, class_count, *parts, reading=run.reading)


def _read(path: str | Path | bytes, side: int, reading: Reading) -> np.ndarray:
    source = BytesIO(path) if isinstance(path, bytes) else Path(path)
    try:
        return read_square(source, side, reading)
    except UnreadableImage as error:
        name = source.name if isinstance(source, Path) else "The picture"
        raise WorkbenchError(f"{name} {error}.") from error


def _finished(output: keras.KerasTensor, takers: dict[int, list[keras.Operation]]) -> keras.KerasTensor:
    """Follow a convolution's output on its way, as long as that has no fork and no place is merged with others."""
    while len(following := takers.get(id(output), [])) == 1:
        then = following[0].output
        same_places = len(then.shape) == 4 and tuple(then.shape[1:3]) == tuple(output.shape[1:3])
        if isinstance(following[0], CONVOLUTIONS) or not same_places:
            break
        output = then
    return output
