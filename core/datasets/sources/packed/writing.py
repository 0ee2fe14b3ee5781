"""Writes the pictures that lie within files out as image files, with a table of what is said of each."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.datasets.folder_names import FolderNames
from core.datasets.sources.archives.rules import DEFAULT_LIMITS, Limits
from core.datasets.sources.found import FoundImage, Layout, natural_order, warn_of_alike
from core.datasets.sources.new_folder import appearing_at_the_end, exists_already, refuse_full_disk
from core.datasets.sources.packed.packed import MOST_IMAGES, Packed, Picture
from core.datasets.sources.words import can_be_label, in_bytes, quoted
from core.errors import UsageError, WorkbenchError
from core.images.formats import SUFFIXES
from core.images.heif import is_heif

TABLE = "labels.parquet"
"""Holds path, label, split and group of each picture; where these were told from is in the metadata of its schema."""

_ORIGIN = b"origin"
_COLUMNS = ("path", "label", "split", "group")
_ROWS_AT_ONCE = 10_000
_LEAST_ON_DISK = 4096  # bytes; a file takes at least one block of a disk

_BEGINNINGS = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"II+\0", ".tif"),
    (b"MM\0+", ".tif"),
    (b"\0\0\0\x0cjP  ", ".jp2"),
    (b"P6", ".ppm"),
    (b"P5", ".pgm"),
)


def write_out(
    packed: Packed,
    target: Path,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int, int], None] | None = None,
    made_from: Any = None,
) -> int:
    """Write pictures as ``<split>/<class>/00000.png``, with a table that holds what is said of each; all or none.

    Files of images are written byte for byte, by the ending that their first bytes say. The numbers in the names count
    the pictures of a part of the split from 0, in the order in which they are packed.

    Parameters
    ----------
    packed
        Where the pictures come from.
    target
        The folder to create. It must not exist; missing parents are created.
    limits
        What may be written. Each picture counts for at least 4 kB, whatever it has; there may be 1,000,000 of them.
    progress
        Called after every picture with the number written and the number in all, the same where that is not known.
        May raise to stop.
    made_from
        What `is_made_from` compares: anything that JSON holds.

    Returns
    -------
    int
        Number of pictures written, 1 or more.

    Raises
    ------
    WorkbenchError
        If a file is damaged, there is no picture, `target` exists, and when the disk has no room or refuses.
    """
    if os.path.lexists(target):
        raise WorkbenchError(exists_already(target))
    if packed.count > MOST_IMAGES:
        raise WorkbenchError(_too_many(packed))
    refuse_full_disk(sum(path.stat().st_size for path in packed.files), target)
    with appearing_at_the_end(target) as temporary, _Writer(temporary, limits) as writer:
        for picture in packed.pictures():
            if writer.count == MOST_IMAGES:
                raise WorkbenchError(_too_many(packed))
            writer.add(picture)
            if progress is not None:
                progress(writer.count, packed.count or writer.count)
        if not writer.count:
            reasons = "".join(f" {name} {reason}." for name, reason in writer.left_out + packed.left_out[:3])
            raise UsageError(f"{packed.files[0].name} holds no picture that can be read.{reasons}")
        writer.finish(packed, made_from)
    return writer.count


def is_made_from(folder: Path, made_from: Any) -> bool:
    """Whether a folder was written by `unpack` from just this; False where it is not there or holds no table."""
    origin = _read_origin(folder)
    return origin is not None and origin.get("made_from") == json.loads(json.dumps(made_from))


def read_written(folder: Path) -> Layout | None:
    """What `unpack` wrote into a folder; None where it holds no such table.

    Only for folders of the program's own: what stands in the table is taken as it is.
    """
    origin = _read_origin(folder)
    if origin is None:
        return None
    import pyarrow.parquet as pq  # takes a fifth of a second

    columns = pq.read_table(folder / TABLE, columns=list(_COLUMNS)).to_pydict()
    images = [FoundImage(*row) for row in zip(*(columns[name] for name in _COLUMNS), strict=True)]
    images.sort(key=lambda image: natural_order(image.path))
    layout = Layout(folder, [image for image in images if image.label])
    layout.unlabelled = [image for image in images if not image.label]
    layout.left_out = [(name, reason) for name, reason in origin["left_out"]]
    layout.warnings = list(origin["warnings"])
    layout.labels_from, layout.split_from = origin["labels_from"], origin["split_from"]
    layout.groups_from = origin["groups_from"]
    names = layout.class_names
    if len(names) < 2:
        shown = f"all have the label “{names[0]}”" if names else "none has a label"
        raise UsageError(f"Of the {len(images):,} pictures, {shown}. A classifier needs at least two classes.")
    warn_of_alike(layout)
    return layout


def write_layout(layout: Layout) -> None:
    """Write into the folder of a layout, whose images are there already, what `read_written` reads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [(image.path, image.label, image.split, image.group) for image in (*layout.images, *layout.unlabelled)]
    columns = dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    told = ("labels_from", "split_from", "groups_from", "warnings", "left_out")
    origin = json.dumps({name: getattr(layout, name) for name in told}, ensure_ascii=False)
    pq.write_table(pa.table(columns).replace_schema_metadata({_ORIGIN: origin}), layout.root / TABLE)


def _read_origin(folder: Path) -> dict[str, Any] | None:
    if not (folder / TABLE).is_file():
        return None
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(folder / TABLE).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise WorkbenchError(f"{folder / TABLE} is damaged. Delete {folder} and import again.") from error
    return json.loads(metadata[_ORIGIN]) if _ORIGIN in metadata else None


class _Writer:
    """Writes pictures into a folder, and their table beside them; used in a ``with`` block."""

    def __init__(self, folder: Path, limits: Limits):
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._folder, self._limits = folder, limits
        self._record_batch, self._schema = pa.record_batch, pa.schema([(name, pa.string()) for name in _COLUMNS])
        self._table = pq.ParquetWriter(folder / TABLE, self._schema)
        self._rows: list[tuple[str, ...]] = []
        self._folders: dict[tuple[str, str], str] = {}
        self._names = FolderNames()
        self._numbers: dict[str, int] = {}
        self._bytes = 0
        self.count, self.left_out = 0, []

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._table.close()

    def add(self, picture: Picture) -> None:
        number = self._numbers.get(picture.split, 0)
        self._numbers[picture.split] = number + 1
        named = picture.name or f"picture {number:,}"
        label = " ".join(picture.label.split())
        suffix = _suffix(picture.content) if isinstance(picture.content, bytes) else ".png"
        if suffix not in SUFFIXES:
            self.left_out.append((named, "is no image of a kind that is read here"))
            return
        if not can_be_label(label):
            self.left_out.append((named, f"has a label that is no name: {quoted(label)}"))
            return
        path = f"{self._place(picture.split, label)}/{number:05}{suffix}"
        size = _write(os.path.join(self._folder, path), picture.content)
        self._bytes += max(size, _LEAST_ON_DISK)
        if self._bytes > self._limits.unpacked_bytes:
            allowed = in_bytes(self._limits.unpacked_bytes)
            raise WorkbenchError(f"The pictures take more than the {allowed} allowed. Bring fewer, or smaller ones.")
        self._rows.append((path, label, picture.split, picture.group))
        self.count += 1
        if len(self._rows) == _ROWS_AT_ONCE:
            self._write_rows()

    def finish(self, packed: Packed, made_from: Any) -> None:
        self._write_rows()
        origin = {
            "labels_from": packed.labels_from,
            "split_from": packed.split_from,
            "groups_from": packed.groups_from,
            "warnings": list(packed.warnings),
            "left_out": list(packed.left_out) + self.left_out,
            "made_from": made_from,
        }
        self._table.add_key_value_metadata({_ORIGIN.decode(): json.dumps(origin, ensure_ascii=False)})

    def _write_rows(self) -> None:
        columns = list(map(list, zip(*self._rows, strict=True))) or [[] for _ in _COLUMNS]
        self._table.write_batch(self._record_batch(columns, schema=self._schema))
        self._rows = []

    def _place(self, split: str, label: str) -> str:
        """The folder for a class within a part of the split, relative and made."""
        if (split, label) not in self._folders:
            place = "/".join(filter(None, [split, self._names.of(label)]))
            (self._folder / place).mkdir(parents=True, exist_ok=True)
            self._folders[split, label] = place
        return self._folders[split, label]


def _write(path: str, content: bytes | np.ndarray) -> int:
    """Write a new file; returns its length in bytes."""
    if isinstance(content, bytes):
        with open(path, "xb") as file:
            file.write(content)
        return len(content)
    Image.fromarray(content).save(path, "PNG")
    return os.path.getsize(path)


def _suffix(content: bytes) -> str:
    """The ending of an image file by its first bytes, "" where it is none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    if content[4:12] in (b"ftypavif", b"ftypavis"):
        return ".avif"
    if is_heif(content[:12]):
        return ".heic"
    return next((suffix for beginning, suffix in _BEGINNINGS if content.startswith(beginning)), "")


def _too_many(packed: Packed) -> str:
    return f"{packed.files[0].name} holds more than the {MOST_IMAGES:,} pictures allowed. Bring fewer of them."
