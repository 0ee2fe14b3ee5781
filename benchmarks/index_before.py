"""Reading JPEGs in by this build beside an earlier one, in turns: `python benchmarks/index_before.py CHECKOUT`.

CHECKOUT is a folder with the earlier build, such as a worktree of git. Both import the same folder into new workspaces,
by their own command line, a pair a round, the second round the other way round. Seconds of the processors count, for
other programs take the clock's. Prints the pairs and their median ratio. The pictures are made for this and removed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.index import PHOTOGRAPH, write_pictures  # noqa: E402

MOST_RATIO = 1.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path, metavar="CHECKOUT", help="the folder of the earlier build")
    parser.add_argument("--images", type=int, default=25_000, help=f"of {PHOTOGRAPH[0]} × {PHOTOGRAPH[1]} pixels")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as home:
        write_pictures(Path(home) / "pictures", options.images, PHOTOGRAPH)
        for number in range(options.rounds):
            order = (options.before, PROJECT) if number % 2 == 0 else (PROJECT, options.before)
            seconds = {build: imported(build, Path(home), f"{number}_{place}") for place, build in enumerate(order)}
            ratios.append(seconds[PROJECT] / seconds[options.before])
            pair = f"{seconds[options.before]:.1f} s before, {seconds[PROJECT]:.1f} s now"
            print(f"round {number + 1}: {pair}, ratio {ratios[-1]:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f}, at most {MOST_RATIO} asked ({options.images:,} JPEGs)")


def imported(build: Path, home: Path, name: str) -> float:
    """The processors' seconds that an import takes, its start and its processes included."""
    used = os.times()
    environment = os.environ | {"WORKBENCH_HOME": str(home / name)}
    command = [sys.executable, "-m", "core", "import", str(home / "pictures"), "--name", "pictures"]
    subprocess.run(command, cwd=build, env=environment, check=True, capture_output=True)
    now = os.times()
    return now.children_user - used.children_user + now.children_system - used.children_system


if __name__ == "__main__":
    main()
