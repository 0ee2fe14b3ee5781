"""What commands give back, and how it is put for people."""

import sys
from typing import Any

DONE, FAILED, BAD_USAGE = 0, 1, 2
# A JSON-ready document, the same for people, and the exit code.
Result = tuple[Any, str, int]


def table(header: list[str], rows: list[list[str]]) -> str:
    """Columns that line up: words to the left, numbers to the right."""
    widths = [max(len(row[index]) for row in [header, *rows]) for index in range(len(header))]
    is_number = [bool(rows) and all(row[index][:1].isdecimal() for row in rows) for index in range(len(header))]

    def line(row: list[str]) -> str:
        cells = zip(row, widths, is_number, strict=True)
        return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()

    return "\n".join([line(header), *map(line, rows)])


def progress_line(stage: str, done: int, total: int) -> None:
    if done == total or done % 200 == 0:
        print(f"{stage}: {done:,} of {total:,}" if total else stage, file=sys.stderr)
