"""Reads tables from files, CSV of any delimiter, TSV, Excel and Parquet, as columns of text."""

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
from core.datasets.sources.tables.excel import EXCEL_SUFFIXES, SPREADSHEETS, open_excel
from core.datasets.sources.tables.headers import (
    after_comments,
    after_delimiter_line,
    names_an_image,
    no_names_said,
    numbered,
    title_rows,
    title_said,
)
from core.datasets.sources.tables.limits import LONGEST_LINE, MOST_BYTES, refuse_too_many
from core.datasets.sources.tables.vertex import VertexTable, is_vertex
from core.datasets.sources.words import quoted
from core.errors import UsageError
from core.spreadsheet import true_text

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".parquet"}) | EXCEL_SUFFIXES | ANNOTATION_SUFFIXES
"""Endings of tables, in lower case."""

_DELIMITERS = ",;\t|"
_MOST_TITLE_LINES = 10
_LINES_TO_LOOK_AT = 20
_LETTERS_TO_LOOK_AT = 100_000
_ROWS_TO_COUNT_FIELDS_OF = 1_000
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
        for plain tables.
    column_word
        What messages call its columns: "column", or "field" where the format has no columns, as JSON.
    """

    @property
    def names(self) -> Sequence[str]: ...

    @property
    def warnings(self) -> list[str]: ...

    @property
    def columns(self) -> Mapping[str, str]: ...

    @property
    def column_word(self) -> str: ...

    def holds_text(self, column: int) -> bool:
        """False for columns of bytes, lists and the like."""
        ...

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        """The chosen columns of each row as text, "" where empty; None for a row with more fields than columns."""
        ...


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
    if path.suffix.lower() in SPREADSHEETS:
        raise UsageError(f"{path.name} is a spreadsheet that can't be read. Save it as .xlsx or as CSV in UTF-8.")
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
    if suffix in EXCEL_SUFFIXES:
        return open_excel(path)
    if suffix not in ANNOTATION_SUFFIXES:
        return (open_known_csv(path) if suffix == ".csv" else None) or _text_table(path)
    try:
        return open_annotations(path)
    except NoAnnotations:
        table = _text_table(path) if suffix == ".txt" else None  # people save tables as text too
        if table is None or not _names_images(table):
            raise
        return table


def _text_table(path: Path) -> TableFile:
    table = _TextTable(path)
    return VertexTable(table.fields, path.name, table.warnings[:-1]) if table.is_vertex else table


def _names_images(table: TableFile) -> bool:
    """Whether a column holds nothing but names of images in the first rows."""
    first = [row for row in islice(table.rows(range(len(table.names))), _LINES_TO_LOOK_AT) if row]
    columns = list(zip(*first, strict=True)) if len(table.names) > 1 else []
    return any(all(map(is_image, column)) for column in columns)


# Text ----------------------------------------------------------------------------------------------------------------


class _TextTable:
    column_word = "column"

    def __init__(self, path: Path):
        self._called = path.name
        self._text, encoding = decoded(path.read_bytes(), path.name)
        self.warnings, self.columns = [], {}
        if encoding:
            self.warnings.append(
                f"{path.name} is not in UTF-8 and was read as {encoding}, which is a guess. Check names with accents."
            )
        # At once, and not after a million files were looked for.
        refuse_too_many(self._text.count("\n") - 1, path.name)
        self._text, self._delimiter = after_delimiter_line(self._text)
        self._text, comment = after_comments(self._text)
        self._delimiter = self._delimiter or _delimiter(self._text)
        self._title = title_rows([[cell.strip() for cell in row] for row in islice(self.fields(), _MOST_TITLE_LINES)])
        first = next(islice(self.fields(), self._title, None), [])
        self._has_names = not names_an_image(first)
        self.is_vertex = is_vertex(first)
        self.names = [name.strip() for name in (first if self._has_names else self._names_of_none(first, comment))]
        if not self.names:
            raise UsageError(f"{path.name} is empty. Expected a line of column names and a line for each image.")
        if self._title:
            self.warnings.append(title_said(next(self.fields())[0], path.name))

    def _names_of_none(self, first: list[str], comment: str) -> list[str]:
        """Names of columns where the first row is that of an image: those in a comment above it, or numbers."""
        names = comment.split(self._delimiter) if comment else []
        if len(names) == len(first) > 1:
            return names
        self.warnings.append(no_names_said(self._called))
        return numbered(max(len(row) for row in islice(self.fields(), _ROWS_TO_COUNT_FIELDS_OF)))

    def holds_text(self, column: int) -> bool:
        return True

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        for number, row in enumerate(islice(self.fields(), self._title + self._has_names, None), start=1):
            refuse_too_many(number, self._called)
            if len(row) > len(self.names):
                yield None
            else:
                yield [true_text(row[column].strip()) if column < len(row) else "" for column in columns]

    def fields(self) -> Iterator[list[str]]:
        """The lines that are not blank, as fields."""
        lines = csv.reader(self._lines(), delimiter=self._delimiter, skipinitialspace=True)
        try:
            yield from filter(any, lines)
        except csv.Error as error:
            raise UsageError(f"{self._called} is not a table of text, or is damaged ({error}).") from error

    def _lines(self) -> Iterator[str]:
        for line in io.StringIO(self._text, newline=""):
            if len(line) > LONGEST_LINE:  # of which each letter may become a field
                raise UsageError(f"{self._called} is not a table of text: it has a line of {len(line):,} letters.")
            yield line


def _delimiter(text: str) -> str:
    """The delimiter by which most of the first lines have as many fields as the header, at least two.

    The header is the first line that has two by any; what stands above it is a title.
    """
    start = text[:_LETTERS_TO_LOOK_AT]

    def agreement(delimiter: str) -> tuple[float, int]:
        lines = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter, skipinitialspace=True)
        try:
            counts = [len(row) for row in islice(filter(any, lines), _LINES_TO_LOOK_AT)]
        except csv.Error:
            return 0.0, 0
        if not counts or counts[0] < 2:
            return 0.0, 0
        return counts.count(counts[0]) / len(counts), counts[0]

    for _ in range(_MOST_TITLE_LINES):
        best = max(_DELIMITERS, key=agreement)
        if agreement(best)[1]:
            return best
        start = start.partition("\n")[2]
    return _DELIMITERS[0]


# Parquet -------------------------------------------------------------------------------------------------------------


class _ParquetTable:
    column_word = "column"

    def __init__(self, path: Path):
        import pyarrow as pa  # takes a fifth of a second, which nothing but Parquet should cost
        import pyarrow.parquet as pq

        self._called, self.warnings, self.columns, self._damage = path.name, [], {}, pa.ArrowException
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
        refuse_too_many(metadata.num_rows, path.name)
        if any(metadata.row_group(index).total_byte_size > 8 * MOST_BYTES for index in range(metadata.num_row_groups)):
            raise UsageError(f"{path.name} unpacks to too many bytes. Keep only the columns that are needed.")

    def holds_text(self, column: int) -> bool:
        return column not in self._without_text

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        names = [self.names[column] for column in columns]
        for column, name in zip(columns, names, strict=True):
            if not self.holds_text(column):
                raise UsageError(f"The column {quoted(name)} of {self._called} holds no text. Choose another column.")
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
            raise UsageError(f"The column {quoted(name)} of {self._called} holds long texts. Choose another column.")
        values = [_as_text(value) for value in column.dictionary.to_pylist()]
        return ["" if index is None else values[index] for index in column.indices.to_pylist()]


def _as_text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value).strip()
