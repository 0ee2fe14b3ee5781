"""Cells of text that a spreadsheet shows as they are: what begins as a formula does would be worked out otherwise.

Spreadsheets work out what begins with ``=``, ``+``, ``-`` or ``@`` in a CSV file too, in quotation marks or not, and a
formula can send off what stands in the other cells. Source: OWASP, "CSV Injection".
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # takes half a second, which those who have no table need not wait for
    import pandas as pd

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "'"


def safe_cell(text: str) -> str:
    """A text as the cell of a CSV file; `true_text` gives it back.

    >>> safe_cell("=1+1"), safe_cell("cats"), safe_cell("-1.5")
    ("'=1+1", 'cats', '-1.5')
    """
    return f"{MARK}{text}" if text.lstrip(MARK).startswith(BEGINNINGS) and not _is_number(text) else text


def true_text(cell: str) -> str:
    """What stands in a cell that `safe_cell`, or another program by the same rule, wrote.

    >>> true_text("'=1+1"), true_text("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith(MARK) and cell.lstrip(MARK).startswith(BEGINNINGS) else cell


def safe_table(table: "pd.DataFrame") -> "pd.DataFrame":
    """A table as it can be written to a CSV file: `safe_cell` of its texts and of the names of its columns.

    Numbers stay as they are.
    """
    texts = {name: column.map(_safe) for name, column in table.items() if column.dtype.kind not in "biuf"}
    return table.assign(**texts).rename(columns=_safe)


def _safe(value: object) -> object:
    return safe_cell(value) if isinstance(value, str) else value


def _is_number(text: str) -> bool:
    try:
        return text.isprintable() and float(text) is not None
    except ValueError:
        return False
