"""Reads tables from files, CSV of any delimiter, TSV and Parquet, as columns of text."""

import csv
import io
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from core.datasets.sources.annotations.opening import (
    ANNOTATION_SUFFIXES,
    NoAnnotations,
    open_annotations,
    open_known_csv,
)
from core.datasets.sources.listing import is_image
from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".parquet"}) | ANNOTATION_SUFFIXES
"""Endings of tables, in lower case."""

MOST_BYTES = 200 * 2**20
MOST_ROWS = 1_000_000
_DELIMITERS = ",;\t|"
_LINES_TO_LOOK_AT = 20
_LETTERS_TO_LOOK_AT = 100_000
_LONGEST_TEXT = 10_000  # bytes on average; paths and labels are far shorter
_ROWS_AT_ONCE = 10_000


class TableFile(Protocol):
    """A table whose columns are known and whose rows are read when they are wanted.

    Attributes
    ----------
    names
        Names of the columns.
    warnings
        What had to be guessed to read it, in words.
    columns
        Names of the columns whose role the format itself fixes, by role: "path", "label", "split" and "group". Empty
        for plain tables; may be missing altogether.
    """

    names: list[str]
    warnings: list[str]
    columns: Mapping[str, str]

    def holds_text(self, column: int) -> bool:
        """False for columns of bytes, lists and the like."""

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        """The chosen columns of each row as text, "" where empty; None for a row with more fields than columns."""


def open_table(path: Path) -> TableFile:
    """Open a table.

    Raises
    ------
    NoAnnotations
        If it is a file such as notes in .txt, or settings in .json, that says nothing of images.
    UsageError
        If there is no file, or it is too large, empty or damaged, or no table.
    """
    if not path.is_file():
        raise UsageError(f"There is no table {path}. Check the spelling.")
    if os.path.getsize(path) > MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {MOST_BYTES >> 20:,} MB. Keep only the columns that are needed.")
    if path.suffix.lower() not in TABLE_SUFFIXES:
        kinds = ", ".join(sorted(TABLE_SUFFIXES))
        raise UsageError(f"{path.name} is not a table by its ending. Expected one of {kinds}.")
    try:
        return _opened(path, path.suffix.lower())
    except OSError as error:
        raise UsageError(f"{path.name} cannot be opened: {error.strerror or error}.") from error


def _opened(path: Path, suffix: str) -> TableFile:
    if suffix == ".parquet":
        return _ParquetTable(path)
    if suffix not in ANNOTATION_SUFFIXES:
        return (open_known_csv(path) if suffix == ".csv" else None) or _TextTable(path)
    try:
        return open_annotations(path)
    except NoAnnotations:
        table = _TextTable(path) if suffix == ".txt" else None  # people save tables as text too
        if table is None or not _names_images(table):
            raise
        return table


def _names_images(table: TableFile) -> bool:
    """Whether a column holds nothing but names of images in the first rows."""
    first = [row for row in islice(table.rows(range(len(table.names))), _LINES_TO_LOOK_AT) if row]
    columns = list(zip(*first, strict=True)) if len(table.names) > 1 else []
    return any(all(map(is_image, column)) for column in columns)


# Text ----------------------------------------------------------------------------------------------------------------


class _TextTable:
    def __init__(self, path: Path):
        self._called = path.name
        self._text, encoding = decoded(path.read_bytes(), path.name)
        self.warnings = []
        if encoding:
            self.warnings.append(
                f"{path.name} is not in UTF-8 and was read as {encoding}, which is a guess. Check names with accents."
            )
        _refuse_too_many(
            self._text.count("\n") - 1, path.name
        )  # at once, and not after a million files were looked for
        self._delimiter = _delimiter(self._text[:_LETTERS_TO_LOOK_AT])
        self.names = [name.strip() for name in next(self._read(), [])]
        if not self.names:
            raise UsageError(f"{path.name} is empty. Expected a line of column names and a line for each image.")

    def holds_text(self, column: int) -> bool:
        return True

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        for number, row in enumerate(islice(self._read(), 1, None), start=1):
            _refuse_too_many(number, self._called)
            if len(row) > len(self.names):
                yield None
            else:
                yield [row[column].strip() if column < len(row) else "" for column in columns]

    def _read(self) -> Iterator[list[str]]:
        """The lines that are not blank, as fields."""
        try:
            yield from filter(any, csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter))
        except csv.Error as error:
            raise UsageError(f"{self._called} is not a table of text, or is damaged ({error}).") from error


def _delimiter(text: str) -> str:
    """The delimiter by which most of the first lines have as many fields as the header, at least two."""

    def agreement(delimiter: str) -> tuple[float, int]:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            counts = [len(row) for row in islice(filter(any, lines), _LINES_TO_LOOK_AT)]
        except csv.Error:
            return 0.0, 0
        if not counts or counts[0] < 2:
            return 0.0, 0
        return counts.count(counts[0]) / len(counts), counts[0]

    return max(_DELIMITERS, key=agreement)


# Parquet -------------------------------------------------------------------------------------------------------------


class _ParquetTable:
    def __init__(self, path: Path):
        import pyarrow as pa  # takes a fifth of a second, which nothing but Parquet should cost
        import pyarrow.parquet as pq

        self._called, self.warnings, self._damage = path.name, [], pa.ArrowException
        try:
            schema = pq.read_schema(path)
            # Read as dictionaries, text that is repeated is held once: a small hostile file cannot fill the memory.
            repeated = [
                field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
            ]
            self._file = pq.ParquetFile(path, read_dictionary=repeated)
        except (pa.ArrowException, OSError) as error:
            message = f"{path.name} is not a Parquet file, or is damaged. Write or download it again."
            raise UsageError(message) from error
        self.names = schema.names
        self._without_text = {
            index
            for index, field in enumerate(schema)
            if pa.types.is_nested(field.type) or pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
        }
        metadata = self._file.metadata
        _refuse_too_many(metadata.num_rows, path.name)
        if any(metadata.row_group(index).total_byte_size > 8 * MOST_BYTES for index in range(metadata.num_row_groups)):
            raise UsageError(f"{path.name} unpacks to too many bytes. Keep only the columns that are needed.")

    def holds_text(self, column: int) -> bool:
        return column not in self._without_text

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        names = [self.names[column] for column in columns]
        for column, name in zip(columns, names, strict=True):
            if not self.holds_text(column):
                raise UsageError(f"The column “{name}” of {self._called} holds no text. Choose another column.")
        try:
            for batch in self._file.iter_batches(_ROWS_AT_ONCE, columns=names):
                yield from map(list, zip(*(self._values(batch.column(name), name) for name in names), strict=True))
        except (self._damage, OSError) as error:
            raise UsageError(f"{self._called} is damaged. Write or download it again.") from error

    def _values(self, column: Any, name: str) -> list[str]:
        """A piece of a column as text."""
        if not hasattr(column, "dictionary"):
            return [_as_text(value) for value in column.to_pylist()]
        if column.dictionary.nbytes > _LONGEST_TEXT * (len(column.dictionary) + 1):
            raise UsageError(f"The column “{name}” of {self._called} holds long texts. Choose another column.")
        values = [_as_text(value) for value in column.dictionary.to_pylist()]
        return ["" if index is None else values[index] for index in column.indices.to_pylist()]


def _as_text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():  # how pandas writes whole numbers where some are missing
        return str(int(value))
    return str(value).strip()


def _refuse_too_many(rows: int, called: str) -> None:
    if rows > MOST_ROWS:
        raise UsageError(f"{called} has more than {MOST_ROWS:,} rows. Split it into smaller ones.")
