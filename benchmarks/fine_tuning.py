"""Fine-tuning the last blocks of MobileNet on real images, beside its frozen start on the very same splits: accuracy.

Each seed tests on a fifth of the images, validates on a tenth and trains on the rest (SplitSettings with validation
0.1 and test 0.2): aerial scenes in all eight orientations, cats and dogs plain and mirrored. A run as users start it
trains the head, fine-tunes, and is evaluated by the better of both on validation; the same run without fine-tuning is
the frozen start. Prints a table and writes JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from given_images import RECIPES, add_images_option, given_images

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets.creation import create_from_path  # noqa: E402
from core.datasets.importing import run_import  # noqa: E402
from core.datasets.splits import SplitSettings  # noqa: E402
from core.datasets.store import Dataset  # noqa: E402
from core.runs.lifecycle import start, wait  # noqa: E402
from core.runs.record import Run  # noqa: E402
from core.runs.settings import read_settings  # noqa: E402
from core.workspace import Workspace  # noqa: E402

ARCHITECTURE = "mobilenet_075"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--epochs", type=int, help="of fine-tuning, by default those of the settings")
    parser.add_argument("--rate", type=float, help="of fine-tuning, by default that of the settings")
    parser.add_argument("--only", choices=RECIPES, help="one of the sets")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/fine_tuning.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    chosen = {"unfreeze": options.blocks, "fine_tune_epochs": options.epochs, "fine_tune_rate": options.rate}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    names = [options.only] if options.only else list(RECIPES)
    results = {name: measure(images / name, RECIPES[name], options.seeds, chosen) for name in names}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1))


def measure(folder: Path, recipe: str, seeds: int, chosen: dict) -> dict:
    rows = []
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace.at(home)
        dataset = run_import(create_from_path(workspace, folder, folder.name))
        dataset.set_split(SplitSettings(validation=0.1, test=0.2))
        for seed in range(seeds):
            common = {"dataset": dataset.name, "architecture": ARCHITECTURE, "augmentation": recipe}
            common |= {"seed": seed, "split_seed": seed}
            frozen, _ = trained(workspace, dataset, common)
            tuned, seconds = trained(workspace, dataset, common | chosen)
            rows.append({"seed": seed, "frozen": accuracy(frozen), "fine_tuned": accuracy(tuned), "seconds": seconds})
            rows[-1] |= tuned.record.fine_tuned | {"best_epoch": tuned.status().facts["best_epoch"]}
            print(rows[-1], flush=True)
    mean = {key: float(np.mean([row[key] for row in rows])) for key in ("frozen", "fine_tuned", "seconds")}
    print(
        f"{folder.name}, {chosen}: mean accuracy frozen {mean['frozen']:.4f}, fine-tuned {mean['fine_tuned']:.4f}, "
        f"{mean['seconds']:.0f} s a fine-tuned run, of {seeds} seeds\n"
    )
    return {"runs": rows, "chosen": chosen} | mean


def trained(workspace: Workspace, dataset: Dataset, settings: dict) -> tuple[Run, float]:
    """A run that has ended well, and how many seconds it took."""
    began = time.monotonic()
    run = start(workspace, dataset, read_settings(settings))
    status = wait(run)
    if status.state != "done":
        raise SystemExit(f"{run.id}: {status.error}")
    return run, time.monotonic() - began


def accuracy(run: Run) -> float:
    return run.record.test_accuracy


if __name__ == "__main__":
    main()
