"""The images of a run that excite each filter of its network most, and the part of each that does.

After Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks", who show the strongest nine of
each map. All layers are looked at in one pass, which is made once for a run and kept in its folder.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from core.architectures.map_layer import MapLayer
from core.datasets.store import open_dataset
from core.errors import WorkbenchError
from core.explain.feature_maps import check_finite
from core.explain.map_layers import fields_of, find_layer, map_layers, operations_of
from core.explain.receptive_field import centres_in_image, parts_of_image
from core.explain.trained_network import TrainedNetwork, trained_network
from core.files import replacing
from core.jobs.progress import Report, unheard
from core.runs.record import Run

MOST_IMAGES, STRONGEST = 500, 9
# All layers' maps of so many images, or of as many larger ones as have these pixels, are in memory at once.
ROWS_AT_ONCE, PIXELS_AT_ONCE = 16, 16 * 224 * 224
STAGE = "Showing images to the network"
FILE = "strongest_images.npz"


@dataclass(frozen=True)
class StrongestImages:
    """Of each filter of a layer, the images with its highest values, the highest first.

    Parameters
    ----------
    layer
        Which it is.
    paths
        The images that were looked at, as the dataset calls them: training and validation images, at most
        `MOST_IMAGES`, of all classes in turn.
    images : (k, m) array of int
        For each filter, which of `paths` they are; at most `STRONGEST`.
    values : (k, m) array of float32
        The highest value of the filter's map.
    places : (k, m, 2) array of int
        Row and column where that is.
    parts : (k, m, 4) array of int
        The part of the image that it depends on: top, left, and just beyond it bottom and right, in pixels of the
        square that the network is fed. The whole image where the receptive field is not known.
    centres : (k, m, 2) array of float
        The middle of that part before it is cut off at the image's edges: from top and left, in pixels.
    """

    layer: MapLayer
    paths: tuple[str, ...]
    images: np.ndarray
    values: np.ndarray
    places: np.ndarray
    parts: np.ndarray
    centres: np.ndarray


@dataclass(frozen=True)
class _Ranking:
    """The strongest images of all filters of all layers, one after the other; places counted row by row."""

    images: np.ndarray
    values: np.ndarray
    places: np.ndarray

    def of(self, layers: list[MapLayer], number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        start = sum(layer.shape[2] for layer in layers[: number - 1])
        rows = slice(start, start + layers[number - 1].shape[2])
        return self.images[rows], self.values[rows], self.places[rows]


def strongest_images(run: Run, number: int, report: Report = unheard) -> StrongestImages:
    """The images that excite the filters of a layer most: those that were found before, else looked for now.

    Parameters
    ----------
    number
        Of the layer, as in `core.explain.map_layers.map_layers`.
    report
        Told how far it is.

    Raises
    ------
    UsageError
        If there is no such layer.
    WorkbenchError
        If none of the images can be read.
    """
    report("Loading the network", 0, 0)
    network = trained_network(run)
    layer, _ = find_layer(network, number)
    table = _looked_at(run)
    ranking = _ranked(run, network, table, report)
    images, values, places = ranking.of(map_layers(network), number)
    where = np.stack(np.divmod(places, layer.shape[1]), axis=-1)
    located = _located(network, layer, where)
    return StrongestImages(layer, tuple(table["path"]), images, values, where, *located)


def _located(network: TrainedNetwork, layer: MapLayer, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parts of the image that places of a layer's maps depend on, and their centres."""
    field, side = fields_of(network)[layer.number - 1], network.image_size
    if field is None:
        whole = np.broadcast_to([0, 0, side, side], (*places.shape[:-1], 4))
        return whole, (places + 0.5) * side / np.array(layer.shape[:2])
    return parts_of_image(field, places, side), centres_in_image(field, places)


def _looked_at(run: Run) -> pd.DataFrame:
    """Training and validation images, of all classes in turn."""
    table = run.images()
    table = table[table["split"].isin(["train", "validation"])]
    turns = table.groupby("label", sort=False).cumcount()
    return table.loc[turns.sort_values(kind="stable").index[:MOST_IMAGES]]


def _ranked(run: Run, network: TrainedNetwork, table: pd.DataFrame, report: Report) -> _Ranking:
    """What is kept in the run's folder where it is of these weights and images, else what is found now."""
    mark, count = _mark(run, table), sum(layer.shape[2] for layer in map_layers(network))
    found = _kept(run.folder / FILE, mark, count)
    if found is None:
        found = _rank(run, network, table, report)
        with replacing(run.folder / FILE, suffix=".npz") as temporary:
            np.savez_compressed(temporary, mark=mark, **vars(found))
    return found


def _mark(run: Run, table: pd.DataFrame) -> int:
    """Changes with the weights and with the images, also where some are gone or came back."""
    there = [file.exists() for file in _files(run, table)]
    weights = [path for path in (run.best_weights, run.fine_tuned_weights) if path.exists()]
    written = [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in weights]
    return zlib.crc32(repr((written, there, table["path"].tolist(), table["pixel_hash"].tolist())).encode())


def _files(run: Run, table: pd.DataFrame) -> list[Path]:
    dataset = open_dataset(run.workspace, run.settings.dataset)
    return [dataset.path_of(path) for path in table["path"]]


def _kept(path: Path, mark: int, count: int) -> _Ranking | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = _Ranking(file["images"], file["values"], file["places"])
            same = int(file["mark"]) == mark and len(found.images) == count
    except Exception:  # NumPy answers a damaged file with nearly every kind of exception
        return None
    return found if same else None


def _rank(run: Run, network: TrainedNetwork, table: pd.DataFrame, report: Report) -> _Ranking:
    report("Preparing all layers", 0, 0)
    rows = int(np.clip(PIXELS_AT_ONCE // network.image_size**2, 1, min(ROWS_AT_ONCE, len(table))))
    peaks = _peaks(network, rows)
    best: _Ranking | None = None
    for indices, pixels in _batches(run, network, table, rows, report):
        values, places = peaks(pixels)
        best = _strongest(best, _Ranking(np.broadcast_to(indices, values.shape), values, places))
    if best is None:
        raise WorkbenchError("None of the images of this run can be read any more. Were they moved or deleted?")
    return best


def _batches(
    run: Run, network: TrainedNetwork, table: pd.DataFrame, rows: int, report: Report
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Which images of the table, and their pixels; those that can't be read any more are passed over."""
    files = _files(run, table)
    for start in range(0, len(files), rows):
        report(STAGE, start, len(files))
        indices = list(range(start, min(start + rows, len(files))))
        try:
            yield np.array(indices), network.read([files[index] for index in indices])
        except WorkbenchError:
            read = {index: pixels for index in indices if (pixels := _readable(network, files[index])) is not None}
            if read:
                yield np.array(list(read)), np.stack(list(read.values()))
    report(STAGE, len(files), len(files))


def _readable(network: TrainedNetwork, file: Path) -> np.ndarray | None:
    try:
        return network.read([file])[0]
    except WorkbenchError:
        return None


def _peaks(network: TrainedNetwork, rows: int) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """From up to `rows` images to the highest value of each filter of each layer and its place: arrays (filters, n)."""
    pixels = keras.Input(network.front.input_shape[1:])
    tensors = [operation.output for operation in operations_of(network)]
    outputs = keras.Model(network.body.input, tensors)(network.front(pixels), training=False)
    model = keras.Model(pixels, [_Peak()(output) for output in keras.tree.flatten(outputs)])

    def look(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # Always as many, since a batch of another size has the whole graph built anew.
        filled = np.concatenate([images, np.repeat(images[:1], rows - len(images), axis=0)])
        found = keras.tree.flatten(model.predict_on_batch(filled))
        values, places = (np.concatenate(each, axis=1)[: len(images)].T for each in (found[::2], found[1::2]))
        return check_finite(network, values), places

    return look


class _Peak(keras.layers.Layer):
    """From (n, height, width, channels) to the largest value of each map, and where it is, counted row by row."""

    def call(self, inputs):
        height, width, channels = inputs.shape[1:]
        values = keras.ops.reshape(keras.ops.cast(inputs, "float32"), (-1, height * width, channels))
        return keras.ops.max(values, axis=1), keras.ops.argmax(values, axis=1)


def _strongest(best: _Ranking | None, new: _Ranking) -> _Ranking:
    """The strongest of those that were, and of new ones; of equal ones, the first."""
    both = [vars(each) for each in (best, new) if each is not None]
    all_of = {name: np.concatenate([each[name] for each in both], axis=1) for name in ("images", "values", "places")}
    order = np.argsort(-all_of["values"], axis=1, kind="stable")[:, :STRONGEST]
    chosen = {name: np.take_along_axis(each, order, axis=1) for name, each in all_of.items()}
    return _Ranking(chosen["images"].astype(np.int32), chosen["values"], chosen["places"].astype(np.int32))
