"""All networks that course material trains, as the course trains them (`--as-course`) and by this program's defaults.

On scikit-learn's 1,797 digits of 8 × 8 pixels, written as class folders, and on the drawn samples: cats and dogs,
aerial scenes, cervix types. They are drawings, so that their figures say nothing of photographs: what is to be seen is
what the course's settings come to beside others on the same images. Networks that see 100 pixels a side or more are
trained on --large images a class only; the course's 200 epochs of its cervix network are cut to --epochs. A backbone
is trained where its weights are at hand. Prints test accuracies with 95 % intervals and seconds, and writes JSON.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.architectures.architecture import Architecture  # noqa: E402
from core.architectures.registry import ARCHITECTURES  # noqa: E402
from core.architectures.weights import path_at_hand  # noqa: E402
from core.datasets.store import open_dataset  # noqa: E402
from core.evaluation.intervals import wilson  # noqa: E402
from core.runs.record import Run, create_run  # noqa: E402
from core.runs.settings import RunSettings, read_settings  # noqa: E402
from core.training.trainer import train  # noqa: E402
from core.workspace import Workspace  # noqa: E402

SAMPLES = ("cats_vs_dogs_sample", "aerial_scenes_sample", "cervix_types_sample")
LARGE_SIDE = 100
WAYS = ("course", "defaults")
# To load Keras takes longer than many of these trainings.
STARTER = multiprocessing.get_context("forkserver")
STARTER.set_forkserver_preload(["core.training.scratch"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30, help="at most so many, whatever the course has")
    parser.add_argument("--large", type=int, default=30, help="images a class for networks that see large ones")
    parser.add_argument(
        "--architectures", nargs="*", default=[name for name, each in ARCHITECTURES.items() if each.course]
    )
    parser.add_argument("--datasets", nargs="*", default=["digits", *SAMPLES])
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/course_runs.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        for name in options.datasets:
            bring(name, Path(home))
        print(
            f"{'dataset':24}{'network':18}{'way':10}{'epochs':>7}{'test':>16}{'95 % interval':>18}"
            f"{'log loss':>10}{'s':>7}"
        )
        results = []
        for name in options.datasets:
            for chosen in map(ARCHITECTURES.__getitem__, options.architectures):
                if chosen.frozen and path_at_hand(chosen) is None:
                    print(f"{name:24}{chosen.name:18}its weights are not at hand")
                    continue
                dataset = few_of(name, options.large, Path(home)) if chosen.input_size >= LARGE_SIDE else name
                results += [measured(dataset, chosen, way, options.epochs, Path(home)) for way in WAYS]
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(results, indent=1))


def bring(name: str, home: Path) -> None:
    """Make a dataset ready."""
    if name == "digits":
        command("import", write_digits(home / "digits_images"), "--name", name)
    else:
        command("check", name)


def write_digits(folder: Path) -> Path:
    """scikit-learn's digits, 16 levels of grey, as PNG files of 8 bits in a folder a class."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    for index, (pixels, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray((pixels * 255 / 16).round().astype(np.uint8)).save(place / f"{index:04}.png")
    return folder


def few_of(name: str, count: int, home: Path) -> str:
    """The first images of each class as a dataset of its own, where there is none yet."""
    few = f"{name}_{count}"
    place = home / f"{few}_images"
    if not place.exists():
        dataset = open_dataset(Workspace.at(home), name)
        for label, paths in dataset.images.groupby("label")["path"]:
            (place / str(label)).mkdir(parents=True)
            for number, path in enumerate(sorted(paths)[:count]):
                shutil.copy(dataset.path_of(path), place / str(label) / f"{number:04}{Path(path).suffix}")
        command("import", place, "--name", few)
    return few


def measured(dataset: str, architecture: Architecture, way: str, most_epochs: int, home: Path) -> dict:
    """One run, and its line."""
    values = {"dataset": dataset, "architecture": architecture.name, "as_course": way == "course"}
    settings = read_settings(values)
    if is_cut := settings.epochs > most_epochs:
        settings = read_settings(values | {"epochs": most_epochs})
    began = time.monotonic()
    run = trained(settings, home)
    status, seconds = run.status(), time.monotonic() - began
    row = {"dataset": dataset, "architecture": architecture.name, "way": way, "seconds": seconds, "cut": is_cut}
    row |= {"epochs": status.facts.get("epochs", 0), "error": status.error}
    line = f"{dataset:24}{architecture.name:18}{way:10}{row['epochs']:>7}"
    if not run.predictions_path.exists():
        print(f"{line}  {status.error}", flush=True)
        return row
    tested = run.evaluate("test")
    right = round(tested.scores["accuracy"].value * tested.n)
    row |= {"right": right, "n": tested.n, "log_loss": tested.scores["log_loss"].value}
    low, high = wilson(right, tested.n)
    figures = f"{right / tested.n:>8.1%} of {tested.n:>4}{low:>9.1%} – {high:.1%}{row['log_loss']:>10.3f}"
    print(f"{line}{figures}{seconds:>7.0f}{'  (epochs cut)' if is_cut else ''}", flush=True)
    return row


def trained(settings: RunSettings, home: Path) -> Run:
    """A run that has ended, in a process of its own that began with Keras loaded."""
    run = create_run(Workspace.at(home), settings)
    process = STARTER.Process(target=train, args=(run.folder,))
    process.start()
    process.join()
    return run


def command(*arguments: object) -> dict:
    """What a command of the workbench says in JSON."""
    written = [sys.executable, "-m", "core", *map(str, arguments), "--json"]
    done = subprocess.run(written, cwd=PROJECT, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
