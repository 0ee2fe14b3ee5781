"""What a prediction costs beside the extraction of features that it consists of: seconds, images a second, memory.

A head on MobileNet is trained on 1,000 real photographs, and then asked about them: by the command, from the start of
its process to the table on disk, twice; in one process, in turn with the bare extraction of the same features by the
same runtime, so that both meet the same machine; and by a job about many more, copies of the same files, whose peak
of memory is read while it goes on. Prints a table and writes JSON.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
from extraction import extraction, in_turn
from given_images import add_images_option, given_images
from training import machine

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from core.datasets.creation import create_from_path  # noqa: E402
from core.datasets.importing import run_import  # noqa: E402
from core.prediction.job import start_prediction  # noqa: E402
from core.runs.lifecycle import start, wait  # noqa: E402
from core.runs.record import Run  # noqa: E402
from core.runs.settings import read_settings  # noqa: E402
from core.workspace import Workspace  # noqa: E402

MOST_SECONDS, LEAST_SHARE, MOST_MEMORY = 15, 0.9, 600 << 20
SECONDS_BETWEEN_LOOKS = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--runtime", default="auto", help="that computes the features; by default the quickest here")
    parser.add_argument("--many", type=int, default=20_000, help="images of the job whose memory is read; 0 for none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/predicting.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        run = trained(Workspace.at(Path(folder) / "workspace"), images / "cats_dogs", options.runtime)
        results = {"machine": machine(), "plan": run.record.plan}
        print(f"plan: {run.record.plan['words']}")
        results["cold_seconds"] = cold(run, images / "cats_dogs", Path(folder))
        results |= beside_extraction(run, images / "cats_dogs", options.rounds)
        results["memory"] = [memory(run, images / "cats_dogs", count) for count in (1000, options.many) if count]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False))


def trained(workspace: Workspace, images: Path, runtime: str) -> Run:
    dataset = run_import(create_from_path(workspace, images, "photographs"))
    settings = {"dataset": dataset.name, "architecture": "mobilenet_075", "epochs": 5, "runtime": runtime}
    run = start(workspace, dataset, read_settings(settings))
    status = wait(run)
    if status.state != "done":
        sys.exit(f"the training failed: {status.error}")
    return run


def cold(run: Run, images: Path, folder: Path) -> list[float]:
    """Seconds that the command takes about all images, the first time and the second."""
    words = [sys.executable, "-m", "core", "predict", run.id, str(images), "--csv", str(folder / "answers.csv")]
    environment = os.environ | {"WORKBENCH_HOME": str(run.workspace.root)}
    taken = []
    for _ in range(2):
        began = time.perf_counter()
        subprocess.run(words, cwd=PROJECT, env=environment, check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    said = ", then ".join(f"{seconds:.1f}" for seconds in taken)
    print(f"the command, 1,000 photographs: {said} seconds (at most {MOST_SECONDS} asked)", flush=True)
    return taken


def beside_extraction(run: Run, images: Path, rounds: int) -> dict:
    """Images a second of the prediction and of the extraction alone, in turn in one process."""
    from core.prediction.predictor import Predictor
    from core.prediction.sources import gather

    brought = gather([images], images)
    predictor = Predictor(run)
    predictor.compare()
    network = predictor._network
    extract = extraction(list(brought.paths), run.settings.image_size, network._features, network.batch_size)
    tasks = {"prediction": lambda: predictor.predict(brought), "extraction": extract}
    for task in tasks.values():  # what there is to compile is compiled before
        task()
    taken = [in_turn(tasks, number) for number in range(rounds)]
    rates = {name: median(len(brought) / seconds[name] for seconds, _ in taken) for name in tasks}
    shares = [seconds["extraction"] / seconds["prediction"] for seconds, _ in taken]
    of_processors = [used["extraction"] / used["prediction"] for _, used in taken]
    for name, rate in rates.items():
        print(f"{name}: {rate:.0f} images a second")
    told = ", ".join(f"{share:.0%}" for share in shares)
    print(f"{median(shares):.0%} of the extraction (at least {LEAST_SHARE:.0%} asked); by round: {told}")
    print(f"{median(of_processors):.0%} by processor seconds, whatever else the machine is busy with", flush=True)
    return {"images_per_second": rates, "shares": shares, "processor_shares": of_processors}


def memory(run: Run, images: Path, count: int) -> dict:
    """The peak of memory of the process of a job about so many images, and how long it took."""
    paths = sorted(images.rglob("*.jpg"))
    with tempfile.TemporaryDirectory(dir=run.workspace.root) as folder:
        for number in range(count):
            copy(paths[number % len(paths)], Path(folder) / f"{number:06}.jpg")
        job = start_prediction(run.workspace, [run], [folder])
        peak = 0
        while (status := job.status()).active:
            for pid, _ in status.processes:
                try:
                    peak = max(peak, psutil.Process(int(pid)).memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(SECONDS_BETWEEN_LOOKS)
    if status.state != "done":
        sys.exit(f"the prediction failed: {status.error}")
    answered = sum(len(part) for part in job.parts())
    print(
        f"a job about {answered:,} images: {peak >> 20:,} MB at most (at most {MOST_MEMORY >> 20} asked), "
        f"{status.seconds:.0f} seconds",
        flush=True,
    )
    return {"images": answered, "peak_bytes": peak, "seconds": status.seconds}


def copy(source: Path, target: Path) -> None:
    """A hard link, or a copy where the disk is another one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
