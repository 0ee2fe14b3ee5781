"""Excel workbooks as people and attackers bring them."""

import datetime
import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from core.datasets.sources.tables import excel, limits
from core.datasets.sources.tables.files import open_table
from core.datasets.sources.tables.reading import read_table
from core.errors import UsageError
from core.installation import PROJECT

ROWS = [["path", "label"], ["1.jpg", "cat"], ["2.jpg", "dog"]]


def workbook(folder, *sheets, name="labels.xlsx"):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets or [("Sheet1", ROWS)]:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(folder / name)
    return folder / name


def as_excel_writes_it(folder):
    """A workbook whose texts stand apart from its sheets."""
    return Path(shutil.copy(SAMPLE, folder / "labels.xlsx"))


def rows_of(path):
    table = open_table(path)
    return [table.names, *table.rows(range(len(table.names)))]


def changed(path, part, change):
    """The workbook with one of its parts rewritten."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SAMPLE = PROJECT / "tests" / "datasets" / "layouts" / "samples" / "excel" / "labels.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"


def test_labels_are_read(tmp_path):
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / name).touch()
    layout = read_table(workbook(tmp_path))
    assert [(image.path, image.label) for image in layout.images] == [("1.jpg", "cat"), ("2.jpg", "dog")]
    assert layout.labels_from == "the column “label” of labels.xlsx"


def test_texts_that_stand_apart(tmp_path):
    names, first, *others = rows_of(as_excel_writes_it(tmp_path))
    assert (names, first) == (["file", "class", "split", "taken"], ["photos/00.jpg", "circle", "train", "2024-05-01"])
    assert len(others) == 11


def test_values_of_all_kinds_are_text(tmp_path):
    given = [7, 2.5, 3.0, True, None, datetime.datetime(2024, 5, 1), datetime.datetime(2024, 5, 1, 8, 30), " a "]
    path = workbook(tmp_path, ("Sheet1", [[f"c{number}" for number in range(8)], given]))
    assert rows_of(path)[1] == ["7", "2.5", "3", "true", "", "2024-05-01", "2024-05-01T08:30:00", "a"]


def test_formulas_are_not_worked_out(tmp_path):
    """What Excel computed last is read; a formula that was never computed is an empty cell."""
    path = workbook(tmp_path, ("Sheet1", [["path", "label"], ["1.jpg", '=HYPERLINK("http://example.org")']]))
    assert rows_of(path)[1] == ["1.jpg", ""]


def test_the_first_sheet_with_a_table_is_read_and_others_are_told(tmp_path):
    path = workbook(tmp_path, ("notes", [["from May"]]), ("empty", []), ("labels", [[], *ROWS]), ("old", ROWS))
    table = open_table(path)
    assert table.names == ["path", "label"]
    assert table.warnings == ["The sheet “labels” of labels.xlsx was read, and not “old”."]


def test_no_column_names(tmp_path):
    table = open_table(workbook(tmp_path, ("Sheet1", ROWS[1:])))
    assert table.names == ["column 1", "column 2"]
    assert len(list(table.rows([0]))) == 2
    assert "has no line of column names" in table.warnings[0]


def test_rows_with_more_cells_than_columns(tmp_path):
    path = workbook(tmp_path, ("Sheet1", [*ROWS, ["3.jpg", "cat", "and more"], ["4.jpg"]]))
    assert rows_of(path)[3:] == [None, ["4.jpg", ""]]


def test_blank_rows_below_are_nothing(tmp_path):
    made = openpyxl.Workbook()
    for row in ROWS:
        made.active.append(row)
    made.active.cell(1_048_576, 1).number_format = "0.00"  # the whole column was given a format
    made.save(tmp_path / "labels.xlsx")
    assert len(rows_of(tmp_path / "labels.xlsx")) == 3


# Bad input -----------------------------------------------------------------------------------------------------------


def refusal(path):
    with pytest.raises(UsageError) as caught:
        rows_of(path)
    return str(caught.value)


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999])
def test_a_workbook_that_is_cut_off(tmp_path, share):
    path = workbook(tmp_path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert "labels.xlsx is no Excel workbook, is damaged" in refusal(path)


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"<a/>",
        lambda content: b"\x89PNG",
    ],
    ids=["cut", "empty", "other XML", "no XML"],
)
def test_damaged_parts_are_words_and_never_a_traceback(tmp_path, part, change):
    path = changed(as_excel_writes_it(tmp_path), part, change)
    try:
        rows_of(path)
    except UsageError as error:
        assert "labels.xlsx" in str(error)  # else the table can be read without this part


@pytest.mark.parametrize(
    "content",
    [b"path,label\n1.jpg,cat\n", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), b"\x00" * 3000],
    ids=["CSV", "half a zip", "OLE", "zeros"],
)
def test_what_is_no_workbook(tmp_path, content):
    (tmp_path / "labels.xlsx").write_bytes(content)
    assert "is no Excel workbook" in refusal(tmp_path / "labels.xlsx")


@pytest.mark.parametrize("lacks", ["[Content_Types].xml", "xl/workbook.xml", "officeDocument"])
def test_a_zip_of_something_else(tmp_path, lacks):
    with zipfile.ZipFile(SAMPLE) as sample, zipfile.ZipFile(tmp_path / "labels.xlsx", "w") as archive:
        for name in sample.namelist():
            if name != lacks:
                archive.writestr(
                    name, sample.read(name).replace(b"sheet.main+xml", b"x" if lacks[0] == "o" else b"sheet.main+xml")
                )
    assert "labels.xlsx is no Excel workbook" in refusal(tmp_path / "labels.xlsx")


@pytest.mark.parametrize("name", ["labels.xls", "labels.ods", "labels.xlsb"])
def test_spreadsheets_of_other_kinds_say_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    assert "Save it as .xlsx or as CSV" in refusal(tmp_path / name)


def test_a_size_that_is_claimed_means_nothing(tmp_path):
    path = changed(workbook(tmp_path), SHEET, lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"'))
    assert len(rows_of(path)) == 3


def test_a_cell_at_the_end_of_the_largest_sheet(tmp_path):
    path = changed(workbook(tmp_path), SHEET, lambda xml: xml.replace(b'r="B3"', b'r="XFD3"'))
    assert rows_of(path)[2] == ["2.jpg", ""]


@pytest.mark.parametrize("row", [b"1000000000", b"99999999999999999999"])
def test_a_row_that_claims_to_be_the_thousand_millionth(tmp_path, row, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 1000)
    path = changed(workbook(tmp_path), SHEET, lambda xml: xml.replace(b'<row r="3"', b'<row r="' + row + b'"'))
    assert "rows. Delete those that are blank" in refusal(path)


def test_too_many_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_ROWS", 1)
    assert "more than 1 rows" in refusal(workbook(tmp_path))


def test_a_bomb_is_not_unpacked(tmp_path):
    path = changed(
        as_excel_writes_it(tmp_path),
        TEXTS,
        lambda xml: xml.replace(b"</sst>", b" " * (excel.MOST_BYTES + 1) + b"</sst>"),
    )
    assert path.stat().st_size < 1_000_000
    assert "unpacks to more than 200 MB" in refusal(path)


@pytest.mark.parametrize(
    ("part", "end", "filling"),
    [
        (TEXTS, b"</sst>", b"<si/>"),
        (SHEET, b"</row></sheetData>", b"<c/>"),
        ("xl/styles.xml", b"</styleSheet>", b"<a/>"),
    ],
)
def test_parts_of_many_small_elements_are_not_read(tmp_path, part, end, filling):
    """A tree of them would take a hundred times the room."""
    path = changed(as_excel_writes_it(tmp_path), part, lambda xml: xml.replace(end, filling * 4_100_000 + end))
    assert "is larger inside than tables are" in refusal(path)


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/workbook.xml"])
def test_entities_and_comments_are_refused(tmp_path, part):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = changed(as_excel_writes_it(tmp_path), part, lambda xml: bomb + xml)
    assert "XML that no spreadsheet writes" in refusal(path)


def test_a_part_outside_of_the_workbook_is_not_opened(tmp_path):
    """A relation of a sheet to a file on the disk."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<a/>")
    path = changed(
        workbook(tmp_path / "."),
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(b"/xl/worksheets/sheet1.xml", str(secret).encode()),
    )
    assert "labels.xlsx" in refusal(path)


def test_duplicate_parts(tmp_path):
    path, again = workbook(tmp_path), io.BytesIO()
    with zipfile.ZipFile(path) as archive:
        again.write(archive.read(SHEET).replace(b"</row></sheetData>", b"<c/>" * 4_100_000 + b"</row></sheetData>"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, again.getvalue())
    assert "is larger inside" in refusal(path)
