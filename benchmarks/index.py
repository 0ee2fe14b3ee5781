"""How fast images are read in, beside bare decoding of the same files, with how much memory, and where the time goes.

The import is the process that the pages start; bare decoding opens each file with Pillow, converts it to RGB and
resizes it to 224 × 224, in as many processes. It runs before and after the import, and is timed by the mean of the two.
Prints tables and writes JSON. The folders are made for this and removed again.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import joblib
import numpy as np
import psutil
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets import importing, index  # noqa: E402
from core.datasets.store import Dataset  # noqa: E402
from core.workspace import Workspace  # noqa: E402

LEAST_RATE, MOST_MEMORY_GB, MOST_SECONDS_AGAIN = 0.7, 1.0, 2.0
PHOTOGRAPH, SMALL = (500, 375), (64, 64)
CLASSES = 10
QUALITY = 90
# Amplitudes fall with this power of the frequency: 500 × 375 pixels then come to 37 KB, photographs of cats to 43 KB.
TEXTURE_SIDE, TEXTURE_POWER = 1200, 1.6
BARE_SIDE = 224
SECONDS_BETWEEN_LOOKS = 0.3
# What the import is made of: where a name of the program lies, and what it is called here.
PARTS = {
    "find images": (importing, "find_images"),
    "look at files": (index, "stamps"),
    "describe": (index.Index, "_describe"),
    "near copies": (importing, "near_pairs"),
    "unlikeness": (importing, "unlikeness"),
    "write manifest": (Dataset, "save"),
    "divide": (Dataset, "keep_split"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=int, nargs="*", default=[25_000], help="of 500 × 375 pixels")
    parser.add_argument("--small", type=int, nargs="*", default=[5_000, 25_000, 100_000], help="of 64 × 64 pixels")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/index.json")
    parser.add_argument("--as", dest="role", choices=["bare", "import"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        print(json.dumps(decode_bare(options.folder) if options.role == "bare" else import_timed(options.folder)))
        return
    with tempfile.TemporaryDirectory() as home:
        results = {
            f"{count:,} of {size[0]} × {size[1]}": measure(count, size, Path(home))
            for size, counts in ((PHOTOGRAPH, options.photographs), (SMALL, options.small))
            for count in sorted(counts)
        }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False))


def measure(count: int, size: tuple[int, int], home: Path) -> dict:
    """Import so many new pictures, and once more with nothing changed."""
    folder = home / f"{size[0]}"
    write_pictures(folder, count, size)  # those of a smaller count are there already
    dataset = importing.create_from_path(Workspace.at(home), folder, f"pictures_{size[0]}_{count}")
    before, _ = run("bare", folder)
    parts, result = run("import", dataset.folder)
    after, _ = run("bare", folder)
    _, again = run("import", dataset.folder)
    bare = (before["bare"] + after["bare"]) / 2
    result |= {"bare seconds": bare, "share of the bare rate": bare / result["seconds"]}
    result |= {"milliseconds an image": 1000 * result["seconds"] / count, "seconds again": again["seconds"]}
    print(f"\n{count:,} pictures of {size[0]} × {size[1]}")
    for name, value in result.items():
        print(f"  {name:<24}{value:8.2f}{_asked(name, size)}")
    print("  of which: " + ", ".join(f"{name} {value:.2f} s" for name, value in parts.items()), flush=True)
    return result | {"parts": parts}


def _asked(name: str, size: tuple[int, int]) -> str:
    if name == "share of the bare rate":  # what starts with every import weighs too much on small pictures
        return f"   at least {LEAST_RATE} asked" if size == PHOTOGRAPH else ""
    limits = {"peak memory, GB": MOST_MEMORY_GB, "seconds again": MOST_SECONDS_AGAIN}
    return f"   at most {limits[name]:g} asked" if name in limits else ""


# Pictures ------------------------------------------------------------------------------------------------------------


def write_pictures(folder: Path, count: int, size: tuple[int, int], classes: int = CLASSES) -> None:
    """Write distinct JPEGs like photographs in what it costs to decode them, in so many folders of equal size."""
    for number in range(classes):
        (folder / f"class_{number}").mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(partial(_write_picture, folder, size, classes), range(count), chunksize=200))


def _write_picture(folder: Path, size: tuple[int, int], classes: int, number: int) -> None:
    path = folder / f"class_{number % classes}" / f"{number:06d}.jpg"
    if path.exists():
        return
    generator = np.random.default_rng(number)
    places = generator.integers(0, TEXTURE_SIDE - max(size), (2, 2))
    crops = [_texture(which).crop((x, y, x + size[0], y + size[1])) for which, (x, y) in enumerate(places.tolist())]
    Image.blend(*crops, generator.uniform(0.2, 0.8)).save(path, quality=QUALITY)


@cache
def _texture(seed: int) -> Image.Image:
    """Coloured noise with a spectrum that falls as that of photographs does."""
    generator = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(TEXTURE_SIDE)[:, None], np.fft.rfftfreq(TEXTURE_SIDE))
    amplitude = np.maximum(frequency, 2 / TEXTURE_SIDE) ** -TEXTURE_POWER
    shared, *own = (generator.standard_normal((2, *frequency.shape)) for _ in range(4))
    waves = [np.fft.irfft2((real + 1j * imaginary) * amplitude) for real, imaginary in shared + 0.4 * np.stack(own)]
    levels = np.stack([128 + 60 * wave / wave.std() for wave in waves], axis=-1)
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


# Processes -----------------------------------------------------------------------------------------------------------


def run(role: str, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Run this file in another role: what it answers, and what it took.

    Seconds of the processors tell more than those of the clock where others use them as well.
    """
    used = os.times()
    command = [sys.executable, __file__, "--as", role, "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT)
    seconds, peak = watch(process)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    user, system = (os.times()[field] - used[field] for field in (2, 3))  # of processes that were started here
    facts = {"seconds": seconds, "processor seconds": user + system, "peak memory, GB": peak / 1e9}
    return json.loads(process.stdout.read()), facts


def watch(process: subprocess.Popen) -> tuple[float, int]:
    """Wait for the end of a process: the seconds until then, and the peak memory of it and all that it started."""
    began, peak = time.monotonic(), 0
    while True:
        try:
            process.wait(SECONDS_BETWEEN_LOOKS)
            return time.monotonic() - began, peak
        except subprocess.TimeoutExpired:
            peak = max(peak, memory_of(process.pid))


def memory_of(pid: int) -> int:
    """Bytes that a process and all that it started hold; what several share is counted once."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            facts = process.memory_full_info()
            total += getattr(facts, "pss", facts.uss)
    except psutil.NoSuchProcess:  # ended meanwhile
        pass
    return total


def decode_bare(folder: Path) -> dict[str, float]:
    """Seconds that decoding and resizing all files of a folder take, without what imports and their start take."""
    os.nice(importing.NICENESS)
    paths = sorted(map(str, folder.rglob("*.jpg")))
    began = time.monotonic()
    with ProcessPoolExecutor(joblib.cpu_count()) as pool:
        list(pool.map(_decode_bare, paths, chunksize=index.IMAGES_AT_ONCE))
    return {"bare": time.monotonic() - began}


def _decode_bare(path: str) -> None:
    with Image.open(path) as image:
        image.convert("RGB").resize((BARE_SIDE, BARE_SIDE))


def import_timed(folder: Path) -> dict[str, float]:
    """Run the import as its own process does, and say how long its parts took."""
    seconds = {name: 0.0 for name in PARTS}
    for name, (place, function) in PARTS.items():
        setattr(place, function, _timed(getattr(place, function), seconds, name))
    sys.argv = [sys.argv[0], str(folder)]
    if importing.main():
        sys.exit(1)
    return seconds


def _timed(function, seconds: dict[str, float], name: str):
    def timed(*arguments, **options):
        began = time.monotonic()
        try:
            return function(*arguments, **options)
        finally:
            seconds[name] += time.monotonic() - began

    return timed


if __name__ == "__main__":
    main()
