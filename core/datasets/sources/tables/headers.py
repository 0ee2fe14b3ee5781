"""What stands above the rows of a table: column names, or none, and lines that are neither."""

import re
from collections.abc import Sequence

from core.datasets.sources.listing import is_image
from core.datasets.sources.tables.paths import file_name, shown

# How Excel is told the delimiter.
_DELIMITER_LINE = re.compile(r'\ufeff?"?sep=(?P<delimiter>[^"\r\n])"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_COMMENTS = re.compile(r"(?:#[^\r\n]*(?:\r\n|\r|\n)\s*)+")


def after_delimiter_line(text: str) -> tuple[str, str]:
    """The text without a first line ``sep=;``, and the delimiter that it names; "" where there is none."""
    match = _DELIMITER_LINE.match(text)
    return (text[match.end() :], match["delimiter"]) if match else (text, "")


def after_comments(text: str) -> tuple[str, str]:
    """The text without the first lines that begin with "#", and the last of these without that mark, "" for none."""
    match = _COMMENTS.match(text)
    if match is None:
        return text, ""
    return text[match.end() :], match[0].strip().splitlines()[-1].lstrip("# ")


def title_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are a title: what stands in a first cell alone, above the names of the columns.

    Parameters
    ----------
    rows
        The first rows of a table that are not blank.
    """
    for number, row in enumerate(rows):
        if not row[0] or any(row[1:]):
            return 0 if names_an_image(row) else number
    return 0


def title_said(title: str, called: str) -> str:
    """The warning for a table that begins with a title."""
    return f"“{shown(title)}” above the column names of {called} was taken for a title."


def names_an_image(row: Sequence[str]) -> bool:
    """Whether a row holds the name of an image, as no line of column names does."""
    return any(is_image(file_name(cell.strip())) for cell in row)


def numbered(count: int) -> list[str]:
    """Names for columns that have none."""
    return [f"column {number}" for number in range(1, count + 1)]


def no_names_said(called: str) -> str:
    """The warning for a table that has no line of column names."""
    return (
        f"{called} has no line of column names: its first line names an image already. What each column holds was told "
        "from what stands in it."
    )
