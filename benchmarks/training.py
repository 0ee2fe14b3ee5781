"""The usual tutorial against `python -m core train`: seconds, images a second, accuracy and memory on the same images.

The tutorial (`tutorial.py`) sends every image through the backbone in every epoch. Some of its epochs are measured, of
the slow backbones parts of epochs, and multiplied to 20; its start and its first epoch's compilation count once. Ours
trains 20 epochs twice, in a fresh workspace: cold, and with the features at hand; both count from the start of the
process to its end, the reading of the pictures into the dataset apart. Only MobileNet has real weights here: the others
run on random numbers, for the speed alone. Prints tables and writes JSON.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from given_images import add_images_option, given_images
from index import watch

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.jobs.process import NICENESS  # noqa: E402
from core.runs.events import EventLog, epoch_table, seconds_in_stages  # noqa: E402

EPOCHS = 20
SCRATCH_EPOCHS = 3
TUTORIAL_EPOCHS = 3  # the first compiles, so that two are the measure
SPLITS = ("train", "validation", "test")
# Without AMX and without AVX512-BF16; https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html
PLAIN_AVX512 = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}
FAST_BFLOAT16 = ("amx_bf16", "avx512_bf16")


@dataclass(frozen=True)
class Part:
    """One network to compare.

    Parameters
    ----------
    title
        Of the table.
    image_size
        Side of the square input in pixels.
    untrained
        Whether its backbone runs on random numbers.
    tutorial_share
        The share of an epoch that the tutorial is measured on.
    asked
        How many times as fast as the tutorial ours is to be, by row of the table.
    """

    title: str
    image_size: int
    untrained: bool
    tutorial_share: float
    asked: dict[str, float]


PARTS = {
    "mobilenet_075": Part("MobileNet α 0.75, ImageNet weights", 224, False, 1.0, {"cold": 12, "at hand": 60}),
    "vgg16": Part("VGG16, RANDOM weights: for the speed alone", 224, True, 1 / 8, {"cold": 80}),
    "inception_v3": Part("InceptionV3, RANDOM weights: for the speed alone", 299, True, 1 / 4, {"cold": 60}),
    "small_cnn": Part("Small CNN from scratch, 150 px", 150, False, 1.0, {"ours": 3.5}),
}


@dataclass
class Row:
    """A line of a table.

    Parameters
    ----------
    seconds
        In all, from the start of the process to its end.
    images_per_second
        Through the network. The tutorial and the small CNN: training and validation images of an epoch by its seconds.
        Cold: all images by the seconds of the stage that decodes them and computes their features.
    accuracy
        On the test images; None on random weights.
    peak_memory
        Of the process and all that it started, in bytes.
    facts
        More for the JSON.
    """

    seconds: float
    images_per_second: float | None
    accuracy: float | None
    peak_memory: int
    facts: dict = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--count", type=int, default=1000, help="of images")
    parser.add_argument(
        "--without-amx", action="store_true", help="let TensorFlow and OpenVINO use no instructions for bfloat16"
    )
    parser.add_argument("--output", type=Path, help="default: benchmarks/results/training.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    os.environ |= PLAIN_AVX512 if options.without_amx else {}
    suffix = "_without_amx" if options.without_amx else ""
    output = options.output or PROJECT / f"benchmarks/results/training{suffix}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine(), "without_amx": options.without_amx, "parts": {}}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        photos = Path(folder) / "photos"
        choose(images / "cats_dogs", options.count, photos)
        for name in options.only:
            results["parts"][name] = measure(name, photos, Path(folder) / name, options.without_amx)
            # After every part: what is known is not lost if a later one fails.
            output.write_text(json.dumps(results, indent=1, ensure_ascii=False))


def machine() -> dict:
    """What was measured on: cores, instructions for bfloat16, and how busy others kept it before."""
    flags = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").exists() else []
    facts = {"system": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    return facts | {"bfloat16": [flag for flag in FAST_BFLOAT16 if flag in flags]}


def choose(source: Path, count: int, target: Path) -> None:
    """Copy the first images of every class, as many of each, `count` in all."""
    classes = sorted(folder for folder in source.iterdir() if folder.is_dir())
    for folder in classes:
        (target / folder.name).mkdir(parents=True)
        for path in sorted(folder.iterdir())[: count // len(classes)]:
            shutil.copy(path, target / folder.name)


# What is measured ----------------------------------------------------------------------------------------------------


def measure(name: str, photos: Path, home: Path, without_amx: bool) -> dict:
    """Run ours in a workspace of its own, the tutorial on the same division, and compare."""
    part = PARTS[name]
    os.environ["WORKBENCH_HOME"] = str(home)
    _, import_seconds, _ = run("-m", "core", "import", str(photos), "--name", "photos", "--json")
    first, table = train(name)
    count = len(table)
    if name == "small_cnn":
        rows = {"ours": first}
        epochs = SCRATCH_EPOCHS
    else:
        again, _ = train(name)
        rows = {"cold": first, "at hand": again}
        epochs = EPOCHS
    divided = home / "divided"
    divide(table, photos, divided)
    rows = {"tutorial": tutorial(name, divided, epochs)} | rows
    ratios = compare(rows, part, without_amx)
    report(part, rows, ratios, count, epochs)
    return {
        "images": count,
        "epochs": epochs,
        "untrained": part.untrained,
        "import_seconds": import_seconds,
        "rows": {row: asdict(value) for row, value in rows.items()},
        "ratios": ratios,
    }


def train(name: str) -> tuple[Row, pd.DataFrame]:
    """Train by the command line: its row, and the table of the images as they were divided."""
    part = PARTS[name]
    epochs = SCRATCH_EPOCHS if name == "small_cnn" else EPOCHS
    # As patient as it is long, so that it does not end early.
    settings = {"image_size": part.image_size, "patience": epochs} | (
        {"weights": "untrained"} if part.untrained else {}
    )
    arguments = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    result, seconds, memory = run(
        "-m", "core", "train", "photos", "--architecture", name, "--epochs", str(epochs), *arguments, "--json"
    )
    folder = Path(os.environ["WORKBENCH_HOME"]) / "runs" / result["run"]
    table = pd.read_parquet(folder / "images.parquet")
    events = EventLog(folder / "events.jsonl").read()
    epochs_told, computing = epoch_table(events), seconds_in_stages(events, "Computing features")
    rate = len(table) / computing if computing else None
    if name == "small_cnn":
        rate = float(table["split"].isin(SPLITS[:2]).sum() / epochs_told["seconds"][1:].mean())
    accuracy = None if part.untrained else result["test"]["accuracy"]
    return Row(seconds, rate, accuracy, memory, {"device": result["device"], "epochs": len(epochs_told)}), table


def divide(table: pd.DataFrame, photos: Path, target: Path) -> None:
    """Lay out the images as the run divided them, a folder a split and in it a folder a class."""
    for row in table.itertuples():
        path = target / row.split / row.label / Path(row.path).name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(photos / row.label / path.name)


def tutorial(name: str, divided: Path, epochs: int) -> Row:
    """Measure some epochs of the tutorial, and what as many as ours would take."""
    part = PARTS[name]
    arguments = ["--architecture", name, "--image-size", str(part.image_size), "--share", str(part.tutorial_share)]
    arguments += ["--epochs", str(TUTORIAL_EPOCHS), *(["--untrained"] if part.untrained else [])]
    script = Path(__file__).with_name("tutorial.py")
    result, measured, memory = run(str(script), str(divided), "--niceness", str(NICENESS), *arguments)
    compiling, *steady = result["epoch_seconds"]
    epoch = float(np.mean(steady))
    start = measured - compiling - sum(steady) + (compiling - epoch)
    seconds = start + epochs * epoch * result["images_an_epoch"] / result["images_measured"]
    facts = result | {"measured_seconds": measured, "epochs_measured": TUTORIAL_EPOCHS}
    return Row(seconds, result["images_measured"] / epoch, result["accuracy"], memory, facts)


def run(*arguments: str) -> tuple[dict, float, int]:
    """What a Python process answers in JSON as its last words, the seconds it took, and its peak memory in bytes."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([sys.executable, *arguments], stdout=output, stderr=errors, cwd=PROJECT)
        seconds, peak = watch(process)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(arguments)} failed\n{errors.read().decode()}")
        text = output.read().decode()
    return json.loads(text[text.index("{") :]), seconds, peak


# What comes of it ----------------------------------------------------------------------------------------------------


def compare(rows: dict[str, Row], part: Part, without_amx: bool) -> dict[str, dict]:
    """How many times as fast as the tutorial each row of ours is, and how many times is asked.

    Whole runs are compared by their seconds. Passes through the network, which are all there is of the small CNN and
    all that counts without instructions for bfloat16, are compared by images a second: there, never slower is asked.
    """
    usual, *_ = rows.values()
    ratios = {}
    for name, row in rows.items():
        if row is usual:
            continue
        if name != "ours":
            ratios[f"{name}, whole run"] = {"times": usual.seconds / row.seconds}
            if name in part.asked and not without_amx:
                ratios[f"{name}, whole run"]["asked"] = part.asked[name]
        if row.images_per_second is not None:
            ratios[f"{name}, pass"] = {"times": row.images_per_second / usual.images_per_second}
            if without_amx:
                ratios[f"{name}, pass"]["asked"] = 1.0
            elif name == "ours":
                ratios[f"{name}, pass"]["asked"] = part.asked[name]
    return ratios


def report(part: Part, rows: dict[str, Row], ratios: dict[str, dict], count: int, epochs: int) -> None:
    facts = rows["tutorial"].facts
    print(f"\n{part.title}: {count:,} images, {epochs} epochs")
    table = pd.DataFrame(
        {
            "": list(rows),
            "seconds": [f"{row.seconds:.1f}" for row in rows.values()],
            "images/s": [
                "–" if row.images_per_second is None else f"{row.images_per_second:.1f}" for row in rows.values()
            ],
            "test accuracy": ["–" if row.accuracy is None else f"{row.accuracy:.1%}" for row in rows.values()],
            "peak memory, GB": [f"{row.peak_memory / 1e9:.2f}" for row in rows.values()],
        }
    )
    print(table.to_string(index=False))
    then = "" if part.untrained else "; its accuracy is of then"
    print(
        f"the tutorial: {facts['measured_seconds']:.1f} s measured, {facts['epochs_measured']} epochs of "
        f"{facts['images_measured']} of {facts['images_an_epoch']} images{then}"
    )
    for name, row in rows.items():
        if row.facts.get("epochs", epochs) != epochs:  # the engine may end early, or fit a head in one go
            print(f"{name}: {row.facts['epochs']} epochs, not {epochs}")
    for name, ratio in ratios.items():
        asked = f" (at least {ratio['asked']:g} × asked)" if "asked" in ratio else ""
        print(f"{name}: {ratio['times']:.1f} × the tutorial's speed{asked}", flush=True)


if __name__ == "__main__":
    main()
