"""Files of pretrained weights: where they belong, whether they are at hand, and how to get them."""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights_check import is_as_keras_keeps_it, read_weights, write_listed
from core.architectures.weights_file import HDF5_SIGNATURE, holds_hdf5
from core.download import DownloadError, RemoteFile, bytes_come, discard_part, download
from core.errors import UsageError, WorkbenchError
from core.files import replacing

IMAGENET, UNTRAINED = "imagenet", "untrained"
SHA256_DIGITS = 64


@dataclass(frozen=True)
class Added:
    """A file of weights that was brought.

    Parameters
    ----------
    path
        Where it lies now.
    size_bytes
        Of it.
    is_kerass_own
        Whether it is the very file that Keras offers, by its hash; None where Keras states none.
    rewritten
        Whether it came in a layout of Keras 3, and lies there in the older one.
    """

    path: Path
    size_bytes: int
    is_kerass_own: bool | None
    rewritten: bool = False

    def words(self) -> str:
        """What became of it, in a sentence or two."""
        text = f"{self.size_bytes / 1e6:,.1f} MB are at {self.path} now and fit, layer by layer."
        if self.rewritten:
            return f"{text} They came in the layout of Keras 3, and are there in the older .h5, as Keras has them."
        own = "It is not the file that Keras offers (another hash): your own weights, then. Nothing is wrong with that."
        return f"{text} {own}" if self.is_kerass_own is False else text


def models_folder() -> Path:
    """Where Keras keeps downloaded weights: ``$KERAS_HOME/models``, by default ``~/.keras/models``."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"


def target_path(architecture: Architecture) -> Path:
    """Where the ImageNet weights of an architecture belong.

    Raises
    ------
    UsageError
        If it has none: it is trained from scratch.
    """
    return models_folder() / architecture.pretrained_weights.file_name


def path_at_hand(architecture: Architecture) -> Path | None:
    """The file of ImageNet weights, if it is on this machine already."""
    if architecture.weights is None:
        return None
    path = target_path(architecture)
    return path if path.is_file() else None


def come_so_far(architecture: Architecture) -> int:
    """The bytes of a download that was not finished."""
    return bytes_come(target_path(architecture))


def describe_weights(architecture: Architecture) -> dict[str, Any]:
    """What is known of the ImageNet weights of an architecture, and whether they are here: JSON-ready."""
    weights, path = architecture.pretrained_weights, target_path(architecture)
    at_hand = path.is_file()
    return {
        "architecture": architecture.name,
        "title": architecture.title,
        "file": weights.file_name,
        "megabytes": weights.megabytes,
        "at_hand": at_hand,
        "path": str(path),
        "bytes": path.stat().st_size if at_hand else bytes_come(path),
        "hash": weights.md5,
        "url": weights.url,
    }


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
        If there is no file, or it is not HDF5, or a ``.keras`` with that in it.
    """
    if path.is_dir():
        raise UsageError(f"There is no file of weights at {path}: that is a folder. Name the file in it.")
    if not path.is_file():
        raise UsageError(f"There is no file of weights at {path}. Check the spelling.")
    if not holds_hdf5(path):
        raise UsageError(f"{path} is not a file of Keras weights (HDF5, usually named .h5, .weights.h5 or .keras).")
    return path


def add_weights(architecture: Architecture, file: Path, replace: bool = False) -> Added:
    """Put a file of weights where Keras and trainings look for it, once it is certain that it fits.

    Parameters
    ----------
    architecture
        Whose weights they are.
    file
        A file of Keras weights without the top: Keras's own or, for example, a backbone that was fine-tuned elsewhere.
        It is copied, whole or not at all; from the layouts of Keras 3 into the older one, in which Keras looks for it.
    replace
        Whether it may take the place of one that is there.

    Raises
    ------
    UsageError
        If the file is not there or holds something else, with what was expected; or if there is one already.
    """
    target = target_path(architecture)
    keeps_layout = is_as_keras_keeps_it(architecture, check_file(file))
    if target.exists() and not replace:
        raise UsageError(
            f"There are weights of {architecture.title} already, at {target}. To put this file in their place, say so "
            "(--replace)."
        )
    if keeps_layout:
        with replacing(target) as temporary:
            shutil.copy(file, temporary)
    else:
        write_listed(architecture, read_weights(architecture, file), target)
        shutil.copymode(file, target)  # else it would be for its writer's eyes only
    return Added(target, target.stat().st_size, _is_kerass_own(architecture, target), not keeps_layout)


def delete_weights(architecture: Architecture) -> int:
    """Delete the ImageNet weights of an architecture, and what has come of an unfinished download.

    Returns
    -------
    int
        How many bytes that frees.

    Raises
    ------
    UsageError
        If there is nothing to delete, or it is being downloaded at this moment.
    """
    target = target_path(architecture)
    freed = (target.stat().st_size if target.is_file() else 0) + bytes_come(target)
    if not freed:
        raise UsageError(f"There are no weights of {architecture.title} on this machine: nothing lies at {target}.")
    discard_part(target)
    target.unlink(missing_ok=True)
    return freed


def file_hash(path: Path) -> str:
    """A hash of a file's content, by which features know the weights they come from."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _is_kerass_own(architecture: Architecture, path: Path) -> bool | None:
    """Whether a file is the one that Keras offers; None where Keras states no hash."""
    stated = architecture.pretrained_weights.md5
    if not stated:
        return None
    algorithm = "sha256" if len(stated) == SHA256_DIGITS else "md5"
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == stated.lower()


def _download(architecture: Architecture, progress: Callable[[int, int], None]) -> Path:
    weights = architecture.pretrained_weights
    target = target_path(architecture)
    # Of its newer networks, Keras states a SHA-256 instead of an MD5.
    sha256, md5 = (weights.md5, "") if len(weights.md5) == SHA256_DIGITS else ("", weights.md5)
    file = RemoteFile(weights.url, sha256=sha256, md5=md5, signature=HDF5_SIGNATURE)
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
    """What needs no download: the backbones at hand, and the first of the networks that are trained from scratch."""
    at_hand = [architecture for architecture in ARCHITECTURES.values() if path_at_hand(architecture)]
    scratch = next(architecture for architecture in ARCHITECTURES.values() if architecture.weights is None)
    names = [f"{architecture.title} ({architecture.name})" for architecture in at_hand]
    return ", ".join([*names, f"a network trained from scratch, such as {scratch.title} ({scratch.name})"])
