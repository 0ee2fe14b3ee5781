"""Training a whole network from nothing: its pixels, its augmentation, the network, and the precision of its sums."""

from functools import partial
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from core.augmentation.layers.mixing import Mixing, MixingNetwork, mixing_steps
from core.augmentation.layers.pipeline import build_augmentation, check_not_blank
from core.augmentation.orientations import turn
from core.datasets.store import Dataset
from core.features.devices import device_count
from core.features.pixels import load_pixels
from core.features.plan import Plan, plan_key, read_plan
from core.features.views import View
from core.images.reading_settings import Reading
from core.jobs.reporter import JobReporter
from core.networks.network import build_scratch
from core.runs.record import Run
from core.runs.reporter import RunReporter
from core.runs.settings import RunSettings
from core.training.examples import Examples
from core.training.keras_learner import KerasLearner
from core.training.phase import first_phase
from core.training.precision import batch_sizes, choose_precision
from core.training.prepared import Prepared
from core.training.view_examples import evaluation_views

# Of all epochs together. Two cores train the small CNN on so many in ten seconds of float32; trying what is quicker
# takes a few.
PIXELS_WORTH_TRYING = 25e6
IMAGES_LOOKED_AT = 16


def prepare_scratch(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """A network to train from nothing, behind its augmentation, and the pixels of all images."""
    examples, problems = read_examples(run.settings, run.reading, dataset, table, RunReporter(run))
    images, class_count = examples.of("train")[0], len(dataset.class_names)
    check_not_blank(run.settings.augmentation, images[:IMAGES_LOOKED_AT])
    plan = _plan_of(run, images, class_count)
    return Prepared(build_learner(run.settings, class_count, plan), examples, problems, first_phase(run))


def read_examples(
    settings: RunSettings, reading: Reading, dataset: Dataset, table: pd.DataFrame, reporter: JobReporter
) -> tuple[Examples, list[str]]:
    """The pixels of all images of a table, and why images are missing, in words."""
    report = reporter.counted("Reading images")
    paths = [dataset.path_of(path) for path in table["path"]]
    rows, pixels, problems = load_pixels(paths, settings.image_size, lambda done: report(done, len(paths)), reading)
    table = table.iloc[rows].reset_index(drop=True)
    examples = Examples(table, pixels, dataset.label_indices(table["label"], dataset.network_classes))
    evaluated = np.flatnonzero(table["split"] != "train")
    for view in evaluation_views(settings):
        examples.evaluate_also(evaluated, partial(_turned, pixels, evaluated, view))
    return examples, problems


def build_learner(settings: RunSettings, class_count: int, plan: Plan) -> KerasLearner:
    """The network, untrained, with its optimiser, in the precision that was chosen."""
    return KerasLearner(_model(settings, class_count, plan.family), settings)


def _model(settings: RunSettings, class_count: int, precision: str) -> keras.Model:
    """The network behind all that the recipe does to its images, each drawn by the seed alone."""
    # Networks that were only tried drew their first weights too.
    keras.utils.set_random_seed(settings.seed)
    network = _network(settings, class_count, precision)
    augmentation = build_augmentation(settings.augmentation, settings.seed)
    if steps := mixing_steps(settings.augmentation):
        mixing = Mixing(steps, class_count, settings.seed + len(settings.augmentation))
        model = MixingNetwork(augmentation, mixing, network)
    else:
        model = keras.Sequential([keras.Input(network.input_shape[1:]), augmentation, network])
    model.dtype_policy = precision  # by which Keras knows whether the loss has to be scaled
    return model


def _network(settings: RunSettings, class_count: int, precision: str) -> keras.Model:
    return build_scratch(settings.design, settings.image_size, class_count, settings.dropout, precision)


def _plan_of(run: Run, images: np.ndarray, class_count: int) -> Plan:
    """In which precision and batch size a run trains: it says so in its events and facts, and keeps to it."""
    settings, reporter = run.settings, RunReporter(run)
    kept = run.record.plan
    if kept is not None:
        plan = read_plan(kept)
    else:
        plan = plan_training(settings, images, len(images), class_count, run.workspace.plans, reporter)
        reporter.note(_plan_in_words(plan, settings, len(images)))
        reporter.facts(plan=plan.to_dict(), found_batch_size=plan.batch_size)
    return plan


def _plan_in_words(plan: Plan, settings: RunSettings, image_count: int) -> str:
    text = f"Training: {plan.words()} Weights and loss stay in float32."
    if settings.batch_size:
        return text
    sizes = batch_sizes(settings.batch_size, image_count)
    why = f", the quickest of {', '.join(map(str, sizes))}" if len(sizes) > 1 and plan.trials else ""
    return f"{text} Batches of {plan.batch_size} images{why}."


def plan_training(
    settings: RunSettings, images: np.ndarray, image_count: int, class_count: int, plans: Path, reporter: JobReporter
) -> Plan:
    """In which precision and batch size to train here, as remembered or as measured now.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8
        Training images, all of them or some.
    image_count
        How many training images there are.
    plans
        The folder of what is remembered on this machine.
    """
    reporter.begin("Choosing the quickest way to train")
    sizes = batch_sizes(settings.batch_size, image_count)
    passes = settings.epochs * image_count * settings.image_size**2
    recipe = {"architecture": settings.architecture, "image_size": settings.image_size, "weights": ""}
    return choose_precision(
        partial(_network, settings, class_count),
        images[: sizes[-1] if passes >= PIXELS_WORTH_TRYING else 0],
        sizes,
        plan_key(recipe, training={"batch_sizes": sizes, "devices": device_count(), "network": settings.network}),
        plans,
        settings.runtime,
    )


def _turned(pixels: np.ndarray, rows: np.ndarray, view: View) -> np.ndarray:
    return turn(pixels[rows], view.orientation)
