"""How long it takes to tell from a hundred thousand names what belongs together, beside dividing as many images.

Names of smears, plain numbers, hashes and names made to be slow. Prints a table, writes JSON.
"""

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets.grouping.naming import find_naming_habit  # noqa: E402
from core.datasets.splits import SplitSettings, draw_splits  # noqa: E402

MANY = 100_000
REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/naming.json")
    options = parser.parse_args()
    kinds = {
        "smears": lambda n: f"BloodImage_{n // 20:05}_{n % 20}_{7 * n % 1000}",
        "folders of patients": lambda n: f"patient_{n // 10:05}/IMG_{n % 10}",
        "numbers": str,
        "hashes": lambda n: f"{hashlib.md5(str(n).encode()).hexdigest()}_{n % 4}",
        "birds": lambda n: f"{('Black_Footed_Albatross', 'Crow')[n % 2]}_{n // 2:04}_{13 * n}",
        "long names": lambda n: "a_1_" * 50 + str(n),
        "only signs": lambda n: "_" * 200 + str(n),
    }
    labels = ["ab"[n // 50 % 2] for n in range(MANY)]
    dividing = seconds(divide, np.array(labels))
    rows = []
    for name, form in kinds.items():
        paths = [f"{label}/{form(n)}.png" for n, label in enumerate(labels)]
        took = seconds(find_naming_habit, paths, labels)
        found = find_naming_habit(paths, labels).pattern
        rows.append({"names": name, "found": found, "seconds": took, "of dividing as many": took / dividing})
    print(f"{MANY:,} names; dividing as many images takes {dividing:.2f} s")
    print(pd.DataFrame(rows).set_index("names").to_string(float_format="{:.2f}".format))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(rows, indent=1))


def divide(labels: np.ndarray) -> None:
    identities = np.array([f"{number:032x}" for number in range(MANY)])
    draw_splits(labels, identities, np.full(MANY, ""), SplitSettings(), np.arange(MANY) // 20)


def seconds(function, *arguments) -> float:
    """The least of some runs: other programs only ever add to it."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function(*arguments)
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    main()
