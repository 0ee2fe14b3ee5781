"""Fills a new folder so that it appears complete or not at all."""

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.datasets.sources.words import in_bytes
from core.errors import WorkbenchError


@contextmanager
def appearing_at_the_end(folder: Path, refusal: type[WorkbenchError] = WorkbenchError) -> Iterator[Path]:
    """Give a hidden folder beside `folder` that takes its name when all went well and vanishes when anything did not.

    Parameters
    ----------
    folder
        The folder to create. It must not exist, or be empty; missing parents are created.
    refusal
        What is raised where the disk refuses.

    Raises
    ------
    WorkbenchError
        Of the kind `refusal`: when the disk has no room, a name is too long, or the folder exists.
    """
    temporary = folder.parent / f".unpacking-{uuid.uuid4().hex}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        yield temporary
        os.replace(temporary, folder)
    except OSError as error:
        raise refusal(_reason(error, folder)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # after the renaming there is nothing left to remove


def refuse_full_disk(needed_bytes: int, folder: Path, refusal: type[WorkbenchError] = WorkbenchError) -> None:
    """Refuse what needs more room than there is where `folder` will be.

    Raises
    ------
    WorkbenchError
        Of the kind `refusal`.
    """
    existing = next((parent for parent in folder.absolute().parents if parent.is_dir()), None)
    free_bytes = shutil.disk_usage(existing).free if existing else needed_bytes
    if needed_bytes > free_bytes:
        raise refusal(
            f"The disk that holds {existing} has {in_bytes(free_bytes)} free, but the images need "
            f"{in_bytes(needed_bytes)}. Make room and try again."
        )


def exists_already(folder: Path) -> str:
    return f"The folder {folder} exists already. Choose another name or remove that folder first."


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {folder.parent} became full. Make room and try again."
    if error.errno == errno.ENAMETOOLONG:
        return f"A name is too long for the disk that holds {folder.parent}. Shorten it."
    if os.path.lexists(folder):
        return exists_already(folder)
    return f"The images cannot be written to {folder}: {error.strerror or error}."
