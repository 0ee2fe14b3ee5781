"""Files of pretrained weights: where they belong, whether they are at hand, and how to get them."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from core.architectures.registry import ARCHITECTURES, Architecture
from core.download import DownloadError, RemoteFile, download
from core.errors import UsageError, WorkbenchError

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
IMAGENET, UNTRAINED = "imagenet", "untrained"


def models_folder() -> Path:
    """Where Keras keeps downloaded weights: ``$KERAS_HOME/models``, by default ``~/.keras/models``."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"


def path_at_hand(architecture: Architecture) -> Path | None:
    """The file of ImageNet weights, if it is on this machine already."""
    if architecture.weights is None:
        return None
    path = models_folder() / architecture.weights.file_name
    return path if path.is_file() else None


def fetch_weights(architecture: Architecture, choice: str, progress: Callable[[int, int], None]) -> Path | None:
    """The file to load into a backbone, downloaded where it has to be; None for untrained weights.

    Parameters
    ----------
    architecture
        A frozen backbone.
    choice
        "imagenet", "untrained", or the path of a file.
    progress
        Called with the bytes that have come and the bytes expected.

    Raises
    ------
    UsageError
        If the file that was named is not there or is not HDF5.
    WorkbenchError
        If the download fails; says what can be done instead.
    """
    if choice == UNTRAINED:
        return None
    if choice != IMAGENET:
        return check_file(Path(os.path.expanduser(choice)))
    return path_at_hand(architecture) or _download(architecture, progress)


def check_file(path: Path) -> Path:
    """Refuse what can't be a file of weights.

    Raises
    ------
    UsageError
        If there is no file, or it is not HDF5.
    """
    if not path.is_file():
        raise UsageError(f"There is no file of weights at {path}. Check the spelling.")
    if not _is_hdf5(path):
        raise UsageError(f"{path} is not a file of Keras weights (HDF5, usually named .h5).")
    return path


def file_hash(path: Path) -> str:
    """A hash of a file's content, by which features know the weights they come from."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _is_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HDF5_SIGNATURE)) == HDF5_SIGNATURE


def _download(architecture: Architecture, progress: Callable[[int, int], None]) -> Path:
    weights = architecture.weights
    target = models_folder() / weights.file_name
    file = RemoteFile(weights.url, md5=weights.md5, signature=HDF5_SIGNATURE)
    estimate = int(weights.megabytes * 1e6)  # for servers that do not say
    try:
        return download(file, target, lambda come, expected: progress(come, expected or estimate))
    except DownloadError as error:
        raise WorkbenchError(
            f"The ImageNet weights of {architecture.title} could not be downloaded from {weights.url} "
            f"({error.reason}). Put that file at {target}, or give it with weights=FILE, or choose what works now: "
            f"{_works_now()}. With weights=untrained, by name, it runs on random numbers: to try the machinery, not "
            "for results."
        ) from error


def _works_now() -> str:
    """The architectures that need no download, by name."""
    return ", ".join(
        f"{architecture.title} ({name})"
        for name, architecture in ARCHITECTURES.items()
        if not architecture.frozen or path_at_hand(architecture)
    )
