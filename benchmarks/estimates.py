"""Estimates before a training against what then happens: seconds an epoch, seconds for the features, and memory.

In a fresh workspace, each network is estimated as the Model page does it, and then trained for a few epochs as any run.
An epoch lasts from the end of the one before it to its own, with validation and all that is written down; the first,
which compiles, is left out, and the median of the others counts. Memory is the most that the process which trains was
seen to hold. The seconds of an epoch are to be within 40 % of what happens. Where other programs take their part of the
processors, more of it before or after, that can't be told of any estimate: so what they took is printed too, and what
an epoch is estimated at once more after the training. Prints a table and writes JSON.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import psutil
from given_images import add_images_option, given_images
from training import choose, machine

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.advice.training_time import Estimate, kept_estimate, start_estimate  # noqa: E402
from core.datasets.creation import create_from_path  # noqa: E402
from core.datasets.importing import run_import  # noqa: E402
from core.datasets.store import Dataset  # noqa: E402
from core.runs.events import seconds_in_stages  # noqa: E402
from core.runs.lifecycle import start, wait  # noqa: E402
from core.runs.record import Run  # noqa: E402
from core.runs.settings import RunSettings, read_settings  # noqa: E402
from core.workspace import Workspace  # noqa: E402

ASKED = 0.4
SECONDS_BETWEEN_LOOKS = 0.1
BUSY = 0.15
PARTS = {
    "small_cnn": {"image_size": 96, "epochs": 4, "augmentation": "flip_horizontal,rotation=15"},
    "cnn_32_32_64_64": {"image_size": 64, "epochs": 4},
    "mobilenet_075": {"epochs": 20, "augmentation": "flip_horizontal"},
}


@dataclass
class Figures:
    """Of an estimate, or of what happened.

    Parameters
    ----------
    epoch_seconds
        With validation and what is written down.
    once_seconds
        For the features that were lacking after the estimate; None from scratch.
    memory_gb
        At the peak, in 10⁹ bytes.
    whole_seconds
        From the start to the last evaluation.
    """

    epoch_seconds: float
    once_seconds: float | None
    memory_gb: float
    whole_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--count", type=int, default=1000, help="of images")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/estimates.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    options.output.parent.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine(), "parts": {}}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        photos = Path(folder) / "photos"
        choose(images / "cats_dogs", options.count, photos)
        workspace = Workspace.at(Path(folder) / "workspace")
        dataset = run_import(create_from_path(workspace, photos))
        for name in options.only:
            results["parts"][name] = compare(workspace, dataset, name)
            options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False))


def compare(workspace: Workspace, dataset: Dataset, name: str) -> dict:
    """Estimate, train, and print the one beside the other."""
    values = {"dataset": dataset.name, "architecture": name, "patience": PARTS[name]["epochs"]} | PARTS[name]
    settings = read_settings(values)
    began = time.monotonic()
    estimate = estimated(workspace, dataset, settings)
    took = time.monotonic() - began
    expected = Figures(
        estimate.epoch_seconds,
        estimate.once_seconds if estimate.frozen else None,
        estimate.memory_bytes / 1e9,
        estimate.total_seconds,
    )
    actual, others = trained(workspace, dataset, settings)
    afterwards = estimated(workspace, dataset, settings)
    print(f"\n{estimate.title}, {settings.image_size} px: estimated in {took:.1f} s. {estimate.words()}")
    print("\n".join(estimate.notes) or "nothing else ran beside the estimate")
    print(f"while it was trained, others took {others:.0%} of the processors")
    ratios = {}
    for field, value in asdict(expected).items():
        if value is not None:
            happened = getattr(actual, field)
            ratios[field] = value / max(happened, 1e-9)
            print(f"{field:>14}: estimated {value:8.3f}, actual {happened:8.3f}, ratio {ratios[field]:.2f}")
    ratio = afterwards.epoch_seconds / actual.epoch_seconds
    print(f"estimated once more afterwards: {afterwards.epoch_seconds:.3f} s an epoch, ratio {ratio:.2f}")
    within = abs(ratios["epoch_seconds"] - 1) <= ASKED
    quiet = not estimate.notes and others <= BUSY
    beside = "" if quiet else ", beside other programs"
    print(f"seconds an epoch {'are' if within else 'are NOT'} within {ASKED:.0%}{beside}", flush=True)
    facts = {"seconds_to_estimate": took, "notes": estimate.notes, "within": within, "quiet": quiet, "others": others}
    facts["afterwards"] = {"epoch_seconds": afterwards.epoch_seconds, "ratio": ratio, "notes": afterwards.notes}
    return facts | {"estimated": asdict(expected), "actual": asdict(actual), "ratios": ratios}


def estimated(workspace: Workspace, dataset: Dataset, settings: RunSettings) -> Estimate:
    status = wait(start_estimate(workspace, dataset, settings))
    if status.state != "done":
        sys.exit(f"The estimate {status.state}: {status.error}")
    return kept_estimate(workspace, dataset, settings)


def trained(workspace: Workspace, dataset: Dataset, settings: RunSettings) -> tuple[Figures, float]:
    """What happened, and the share of all processors that others took meanwhile, 0 to 1."""
    began, busy_before = time.monotonic(), busy_seconds()
    run = start(workspace, dataset, settings)
    peak, own = 0, 0.0
    while run.written_status().state in ("new", "queued", "starting", "running"):
        memory, own = held_by_trainer(run, own)
        peak = max(peak, memory)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    status, events, seconds = run.status(), run.events.read(), time.monotonic() - began
    if status.state != "done":
        sys.exit(f"The run {status.state}: {status.error}")
    others = max(0.0, busy_seconds() - busy_before - own) / (seconds * os.cpu_count())
    ends = [event["time"] for event in events if event["kind"] == "epoch"]
    epoch = median(after - before for before, after in pairwise(ends))
    computing = seconds_in_stages(events, "Computing features") if settings.design.frozen else None
    return Figures(epoch, computing, peak / 1e9, seconds), others


def held_by_trainer(run: Run, seconds_before: float) -> tuple[int, float]:
    """Bytes that the process which trains holds, and seconds that it has computed; while there is none, as before."""
    processes = run.written_status().processes
    try:
        trainer = psutil.Process(int(processes[1][0])) if len(processes) > 1 else None
        times = trainer.cpu_times() if trainer else None
        return (trainer.memory_info().rss, times.user + times.system) if trainer else (0, seconds_before)
    except psutil.NoSuchProcess:
        return 0, seconds_before


def busy_seconds() -> float:
    """Seconds that all processors together have worked, since the start of the machine."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + getattr(times, "steal", 0.0)


if __name__ == "__main__":
    main()
