"""Seconds of 1,000 bootstrap resamples of ten figures on 25,000 predictions, beside the usual loops.

The usual loops draw rows and compute every figure of them anew: by scikit-learn, and by the functions of this program.
They are timed on a few resamples and multiplied up. Predictions are drawn: nine in ten right, mistakes mostly between
neighbouring classes. Prints a table and writes JSON.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import metrics as sklearn_metrics
from timing import quickest

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.evaluation.bootstrap import RESAMPLES, intervals  # noqa: E402
from core.evaluation.evaluation import evaluate  # noqa: E402
from core.evaluation.predictions import Predictions  # noqa: E402
from core.evaluation.resampled_scores import TOP_K, per_image_terms, scores_of  # noqa: E402

IMAGES = 25_000
CLASSES = (2, 21, 200)
IMAGES_A_GROUP = 10
LIMIT = {"images": IMAGES, "classes": 21, "seconds": 2.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--loop-resamples", type=int, default=10)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/bootstrap.json")
    options = parser.parse_args()
    rows = [measure(classes, options.repeats, options.loop_resamples) for classes in CLASSES]
    print(pd.DataFrame(rows).set_index("classes").T.to_string(float_format="{:.2f}".format))
    asked = next(row for row in rows if row["classes"] == LIMIT["classes"])
    print(
        f"\n{RESAMPLES:,} resamples of {IMAGES:,} rows: {asked['seconds']:.2f} s (at most {LIMIT['seconds']:g} s asked)"
    )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps({"limit": LIMIT, "rows": rows}, indent=1))


def measure(classes: int, repeats: int, loop_resamples: int) -> dict:
    whole = drawn_predictions(classes)
    tested = whole.of("test")
    k = min(TOP_K, classes - 1)
    rows = per_image_terms(tested, tested.predicted, k)
    groups = np.random.default_rng(0).integers(0, IMAGES // IMAGES_A_GROUP, IMAGES)
    seconds = quickest(lambda: intervals(rows, scores_of), repeats)
    scale = RESAMPLES / loop_resamples
    by_scikit_learn = scale * quickest(lambda: loop(tested, loop_resamples, scikit_learn_figures, k), 1)
    by_own_functions = scale * quickest(lambda: loop(tested, loop_resamples, own_figures, k), 1)
    return {
        "classes": classes,
        "seconds": seconds,
        "seconds with groups": quickest(lambda: intervals(rows, scores_of, groups), repeats),
        "seconds of the whole evaluation": quickest(lambda: evaluate(whole), repeats),
        "seconds of scikit-learn in a loop": by_scikit_learn,
        "seconds of own functions in a loop": by_own_functions,
        "times as quick as scikit-learn": by_scikit_learn / seconds,
        "times as quick as own functions": by_own_functions / seconds,
    }


def drawn_predictions(classes: int) -> Predictions:
    generator = np.random.default_rng(classes)
    true = generator.integers(0, classes, IMAGES)
    favoured = np.where(generator.random(IMAGES) < 0.1, (true + 1) % classes, true)
    probabilities = generator.dirichlet(np.full(classes, 0.3), IMAGES) * 0.4
    probabilities[np.arange(IMAGES), favoured] += 0.6
    # One row of the training part, by which the commonest class is chosen.
    return Predictions(
        np.array([f"{index}.png" for index in range(IMAGES + 1)]),
        np.array(["train"] + ["test"] * IMAGES),
        np.r_[0, true],
        np.r_[probabilities[:1], probabilities],
        tuple(f"class {index}" for index in range(classes)),
    )


def loop(rows: Predictions, resamples: int, figures: Callable, k: int) -> None:
    generator = np.random.default_rng(0)
    for _ in range(resamples):
        chosen = generator.integers(0, len(rows), len(rows))
        figures(rows.true[chosen], rows.probabilities[chosen], k)


def scikit_learn_figures(true: np.ndarray, probabilities: np.ndarray, k: int) -> list[float]:
    """All but the calibration error, which scikit-learn does not have."""
    answers, labels = probabilities.argmax(axis=1), np.arange(probabilities.shape[1])
    scores = probabilities[:, 1] if len(labels) == 2 else probabilities
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that a draw has left out
        return [
            sklearn_metrics.accuracy_score(true, answers),
            sklearn_metrics.balanced_accuracy_score(true, answers),
            sklearn_metrics.f1_score(true, answers, average="macro", zero_division=0),
            sklearn_metrics.f1_score(true, answers, average="weighted", zero_division=0),
            sklearn_metrics.cohen_kappa_score(true, answers),
            sklearn_metrics.matthews_corrcoef(true, answers),
            sklearn_metrics.log_loss(true, probabilities, labels=labels),
            sklearn_metrics.brier_score_loss(true, probabilities, labels=labels),
            sklearn_metrics.top_k_accuracy_score(true, scores, k=k, labels=labels),
        ]


def own_figures(true: np.ndarray, probabilities: np.ndarray, k: int) -> dict[str, np.ndarray]:
    names = tuple(map(str, range(probabilities.shape[1])))
    ids = np.full(len(true), "", dtype=object)
    rows = Predictions(ids, np.full(len(true), "test", dtype=object), true, probabilities, names)
    return scores_of(per_image_terms(rows, rows.predicted, k).sums(np.ones((1, len(true)))))


if __name__ == "__main__":
    main()
