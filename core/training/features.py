"""Features of frozen backbones: computed once per image, kept on disk, and found again by what they were made from."""

import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.architectures.weights import file_hash
from core.files import replacing
from core.training.pixels import pixel_batches

BATCH_SIZE = 32
IMAGES_PER_SHARD = 256


def made_from(architecture: str, image_size: int, weights: Path | None, seed: int) -> dict[str, Any]:
    """What the features of unaltered images depend on besides the image: the recipe of their `FeatureStore`.

    Parameters
    ----------
    weights
        The file that the backbone was loaded from; None for random weights, which are drawn from `seed` and known by
        it.
    """
    return {
        "architecture": architecture,
        "image_size": image_size,
        "weights": file_hash(weights) if weights else f"untrained, seed {seed}",
        "precision": "float32",
    }


class FeatureStore:
    """A folder of shards, each with the features of some images, addressed by the hash of an image's pixels.

    A shard is written whole or not at all and never changed, so any number of runs may add to the same store at the
    same time and a kill loses at most the shard that was being filled.

    Parameters
    ----------
    folder
        Where all stores of a workspace are.
    recipe
        Everything that features depend on besides the image: backbone, weights, size, augmentation, precision. Another
        recipe is another store.
    """

    def __init__(self, folder: Path, recipe: dict[str, Any]):
        key = hashlib.blake2b(json.dumps(recipe, sort_keys=True).encode(), digest_size=8).hexdigest()
        self.folder = folder / f"{recipe['architecture']}-{recipe['image_size']}-{key}"
        self._rows: dict[str, np.ndarray] = {}
        for shard in sorted(self.folder.glob("*.npz")):
            self._read(shard)

    def __contains__(self, identity: str) -> bool:
        return identity in self._rows

    def add(self, identities: Sequence[str], features: np.ndarray) -> None:
        """Keep features, float32 of shape (n, width), on disk."""
        # Through an open file, since NumPy would add ".npz" to the temporary name and readers would take it for whole.
        with replacing(self.folder / f"{uuid.uuid4().hex}.npz") as temporary, temporary.open("wb") as file:
            np.savez(file, identities=np.array(identities), features=features.astype(np.float32))
        self._rows.update(zip(identities, features, strict=True))

    def gather(self, identities: Sequence[str]) -> np.ndarray:
        """Features of these images, float32 of shape (n, width), in their order."""
        rows = [self._rows[identity] for identity in identities]
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)

    def _read(self, shard: Path) -> None:
        try:
            with np.load(shard) as arrays:
                self._rows.update(zip(arrays["identities"].tolist(), arrays["features"], strict=True))
        except (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile):
            # Damaged from outside. Nothing is lost that can't be computed again.
            shard.unlink(missing_ok=True)


def extract(
    store: FeatureStore,
    identities: Sequence[str],
    paths: Sequence[Path],
    image_size: int,
    compute: Callable[[np.ndarray], np.ndarray],
    report: Callable[[int, int], None],
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
        for rows, pixels, batch_problems in pixel_batches(list(lacking.values()), image_size, BATCH_SIZE):
            problems += batch_problems
            if len(rows):
                kept_features.append(compute(pixels))
                kept_names += [names[row] for row in rows]
            done += len(rows) + len(batch_problems)
            report(done, len(names))
            if len(kept_names) >= IMAGES_PER_SHARD:
                keep()
    finally:
        keep()
    return problems
