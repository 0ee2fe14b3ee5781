"""What commands give back, and how it is put for people."""

import re
import sys
import time
from typing import Any

DONE, FAILED, BAD_USAGE = 0, 1, 2
# A JSON-ready document, the same for people, and the exit code.
Result = tuple[Any, str, int]
SECONDS_BETWEEN_LINES = 2.0
# With its unit behind it, or an interval; an id or a file name begins with a digit too, but goes on otherwise.
NUMBER = re.compile(r"[-+−]?\d[\d,.]*(e[-+]?\d+)?%?(\s.*)?")
NOTHING = ("", "–")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Columns that line up: words to the left, numbers to the right."""
    widths = [max(len(row[index]) for row in [header, *rows]) for index in range(len(header))]
    is_number = [_are_numbers([row[index] for row in rows]) for index in range(len(header))]

    def line(row: list[str]) -> str:
        cells = zip(row, widths, is_number, strict=True)
        return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()

    return "\n".join([line(header), *map(line, rows)])


def _are_numbers(cells: list[str]) -> bool:
    told = [cell for cell in cells if cell not in NOTHING]
    return bool(told) and all(NUMBER.fullmatch(cell) for cell in told)


class ProgressLines:
    """Prints how far work is: a line as a stage begins and as it ends, and one every other second in between."""

    def __init__(self) -> None:
        self._stage, self._line, self._printed = "", "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now, line = time.monotonic(), f"{stage}: {done:,} of {total:,}" if total else stage
        between = stage == self._stage and done != total and now - self._printed < SECONDS_BETWEEN_LINES
        if not between and line != self._line:
            self._stage, self._line, self._printed = stage, line, now
            print(line, file=sys.stderr)


progress_line = ProgressLines()


def say_renamed(former: str, current: str) -> None:
    """Tell a person, and no program, that something is typed by another name from now on."""
    print(f"note: {former} is now called {current}. The old name works for this release only.", file=sys.stderr)
