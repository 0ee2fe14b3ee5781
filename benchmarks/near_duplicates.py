"""How many near duplicates are found, how many pairs are false, and what it costs.

Plants one changed copy of every image of a kind into drawn and, where there are any, real images. A pair of images that
is no planted one counts as false; equal real images are found as such and counted apart. Prints tables, writes JSON.
"""

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
from given_images import add_images_option
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets.alike.near_duplicates import clusters, near_pairs  # noqa: E402
from core.datasets.samples import write_sample  # noqa: E402
from core.datasets.samples.faults import FAULTS, NEAR_KINDS  # noqa: E402
from core.images.fingerprint import COSINES, FIELDS, FLAT, SIDE, cosine_matrix, fingerprint  # noqa: E402
from core.images.formats import SUFFIXES  # noqa: E402
from core.images.reading import open_rgb  # noqa: E402

DRAWN = ("cats_vs_dogs_sample", "aerial_scenes_sample")
REAL = ("cats_dogs", "aerial_scenes")
MANY = 100_000
COPIES = MANY // 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/near_duplicates.json")
    options = parser.parse_args()
    images = Path(options.images).resolve()
    rows, greys = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name in DRAWN:
            write_sample(name, Path(folder) / name)
        for source in [*(Path(folder) / name for name in DRAWN), *(images / name for name in REAL)]:
            if source.is_dir():
                row, small = measure(source)
                rows.append(row)
                greys.append(small)
            else:
                print(f"skipped: there is no folder {source}; name the one above it with --images")
    print(pd.DataFrame(rows).set_index("images").T.to_string())
    many = search_many(np.concatenate(greys))
    print(
        f"\n{MANY:,} images: {many['seconds']:.1f} s (at most 10 s asked), {many['share_found']:.1%} of {COPIES:,} "
        f"copies found, {many['peak_megabytes']:.0f} MB beside the fingerprints"
    )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps({"images": rows, "many": many}, indent=1))


def measure(source: Path) -> tuple[dict, np.ndarray]:
    """The shares found, the false pairs and the milliseconds on one folder, and its small grey pictures."""
    paths = sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES)
    pictures, decode_ms = timed(open_rgb, paths)
    prints, fingerprint_ms = timed(fingerprint, pictures)
    originals = columns(prints, pictures)
    equal = len(paths) - len({(picture.size, picture.tobytes()) for picture in pictures})
    false = len(near_pairs(*originals)) - equal
    row = {"images": source.name, "n": len(paths), "equal images": equal}
    row["false pairs per 1,000"] = 1000 * false / len(paths)
    generator = np.random.default_rng(0)
    for kind in NEAR_KINDS:
        copies = [changed(kind, picture, generator) for picture in pictures]
        both = [np.concatenate(each) for each in zip(originals, columns(map(fingerprint, copies), copies), strict=True)]
        row[f"{kind} found of n"] = share_found(near_pairs(*both), len(paths), 2 * len(paths))
    row |= {
        "decode ms": decode_ms,
        "fingerprint ms": fingerprint_ms,
        "fingerprint / decode": fingerprint_ms / decode_ms,
    }
    return row, originals[1]


def timed(function, arguments) -> tuple[list, float]:
    """The results, and the median of the milliseconds that one call takes."""
    results, seconds = [], []
    for argument in arguments:
        start = time.perf_counter()
        results.append(function(argument))
        seconds.append(time.perf_counter() - start)
    return results, 1000 * float(np.median(seconds))


def changed(kind: str, picture: Image.Image, generator: np.random.Generator) -> Image.Image:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(FAULTS[kind].make(picture, generator))
        return open_rgb(file)


def columns(prints, pictures) -> tuple[np.ndarray, ...]:
    """What `near_pairs` takes."""
    prints = list(prints)
    greys, colours = (
        np.array([np.frombuffer(getattr(each, name), np.uint8) for each in prints]) for name in ("grey", "colours")
    )
    hashes = np.array([each.hash for each in prints], np.uint64)
    return hashes, greys, colours, np.array([each.size for each in pictures])


def share_found(pairs: np.ndarray, copies: int, n: int) -> float:
    """The share of the copies, which are the last images, that are in one cluster with their originals."""
    labels = clusters(n, pairs)
    return float(np.mean(labels[:copies] == labels[n - copies :]))


def search_many(greys: np.ndarray) -> dict:
    """Seconds for many images with the spectra of these: the signs of 30 % of their cosine coefficients are turned."""
    generator, waves = np.random.default_rng(0), cosine_matrix(SIDE)
    many = np.empty((MANY, SIDE**2), np.uint8)
    for rows in np.array_split(np.arange(MANY), 20):
        spectra = waves @ greys[generator.integers(0, len(greys), len(rows))].reshape(-1, SIDE, SIDE) @ waves.T
        signs = np.where(generator.random(spectra.shape) < 0.3, -1, 1)
        signs[:, 0, 0] = 1  # the brightness
        many[rows] = np.clip(np.rint(waves.T @ (spectra * signs) @ waves), 0, 255).reshape(len(rows), -1)
    noise = generator.integers(-2, 3, (COPIES, SIDE**2))
    many[-COPIES:] = np.clip(many[:COPIES] + noise, 0, 255)
    bits = np.concatenate([rows @ COSINES.T > FLAT for rows in np.array_split(many, 20)])
    hashes = np.packbits(bits, axis=1, bitorder="little").view(np.uint64).ravel()
    # All of one colour: then it spares no comparison.
    arguments = (hashes, many, np.full((MANY, 3 * FIELDS**2), 128, np.uint8), np.full((MANY, 2), 256))
    start = time.perf_counter()
    pairs = near_pairs(*arguments)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    near_pairs(*arguments)  # again, since watching the memory takes time
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    return {"seconds": seconds, "share_found": share_found(pairs, COPIES, MANY), "peak_megabytes": peak}


if __name__ == "__main__":
    main()
