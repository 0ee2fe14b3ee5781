"""What visitors bring to be predicted, written to the workspace, where the process that has Keras reads it."""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import UsageError
from core.files import replacing, safe_file_name
from core.workspace import Workspace

FOLDER = "shown"
SESSION = "uploads_kept"
MOST_IMAGES, MOST_MEGABYTES = 24, 50
"""How many images are shown at once, and how large each may be."""

# The latest, and all that are on screen at once.
KEPT_BYTES = 300 << 20


def are_new(uploads: Sequence[UploadedFile]) -> bool:
    """Whether any of these files has yet to be written."""
    return any(upload.file_id not in st.session_state.get(SESSION, {}) for upload in uploads)


def keep(workspace: Workspace, uploads: Sequence[UploadedFile]) -> dict[str, Path]:
    """By a name that no other of them has, where each file lies from now on; what was brought twice is there once.

    Raises
    ------
    UsageError
        If all of them take more than is kept.
    """
    size = sum(upload.size for upload in uploads)
    if size > KEPT_BYTES:
        raise UsageError(
            f"These images take {size / 2**20:,.0f} MB, and at most {KEPT_BYTES >> 20} MB are shown at once. Bring "
            "fewer, or all of them under “Many images”."
        )
    before, now = st.session_state.get(SESSION, {}), {}
    for upload in uploads:
        path = before.get(upload.file_id)
        now[upload.file_id] = path if path is not None and path.exists() else _written(workspace.root / FOLDER, upload)
    st.session_state[SESSION] = now
    names: dict[Path, str] = {}
    for upload in uploads:
        names.setdefault(now[upload.file_id], upload.name)
    return dict(zip(_told_apart(list(names.values())), names, strict=True))


def _told_apart(names: Sequence[str]) -> list[str]:
    """With a number behind each name that came before."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _written(folder: Path, upload: UploadedFile) -> Path:
    """Where a file lies by its content; those that were brought the longest ago make room for it."""
    upload.seek(0)
    place = folder / hashlib.file_digest(upload, "sha256").hexdigest()[:24]
    path = place / safe_file_name(upload.name)
    if not path.exists():
        _make_room(folder, KEPT_BYTES - upload.size)
        upload.seek(0)
        with replacing(path) as temporary, temporary.open("wb") as file:
            shutil.copyfileobj(upload, file, 1 << 20)
    os.utime(place)
    return path


def _make_room(folder: Path, bytes_left: int) -> None:
    places = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True) if folder.is_dir() else []
    for place in places:
        bytes_left -= sum(file.stat().st_size for file in place.iterdir())
        if bytes_left < 0:
            shutil.rmtree(place, ignore_errors=True)
