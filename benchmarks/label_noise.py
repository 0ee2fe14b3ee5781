"""How many wrong labels are found: 5 % of the labels of real images flipped at random, five seeds.

The features are those of a run on MobileNet. Each seed flips other labels, and all images are put in the order of
`core.explain.label_issues`. Asked is that the first 10 % of the order hold at least 85 % of the flipped labels, and
that of the first 5 % at most 1 in 4 was not flipped. These photographs have a few doubtful labels of their own, which
count as false here. Prints a table, with the seconds of a thousand images and of random features as many as those of
4,000 and 25,000, and writes JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from given_images import add_images_option, given_images

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.explain.label_issues import find_label_issues  # noqa: E402
from core.explain.run_features import RunFeatures, features_of  # noqa: E402
from core.runs.record import Run  # noqa: E402

FLIPPED, FIRST, FIRST_FALSE = 0.05, 0.10, 0.05
FOUND_AT_LEAST, FALSE_AT_MOST = 0.85, 0.25
SIZES, WIDTH = (4_000, 25_000), 768


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/label_noise.json")
    options = parser.parse_args()
    results, images = {"random": [measure_random(count) for count in SIZES]}, given_images(options)
    if images is not None:
        with tempfile.TemporaryDirectory() as home:
            os.environ["WORKBENCH_HOME"] = home
            results |= {
                name: measure(images / name, Path(home), options.seeds) for name in ("cats_dogs", "aerial_scenes")
            }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(folder: Path, home: Path, seeds: int) -> dict:
    command("import", str(folder), "--name", folder.name)
    run = command("train", folder.name, "--architecture", "mobilenet_075", "--epochs", "1")["run"]
    features = features_of(Run(home / "runs" / run), home)
    rows = [one_seed(features, seed) for seed in range(seeds)]
    mean = {key: float(np.mean([row[key] for row in rows])) for key in ("found", "false", "listed", "seconds")}
    print(f"\n{folder.name}, {len(features.vectors):,} images, {FLIPPED:.0%} of the labels flipped")
    for row in rows:
        print(
            f"seed {row['seed']}: {row['found']:.1%} found within the first {FIRST:.0%}, {row['false']:.1%} false "
            f"among the first {FIRST_FALSE:.0%}; {row['listed']} suspected, {row['listed_right']:.1%} of them rightly; "
            f"{row['seconds']:.2f} s"
        )
    print(
        f"mean: {mean['found']:.1%} found (at least {FOUND_AT_LEAST:.0%} asked), {mean['false']:.1%} false (at most "
        f"{FALSE_AT_MOST:.0%} asked), {mean['seconds']:.2f} s"
    )
    return {"runs": rows, "images": len(features.vectors)} | mean


def one_seed(features: RunFeatures, seed: int) -> dict:
    """What is found of the labels that one seed flips."""
    classes, true = len(features.predictions.class_names), features.predictions.true
    count, draw = len(true), np.random.default_rng(seed)
    flipped = np.zeros(count, dtype=bool)
    flipped[draw.choice(count, round(FLIPPED * count), replace=False)] = True
    labels = np.where(flipped, (true + draw.integers(1, classes, count)) % classes, true)
    started = time.perf_counter()
    found = find_label_issues(features.vectors, labels, features.groups, classes)
    seconds = time.perf_counter() - started
    hit = flipped[found.rows]
    return {
        "seed": seed,
        "found": float(hit[: round(FIRST * count)].sum() / flipped.sum()),
        "false": float(1 - hit[: round(FIRST_FALSE * count)].mean()),
        "listed": int(found.suspected.sum()),
        "listed_right": float(hit[found.suspected].mean()) if found.suspected.any() else 1.0,
        "seconds": seconds,
    }


def measure_random(count: int) -> dict:
    """Seconds for so many features of two overlapping classes."""
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, count)
    vectors = draw.normal(size=(count, WIDTH)).astype(np.float32)
    vectors[:, :8] += labels[:, None]
    started = time.perf_counter()
    find_label_issues(vectors, labels, np.arange(count), 2)
    seconds = time.perf_counter() - started
    print(f"{count:,} random features of width {WIDTH}: {seconds:.1f} s")
    return {"images": count, "seconds": seconds}


def command(*arguments: str) -> dict:
    ended = subprocess.run([sys.executable, "-m", "core", *arguments, "--json"], cwd=PROJECT, capture_output=True)
    if ended.returncode:
        sys.exit(ended.stderr.decode())
    return json.loads(ended.stdout)


if __name__ == "__main__":
    main()
