"""How near the extraction of features comes to this machine's limit, on real photographs.

With a = images a second of decoding and resizing alone and b = those of the bare backbone alone, in the way and at the
batch size that the plan picks, both on all cores, nothing on a processor can be faster than 1 / (1/a + 1/b), and
nothing with a graphics card faster than the slower of the two. The three are measured in turn, in one process and
several rounds; each round has its share of the limit, and their median counts. The same in processor seconds tells how
much work is done besides, whatever else the machine is busy with. Only MobileNet has real weights here: the others run
on random numbers, for the speed alone. Prints a table and writes JSON.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from given_images import add_images_option, given_images
from training import machine

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from core.architectures.registry import find_architecture  # noqa: E402
from core.architectures.weights import path_at_hand  # noqa: E402
from core.images.description import describe  # noqa: E402
from core.images.reading import read_square  # noqa: E402

LEAST_SHARE = 0.85
# The rounds of a quiet machine agree within a tenth or so. Where they differ by more than this factor, others used it.
MOST_SPREAD = 1.3


@dataclass(frozen=True)
class Part:
    """A backbone to measure: whether it runs on random numbers, and on how many of the photographs."""

    untrained: bool
    count: int


PARTS = {"mobilenet_075": Part(False, 1000), "vgg16": Part(True, 64), "inception_v3": Part(True, 128)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--count", type=int, default=1000, help="of images at most; fewer for the slow backbones")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/extraction.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    paths = sorted(path for path in (images / "cats_dogs").rglob("*") if path.suffix == ".jpg")
    results = {"machine": machine(), "rounds": options.rounds, "asked": LEAST_SHARE, "parts": {}}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        count = min(PARTS[name].count, options.count, len(paths))
        chosen = [paths[place] for place in np.linspace(0, len(paths) - 1, count).astype(int)]
        results["parts"][name] = measure(name, chosen, options.rounds)
        options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False))


def measure(name: str, paths: list[Path], rounds: int) -> dict:
    """Measure one backbone in all rounds, and say what came of it."""
    from core.features.devices import cards
    from core.features.plan import SAMPLE_IMAGES, measure
    from core.features.runtimes import runtimes
    from core.networks.backbones import build_backbone

    architecture = find_architecture(name)
    side, untrained = architecture.input_size, PARTS[name].untrained
    backbone = build_backbone(architecture, side, None if untrained else path_at_hand(architecture))
    pixels = decoded(paths, side)
    plan = measure(backbone, pixels[:SAMPLE_IMAGES], runtimes())
    compute = runtimes()[plan.runtime].make(backbone)
    tasks = {
        "decode and resize": partial(decoded, paths, side),
        "bare backbone": partial(computed, pixels, compute, plan.batch_size),
        "extraction": extraction(paths, side, compute, plan.batch_size),
    }
    tasks["bare backbone"]()  # what there is to compile is compiled before
    taken = [in_turn(tasks, number) for number in range(rounds)]
    shares = [share_of_limit(seconds, bool(cards())) for seconds, _ in taken]
    processor_shares = [share_of_limit(seconds, False) for _, seconds in taken]
    result = {
        "images": len(paths),
        "untrained": untrained,
        "plan": plan.to_dict(),
        "images_per_second": {task: median(len(paths) / seconds[task] for seconds, _ in taken) for task in tasks},
        "share_of_limit": median(shares),
        "share_of_processor_seconds": median(processor_shares),
        "shares": shares,
        "processor_shares": processor_shares,
    }
    report(architecture.title, result)
    return result


def in_turn(tasks: dict[str, Callable[[], object]], number: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of the clock and of the processors that each task takes; every round begins with another one."""
    names = list(tasks)
    clock, processors = {}, {}
    for name in names[number % len(names) :] + names[: number % len(names)]:
        began, used = time.perf_counter(), time.process_time()
        tasks[name]()
        clock[name], processors[name] = time.perf_counter() - began, time.process_time() - used
    return clock, processors


def share_of_limit(seconds: dict[str, float], side_by_side: bool) -> float:
    """The least seconds that decoding and computing take together, as a share of what the extraction took.

    Parameters
    ----------
    side_by_side
        Whether the two run on different devices, so that the slower one hides the other.
    """
    decode, bare = seconds["decode and resize"], seconds["bare backbone"]
    return (max(decode, bare) if side_by_side else decode + bare) / seconds["extraction"]


# The three that are measured -----------------------------------------------------------------------------------------


def decoded(paths: list[Path], side: int) -> np.ndarray:
    """All images, uint8 of shape (n, side, side, 3), read by a thread a core."""
    pixels = np.empty((len(paths), side, side, 3), np.uint8)

    def read(row: int) -> None:
        pixels[row] = read_square(paths[row], side)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(read, range(len(paths))))
    return pixels


def computed(pixels: np.ndarray, compute: Callable[[np.ndarray], np.ndarray], batch_size: int) -> None:
    for start in range(0, len(pixels), batch_size):
        compute(pixels[start : start + batch_size])


def extraction(
    paths: list[Path], side: int, compute: Callable[[np.ndarray], np.ndarray], batch_size: int
) -> Callable[[], None]:
    """What computes the features of all images into a store that is empty each time."""
    from core.features.store import FeatureStore, extract

    identities = [describe(path).pixel_hash for path in paths]

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = FeatureStore(Path(folder), {"architecture": "benchmark", "image_size": side})
            problems = extract(store, identities, paths, side, compute, lambda done, total: None, batch_size)
            if problems or not all(identity in store for identity in identities):
                sys.exit(f"some features are missing: {problems}")

    return run


def report(title: str, result: dict) -> None:
    weights = "RANDOM weights: for the speed alone" if result["untrained"] else "ImageNet weights"
    print(f"\n{title}, {weights}: {result['images']:,} photographs, images a second, median of the rounds")
    print(f"  plan: {result['plan']['words']}")
    for task, rate in result["images_per_second"].items():
        print(f"  {task:<20}{rate:8.1f}")
    shares = ", ".join(f"{share:.0%}" for share in result["shares"])
    print(f"  {result['share_of_limit']:.0%} of the limit (at least {LEAST_SHARE:.0%} asked); by round: {shares}")
    print(f"  {result['share_of_processor_seconds']:.0%} by processor seconds", flush=True)
    if max(result["shares"]) > MOST_SPREAD * min(result["shares"]):
        print("  The rounds differ so much that only the processor seconds tell anything: run it on a quiet machine.")


if __name__ == "__main__":
    main()
