"""Reads tables whose cells hold image files: the Parquet and Arrow files of Hugging Face's `datasets`.

A column of pictures is ``struct<bytes: binary, path: string>``, or binary. The types that `datasets` means, such as
`ClassLabel` with its names, stand in the metadata of the schema under "huggingface" (huggingface.co/docs/datasets,
“Dataset features”).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.datasets.sources.choices import LEAVE_OUT, Choices
from core.datasets.sources.packed.labels import SEVERAL, several_labels
from core.datasets.sources.packed.packed import MOST_IMAGES, Picture
from core.datasets.sources.packed.picture_columns import PictureColumns, find_columns, picture_columns
from core.datasets.sources.packed.shards import one_set, said_of_split, split_of
from core.datasets.sources.split_names import SPLIT_NAMES
from core.datasets.sources.words import listed, quoted
from core.errors import UsageError

SUFFIXES = frozenset({".parquet", ".arrow"})

_MOST_ROWS_AT_ONCE = 256
_BATCH_BYTES = 16 * 2**20
_DICTIONARY_BYTES = 64 * 2**20
_MOST_CELL_BYTES = 256 * 2**20
_ARROW_END = b"\xff\xff\xff\xff\0\0\0\0"
_MOST_RATIO, _RATIO_MATTERS_ABOVE = 200, 100 * 2**20


def is_table_of_pictures(name: str) -> bool:
    """Whether a file may hold pictures in its cells, by its ending."""
    return Path(name).suffix.lower() in SUFFIXES


@dataclass
class PictureTable:
    """Pictures in the cells of tables: see `core.datasets.sources.packed.packed.Packed`."""

    files: Sequence[Path]
    columns: Sequence[PictureColumns]
    splits: Sequence[str]
    count: int
    labels_from: str
    split_from: str
    groups_from: str
    leaves_out_several: bool
    warnings: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def pictures(self) -> Iterator[Picture]:
        for path, columns, split in zip(self.files, self.columns, self.splits, strict=True):
            for number, cells in enumerate(_rows(path, columns)):
                picture = self._picture(f"{path.name} row {number:,}", cells, columns, split, path)
                if picture is not None:
                    yield picture

    def _picture(self, name: str, cells: tuple, columns: PictureColumns, split: str, path: Path) -> Picture | None:
        content, label, own_split, group = cells
        called = f"the column {quoted(columns.label)} of {path.name}"
        labels = label if isinstance(label, list) else [label]
        if len(labels) > 1 and not self.leaves_out_several:
            raise several_labels(called)
        own_split = _text(own_split)
        reason = ""
        if len(labels) > 1:
            reason = SEVERAL
        elif not content:
            reason = "holds no picture, only its path"
        elif len(content) > _MOST_CELL_BYTES:
            reason = "holds a picture that is too large"
        elif own_split and own_split.casefold() not in SPLIT_NAMES:
            reason = f"belongs to {quoted(own_split)}, which is none of train, validation and test"
        if reason:
            self.left_out.append((name, reason))
            return None
        split = SPLIT_NAMES[own_split.casefold()] if own_split else split
        text = _class_name(labels[0] if labels else None, columns.names, called)
        return Picture(content, text, split, _text(group), name)


def find_picture_table(
    files: Sequence[Path], root: Path, choices: Choices, wanted: Path | None = None
) -> PictureTable | None:
    """Find the columns of pictures and labels in Parquet and Arrow files; None where no file has one of pictures.

    Parameters
    ----------
    files
        The tables.
    root
        The folder that was brought.
    choices
        Columns that a person named.
    wanted
        A file of the dataset that is meant, where there are several.

    Raises
    ------
    Undecided
        If there are several datasets, columns of labels, or columns of pictures.
    UsageError
        If a file is damaged or there are no labels.
    """
    schemas = {path: _schema(path) for path in files}
    holding = [path for path in files if picture_columns(schemas[path])]
    if not holding:
        return None
    chosen = one_set(holding, root, wanted)
    columns = [find_columns(schemas[path], choices, path) for path in chosen]
    labelled = [(path, found) for path, found in zip(chosen, columns, strict=True) if found.label]
    if not labelled:
        raise UsageError(
            f"{chosen[0].name} holds pictures, but no column of labels: {listed(schemas[chosen[0]].names, 30)}."
        )
    path, first = labelled[0]
    others = f" and {len(chosen) - 1} more" if len(chosen) > 1 else ""
    split_columns = [found.split for found in columns if found.split]
    split_from = f"the column {quoted(split_columns[0])}" if split_columns else said_of_split(chosen, root)
    count = sum(map(_count, chosen))
    if count > MOST_IMAGES:
        raise UsageError(f"{path.name}{others} holds more than the {MOST_IMAGES:,} pictures allowed.")
    unused = [path.name for path in files if path not in holding and path.suffix.lower() == ".parquet"]
    warnings = [f"{name} holds no pictures and was not read." for name in unused[:3]]
    return PictureTable(
        chosen,
        columns,
        ["" if found.split else split_of(path, root) for path, found in zip(chosen, columns, strict=True)],
        count,
        f"the column {quoted(first.label)} of {path.name}{others}",
        split_from,
        f"the column {quoted(first.group)} of {path.name}" if first.group else "",
        choices.several_labels == LEAVE_OUT,
        warnings,
    )


# Reading -------------------------------------------------------------------------------------------------------------


def _schema(path: Path) -> Any:
    import pyarrow.parquet as pq

    with _understood(path):
        if path.suffix.lower() == ".parquet":
            return pq.read_schema(path)
        with _arrow_reader(path) as reader:
            return reader.schema


def _count(path: Path) -> int:
    import pyarrow.parquet as pq

    with _understood(path):
        if path.suffix.lower() == ".parquet":
            return pq.read_metadata(path).num_rows
        with _arrow_reader(path) as reader:
            return sum(batch.num_rows for batch in reader)


@contextmanager
def _arrow_reader(path: Path) -> Iterator[Any]:
    """Reads a stream of Arrow, once it is certain that it has its end: pyarrow takes what is cut off for the end."""
    import pyarrow as pa

    with path.open("rb") as file:
        file.seek(-min(len(_ARROW_END), file.seek(0, os.SEEK_END)), os.SEEK_END)
        if file.read() != _ARROW_END:
            raise pa.ArrowInvalid("there is no end of the stream")
    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as reader:
        yield reader


def _rows(path: Path, columns: PictureColumns) -> Iterator[tuple]:
    """Picture, label, split and group of each row, None where there is none."""
    wanted = [name for name in (columns.pictures, columns.label, columns.split, columns.group) if name]
    for batch in _batches(path, wanted):
        pictures = batch.column(columns.pictures)
        if hasattr(pictures, "field"):
            # `flatten` honours rows that hold no picture at all, `field` does not.
            pictures = pictures.flatten()[pictures.type.get_field_index("bytes")]
        others = [
            batch.column(name).to_pylist() if name else [None] * batch.num_rows
            for name in (columns.label, columns.split, columns.group)
        ]
        for picture, *rest in zip(pictures, *others, strict=True):
            yield picture.as_py(), *rest


def _batches(path: Path, wanted: Sequence[str]) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with _understood(path):
        if path.suffix.lower() != ".parquet":
            with _arrow_reader(path) as reader:
                for batch in reader:
                    yield from _slices(batch)
            return
        # With a buffer, pages are read one after the other; without, all of a row group at once.
        with pq.ParquetFile(path, buffer_size=2**20, pre_buffer=False) as file:
            metadata = file.metadata
            for index in range(metadata.num_row_groups):
                rows = _rows_at_once(metadata.row_group(index), wanted, path)
                yield from file.iter_batches(rows, [index], columns=list(wanted), use_threads=False)


def _slices(batch: Any) -> Iterator[Any]:
    for start in range(0, batch.num_rows, _MOST_ROWS_AT_ONCE):
        yield batch.slice(start, _MOST_ROWS_AT_ONCE)


def _rows_at_once(group: Any, wanted: Sequence[str], path: Path) -> int:
    """How many rows of a row group take a few megabytes, also where one large value is meant by many rows."""
    chunks = [group.column(index) for index in range(group.num_columns)]
    chunks = [chunk for chunk in chunks if chunk.path_in_schema.split(".")[0] in wanted]
    unpacked = sum(chunk.total_uncompressed_size for chunk in chunks)
    packed = sum(chunk.total_compressed_size for chunk in chunks)
    if unpacked > _RATIO_MATTERS_ABOVE and unpacked > _MOST_RATIO * packed:
        raise UsageError(f"{path.name} unpacks to more than {_MOST_RATIO} times its size. It is not read.")
    in_dictionary = sum(chunk.total_uncompressed_size for chunk in chunks if chunk.has_dictionary_page)
    by_size = _BATCH_BYTES * max(1, group.num_rows) // max(1, unpacked)
    by_dictionary = _DICTIONARY_BYTES // max(1, in_dictionary)
    return max(1, min(by_size, by_dictionary, _MOST_ROWS_AT_ONCE))


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, MemoryError) as error:
        kind = "Parquet" if path.suffix.lower() == ".parquet" else "Arrow"
        raise UsageError(f"{path.name} is no file of {kind}, or is damaged. Write or download it again.") from error


def _class_name(value: Any, names: Sequence[str], called: str) -> str:
    """A label as text, "" for what stands for none."""
    if value is None or value == -1:  # -1 is what `datasets` writes for the labels of a test that are kept secret
        return ""
    if names and isinstance(value, int):
        if not 0 <= value < len(names):
            raise UsageError(f"{called} holds {value}, but there are only {len(names)} names of classes.")
        return names[value]
    return _text(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list | bytes):
        return ""
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() else str(value)
    return str(value).strip()
