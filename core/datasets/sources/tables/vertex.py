"""Import files of Vertex AI in CSV: ``[training,]gs://bucket/1.jpg[,label]...``, without a line of column names.

See https://cloud.google.com/vertex-ai/docs/image-data/classification/prepare-data.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from core.datasets.sources.tables.limits import refuse_too_many
from core.datasets.sources.tables.several_labels import SEVERAL
from core.errors import UsageError

_PLACE = re.compile(r"gs://", re.IGNORECASE)
_RELATIVE = re.compile(r"[01](?:\.\d+)?|0?\.\d+")


class VertexTable:
    """Such a file as a `core.datasets.sources.tables.files.TableFile`.

    Parameters
    ----------
    rows
        Gives the rows from the first, as fields.
    called
        What messages call the file.
    warnings
        What had to be guessed to read it.
    """

    column_word = "column"
    names = ("path", "label", "split")
    columns = {"path": "path", "label": "label", "split": "split"}  # noqa: RUF012 - never written to

    def __init__(self, rows: Callable[[], Iterator[list[str]]], called: str, warnings: Sequence[str]):
        self.warnings, self._fields, self._called = list(warnings), rows, called

    def holds_text(self, column: int) -> bool:
        return True

    def rows(self, columns: Sequence[int]) -> Iterator[list[str]]:
        for number, fields in enumerate(self._fields(), start=1):
            refuse_too_many(number, self._called)
            cells = [field.strip() for field in fields]
            place = next((index for index, cell in enumerate(cells[:2]) if _PLACE.match(cell)), 0)
            labels = list(filter(None, cells[place + 1 :]))
            if sum(bool(_RELATIVE.fullmatch(label)) for label in labels) >= 4:
                raise UsageError(
                    f"{self._called} holds boxes, as Vertex AI writes them for object detection, and no labels of "
                    "whole images. Export a dataset for classification."
                )
            row = (cells[place], SEVERAL.join(labels), cells[0] if place else "")
            yield [row[column] for column in columns]


def is_vertex(first_row: Sequence[str]) -> bool:
    """Whether a first row is that of such a file."""
    return len(first_row) > 1 and any(_PLACE.match(cell.strip()) for cell in first_row[:2])
