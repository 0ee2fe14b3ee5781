"""Heads on twelve unbalanced sets of real images, beside the constant answer and logistic regression whose C is chosen.

Each set is drawn from cats and dogs and from aerial scenes, 2 to 21 classes, 2:1 to 100:1, three times, and divided as
a dataset is by default. All see the same features, of MobileNet. What is told is accuracy and log loss on all images
that neither train nor validate, each class weighted by its share in the set: a test part of 37 images, one of them
of the rare class, could tell nothing. C of logistic regression is the one with the lowest validation loss. "Before" is
the head as it was trained until November 2026: from zero, with as many steps as fill the epochs. The last column is
how far the worst of a set's heads is above always answering the commonest class on its own training images. Prints a
table and writes JSON.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from given_images import PROJECT, add_images_option, given_images
from heads import ARCHITECTURE, REGRESSIONS, features_of, fit

sys.path.insert(0, str(PROJECT))

from core.datasets.splits import SplitSettings, draw_splits
from core.runs.settings import read_settings
from core.training.heads import build_head
from core.training.linear_head import PENALTIES_BEFORE
from core.training.starting_logits import starting_logits

FOLDERS = ("cats_dogs", "aerial_scenes")
SEEDS = 3
BEFORE = {"learning_rate": 1e-3, "batch_size": 128, "min_steps_per_epoch": 1}
# Asked: accuracy at most so far below logistic regression's, and log loss at most so far above, on average over seeds.
MOST_BELOW, MOST_ABOVE = 0.01, 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/unbalanced.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    paths = [path for name in FOLDERS for path in sorted((images / name).rglob("*")) if path.is_file()]
    features, folders = features_of(paths, "")[0], np.array([path.parent.name for path in paths])
    scenes = sorted(path.name for path in (images / "aerial_scenes").iterdir())
    print(f"{'':38}{'constant':>9}{'regression':>16}{'before':>16}{'now':>16}  fell short   own")
    results = [measure(wanted, features, folders, options.seeds) for wanted in sets(scenes)]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def sets(scenes: list[str]) -> list[dict[str, int]]:
    """How many images of each class a set has, by class."""
    return [
        {"cats": 300, "dogs": 3},
        {"cats": 180, "dogs": 4},
        {"dogs": 300, "cats": 10},
        {"cats": 300, "dogs": 15},
        {"dogs": 250, "cats": 50},
        {"cats": 60, "dogs": 30},
        {"cats": 300, "dogs": 60, "beach": 3},
        {"cats": 200, "forest": 20, "river": 10, "harbor": 5},
        falling(scenes[:5], 20, 4),
        falling(scenes[:10], 20, 2),
        falling(scenes, 20, 2),
        {scene: 20 if scene == scenes[0] else 5 for scene in scenes},
    ]


def falling(names: list[str], most: int, least: int) -> dict[str, int]:
    """Counts that fall from the first class to the last by the same factor each."""
    return {name: round(count) for name, count in zip(names, np.geomspace(most, least, len(names)), strict=True)}


def measure(wanted: dict[str, int], features: np.ndarray, folders: np.ndarray, seeds: int) -> dict:
    """Accuracy and log loss of all that is compared on one set, a row a seed, and a line of the table."""
    rows = [once(wanted, features, folders, seed) for seed in range(seeds)]
    mean = {name: np.mean([row[name] for row in rows], axis=0) for name in rows[0]}
    short = [
        *(["accuracy"] if mean["now"][0] < mean["regression"][0] - MOST_BELOW else []),
        *(["constant"] if mean["now"][0] < mean["constant"] - 1e-9 else []),
        *(["log loss"] if mean["now"][1] > mean["regression"][1] + MOST_ABOVE else []),
    ]
    counts = list(wanted.values())
    title = ":".join(map(str, counts)) if len(counts) < 5 else f"{len(counts)} classes, {max(counts)} … {min(counts)}"
    told = "".join(f"{mean[name][0]:>9.1%} {mean[name][1]:6.3f}" for name in ("regression", "before", "now"))
    own = min(row["own"] for row in rows)
    print(f"{title:38}{mean['constant']:>9.1%}{told}  {', '.join(short) or '-':10} {own:+6.1%}", flush=True)
    return {"set": wanted, "rows": rows, "short": short}


def once(wanted: dict[str, int], features: np.ndarray, folders: np.ndarray, seed: int) -> dict:
    drawn, labels, held_back, held_labels = draw(wanted, folders, seed)
    identities, undecided = np.array([str(row) for row in drawn]), np.full(len(labels), "")
    splits = draw_splits(labels, identities, undecided, SplitSettings(seed=seed))
    parts = (splits == part for part in ("train", "validation"))
    training, validation = ((features[drawn[rows]], labels[rows]) for rows in parts)
    tested = np.concatenate([drawn[splits == "test"], held_back])
    truth = np.concatenate([labels[splits == "test"], held_labels])
    shares = np.bincount(labels) / len(labels)
    weights = (shares / np.bincount(truth))[truth]
    commonest = np.bincount(training[1]).argmax()

    def told(answers) -> tuple[float, float]:
        probabilities = answers(features[tested])
        right, given = probabilities.argmax(axis=1) == truth, probabilities[np.arange(len(truth)), truth]
        return float(right @ weights), float(-np.log(given.clip(1e-15)) @ weights)

    answers, seconds = head(training, validation, len(wanted), seed)
    own = np.mean(answers(training[0]).argmax(axis=1) == training[1]) - np.mean(training[1] == commonest)
    return {
        "constant": float(weights[truth == commonest].sum()),
        "regression": told(regression(training, validation, len(wanted))),
        "before": told(head(training, validation, len(wanted), seed, as_before=True)[0]),
        "now": told(answers),
        "own": float(own),
        "seconds": seconds,
    }


def draw(wanted: dict[str, int], folders: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    """Rows and labels of a set, and of all other images of its classes."""
    draws, parts = np.random.default_rng(seed), []
    for label, (name, count) in enumerate(wanted.items()):
        rows = draws.permutation(np.flatnonzero(folders == name))
        parts.append((rows[:count], np.full(count, label), rows[count:], np.full(len(rows) - count, label)))
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def head(training, validation, class_count: int, seed: int, as_before: bool = False):
    """What answers features with probabilities, and how many seconds its training took."""
    values = {"dataset": "unbalanced", "architecture": ARCHITECTURE, "seed": seed}
    settings = read_settings(values | (BEFORE if as_before else {}))
    began = time.monotonic()
    model = build_head(settings, training[0], class_count)
    if as_before:
        model.penalties = np.array(PENALTIES_BEFORE)
    else:
        model.start_at(starting_logits(settings, training[1], class_count))
    fit(model, settings, *training, validation)
    return model.probabilities, time.monotonic() - began


def regression(training, validation, class_count: int):
    """Probabilities of scikit-learn's logistic regression with the C of the lowest validation loss."""
    from sklearn.linear_model import LogisticRegression

    def answers_of(model):
        def answers(inputs: np.ndarray) -> np.ndarray:
            probabilities = np.zeros((len(inputs), class_count))  # of a class that it has not learned
            probabilities[:, model.classes_] = model.predict_proba(inputs)
            return probabilities

        return answers

    def loss(answers) -> float:
        inputs, truth = validation
        return -np.log(answers(inputs)[np.arange(len(truth)), truth].clip(1e-15)).mean()

    fitted = (LogisticRegression(C=c, max_iter=300).fit(*training) for c in REGRESSIONS)
    return min(map(answers_of, fitted), key=loss)


if __name__ == "__main__":
    main()
