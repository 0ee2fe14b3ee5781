"""Training a whole network from nothing: its pixels, its augmentation, the network, and the precision of its sums."""

from functools import partial

import keras
import numpy as np
import pandas as pd

from core.augmentation.layers.mixing import Mixing, MixingNetwork, mixing_steps
from core.augmentation.layers.pipeline import build_augmentation, check_not_blank
from core.datasets.store import Dataset
from core.features.devices import device_count
from core.features.pixels import load_pixels
from core.features.plan import Plan, plan_key, read_plan
from core.features.views import View, turn
from core.networks.network import build_scratch
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.training.examples import Examples
from core.training.keras_learner import KerasLearner
from core.training.precision import batch_sizes, choose_precision
from core.training.stages import Prepared, evaluation_views, machine_folder, stage

# Of all epochs together. Two cores train the small CNN on so many in ten seconds of float32; trying what is quicker
# takes a few.
PIXELS_WORTH_TRYING = 25e6
IMAGES_LOOKED_AT = 16


def prepare_scratch(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """A network to train from nothing, behind its augmentation, and the pixels of all images."""
    examples, problems = read_examples(run, dataset, table)
    images, class_count = examples.of("train")[0], len(dataset.class_names)
    check_not_blank(run.settings.augmentation, images[:IMAGES_LOOKED_AT])
    plan = plan_training(run, images, len(images), class_count)
    return Prepared(build_learner(run.settings, class_count, plan), examples, problems)


def read_examples(run: Run, dataset: Dataset, table: pd.DataFrame) -> tuple[Examples, list[str]]:
    """The pixels of all images of a table, and why images are missing, in words."""
    settings = run.settings
    report = stage(run, "Reading images")
    paths = [dataset.path_of(path) for path in table["path"]]
    rows, pixels, problems = load_pixels(paths, settings.image_size, lambda done: report(done, len(paths)), run.reading)
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


def plan_training(run: Run, images: np.ndarray, image_count: int, class_count: int) -> Plan:
    """In which precision and batch size to train here; the run says so in its events and facts, and keeps to it.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8
        Training images, all of them or some.
    image_count
        How many training images there are.
    """
    settings = run.settings
    kept = run.record.plan
    plan = _choose_plan(run, images, image_count, class_count) if kept is None else read_plan(kept)
    if kept is None:
        sizes = batch_sizes(settings.batch_size, image_count)
        text = f"Training: {plan.words()} Weights and loss stay in float32."
        if not settings.batch_size:
            why = f", the quickest of {', '.join(map(str, sizes))}" if len(sizes) > 1 and plan.trials else ""
            text += f" Batches of {plan.batch_size} images{why}."
        run.events.append("note", text=text)
        run.update(facts={"plan": plan.to_dict(), "found_batch_size": plan.batch_size})
    return plan


def _choose_plan(run: Run, images: np.ndarray, image_count: int, class_count: int) -> Plan:
    settings = run.settings
    run.update(stage="Choosing the quickest way to train", done=0, total=0)
    sizes = batch_sizes(settings.batch_size, image_count)
    passes = settings.epochs * image_count * settings.image_size**2
    recipe = {"architecture": settings.architecture, "image_size": settings.image_size, "weights": ""}
    return choose_precision(
        partial(_network, settings, class_count),
        images[: sizes[-1] if passes >= PIXELS_WORTH_TRYING else 0],
        sizes,
        plan_key(recipe, training={"batch_sizes": sizes, "devices": device_count(), "network": settings.network}),
        machine_folder(run) / "plans",
        settings.runtime,
    )


def _turned(pixels: np.ndarray, rows: np.ndarray, view: View) -> np.ndarray:
    return turn(pixels[rows], view.orientation)
