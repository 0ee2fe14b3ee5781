"""What visitors bring to be predicted, written to the workspace, where the process that has Keras reads it."""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.files import replacing, safe_file_name
from core.workspace import Workspace

FOLDER = "shown"
# Of the latest images, so that none goes while somebody still looks at it.
KEPT = 256


def keep(workspace: Workspace, uploads: Sequence[UploadedFile]) -> dict[str, Path]:
    """By a name that no other of them has, where each file lies from now on; what was brought twice is there once."""
    before, now = st.session_state.get("uploads_kept", {}), {}
    for upload in uploads:
        path = before.get(upload.file_id)
        now[upload.file_id] = path if path is not None and path.exists() else _written(workspace.root / FOLDER, upload)
    st.session_state["uploads_kept"] = now
    names = {path: upload.name for upload, path in zip(reversed(uploads), reversed(now.values()), strict=True)}
    paths = list(dict.fromkeys(now.values()))
    return dict(zip(_told_apart([names[path] for path in paths]), paths, strict=True))


def _told_apart(names: Sequence[str]) -> list[str]:
    """With a number behind each name that came before."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _written(folder: Path, upload: UploadedFile) -> Path:
    upload.seek(0)
    place = folder / hashlib.file_digest(upload, "sha256").hexdigest()[:24]
    path = place / safe_file_name(upload.name)
    if not path.exists():
        upload.seek(0)
        with replacing(path) as temporary, temporary.open("wb") as file:
            shutil.copyfileobj(upload, file, 1 << 20)
    os.utime(place)
    for old in sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return path
