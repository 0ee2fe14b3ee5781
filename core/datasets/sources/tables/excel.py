"""Excel workbooks as tables: the values of the first sheet that holds two columns, without formulas and formats.

openpyxl reads a sheet row by row, but holds the texts of a workbook, and each row, as trees of some hundred bytes an
element; and a cell may say that it stands in row 1,048,576 of column XFD. How much a workbook makes of itself is
therefore counted before openpyxl is given it. ECMA-376 says what the parts of a workbook are.
"""

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from core.datasets.sources.tables.headers import names_an_image, no_names_said, numbered, title_rows, title_said
from core.datasets.sources.tables.limits import MOST_BYTES, MOST_ROWS, refuse_too_many
from core.datasets.sources.words import listed, quoted
from core.errors import UsageError

EXCEL_SUFFIXES = frozenset({".xlsx", ".xlsm"})
SPREADSHEETS = frozenset({".xls", ".xlsb", ".ods", ".numbers"})
"""Endings of spreadsheets that are not read."""

_MOST_FILES = 10_000
_MOST_COLUMNS = 1_000
_MOST_TEXTS, _MOST_ELSEWHERE, _MOST_IN_A_ROW = 4_000_000, 500_000, 50_000  # elements of XML
_SHEET = re.compile(r"xl/worksheets/[^/]*\.xml", re.IGNORECASE)
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,50}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MOST_MERGED, _LONGEST_MERGE = 100_000, 150
_ROWS_TO_LOOK_AT = 20
_BYTES_AT_ONCE = 1 << 20


def open_excel(path: Path) -> "_ExcelTable":
    """Open a workbook.

    Raises
    ------
    UsageError
        If it is no workbook, is damaged, or unpacks to too much; and if no sheet of it holds a table.
    """
    with _reading(path.name), zipfile.ZipFile(path) as archive:
        _refuse_bombs(archive, path.name)
    return _ExcelTable(path)


class _ExcelTable:
    column_word = "column"

    def __init__(self, path: Path):
        self._path, self._called = path, path.name
        self.warnings: list[str] = []
        self._merged: dict[tuple[int, int], int] = {}
        self.columns: Mapping[str, str] = {}
        with _reading(path.name), _workbook(path) as workbook:
            tables = [name for name in workbook.sheetnames if self._is_table(workbook[name])]
            if not tables:
                raise UsageError(f"No sheet of {path.name} holds a table of at least two columns.")
            self._sheet = tables[0]
            self._merged = _merged_downwards(path, workbook[self._sheet])
            rows = list(islice(self._filled(workbook[self._sheet], _MOST_COLUMNS), _ROWS_TO_LOOK_AT))
            self._title = title_rows(rows)
            first = rows[self._title]
        while first and not first[-1]:
            first.pop()
        self._has_names = not names_an_image(first)
        self.names = first if self._has_names else numbered(len(first))
        if not self._has_names:
            self.warnings.append(no_names_said(path.name))
        if self._title:
            self.warnings.append(title_said(rows[0][0], path.name))
        if len(tables) > 1:
            others = listed(tables[1:])
            self.warnings.append(f"The sheet {quoted(self._sheet)} of {path.name} was read, and not {others}.")

    def holds_text(self, column: int) -> bool:
        return True

    def rows(self, columns: Sequence[int]) -> Iterator[list[str] | None]:
        width = len(self.names)
        with _reading(self._called), _workbook(self._path) as workbook:
            rows = islice(self._filled(workbook[self._sheet], width + 1), self._title + self._has_names, None)
            for number, row in enumerate(rows, start=1):
                refuse_too_many(number, self._called)
                yield None if len(row) > width and row[width] else [row[column] for column in columns]

    def _is_table(self, sheet: Any) -> bool:
        if not hasattr(sheet, "iter_rows"):  # a chart
            return False
        first = islice(self._filled(sheet, _MOST_COLUMNS), _ROWS_TO_LOOK_AT)
        return any(sum(map(bool, row)) > 1 for row in first)

    def _filled(self, sheet: Any, columns: int) -> Iterator[list[str]]:
        """The rows that are not blank, as text."""
        sheet.reset_dimensions()  # which the file may claim as it likes
        rows = sheet.iter_rows(max_col=columns, values_only=True)
        open_cells: dict[int, tuple[int, str]] = {}
        last_merged = max(self._merged.values(), default=-1)
        blank: tuple[Any, ...] = ()
        for number, row in enumerate(rows):
            if number > 2 * MOST_ROWS:
                raise UsageError(f"{self._called} has more than {2 * MOST_ROWS:,} rows. Delete those that are blank.")
            # Rows that a file leaves out, up to a million of them, are one and the same to openpyxl.
            if number > last_merged and (row is blank or not any(value is not None for value in row)):
                blank = row
                continue
            cells = [_as_text(value) for value in row]
            if self._merged:
                self._fill_merged(cells, number, open_cells)
            if any(cells):
                yield cells

    def _fill_merged(self, cells: list[str], number: int, open_cells: dict[int, tuple[int, str]]) -> None:
        """Write what stands in the first of merged cells into those below it, which a file leaves empty."""
        for column, cell in enumerate(cells):
            if last := self._merged.get((number, column)):
                open_cells[column] = last, cell
            until, above = open_cells.get(column, (-1, ""))
            if not cell and number <= until:
                cells[column] = above


def _merged_downwards(path: Path, sheet: Any) -> dict[tuple[int, int], int]:
    """The last row of cells that are merged downwards, by row and column of the first, from 0.

    openpyxl passes over them where it reads row by row. They stand behind all rows.
    """
    found: dict[tuple[int, int], int] = {}
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as content:
        before = b""
        while (piece := content.read(_BYTES_AT_ONCE)) and len(found) < _MOST_MERGED:
            for match in _MERGED.finditer(before + piece):
                left, top, right, bottom = (part.decode() for part in match.groups())
                if left == right and int(top) < int(bottom):
                    found[int(top) - 1, _column(left)] = int(bottom) - 1
            before = piece[-_LONGEST_MERGE:]
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    import openpyxl  # takes a third of a second, which nothing but Excel should cost

    # It warns of styles and rules for cells that it forgets, none of which is read.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


@contextmanager
def _reading(called: str) -> Iterator[None]:
    """What goes wrong in words."""
    try:
        yield
    except (UsageError, GeneratorExit):
        raise
    except Exception as error:  # openpyxl takes for granted what the standard says, and fails in any way where it isn't
        if isinstance(error, OSError) and error.errno:
            raise
        raise UsageError(
            f"{called} is no Excel workbook, is damaged, or is protected by a password. Save it again as .xlsx or CSV."
        ) from error


# How much it holds ---------------------------------------------------------------------------------------------------


def _refuse_bombs(archive: zipfile.ZipFile, called: str) -> None:
    members = archive.infolist()
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        raise UsageError(f"{called} unpacks to more than {MOST_BYTES >> 20:,} MB. Save the table alone, as CSV.")
    for member in members:
        most = _MOST_TEXTS if "sharedstrings" in member.filename.casefold() else _MOST_ELSEWHERE
        is_sheet = _SHEET.fullmatch(member.filename) is not None
        with archive.open(member) as content:
            _refuse_many_elements(content, called, _MOST_IN_A_ROW if is_sheet else most, is_sheet)


def _refuse_many_elements(content: IO[bytes], called: str, most: int, is_sheet: bool) -> None:
    """Count the beginnings of elements, in a sheet those of each row: a row is forgotten before the next is read."""
    count, rows, before = 0, 0, b""
    is_xml = None
    while piece := content.read(_BYTES_AT_ONCE):
        is_xml = b"<" in piece.lstrip()[:4] if is_xml is None else is_xml
        # Comments could hide where a row ends, and declarations make much of little; no program writes them.
        if is_xml and (b"<!" in before + piece or b"\0" in piece):
            raise UsageError(f"{called} holds XML that no spreadsheet writes. Save it again as .xlsx or CSV.")
        for number, row in enumerate(_ROW_END.split(piece) if is_sheet else [piece]):
            count = row.count(b"<") + (0 if number else count)
            rows += number > 0
            if count > most or rows > 2 * MOST_ROWS:
                raise UsageError(f"{called} is larger inside than tables are. Save the table alone, as CSV.")
        before = piece[-1:]
