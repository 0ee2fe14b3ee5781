"""Tables of answers as files: CSV that a spreadsheet opens without harm, Parquet, and JSON lines."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.parquet

from core.errors import UsageError
from core.files import replacing
from core.prediction.answers import Answers
from core.spreadsheet import safe_table

# Of a share; more than any network is worth, and short.
SIGNIFICANT_DIGITS = 6

Write = Callable[[pd.DataFrame], None]


def write_tables(parts: Iterable[Answers], paths: Mapping[str, Path], top: int = 2) -> int:
    """Write answers to files, part by part, so that no more than one of them is in memory.

    Parameters
    ----------
    parts
        The answers, of which `Answers.table` is written.
    paths
        By format, "csv", "parquet" or "jsonl", the file to write or replace: all of it, or it stays as it was.
    top
        As `Answers.table` takes it.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    UsageError
        If there is no such format.
    OSError
        If a file can't be written.
    """
    for form in paths:
        if form not in FORMS:
            raise UsageError(f"There is no table format {form!r}. There are: {', '.join(FORMS)}.")
    rows = 0
    with ExitStack() as files:
        writers = [files.enter_context(FORMS[form](path)) for form, path in paths.items()]
        for part in parts:
            table = part.table(top)
            rows += len(table)
            for write in writers:
                write(table)
    return rows


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    # As bytes that begin with a mark, by which Excel knows UTF-8; pandas and all other readers of CSV pass over it.
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        begun = False

        def write(table: pd.DataFrame) -> None:
            nonlocal begun
            digits = f"%.{SIGNIFICANT_DIGITS}g"
            safe_table(table).to_csv(file, index=False, header=not begun, float_format=digits)
            begun = True

        yield write


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    with replacing(path) as temporary, ExitStack() as open_file:
        writers: list[pyarrow.parquet.ParquetWriter] = []

        def write(table: pd.DataFrame) -> None:
            rows = pyarrow.Table.from_pandas(table, preserve_index=False)
            if not writers:  # the first part tells of which type the columns are
                writers.append(open_file.enter_context(pyarrow.parquet.ParquetWriter(temporary, rows.schema)))
            writers[0].write_table(rows)

        yield write


@contextmanager
def _json_lines(path: Path) -> Iterator[Write]:
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:

        def write(table: pd.DataFrame) -> None:
            for row in table.astype(object).where(table.notna(), None).to_dict("records"):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")

        yield write


FORMS = {"csv": _csv, "parquet": _parquet, "jsonl": _json_lines}
"""What opens a file of each format, and gives what writes a part of a table to it."""
