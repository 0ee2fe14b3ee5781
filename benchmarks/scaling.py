"""What training costs an image, and how much memory it takes, from a thousand images to fifty thousand.

The pictures are DRAWN here: noise in the colour of their class, as JPEG files of 160 × 160 pixels. Each number of them
is imported and trained on by the command line, in a workspace of its own: MobileNet at 64 pixels, with real weights
where they are at hand, in the way that a plan picks beforehand for all of them. Counted are seconds of the processors,
since others may use the machine meanwhile. What a run on a few images takes is the fixed cost, of the start above all,
and is taken off. Prints a table and writes JSON.
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
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from given_images import add_images_option
from index import memory_of
from PIL import Image
from training import machine

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.architectures.registry import find_architecture  # noqa: E402
from core.architectures.weights import IMAGENET, UNTRAINED, path_at_hand  # noqa: E402
from core.runs.events import EventLog  # noqa: E402

ARCHITECTURE, IMAGE_SIZE, EPOCHS = "mobilenet_075", 64, 20
COUNTS, ALL_COUNTS = (1_000, 5_000, 20_000), (1_000, 5_000, 20_000, 50_000)
FEW = 40  # images of the run that tells the fixed cost
SIDE = 160
COLOURS = {"red": (170, 90, 90), "green": (90, 170, 90), "blue": (90, 90, 170), "grey": (120, 120, 120)}
COARSE_SIDE, COARSE_NOISE, FINE_NOISE = 20, 40, 15
SECONDS_BETWEEN_LOOKS = 0.1
# What the parts of the training begin with in the event log; what comes before the features is the start.
BEGINNINGS = {"features": "Computing features", "head": "train"}
PARTS = ("import", "start", *BEGINNINGS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--counts", type=int, nargs="+", help="of pictures")
    parser.add_argument("--full", action="store_true", help="up to 50,000 pictures")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/scaling.json")
    options = parser.parse_args()
    os.environ.setdefault("KERAS_HOME", str(Path(options.images).resolve() / "keras"))
    weights = IMAGENET if path_at_hand(find_architecture(ARCHITECTURE)) else UNTRAINED
    counts = sorted(options.counts or (ALL_COUNTS if options.full else COUNTS))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        settings = {"image_size": IMAGE_SIZE, "weights": weights, "patience": EPOCHS, "runtime": way(weights, home)}
        print(f"drawn pictures of {SIDE} × {SIDE}; {ARCHITECTURE} at {IMAGE_SIZE} px, {EPOCHS} epochs; {settings}")
        fixed = measure(FEW, settings, home)
        rows = []
        for count in counts:
            rows.append(measure(count, settings, home))
            results = {"machine": machine(), "settings": settings, "fixed": fixed, "rows": beside(rows, fixed)}
            # After every run: what is known is not lost if a later one fails.
            options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False))
            report(results)


def way(weights: str, home: Path) -> str:
    """The runtime that a plan picks here, so that all runs compute in the same way."""
    os.environ["WORKBENCH_HOME"] = str(home / "plan")
    return command("plan", ARCHITECTURE, "--weights", weights, "--image-size", str(IMAGE_SIZE))["runtime"]


def measure(count: int, settings: dict, home: Path) -> dict:
    """Import so many pictures and train on them: seconds of the processors by part, memory in bytes, and accuracy."""
    draw(home / "pictures", count)
    workspace = home / "workspace"
    os.environ["WORKBENCH_HOME"] = str(workspace)
    began, used = time.monotonic(), os.times()
    command("import", str(home / "pictures"), "--name", "pictures")
    # Of processes that were started here and have ended; the import waits for its own.
    seconds = {"import": sum(os.times()[field] - used[field] for field in (2, 3))}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    watch = TrainerWatch()
    arguments = ("train", "pictures", "--architecture", ARCHITECTURE, "--epochs", str(EPOCHS), *words)
    answer = command(*arguments, each_look=watch.look)
    events = EventLog(workspace / "runs" / answer["run"] / "events.jsonl").read()
    shutil.rmtree(workspace)
    return {
        "images": count,
        "processor_seconds": seconds | watch.processor_seconds(events),
        "peak_memory": watch.peak,
        "seconds": time.monotonic() - began,
        "epochs": answer["epochs"],
        "accuracy": answer["test"]["accuracy"],
    }


def beside(rows: list[dict], fixed: dict) -> list[dict]:
    """The rows with what an image costs, the fixed cost taken off, and how many times what it costs in the first."""
    for row in rows:
        more = row["images"] - fixed["images"]
        spent = {part: row["processor_seconds"][part] - fixed["processor_seconds"][part] for part in PARTS}
        row["milliseconds_an_image"] = {part: 1000 * seconds / more for part, seconds in spent.items()}
        row["milliseconds_an_image"]["all"] = 1000 * sum(spent.values()) / more
        row["times_the_first"] = row["milliseconds_an_image"]["all"] / rows[0]["milliseconds_an_image"]["all"]
    return rows


class TrainerWatch:
    """Notes how many processor seconds the trainer of a run has used at which time, and the most memory it held."""

    def __init__(self):
        self.peak = 0
        self._times: list[float] = []
        self._used: list[float] = []

    def look(self, process: psutil.Process) -> None:
        """Look at the trainer, which a supervisor has started, which `process` has started."""
        try:
            trainers = [child for child in process.children(recursive=True) if "--train" in child.cmdline()]
            for trainer in trainers:
                used = trainer.cpu_times()
                self._times.append(time.time())
                self._used.append(used.user + used.system)
                self.peak = max(self.peak, memory_of(trainer.pid))
        except psutil.NoSuchProcess:  # ended meanwhile
            return

    def processor_seconds(self, events: list[dict]) -> dict[str, float]:
        """Seconds by part, told apart by the stages in the events of the run."""
        stages = [event for event in events if event["kind"] == "stage"]
        begins = [
            next(stage["time"] for stage in stages if stage["name"].startswith(name)) for name in BEGINNINGS.values()
        ]
        marks = [0.0, *np.interp(begins, self._times, self._used), self._used[-1]]
        return dict(zip(PARTS[1:], np.diff(marks).tolist(), strict=True))


def command(*arguments: str, each_look=lambda process: None) -> dict:
    """What a command of the program answers in JSON; `each_look` is called with its process again and again."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        full = [sys.executable, "-m", "core", *arguments, "--json"]
        process = psutil.Popen(full, stdout=output, stderr=errors, cwd=PROJECT)
        while True:
            try:
                code = process.wait(SECONDS_BETWEEN_LOOKS)
                break
            except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
                each_look(process)
        output.seek(0)
        errors.seek(0)
        if code:
            sys.exit(f"{' '.join(full)} failed\n{errors.read().decode()}")
        text = output.read().decode()
    return json.loads(text[text.index("{") :])


# Pictures ------------------------------------------------------------------------------------------------------------


def draw(folder: Path, count: int) -> None:
    """Draw the pictures that are not there yet, in a folder a class; as many of each as can be."""
    for label in COLOURS:
        (folder / label).mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(partial(draw_picture, folder), range(count), chunksize=200))


def draw_picture(folder: Path, number: int) -> None:
    """Draw a picture that depends on its number alone: coarse and fine noise around the colour of its class."""
    label = list(COLOURS)[number % len(COLOURS)]
    path = folder / label / f"{number:06d}.jpg"
    if path.exists():
        return
    generator = np.random.default_rng(number)
    coarse = generator.normal(COLOURS[label], COARSE_NOISE, (COARSE_SIDE, COARSE_SIDE, 3))
    shapes = Image.fromarray(np.clip(coarse, 0, 255).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pixels = np.asarray(shapes) + generator.normal(0, FINE_NOISE, (SIDE, SIDE, 1))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, quality=90)


def report(results: dict) -> None:
    """The table of all runs so far."""
    fixed, rows = results["fixed"], results["rows"]
    spent = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in fixed["processor_seconds"].items())
    columns = {
        "images": [f"{row['images']:,}" for row in rows],
        **{
            f"{part}, ms": [f"{row['milliseconds_an_image'][part]:.2f}" for row in rows]
            for part in rows[0]["milliseconds_an_image"]
        },
        "times the first": [f"{row['times_the_first']:.2f}" for row in rows],
        "trainer's peak, GB": [f"{row['peak_memory'] / 1e9:.2f}" for row in rows],
        "seconds": [f"{row['seconds']:.0f}" for row in rows],
        "accuracy": [f"{row['accuracy']:.3f}" for row in rows],
    }
    print(f"\nfixed, as {fixed['images']} images took: {spent}; peak {fixed['peak_memory'] / 1e9:.2f} GB")
    print("processor milliseconds an image beyond that:")
    print(pd.DataFrame(columns).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
