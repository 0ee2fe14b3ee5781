"""Accuracy and seconds of `python -m core train` on real images, beside logistic regression on the same features.

Each of five seeds draws a split (60/20/20) and trains with default settings, in a fresh process, start-up included. The
regression (scikit-learn's defaults) has the run's own features, split and test images. Prints a table and writes JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from given_images import add_images_option, given_images

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.architectures.registry import find_architecture  # noqa: E402
from core.architectures.weights import path_at_hand  # noqa: E402
from core.features.store import FeatureStore, cache_key  # noqa: E402
from core.runs.record import Run  # noqa: E402

TARGETS = {"cats_dogs": 0.965, "aerial_scenes": 0.935}
ARCHITECTURE = "mobilenet_075"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/real_images.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        results = {name: measure(name, images / name, options.seeds, Path(home)) for name in TARGETS}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(name: str, folder: Path, seeds: int, home: Path) -> dict:
    command("import", str(folder), "--name", name)
    rows = []
    for seed in range(seeds):
        # The first run computes the features; each later one finds them, so only the first is as slow as a first run.
        result = command("train", name, "--architecture", ARCHITECTURE, "--seed", str(seed))
        regression = logistic_regression(home / "runs" / result["run"], home)
        rows.append({"seed": seed, "seconds": result["seconds"], "epochs": result["epochs"]})
        rows[-1] |= {"accuracy": result["test"]["accuracy"], "regression": regression, "n": result["test"]["n"]}
    table = pd.DataFrame(rows)
    mean = table["accuracy"].mean()
    print(f"\n{name}: {ARCHITECTURE}, default settings, {table['n'][0]} test images a seed")
    print(table.round(4).to_string(index=False))
    print(
        f"mean accuracy {mean:.4f} (at least {TARGETS[name]} asked), logistic regression "
        f"{table['regression'].mean():.4f}; slowest run {table['seconds'].max():.1f} s (at most 60 s asked)"
    )
    return {"runs": rows, "mean_accuracy": mean, "slowest_seconds": table["seconds"].max(), "target": TARGETS[name]}


def logistic_regression(run: Path, home: Path) -> float:
    """Test accuracy of scikit-learn's logistic regression on the features and split that the run had."""
    from sklearn.linear_model import LogisticRegression

    architecture = find_architecture(ARCHITECTURE)
    precision = Run(run).record.plan["family"]
    recipe = cache_key(ARCHITECTURE, architecture.input_size, path_at_hand(architecture), 0, precision)
    table = pd.read_parquet(run / "images.parquet")
    features = FeatureStore(home / "features", recipe).gather(table["pixel_hash"])
    is_train, is_test = (table["split"] == "train").to_numpy(), (table["split"] == "test").to_numpy()
    labels = table["label"].to_numpy(dtype=str)
    model = LogisticRegression(max_iter=2000).fit(features[is_train], labels[is_train])
    return float(np.mean(model.predict(features[is_test]) == labels[is_test]))


def command(*arguments: str) -> dict:
    process = subprocess.run(
        [sys.executable, "-m", "core", *arguments, "--json"],
        cwd=PROJECT,
        capture_output=True,
    )
    if process.returncode:
        sys.exit(process.stderr.decode())
    return json.loads(process.stdout)


if __name__ == "__main__":
    main()
