"""The course's cervix network at its learning rate of .01, at what the learning rate finder takes, and at .001.

Three seeds on the drawn cervix types, as the course trains but for the number of epochs. A run has learned nothing
where it answers every image alike: the most probable class is the same for all, and the log loss that of three equal
classes, ln 3 = 1.099. What this prints stands as `unlearned_rate` in `core/architectures/course.py`.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

import numpy as np
from course_runs import PROJECT, command, trained

from core.evaluation.predictions import Predictions
from core.runs.settings import read_settings

DATASET, ARCHITECTURE = "cervix_types_sample", "cervix_cnn"
WAYS = {"course": {}, "finder": {"find_learning_rate": True}, "tenth": {"learning_rate": 1e-3}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=WAYS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/unlearned_rate.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        print(f"{'way':9}{'seed':>5}{'rate':>10}{'val log loss':>14}{'accuracy':>10}{'classes answered':>18}")
        command("check", DATASET)
        results = [
            measure(Path(home), way, seed, options.epochs) for way in options.ways for seed in range(options.seeds)
        ]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(home: Path, way: str, seed: int, epochs: int) -> dict:
    values = {"dataset": DATASET, "architecture": ARCHITECTURE, "as_course": True, "epochs": epochs}
    run = trained(read_settings(values | {"seed": seed, "split_seed": seed} | WAYS[way]), home)
    rates = [event["chosen"] for event in run.events.read() if event["kind"] == "rates"]
    validated: Predictions = run.predictions().of("validation")
    loss = -np.log(validated.probabilities[np.arange(len(validated)), validated.true].clip(1e-15)).mean()
    row = {"way": way, "seed": seed, "rate": rates[-1] if rates else run.settings.learning_rate}
    row |= {"log_loss": float(loss), "accuracy": float((validated.predicted == validated.true).mean())}
    row |= {"answered": len(set(validated.predicted.tolist()))}
    print(
        f"{way:9}{seed:>5}{row['rate']:>10.2g}{row['log_loss']:>14.3f}{row['accuracy']:>10.1%}{row['answered']:>18}",
        flush=True,
    )
    return row


if __name__ == "__main__":
    main()
