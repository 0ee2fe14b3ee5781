"""What frozen networks make of images: computed once per image, kept on disk, and found by what it was made from."""

import hashlib
import json
import math
import os
import time
import uuid
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.architectures.weights import file_hash
from core.errors import UsageError, WorkbenchError
from core.features.pixels import pixel_batches
from core.files import append_json, read_json_lines, replacing, write_json
from core.images.reading_settings import AS_USUAL, Reading

BATCH_SIZE = 32
# A shard is full with so many images, or with so many bytes: those that are being computed are in memory.
IMAGES_PER_SHARD = 256
BYTES_PER_SHARD = 32 << 20
DEFAULT_QUOTA_GB = 10.0
# A shard that anybody used within the hour stays, and so does a file without its sidecar: someone may be about to read
# the one or to finish the other.
SECONDS_LEFT_ALONE = 3600
USES = "uses.jsonl"


def cache_key(
    architecture: str,
    image_size: int,
    weights: Path | None,
    seed: int,
    precision: str = "float32",
    reading: Reading = AS_USUAL,
) -> dict[str, Any]:
    """What the features of unaltered images depend on besides the image: the recipe of their `FeatureStore`.

    Parameters
    ----------
    weights
        The file that the backbone was loaded from; None for random weights, which are drawn from `seed` and known by
        it.
    precision
        The `family` of the runtime that computes them.
    reading
        How deep values and many bands become red, green and blue.
    """
    recipe = {
        "architecture": architecture,
        "image_size": image_size,
        "weights": file_hash(weights) if weights else f"untrained, seed {seed}",
        "precision": precision,
    }
    return recipe if reading.is_default else recipe | {"reading": reading.key}


class FeatureStore:
    """A folder of shards, each with the features of some images, addressed by the hash of an image's pixels.

    A shard is an array in NumPy's own format, read through a memory map, and a sidecar of the same name that says which
    images its rows are. The sidecar is written last; what has none yet is no shard. Both are written whole or not at
    all and never changed, so any number of runs may add to the same store at the same time, and a kill loses at most
    the shard that was being filled.

    Parameters
    ----------
    folder
        Where all stores of a machine are.
    recipe
        Everything that features depend on besides the image: backbone, weights, size, augmentation, precision. Another
        recipe is another store.
    dtype
        What the numbers are kept as; part of the recipe where it is not float32.
    """

    def __init__(self, folder: Path, recipe: dict[str, Any], dtype: str = "float32"):
        self.dtype = np.dtype(dtype)
        recipe = recipe if dtype == "float32" else recipe | {"kept_as": dtype}
        key = hashlib.blake2b(json.dumps(recipe, sort_keys=True).encode(), digest_size=8).hexdigest()
        self.folder = folder / f"{recipe['architecture']}-{recipe['image_size']}-{key}"
        self._places: dict[str, tuple[Path, int]] = {}
        self._described: dict[Path, tuple[int, int]] = {}  # the checksum and the number of images
        self._checked: dict[Path, bool] = {}
        self._marked: dict[Path, float] = {}
        for sidecar in sorted(self.folder.glob("*.json")):
            self._read(sidecar)

    def __contains__(self, identity: str) -> bool:
        place = self._places.get(identity)
        return place is not None and self._is_good(place[0])

    def add(self, identities: Sequence[str], features: np.ndarray) -> None:
        """Keep features, of shape (n, width) or any other (n, ...), on disk."""
        features = np.ascontiguousarray(features, self.dtype)
        shard = self.folder / f"{uuid.uuid4().hex}.npy"
        # Through an open file, since NumPy would add ".npy" to the temporary name.
        with replacing(shard) as temporary, temporary.open("wb") as file:
            np.save(file, features)
        write_json(shard.with_suffix(".json"), {"checksum": zlib.crc32(features.data), "identities": list(identities)})
        _in_use.add(shard)
        self._checked[shard], self._marked[shard] = True, time.monotonic()
        self._places.update((identity, (shard, row)) for row, identity in enumerate(identities))

    def gather(self, identities: Sequence[str] | np.ndarray) -> np.ndarray:
        """Features of these images, of shape (n, ...), in their order.

        Nothing but the result is held in memory, and one shard's map at a time.

        Raises
        ------
        KeyError
            If the store lacks one of them.
        WorkbenchError
            If they were removed since the store was opened.
        """
        wanted: dict[Path, list[tuple[int, int]]] = defaultdict(list)
        for position, identity in enumerate(identities):
            if identity not in self:
                raise KeyError(identity)
            shard, row = self._places[identity]
            wanted[shard].append((position, row))
        result = np.empty((0, 0), self.dtype)
        for shard, pairs in wanted.items():
            features = _mapped(shard, self.dtype)
            if features is None:
                raise WorkbenchError(f"Features in {self.folder} were removed meanwhile. Start again to compute them.")
            self._keep_marked(shard)
            if not result.size:
                result = np.empty((len(identities), *features.shape[1:]), self.dtype)
            positions, rows = np.array(pairs).T
            result[positions] = features[rows]
        return result

    def _read(self, sidecar: Path) -> None:
        try:
            content = json.loads(sidecar.read_text(encoding="utf-8"))
            identities, checksum = [str(identity) for identity in content["identities"]], int(content["checksum"])
        except FileNotFoundError:  # another process removed it just now
            return
        except (OSError, ValueError, KeyError, TypeError):
            _remove(sidecar.with_suffix(".npy"))
            return
        shard = sidecar.with_suffix(".npy")
        self._described[shard] = checksum, len(identities)
        self._places.update((identity, (shard, row)) for row, identity in enumerate(identities))

    def _is_good(self, shard: Path) -> bool:
        """Whether a shard is as it was written; looked at when it is first needed, and then marked as used."""
        good = self._checked.get(shard)
        if good is None:
            features = _mapped(shard, self.dtype)
            good = features is not None and (zlib.crc32(features.data), len(features)) == self._described[shard]
            self._checked[shard] = good
            if good:
                _in_use.add(shard)
                self._keep_marked(shard)
            else:
                # Damaged from outside. Nothing is lost that can't be computed again.
                _remove(shard)
        return good

    def _keep_marked(self, shard: Path) -> None:
        """Mark a shard as used, and again now and then: a training may read it for longer than it is left alone."""
        now = time.monotonic()
        if now - self._marked.get(shard, -math.inf) > SECONDS_LEFT_ALONE / 4:
            self._marked[shard] = now
            _mark_used(shard)


def extract(
    store: FeatureStore,
    identities: Sequence[str],
    paths: Sequence[Path | str],
    image_size: int,
    compute: Callable[[np.ndarray], np.ndarray],
    report: Callable[[int, int], None],
    batch_size: int = BATCH_SIZE,
    reading: Reading = AS_USUAL,
) -> list[str]:
    """Compute what the store lacks, decoding the next images while the backbone works on these.

    Parameters
    ----------
    identities, paths
        Of the images, in the same order.
    compute
        From pixels, uint8 of shape (n, image_size, image_size, 3), to features.
    report
        Called with how many images are done, and of how many that were lacking. May raise to end the extraction: what
        was computed so far is kept.
    batch_size
        How many images `compute` is given at a time.
    reading
        How deep values and many bands become red, green and blue.

    Returns
    -------
    list of str
        Why images could not be read, in words.
    """
    lacking = {identity: path for identity, path in zip(identities, paths, strict=True) if identity not in store}
    names, problems, done = list(lacking), [], 0
    kept_names, kept_features = [], []

    def keep() -> None:
        if kept_names:
            store.add(kept_names, np.concatenate(kept_features))
            kept_names.clear()
            kept_features.clear()

    try:
        files = [Path(path) for path in lacking.values()]
        for rows, pixels, batch_problems in pixel_batches(files, image_size, batch_size, reading):
            problems += batch_problems
            if len(rows):
                kept_features.append(compute(pixels))
                kept_names += [names[row] for row in rows]
            done += len(rows) + len(batch_problems)
            report(done, len(names))
            if len(kept_names) >= IMAGES_PER_SHARD or sum(each.nbytes for each in kept_features) >= BYTES_PER_SHARD:
                keep()
    finally:
        keep()
        hits = len(set(identities)) - len(names)
        append_json(store.folder.parent / USES, {"hits": hits, "misses": len(names)})
        keep_within_quota(store.folder.parent)
    return problems


# The store as a whole ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Usage:
    """What all stores of a machine hold and have been good for.

    Parameters
    ----------
    size_bytes, quota_bytes
        On disk, and allowed there.
    shards
        How many there are.
    hits, misses
        How many images' features were found, and how many had to be computed, since the store was last cleared.
    """

    size_bytes: int
    quota_bytes: int
    shards: int
    hits: int
    misses: int

    @property
    def hit_rate(self) -> float | None:
        """The share of features that were found, 0 to 1; None before the first were asked for."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"hit_rate": self.hit_rate}


def quota_bytes() -> int:
    """How much all features may take: ``WORKBENCH_FEATURES_GB``, by default 10.

    Raises
    ------
    UsageError
        If that is not a number from 0.
    """
    text = os.environ.get("WORKBENCH_FEATURES_GB") or str(DEFAULT_QUOTA_GB)
    try:
        gigabytes = float(text)
    except ValueError:
        gigabytes = -1.0
    if not 0 <= gigabytes < float("inf"):
        raise UsageError(f"The environment variable WORKBENCH_FEATURES_GB must be a number from 0. Got {text!r}.")
    return int(gigabytes * 2**30)


def usage(folder: Path) -> Usage:
    """What the stores in `folder` hold, and how often they had what was asked for."""
    shards, uses = _shards(folder), [use for use in read_json_lines(folder / USES) if isinstance(use, dict)]
    hits, misses = (sum(use.get(key, 0) for use in uses) for key in ("hits", "misses"))
    return Usage(sum(size for _, size, _ in shards), quota_bytes(), len(shards), hits, misses)


def keep_within_quota(folder: Path) -> None:
    """Remove the shards that were used longest ago until the others fit, and what kills and old versions left behind.

    Shards that this process has read or written stay, and so does what anybody used within the hour, even if it is too
    much: a run may be about to read it.
    """
    shards, before = _shards(folder), time.time() - SECONDS_LEFT_ALONE
    surplus = sum(size for _, size, _ in shards) - quota_bytes()
    for used, size, shard in sorted(shards):
        if surplus <= 0 or used > before:
            break
        if shard not in _in_use:
            _remove(shard)
            surplus -= size
    whole = {shard for _, _, shard in shards}
    for path in folder.glob("*/*"):
        unfinished = path.name.startswith(".") or (path.suffix == ".npy" and path not in whole)
        if path.suffix == ".npz" or (unfinished and _modified(path) < before):
            path.unlink(missing_ok=True)


def clear(folder: Path) -> int:
    """Remove all features, and the count of their uses. Runs that are computing some go on.

    Returns
    -------
    int
        How many bytes that freed.
    """
    shards = _shards(folder)
    for _, _, shard in shards:
        _remove(shard)  # but not its folder, to which a run may be adding
    (folder / USES).unlink(missing_ok=True)
    return sum(size for _, size, _ in shards)


# Shards --------------------------------------------------------------------------------------------------------------

_in_use: set[Path] = set()


def _shards(folder: Path) -> list[tuple[float, int, Path]]:
    """When each shard was last used, its size with its sidecar in bytes, and its path."""
    found = []
    for sidecar in folder.glob("*/*.json"):
        shard = sidecar.with_suffix(".npy")
        try:
            described, held = sidecar.stat(), shard.stat()
        except FileNotFoundError:
            continue
        found.append((described.st_mtime, described.st_size + held.st_size, shard))
    return found


def _mapped(shard: Path, dtype: np.dtype) -> np.ndarray | None:
    """The features of a shard, (n, ...) and still on disk; None where it is gone or is no array of that kind."""
    try:
        features = np.load(shard, mmap_mode="r", allow_pickle=False)
    except Exception:  # NumPy answers a damaged header with nearly every kind of exception
        return None
    is_shard = features.ndim >= 2 and features.dtype == dtype and features.flags.c_contiguous
    return features if is_shard else None


def _mark_used(shard: Path) -> None:
    try:
        os.utime(shard.with_suffix(".json"))
    except OSError:  # gone, or a disk that is read-only
        return


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _remove(shard: Path) -> None:
    # The sidecar first: what has none is no shard.
    shard.with_suffix(".json").unlink(missing_ok=True)
    shard.unlink(missing_ok=True)
