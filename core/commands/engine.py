"""Commands about computing: how features are computed on this machine, and how many are kept."""

import argparse
import os

import numpy as np

from core.architectures.custom import find_available
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import IMAGENET, fetch_weights
from core.commands.output import DONE, Result, progress_line, table
from core.datasets.importing import ensure_dataset
from core.errors import UsageError
from core.features.extraction_settings import ExtractionSettings
from core.features.feature_extractor import load_backbone
from core.features.pixels import load_pixels
from core.features.plan import SAMPLE_IMAGES, Trial, measure, plan_key, remember_plan
from core.features.store import clear, usage
from core.runs.settings import check_image_size
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    planning = add(
        "plan",
        _plan,
        "Measure the ways to compute a pretrained backbone's features on this machine. Runs take the quickest that "
        "gives the same features.",
    )
    frozen = [name for name, architecture in ARCHITECTURES.items() if architecture.frozen]
    planning.add_argument("architecture", metavar="ARCHITECTURE", help=", ".join(frozen))
    planning.add_argument(
        "--dataset", metavar="DATASET", help="try them on its images, and let runs take the outcome (default: noise)"
    )
    planning.add_argument("--weights", default=IMAGENET, metavar="W", help="imagenet, untrained, or a file")
    planning.add_argument("--image-size", metavar="N", help="side of the images in pixels (default: the usual one)")
    storing = add("features", _features, "Say how many features are kept, and how often they were of use.")
    storing.add_argument("--clear", action="store_true", help="remove them all; they are computed again when needed")


def _plan(workspace: Workspace, options: argparse.Namespace) -> Result:
    architecture = find_available(options.architecture, workspace)
    if not architecture.frozen:
        raise UsageError(f"{architecture.title} is trained from scratch: no features are computed, nothing to plan.")
    image_size = check_image_size(architecture, options.image_size or architecture.input_size)
    sample = _sample(workspace, options.dataset, image_size)
    settings = ExtractionSettings(architecture, image_size, options.weights)
    weights = fetch_weights(architecture, options.weights, lambda come, expected: None)

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    backbone = load_backbone(settings, weights)  # loads Keras, which takes seconds
    from core.features.runtimes import runtimes

    plan = measure(backbone, sample, runtimes())
    if options.dataset:
        remember_plan(workspace.plans, plan_key(settings.cache_key(weights)), plan)
    document = {"architecture": architecture.name, "image_size": image_size, "dataset": options.dataset}
    rows = [_row(trial) for trial in plan.trials]
    text = table(["way", "images a second", "at a time", "agreement", ""], rows) + "\n" + plan.words()
    return document | plan.to_dict(), text, DONE


def _row(trial: Trial) -> list[str]:
    if trial.images_per_second is None:
        return [trial.title, "", "", "", trial.reason]
    figures = [f"{trial.images_per_second:,.1f}", str(trial.batch_size), f"{trial.agreement:.4f}"]
    return [trial.title, *figures, trial.reason]


def _sample(workspace: Workspace, name: str | None, image_size: int) -> np.ndarray:
    """Images to try on, uint8 of shape (n, image_size, image_size, 3)."""
    if not name:
        shape = (SAMPLE_IMAGES, image_size, image_size, 3)
        return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    dataset = ensure_dataset(workspace, name, progress_line)
    paths = [dataset.path_of(path) for path in dataset.content.table["path"]]
    every = max(1, len(paths) // SAMPLE_IMAGES)
    sample = load_pixels(paths[::every][:SAMPLE_IMAGES], image_size, lambda done: None, dataset.reading)[1]
    if not len(sample):
        raise UsageError(f"No image of {dataset.info.title} could be read. Were they moved or deleted?")
    return sample


def _features(workspace: Workspace, options: argparse.Namespace) -> Result:
    folder = workspace.machine / "features"
    freed = clear(folder) if options.clear else None
    held = usage(folder)
    text = (
        f"{_megabytes(held.size_bytes)} of {_megabytes(held.quota_bytes)} in {held.shards:,} shards. "
        "WORKBENCH_FEATURES_GB sets how much there may be; what was used longest ago goes first."
    )
    if held.hit_rate is not None:
        text += f"\n{held.hit_rate:.1%} were at hand when asked for: {held.hits:,} found, {held.misses:,} computed."
    if freed is not None:
        text = f"Removed {_megabytes(freed)}.\n{text}"
    return held.to_dict() | {"freed_bytes": freed}, text, DONE


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MB"
