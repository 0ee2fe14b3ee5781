"""Heads on cached features of real images, beside logistic regression whose C validation chose: accuracy and seconds.

Each of five seeds tests on a fifth of the images, validates on a tenth and trains on the rest (SplitSettings with
validation 0.1 and test 0.2). Both have the very same splits and features, of MobileNet: aerial scenes in all eight
orientations, cats and dogs plain and mirrored. Both are chosen by the cross-entropy of the plain validation images,
and evaluated by their answers averaged over the views. At last, the seconds of 20 epochs on random features as large as
those of 25,000 images with two views. Prints a table and writes JSON.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from given_images import RECIPES, add_images_option, given_images

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.architectures.registry import find_architecture  # noqa: E402
from core.augmentation.recipe import parse_recipe  # noqa: E402
from core.datasets.splits import SplitSettings, draw_splits  # noqa: E402
from core.images.description import describe  # noqa: E402
from core.images.reading import read_square  # noqa: E402
from core.runs.record import create_run  # noqa: E402
from core.runs.settings import RunSettings, read_settings  # noqa: E402
from core.runs.training_state import TrainingState  # noqa: E402
from core.training.callbacks.base import CallbackList  # noqa: E402
from core.training.callbacks.run_callbacks import run_callbacks  # noqa: E402
from core.training.heads import build_head  # noqa: E402
from core.training.learner import Learner  # noqa: E402
from core.training.phase import first_phase  # noqa: E402
from core.training.starting_logits import starting_logits  # noqa: E402
from core.training.training_batches import batch_size_of, make_batches  # noqa: E402
from core.workspace import Workspace  # noqa: E402

TARGETS = {"aerial_scenes": 0.965, "cats_dogs": 0.97}
REGRESSIONS = (0.01, 0.1, 0.3, 1, 3, 10)  # C per view
ARCHITECTURE = "mobilenet_075"
LARGE = {"images": 50_000, "width": 1024, "classes": 2, "epochs": 20}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/heads.json")
    options = parser.parse_args()
    results, images = {"large": measure_large()}, given_images(options)
    if images is not None:
        results |= {name: measure(images / name, RECIPES[name], options.seeds) for name in RECIPES}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(folder: Path, recipe: str, seeds: int) -> dict:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names, labels = np.unique([path.parent.name for path in paths], return_inverse=True)
    identities = np.array([describe(path).pixel_hash for path in paths])
    features = features_of(paths, recipe)
    rows = []
    for seed in range(seeds):
        splits = draw_splits(
            labels, identities, np.full(len(labels), ""), SplitSettings(validation=0.1, test=0.2, seed=seed)
        )
        settings = read_settings({"dataset": folder.name, "architecture": ARCHITECTURE, "seed": seed})
        rows.append({"seed": seed} | head(settings, features, labels, splits, len(names)))
        rows[-1] |= {"regression": regression(features, labels, splits)}
    mean = {key: float(np.mean([row[key] for row in rows])) for key in ("accuracy", "regression", "seconds")}
    print(f"\n{folder.name}, {len(features)} views, {(splits == 'test').sum()} test images a seed")
    for row in rows:
        print(row)
    print(
        f"mean accuracy {mean['accuracy']:.4f} (at least {TARGETS[folder.name]} asked), logistic regression "
        f"{mean['regression']:.4f}, {mean['seconds']:.1f} s a head"
    )
    return {"runs": rows, "views": len(features), "target": TARGETS[folder.name]} | mean


def features_of(paths: list[Path], recipe: str) -> np.ndarray:
    """Features of all images in each view, the plain one first: float32 of shape (views, n, width)."""
    from core.architectures.weights import path_at_hand
    from core.augmentation.orientations import orientations, turn
    from core.networks.backbones import build_backbone

    architecture = find_architecture(ARCHITECTURE)
    side = architecture.input_size
    backbone = build_backbone(architecture, side, path_at_hand(architecture))
    pixels = np.stack([read_square(path, side) for path in paths])
    return np.stack(
        [
            backbone.predict(turn(pixels, orientation), batch_size=32, verbose=0)
            for orientation in orientations(parse_recipe(recipe))
        ]
    )


def head(settings: RunSettings, features: np.ndarray, labels: np.ndarray, splits: np.ndarray, classes: int) -> dict:
    """A head with the settings of a run: its accuracy, epochs, seconds and penalty."""
    train, validation = splits == "train", splits == "validation"
    inputs, targets = features[:, train].reshape(-1, features.shape[-1]), np.tile(labels[train], len(features))
    began = time.monotonic()
    model = build_head(settings, features[0, train], classes)
    model.start_at(starting_logits(settings, targets, classes))
    epochs = fit(model, settings, inputs, targets, (features[0, validation], labels[validation]))
    figures = {"epochs": epochs, "seconds": time.monotonic() - began, "penalty": model.penalty}
    return {"accuracy": evaluated(model.probabilities, features, labels, splits)} | figures


def fit(model: Learner, settings: RunSettings, inputs, targets, validation) -> int:
    """Train as a run does, to the best validation loss, with its patience; after how many epochs it ended."""
    with tempfile.TemporaryDirectory() as folder:
        run = create_run(Workspace.at(folder), settings)
        batches = make_batches(settings, model, inputs, targets, batch_size_of(settings))
        state = TrainingState()
        callbacks = CallbackList(model, *run_callbacks(run, model, batches, first_phase(run), state))
        model.fit(batches, validation, callbacks, 0, settings.epochs)
        model.load(run.best_weights)
    return state.epochs


def regression(features: np.ndarray, labels: np.ndarray, splits: np.ndarray) -> float:
    """Accuracy of scikit-learn's logistic regression with the C of the lowest validation loss."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    train, validation = splits == "train", splits == "validation"
    inputs, targets = features[:, train].reshape(-1, features.shape[-1]), np.tile(labels[train], len(features))
    models = [LogisticRegression(C=c / len(features), max_iter=150).fit(inputs, targets) for c in REGRESSIONS]
    best = min(models, key=lambda model: log_loss(labels[validation], model.predict_proba(features[0, validation])))
    return evaluated(best.predict_proba, features, labels, splits)


def evaluated(answers, features: np.ndarray, labels: np.ndarray, splits: np.ndarray) -> float:
    test = splits == "test"
    mean = np.mean([answers(view[test]) for view in features], axis=0)
    return float(np.mean(mean.argmax(axis=1) == labels[test]))


def measure_large() -> dict:
    """Seconds and peak memory of the default head on many features, whatever they mean."""
    draw = np.random.default_rng(0)
    targets = draw.integers(0, LARGE["classes"], LARGE["images"])
    inputs = draw.standard_normal((LARGE["images"], LARGE["width"]), np.float32)
    settings = read_settings(
        {"dataset": "large", "architecture": ARCHITECTURE, "epochs": LARGE["epochs"], "patience": LARGE["epochs"]}
    )
    began = time.monotonic()
    model = build_head(settings, inputs[: LARGE["images"] // 2], LARGE["classes"])
    fit(model, settings, inputs, targets, (inputs[:5000], targets[:5000]))
    seconds, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{LARGE}: {seconds:.1f} s (at most 20 asked), {peak:.2f} GB at most (1 GB asked)")
    return LARGE | {"seconds": seconds, "peak_gb": peak}


if __name__ == "__main__":
    main()
