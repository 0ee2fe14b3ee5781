"""Milliseconds of the filters that the page Concepts computes at each move, beside other ways to the same answer.

A convolution with 3 × 3 and with 20 × 20 numbers and a median of 5 × 5, of a grey picture of 512 × 512 pixels. The
other ways are SciPy's, and sums that are written out in Python; these are timed on a part of the picture and multiplied
up. That the answers are the same is looked at first. Prints a table and writes JSON.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import ndimage, signal
from timing import quickest

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.concepts.filters.convolution import Convolution, convolve  # noqa: E402
from core.concepts.filters.denoising import median_filter  # noqa: E402
from core.concepts.filters.kernels import KERNELS  # noqa: E402
from core.concepts.pictures import shipped_pixels  # noqa: E402

LIMITS = {"convolution 3 × 3": 30.0, "median 5 × 5": 200.0}
SIDE = 512
ROWS = 16  # of the picture, for the sums that are written out
REFLECTED = Convolution(outside="reflect")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/filters.json")
    options = parser.parse_args()
    picture = shipped_pixels("camera")[:SIDE, :SIDE, 0]
    rows = [
        convolution(picture, KERNELS["sobel_x"].matrix, options.repeats),
        convolution(picture, KERNELS["gaussian"].matrix, options.repeats),
        median(picture, 5, options.repeats),
    ]
    print(pd.DataFrame(rows).set_index("filter").T.to_string(float_format="{:.1f}".format, na_rep="–"))
    print()
    for row in rows:
        if limit := LIMITS.get(row["filter"]):
            print(f"{row['filter']} of {SIDE} × {SIDE}: {row['ms']:.1f} ms (at most {limit:g} ms asked)")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps({"limits": LIMITS, "rows": rows}, indent=1))


def convolution(picture: np.ndarray, kernel: np.ndarray, repeats: int) -> dict:
    as_float = picture.astype(float)
    ways = {
        "": lambda: convolve(picture, kernel, REFLECTED),
        "scipy.ndimage.correlate": lambda: ndimage.correlate(as_float, kernel, mode="reflect"),
        "scipy.signal.convolve2d": lambda: signal.convolve2d(
            np.pad(as_float, margins(kernel), "symmetric"), kernel[::-1, ::-1], "valid"
        ),
    }
    height, width = kernel.shape
    # SciPy's centre of an even kernel is another pixel.
    skipped = slice(1, None) if height % 2 == 0 else slice(None)
    moved = slice(None, -1) if height % 2 == 0 else slice(None)
    assert np.allclose(ways[""]()[moved, moved], ways["scipy.ndimage.correlate"]()[skipped, skipped])
    return table_row(f"convolution {height} × {width}", ways, repeats) | in_python(
        lambda window: sum(value * factor for value, factor in zip(window, kernel.ravel().tolist(), strict=True)),
        picture,
        kernel.shape,
    )


def median(picture: np.ndarray, side: int, repeats: int) -> dict:
    ways = {
        "": lambda: median_filter(picture, side),
        "scipy.ndimage.median_filter": lambda: ndimage.median_filter(picture, side),
        "scipy.signal.medfilt2d": lambda: signal.medfilt2d(picture, side),
    }
    assert np.array_equal(ways[""](), ways["scipy.ndimage.median_filter"]())
    return table_row(f"median {side} × {side}", ways, repeats) | in_python(
        lambda window: sorted(window)[len(window) // 2], picture, (side, side)
    )


def table_row(name: str, ways: dict[str, Callable[[], object]], repeats: int) -> dict:
    seconds = {way: quickest(compute, repeats) for way, compute in ways.items()}
    own = seconds.pop("")
    row = {"filter": name, "ms": 1000 * own}
    for way, other in seconds.items():
        row |= {f"ms of {way}": 1000 * other, f"times as quick as {way}": other / own}
    return row


def in_python(compute: Callable[[list], float], picture: np.ndarray, shape: tuple[int, ...]) -> dict:
    """Milliseconds of sums that are written out, pixel by pixel."""
    padded = np.pad(picture[:ROWS], margins(np.empty(shape)), "symmetric").tolist()

    def loop() -> list[list[float]]:
        return [
            [
                compute([padded[y + i][x + j] for i in range(shape[0]) for j in range(shape[1])])
                for x in range(picture.shape[1])
            ]
            for y in range(ROWS)
        ]

    return {"ms of a loop in Python": 1000 * quickest(loop, 1) * picture.shape[0] / ROWS}


def margins(kernel: np.ndarray) -> tuple[tuple[int, int], ...]:
    return REFLECTED.margins(kernel.shape)


if __name__ == "__main__":
    main()
