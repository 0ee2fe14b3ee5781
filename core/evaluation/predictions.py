"""Predictions: what a trained network answered for every image of its dataset, kept in one file."""

import json
import os
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import WorkbenchError

SPLITS = ("train", "validation", "test")
# Softmax in half precision is off by up to about a hundredth; logits and percentages are off by far more.
SUM_TOLERANCE = 0.02


class DamagedPredictions(WorkbenchError):
    """A file of predictions that can't be read; evaluating the run again replaces it."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predicted probabilities beside the truth: one row an image, in a fixed order.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
        Id of each image in the manifest (its relative path). Kept as an object array of Python strings.
    splits : ndarray of str, shape (n,)
        Part each image belongs to: "train", "validation" or "test". Kept as `ids` is.
    true : ndarray of int, shape (n,)
        True class of each image, an index into `class_names`, 0 ≤ `true` < k.
    probabilities : ndarray of float, shape (n, k)
        Predicted probability of each class, in [0, 1]; rows sum to 1. Kept as float32 or float64.
    class_names : tuple of str
        The k ≥ 1 names of the classes, in the order of the columns of `probabilities`.
    epoch : int, optional
        After which epoch of its training the network answered so; None where that is not known.

    Raises
    ------
    ValueError
        If shapes do not match, a label or a split does not exist, or `probabilities` are no probabilities.
    WorkbenchError
        If a probability is NaN or infinite, as happens once training has diverged.
    """

    ids: np.ndarray
    splits: np.ndarray
    true: np.ndarray
    probabilities: np.ndarray
    class_names: tuple[str, ...]
    epoch: int | None = None

    def __post_init__(self) -> None:
        values = {
            "ids": np.asarray(self.ids, dtype=object),
            "splits": np.asarray(self.splits, dtype=object),
            "true": _as_labels(self.true),
            "probabilities": _as_floats(self.probabilities),
            "class_names": tuple(self.class_names),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)  # the only way to set a field of a frozen dataclass
        _check_shapes(self)
        _check_texts(self)
        _check_labels(self)
        _check_probabilities(self)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def predicted(self) -> np.ndarray:
        """ndarray of int, shape (n,): the most probable class of each image; the lowest index among equals."""
        return self.probabilities.argmax(axis=1)

    @property
    def right(self) -> np.ndarray:
        """ndarray of bool, shape (n,): whether each answer is right."""
        return self.predicted == self.true

    def of(self, split: str) -> "Predictions":
        """Rows of one split, in the order they are in here; possibly none.

        Raises
        ------
        ValueError
            If `split` is not "train", "validation" or "test".
        """
        if split not in SPLITS:
            raise ValueError(f"split must be one of {SPLITS}, got {split!r}")
        return self._rows(np.flatnonzero(self.splits == split))

    def cell(self, true: int, predicted: int) -> "Predictions":
        """Rows of one cell of the confusion matrix, the surest answer first; possibly none.

        Parameters
        ----------
        true, predicted : int
            Indices into `class_names`: the row and the column of the cell.

        Raises
        ------
        ValueError
            If there is no such class.
        """
        for index in (true, predicted):
            if not 0 <= index < len(self.class_names):
                raise ValueError(f"no class {index} among {len(self.class_names)}")
        rows = np.flatnonzero((self.true == true) & (self.predicted == predicted))
        # Stable, so that equally sure answers come in the same order each time a page is drawn.
        surest_first = np.argsort(-self.probabilities[rows, predicted], kind="stable")
        return self._rows(rows[surest_first])

    def save(self, path: Path) -> None:
        """Write everything to one parquet file: afterwards `path` holds all of it, or what it held before.

        Parameters
        ----------
        path : Path
            File to write or replace. Its folder must exist.

        Raises
        ------
        WorkbenchError
            If the file cannot be written, such as on a full disk, or an id is not valid Unicode.
        """
        path = Path(path)
        # In the same folder, because os.replace is atomic only within one file system.
        temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
        try:
            with temporary.open("wb") as handle:
                handle.write(_to_frame(self).to_parquet(index=False, engine="pyarrow", write_page_checksum=True))
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(temporary, path)
        except OSError as error:
            reason = error.strerror or error
            raise WorkbenchError(f"The predictions could not be written to {path}: {reason}.") from error
        except UnicodeEncodeError as error:  # a file name that is not UTF-8; !a, as it cannot be shown either
            raise WorkbenchError(
                f"The predictions could not be written: the file name {error.object!a} is not valid Unicode. "
                "Rename the image and import it again."
            ) from error
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> "Predictions":
        """Read what `save` wrote.

        Raises
        ------
        DamagedPredictions
            If the file is damaged.
        WorkbenchError
            If it is missing or cannot be opened, or holds what is no probability.
        """
        path = Path(path)
        try:
            with path.open("rb") as handle:
                return _from_frame(_read_frame(handle))
        except WorkbenchError:
            raise
        except FileNotFoundError as error:
            raise WorkbenchError(f"There are no predictions at {path}. Evaluate the run again to make them.") from error
        except PermissionError as error:
            raise WorkbenchError(f"The predictions at {path} may not be read. Check the file's permissions.") from error
        except Exception as error:  # a damaged parquet fails in any of Arrow's many ways
            raise DamagedPredictions(
                f"The predictions at {path} are damaged and cannot be read. Evaluate the run again to replace them."
            ) from error

    def _rows(self, rows: np.ndarray) -> "Predictions":
        chosen = object.__new__(Predictions)  # past the checks, which all rows have passed already
        for name in ("ids", "splits", "true", "probabilities"):
            object.__setattr__(chosen, name, getattr(self, name)[rows])
        for name in ("class_names", "epoch"):
            object.__setattr__(chosen, name, getattr(self, name))
        return chosen


def epoch_in(path: Path) -> int | None:
    """The `epoch` of saved predictions, without reading them; None where it or the file is not there, or damaged."""
    import pyarrow.parquet

    try:
        return json.loads(pyarrow.parquet.read_schema(path).metadata[b"PANDAS_ATTRS"]).get("epoch")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # Arrow's own errors are among these
        return None


def _as_labels(values: np.ndarray) -> np.ndarray:
    """`values` as int64; ValueError where they are not whole numbers by type (an empty array has any type)."""
    labels = np.asarray(values)
    if labels.size and labels.dtype.kind not in "iu":
        raise ValueError(f"true must hold integers, got {labels.dtype}")
    return labels.astype(np.int64)


def _as_floats(values: np.ndarray) -> np.ndarray:
    """`values` as they are where float32, which halves the file, and as float64 otherwise."""
    floats = np.asarray(values)
    return floats if floats.dtype == np.float32 else floats.astype(np.float64)


def _check_shapes(predictions: Predictions) -> None:
    count, class_count = len(predictions.ids), len(predictions.class_names)
    if class_count == 0:
        raise ValueError("class_names must not be empty")
    expected = {"ids": (count,), "splits": (count,), "true": (count,), "probabilities": (count, class_count)}
    for name, shape in expected.items():
        if getattr(predictions, name).shape != shape:
            raise ValueError(f"{name} must have shape {shape}, got {getattr(predictions, name).shape}")


def _check_texts(predictions: Predictions) -> None:
    for name in ("ids", "class_names"):
        if not all(isinstance(text, str) for text in getattr(predictions, name)):
            raise ValueError(f"{name} must hold strings only")
    unknown = {str(split) for split in predictions.splits if split not in SPLITS}
    if unknown:
        raise ValueError(f"splits must be among {SPLITS}, got {sorted(unknown)}")


def _check_labels(predictions: Predictions) -> None:
    class_count = len(predictions.class_names)
    outside = (predictions.true < 0) | (predictions.true >= class_count)
    if outside.any():
        raise ValueError(f"true must lie in 0..{class_count - 1}, got {predictions.true[outside][0]}")


def _check_probabilities(predictions: Predictions) -> None:
    values = predictions.probabilities
    broken = ~np.isfinite(values).all(axis=1)
    if broken.any():
        raise WorkbenchError(
            f"The network gave no usable probabilities for {broken.sum():,} of {len(predictions):,} images "
            f"(first: {predictions.ids[broken][0]}): some are not numbers. Its training has probably diverged. "
            "Train again with a lower learning rate."
        )
    if ((values < 0) | (values > 1 + SUM_TOLERANCE)).any():
        raise ValueError("probabilities must lie between 0 and 1")
    if (abs(values.sum(axis=1, dtype=np.float64) - 1) > SUM_TOLERANCE).any():
        raise ValueError("each row of probabilities must sum to 1")


def _to_frame(predictions: Predictions) -> pd.DataFrame:
    """Columns id, split, true, p0 … p(k-1); class names and epoch in `attrs`, which pandas keeps as schema metadata.

    A class may be called anything, "id" included, so that its name cannot be the name of a column.
    """
    columns = [f"p{index}" for index in range(len(predictions.class_names))]
    truth = pd.DataFrame({"id": predictions.ids, "split": predictions.splits, "true": predictions.true})
    frame = pd.concat([truth, pd.DataFrame(predictions.probabilities, columns=columns)], axis=1)
    frame.attrs = {"class_names": list(predictions.class_names), "epoch": predictions.epoch}
    return frame


def _read_frame(handle) -> pd.DataFrame:
    # An open file, not a path: from a path Arrow takes folders such as "split=test" for columns.
    return pd.read_parquet(handle, engine="pyarrow", page_checksum_verification=True)


def _from_frame(frame: pd.DataFrame) -> Predictions:
    """The inverse of `_to_frame`; KeyError or ValueError where `frame` did not come from it."""
    names = tuple(frame.attrs["class_names"])
    probabilities = frame[[f"p{index}" for index in range(len(names))]].to_numpy()
    ids, splits = (frame[column].to_numpy(dtype=object) for column in ("id", "split"))
    return Predictions(ids, splits, frame["true"].to_numpy(), probabilities, names, frame.attrs.get("epoch"))
