"""The tables of a project file: whether they are what they are called, may be held in memory, and lead nowhere else."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.datasets.index import ADDED, COLUMNS
from core.datasets.sources.archives.rules import Member, safe_parts
from core.datasets.sources.packed.packed import MOST_IMAGES
from core.datasets.sources.words import can_be_label, quoted
from core.errors import WorkbenchError

MOST_COLUMNS = 10_000  # of predictions, one a class
MOST_BYTES_IN_MEMORY = 4 * 2**30
MANIFEST = COLUMNS | {"cluster": 0, "unlikeness": 0.0}


def check_table(path: Path) -> None:
    """Refuse a table that would fill the memory: a small file can say one long text a thousand million times.

    Raises
    ------
    WorkbenchError
        If it has too many rows, columns or letters, or can't be read.
    """
    try:
        schema = pq.read_schema(path)
        texts = [field.name for field in schema if _is_text(field.type)]
        file = pq.ParquetFile(path, read_dictionary=texts)
        if file.metadata.num_rows > MOST_IMAGES or len(schema) > MOST_COLUMNS:
            raise WorkbenchError(
                f"{path.name} has {file.metadata.num_rows:,} rows and {len(schema):,} columns, more than any project."
            )
        held = sum(_bytes_in_memory(file, field) for field in schema)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise WorkbenchError(f"{path.name} is damaged.") from error
    if held > MOST_BYTES_IN_MEMORY:
        raise WorkbenchError(f"{path.name} takes {held / 2**30:,.0f} GB of memory, more than any project.")


def check_manifest(path: Path) -> pd.DataFrame:
    """The paths, labels and parts of a manifest, once each column holds what it should.

    Raises
    ------
    WorkbenchError
        If one lacks or holds something else, or a path leads out of the folder of the images.
    """
    schema = pq.read_schema(path)
    for name, usual in MANIFEST.items():
        if name not in schema.names:
            if name in ADDED:
                continue
            raise WorkbenchError(f"manifest.parquet lacks the column {name!r}.")
        if not _holds(schema.field(name).type, type(usual)):
            raise WorkbenchError(f"The column {name!r} of manifest.parquet holds something else than it should.")
    table = pd.read_parquet(path, columns=["path", "label", "given_split", "given_group", "modified", "problem"])
    check_paths(table["path"])
    wrong = [label for label in table["label"].unique() if not can_be_label(label)]
    if wrong:
        raise WorkbenchError(f"{quoted(wrong[0])} in manifest.parquet is no name of a class.")
    return table


def check_paths(paths: Iterable[object]) -> None:
    """Refuse paths of images that lead out of the folder that they start from.

    Raises
    ------
    WorkbenchError
        If one does.
    """
    for path in paths:
        # A backslash is a letter here, and parts folders on Windows.
        if not isinstance(path, str) or "\\" in path or not safe_parts(Member(path, 0)):
            raise WorkbenchError(f"{quoted(str(path))} is no path of an image that every system can keep.")


def _is_text(kind: pa.DataType) -> bool:
    of_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(holds(kind) for holds in of_text)


def _holds(kind: pa.DataType, wanted: type) -> bool:
    """Whether a column holds what Python calls so; NumPy's numbers count as whole ones."""
    if wanted is str:
        return pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if wanted is bytes:
        return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return pa.types.is_floating(kind) if wanted is float else pa.types.is_integer(kind)


def _bytes_in_memory(file: pq.ParquetFile, field: pa.Field) -> int:
    """How many bytes a column takes once it is read; it is read itself with each of its texts once."""
    rows = file.metadata.num_rows
    if not _is_text(field.type):
        if pa.types.is_nested(field.type):
            raise WorkbenchError(f"The column {quoted(field.name)} holds lists, which no table of a project does.")
        return rows * 8
    total = 0
    for batch in file.iter_batches(65_536, columns=[field.name]):
        column = batch.column(0)
        lengths = pc.binary_length(column.dictionary)
        total += pc.sum(lengths.take(column.indices).cast(pa.int64())).as_py() or 0
    return total
