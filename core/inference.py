"""The inference server, `python -m core.inference`: a process that has Keras loaded and works out what pages show.

It is asked by a `core.jobs.inference_client`. While it works at a long task, it says how far it is, and goes on when it
is told to: so nobody has to be interrupted, and nothing is in the pipe when a task ends.
"""

import os
import pickle
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from core.architectures.map_layer import MapLayer
from core.errors import in_words
from core.evaluation.errors import DistantImageList, LabelIssueList
from core.evaluation.shift_robustness import ShiftRobustness
from core.images.reading_settings import AS_USUAL, Reading
from core.jobs.inference_client import ANSWERED, FAILED, PROGRESS
from core.jobs.job import Stopped
from core.jobs.progress import Report, unheard
from core.prediction.answers import ExplainedAnswers
from core.runs.record import Run

SECONDS_BETWEEN_REPORTS = 0.2


def augment(
    path: str,
    others: list[str],
    image_size: int,
    recipe: list[dict[str, Any]],
    count: int,
    seed: int,
    reading: Reading = AS_USUAL,
):
    """Draw one image, or one and others in turn, `count` times.

    Parameters
    ----------
    others
        The images that it is mixed with, where the recipe mixes any.
    reading
        How deep values and many bands become red, green and blue.

    Returns
    -------
    (count, image_size, image_size, 3) array of uint8
    """
    import numpy as np

    from core.augmentation.layers.pipeline import draw
    from core.augmentation.recipe import read_recipe
    from core.images.reading import read_square

    images = [read_square(each, image_size, reading) for each in (path, *others)]
    return draw(read_recipe(recipe), np.stack(images)[np.arange(count) % len(images)], seed)


def extremes(path: str, image_size: int, recipe: list[dict[str, Any]], reading: Reading = AS_USUAL):
    """How far each step of a recipe goes, alone, on one image: see `core.augmentation.layers.pipeline.extremes`.

    Returns
    -------
    list of (k, image_size, image_size, 3) arrays of uint8
        One a step.
    """
    from core.augmentation.layers.pipeline import extremes
    from core.augmentation.recipe import read_recipe
    from core.images.reading import read_square

    return extremes(read_recipe(recipe), read_square(path, image_size, reading))


def training_batch(
    paths: list[str],
    labels: list[int],
    class_count: int,
    image_size: int,
    recipe: list[dict[str, Any]],
    seed: int,
    reading: Reading = AS_USUAL,
):
    """Images as a batch that is trained on, mixed by every step that mixes any.

    Returns
    -------
    images : (n, image_size, image_size, 3) array of uint8
    shares : (n, class_count) array of float32
        Of the classes, in each image's label.
    """
    import numpy as np

    from core.augmentation.layers.pipeline import draw_batch
    from core.augmentation.recipe import read_recipe
    from core.images.reading import read_square

    images = np.stack([read_square(path, image_size, reading) for path in paths])
    return draw_batch(read_recipe(recipe), images, np.array(labels), class_count, seed)


def grad_cam(run: str, paths: list[str], classes: list[int]):
    """Where images speak for classes: see `core.explain.grad_cam.grad_cam`.

    Parameters
    ----------
    run
        The folder of a run.
    paths, classes
        An image file and a class for each picture; an image may be there for several classes.

    Returns
    -------
    heat : (n, side, side) array of float32
        0 to 1.
    images : (n, side, side, 3) array of uint8
        As the network is fed them.
    """
    from core.explain.grad_cam import grad_cam
    from core.explain.trained_network import trained_network

    network = trained_network(Run(Path(run)))
    images = network.read(paths)
    return grad_cam(network, images, classes), images


def occlusion(run: str, path: str, classes: list[int], report: Report = unheard) -> dict[str, Any]:
    """How much less probable classes get where an image is covered: an `core.explain.occlusion.Occlusion`, as a dict.

    Parameters
    ----------
    run, path
        The folder of a run, and an image file.
    """
    report("Loading the network", 0, 0)
    from core.explain.occlusion import occlude
    from core.explain.trained_network import trained_network

    network = trained_network(Run(Path(run)))
    # As a dict, since the class itself lies where Keras is loaded.
    return vars(occlude(network, network.read([path])[0], classes, report))


def activations(run: str, path: str):
    """What layers make of an image: a list of `core.explain.layer_activations.LayerMaps`, as dicts.

    Parameters
    ----------
    run, path
        The folder of a run, and an image file.
    """
    from core.explain.layer_activations import activations
    from core.explain.trained_network import trained_network

    network = trained_network(Run(Path(run)))
    return [vars(layer) for layer in activations(network, network.read([path])[0])]


def kernels(run: str):
    """What the first layer of a run has learned to look for: a `core.explain.kernels.Kernels`, as a dict."""
    from core.explain.kernels import first_kernels
    from core.explain.trained_network import trained_network

    return vars(first_kernels(trained_network(Run(Path(run)))))


def map_layers(run: str) -> list[MapLayer]:
    """The layers of a run's network that give maps: see `core.explain.map_layers.map_layers`."""
    from core.explain.map_layers import map_layers
    from core.explain.trained_network import trained_network

    return map_layers(trained_network(Run(Path(run))))


def feature_maps(
    run: str,
    pictures: list[str | bytes],
    layer: int,
    filters: list[int] | None = None,
    own_scale: bool = False,
    as_numbers: bool = False,
) -> dict[str, Any]:
    """What a layer makes of images: a `core.explain.feature_maps.FeatureMaps`, as a dict.

    Parameters
    ----------
    run
        The folder of a run.
    pictures
        Image files, or what such files hold.
    layer, filters
        Numbers from 1.
    own_scale
        Whether the largest amount of each map is white, and not that of the layer.
    as_numbers
        Whether the maps are given as they are, and not as pictures.

    Returns
    -------
    dict
        With `signed`, and `images`, (n, side, side, 3) array of uint8: as the network is fed them.
    """
    from core.explain.feature_maps import feature_maps
    from core.explain.trained_network import trained_network

    network = trained_network(Run(Path(run)))
    images = network.read(pictures)
    found = feature_maps(network, images, layer, filters)
    maps = found.maps if as_numbers else found.pictures(own_scale)
    return vars(found) | {"maps": maps, "signed": found.signed, "images": images}


def layer_kernels(run: str, layer: int, filters: list[int] | None = None, channel: int = 0) -> dict[str, Any]:
    """Kernels of any convolution of a run: a `core.explain.kernels.LayerKernels`, as a dict."""
    from core.explain.kernels import layer_kernels
    from core.explain.trained_network import trained_network

    return vars(layer_kernels(trained_network(Run(Path(run))), layer, filters, channel))


def apply_kernel(run: str, picture: str | bytes, layer: int, filter: int, channel: int = 0) -> dict[str, Any]:
    """What one kernel makes of what comes into its layer: a `core.explain.kernels.AppliedKernel`, as a dict."""
    from core.explain.kernels import apply_kernel
    from core.explain.trained_network import trained_network

    network = trained_network(Run(Path(run)))
    return vars(apply_kernel(network, network.read([picture])[0], layer, filter, channel))


def label_issues(run: str, machine: str | None = None, report: Report = unheard) -> LabelIssueList:
    """The images of a run whose labels are probably wrong: see `core.explain.feature_analysis.label_issues`."""
    from core.explain.feature_analysis import label_issues

    return label_issues(Run(Path(run)), machine, report)


def out_of_distribution(run: str, machine: str | None = None, report: Report = unheard) -> DistantImageList:
    """The images unlike anything that a run was trained on: see `core.explain.feature_analysis.out_of_distribution`."""
    from core.explain.feature_analysis import out_of_distribution

    return out_of_distribution(Run(Path(run)), machine, report)


def feature_map(run: str, machine: str | None = None, report: Report = unheard) -> dict[str, Any]:
    """A map of the images of a run: see `core.explain.feature_analysis.mapped`."""
    from core.explain.feature_analysis import mapped

    return mapped(Run(Path(run)), machine, report)


def strongest_images(run: str, layer: int, report: Report = unheard) -> dict[str, Any]:
    """The images that excite the filters of a layer: a `core.explain.strongest_images.StrongestImages`, as a dict."""
    from core.explain.strongest_images import strongest_images

    return vars(strongest_images(Run(Path(run)), layer, report))


def nearest(
    run: str, path: str, count: int = 8, machine: str | None = None, report: Report = unheard
) -> list[dict[str, Any]]:
    """The training images most like an image of a run, as dicts of path, label and similarity (at most 1)."""
    from core.explain.feature_analysis import neighbours

    return neighbours(Run(Path(run)), path, count, machine, report)


def accuracy_by_shift(run: str, report: Report = unheard) -> ShiftRobustness:
    """How often a run is right about shifted images: see `core.explain.shift_robustness.accuracy_by_shift`."""
    report("Loading the network", 0, 0)
    from core.explain.shift_robustness import accuracy_by_shift

    return accuracy_by_shift(Run(Path(run)), report)


def predict(
    run: str,
    paths: list[str],
    names: list[str] | None = None,
    neighbours: int = 0,
    compare: bool = True,
    machine: str | None = None,
    report: Report = unheard,
) -> ExplainedAnswers:
    """What a run says of a few new images: see `core.prediction.predictor.Predictor.explain`.

    Parameters
    ----------
    run
        The folder of a run.
    paths
        Of the images.
    names
        What the answers call them, each once; by default as their files are called.
    neighbours
        How many of the nearest training images to give of each image, 0 to 50.
    compare
        Whether to compare them with the training images. That is quick once it was done; before, the features of the
        run's images are read, and computed where they are not at hand.
    machine
        The folder of what all workspaces of the machine share, features among it.
    report
        Told how far it is.
    """
    report("Loading the network", 0, 0)
    from core.prediction.predictor import predictor_of
    from core.prediction.sources import Brought

    files = tuple(map(Path, paths))
    predictor = predictor_of(Run(Path(run)), None if machine is None else Path(machine))
    if compare:
        predictor.compare(report)
    return predictor.explain(Brought(tuple(names or (file.name for file in files)), files), neighbours, report)


TASKS = {
    "augment": augment,
    "extremes": extremes,
    "training_batch": training_batch,
    "grad_cam": grad_cam,
    "activations": activations,
    "kernels": kernels,
    "map_layers": map_layers,
    "feature_maps": feature_maps,
    "layer_kernels": layer_kernels,
    "apply_kernel": apply_kernel,
}
# Which say how far they are to `report`, and may be stopped.
SCHEDULED_TASKS = {
    "label_issues": label_issues,
    "out_of_distribution": out_of_distribution,
    "feature_map": feature_map,
    "strongest_images": strongest_images,
    "nearest": nearest,
    "occlusion": occlusion,
    "accuracy_by_shift": accuracy_by_shift,
    "predict": predict,
}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the client goes away."""
    while True:
        try:
            task, arguments = pickle.load(requests)
        except EOFError:
            return
        try:
            work = TASKS.get(task) or partial(SCHEDULED_TASKS[task], report=reporter(requests, answers))
            answer = ANSWERED, work(**arguments)
        except Exception as error:
            answer = FAILED, in_words(error)
        _tell(answer, answers)


def reporter(requests: BinaryIO, answers: BinaryIO) -> Report:
    """Tells the client how far a task is, not more often than anybody sees, and asks whether to go on.

    Raises
    ------
    Stopped
        From a call, where the client wants it no more.
    """
    stage_before, told = None, 0.0

    def report(stage: str, done: int, total: int) -> None:
        nonlocal stage_before, told
        now = time.monotonic()
        if stage == stage_before and now - told < SECONDS_BETWEEN_REPORTS and done < total:
            return
        stage_before, told = stage, now
        _tell((PROGRESS, (stage, done, total)), answers)
        if not pickle.load(requests):
            raise Stopped("Stopped.")

    return report


def _tell(message: tuple[str, Any], answers: BinaryIO) -> None:
    pickle.dump(message, answers)
    answers.flush()


def main() -> None:
    # Libraries print to standard output; only answers may get there.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
