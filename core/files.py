"""Writing files so that a reader, a crash or a full disk never meets half of one."""

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import WorkbenchError


@contextmanager
def replacing(path: Path, suffix: str = "") -> Iterator[Path]:
    """Give a temporary path to write to, which takes the place of `path` when the block ends well.

    Parameters
    ----------
    path
        The file to write. Its folder is created where missing.
    suffix
        How the temporary name ends, for writers that look at it (Keras wants ``.weights.h5``).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{secrets.token_hex(4)}{suffix}"
    temporary.touch(exist_ok=False)  # as any new file: a temporary one of Python's own nobody else may read, for good
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def safe_file_name(name: str) -> str:
    """A file's name that a disk can keep and that leads nowhere: readers go by its ending, and people see it.

    >>> safe_file_name("../my photo (1).JPG")
    'my_photo_1_.JPG'
    """
    kept = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").split("/")[-1]).lstrip("._-")
    stem, suffix = os.path.splitext(kept[-200:])
    return f"{stem[:60] or 'upload'}{suffix[:20]}"


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON to `path`, whole or not at all."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file; None where there is none.

    Raises
    ------
    WorkbenchError
        If the file is there but is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise WorkbenchError(f"{path} cannot be read as JSON ({error}). Restore or delete it.") from error


def append_json(path: Path, value: Any) -> None:
    """Add `value` as a line of JSON to `path`: one write, so that a reader or a crash meets at most one torn line.

    A torn last line, which a crash or a full disk left, is ended first, so that it spoils nothing but itself.
    """
    line = json.dumps(value, ensure_ascii=False).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)


def read_json_lines(path: Path) -> list[Any]:
    """The values of a file that `append_json` wrote, [] where there is none; torn lines are passed over."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    values = []
    for line in lines:
        try:
            values.append(json.loads(line))
        except ValueError:
            continue
    return values
