"""The datasets of a workspace: each a folder that says what it is and where its images are."""

import shutil
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.layout import natural_order
from core.datasets.samples import SAMPLES
from core.datasets.splits import SPLITS, SplitSettings, draw_splits
from core.errors import UsageError, WorkbenchError
from core.files import read_json, replacing, write_json
from core.jobs import Job
from core.workspace import Workspace

FEW_IMAGES = 3
SECONDS_TO_STOP = 10


@dataclass(frozen=True)
class DatasetInfo:
    """What is known of a dataset apart from its images.

    Parameters
    ----------
    name
        By which URLs, the command line and runs know it.
    title
        What people read.
    description
        One sentence.
    drawn
        True for the samples that the program draws itself: not photographs, and labelled so wherever they show.
    kind
        Where it came from: "sample", "folder" or "zip".
    root
        The folder that the manifest's paths start from, once known.
    warnings
        What a user should know about it, in words.
    """

    name: str
    title: str
    description: str = ""
    drawn: bool = False
    kind: str = "folder"
    root: str = ""
    warnings: tuple[str, ...] = ()


class Dataset:
    """A dataset on disk: ``dataset.json``, ``manifest.parquet``, ``split.json``, and the status of its import.

    The images themselves stay where the user keeps them, or lie in ``images/`` where they came as a zip or were drawn.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.job = Job(folder)

    @cached_property
    def info(self) -> DatasetInfo:
        values = read_json(self.folder / "dataset.json")
        if values is None:
            raise UsageError(f"There is no dataset {self.folder.name!r} in {self.folder.parent}.")
        return DatasetInfo(**values | {"warnings": tuple(values.get("warnings", ()))})

    @property
    def readable(self) -> bool:
        """Whether it can be told what the dataset is; one whose description was damaged from outside is passed over."""
        try:
            return self.info is not None
        except (WorkbenchError, TypeError):
            return False

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def manifest(self) -> pd.DataFrame:
        """A row an image: path, label, given split, width, height, mode, format, size_bytes, pixel_hash, problem.

        `problem` is "" for a good image; the others are left out of everything and listed with this reason.

        Raises
        ------
        WorkbenchError
            If the dataset is not imported yet, or its import failed.
        """
        try:
            return pd.read_parquet(self.folder / "manifest.parquet")
        except FileNotFoundError:
            status = self.job.status()
            reason = status.error or "its images are still being read"
            raise WorkbenchError(f"The dataset {self.name!r} cannot be opened: {reason}") from None
        except (OSError, ValueError) as error:  # Arrow's own errors are among these
            raise WorkbenchError(
                f"The manifest of the dataset {self.name!r} is damaged ({error}). Delete it and import again."
            ) from error

    @property
    def ready(self) -> bool:
        """Whether its images have been read in and are known."""
        try:
            return self.manifest is not None
        except WorkbenchError:
            return False

    def why_not_ready(self) -> str:
        """What keeps the dataset from being used, in words; "" where nothing does."""
        try:
            self.manifest  # noqa: B018 - raises where there is something to say
        except WorkbenchError as error:
            return self.job.status().error or str(error)
        return ""

    @cached_property
    def images(self) -> pd.DataFrame:
        """The good rows of the manifest, with the `split` that each image is in by the dataset's own settings."""
        return self.divided(self.split_settings)

    @property
    def unreadable(self) -> pd.DataFrame:
        """The rows that were left out: path and problem."""
        return self.manifest.loc[self.manifest["problem"] != "", ["path", "problem"]]

    def divided(self, settings: SplitSettings) -> pd.DataFrame:
        """The good rows with a column `split` drawn by these settings."""
        good = self.manifest[self.manifest["problem"] == ""].reset_index(drop=True)
        arrays = (good[column].to_numpy(dtype=str) for column in ("label", "pixel_hash", "given_split"))
        return good.assign(split=draw_splits(*arrays, settings))

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        labels = self.manifest.loc[self.manifest["problem"] == "", "label"].unique()
        return tuple(sorted(labels, key=natural_order))

    @property
    def split_settings(self) -> SplitSettings:
        return SplitSettings.from_dict(read_json(self.folder / "split.json") or {})

    def set_split(self, settings: SplitSettings) -> None:
        write_json(self.folder / "split.json", settings.to_dict())
        self.__dict__.pop("images", None)

    @property
    def brings_split(self) -> bool:
        """Whether the images came already divided into train, validation or test."""
        return bool((self.manifest["given_split"] != "").any())

    def counts(self) -> pd.DataFrame:
        """Images per class (rows) and part of the split (columns)."""
        table = pd.crosstab(self.images["label"], self.images["split"])
        return table.reindex(index=list(self.class_names), columns=list(SPLITS), fill_value=0)

    def warnings(self) -> list[str]:
        """What a user should know before training, in words."""
        found = list(self.info.warnings)
        sizes = Counter(self.images["label"])
        small = [name for name in self.class_names if sizes[name] < FEW_IMAGES]
        if small:
            listed = ", ".join(f"“{name}” ({sizes[name]})" for name in small[:5])
            found.append(
                f"Too few images to train, validate and test in {len(small)} of {len(sizes)} classes: {listed}. Add "
                "images, or leave these classes out; their figures will mean nothing."
            )
        unreadable = len(self.unreadable)
        if unreadable:
            words = "file could not be used and was" if unreadable == 1 else "files could not be used and were"
            found.append(f"{unreadable:,} {words} left out.")
        return found

    def path_of(self, image_path: str) -> Path:
        return Path(self.info.root) / image_path

    def is_changed(self, row: pd.Series) -> bool:
        """Whether an image's file is another one than was imported; a file that is gone is for its reader to find."""
        try:
            return self.path_of(row["path"]).stat().st_size != row["size_bytes"]
        except OSError:
            return False

    def label_indices(self, labels: pd.Series) -> np.ndarray:
        position = {name: index for index, name in enumerate(self.class_names)}
        return labels.map(position).to_numpy(dtype=np.int64)

    def summary(self) -> dict[str, Any]:
        """The dataset in a JSON-ready nutshell."""
        facts = {"name": self.name, "title": self.info.title, "drawn": self.info.drawn, "kind": self.info.kind}
        if not self.ready:
            status = self.job.status()
            return facts | {"state": status.state, "error": status.error, "images": 0, "classes": []}
        counts = self.counts()
        return facts | {
            "state": "ready",
            "images": len(self.images),
            "classes": list(self.class_names),
            "counts": {name: {split: int(counts.at[name, split]) for split in SPLITS} for name in self.class_names},
            "unreadable": self.unreadable.to_dict("records"),
            "warnings": self.warnings(),
        }

    def discard(self) -> None:
        """Remove what an import that did not end well has written; the user's own files are not among it."""
        (self.folder / "manifest.parquet").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "images", ignore_errors=True)

    def save(self, info: DatasetInfo, manifest: pd.DataFrame | None = None) -> None:
        """Write what the dataset is and, last of all, its manifest: a dataset with a manifest is complete."""
        write_json(self.folder / "dataset.json", info.__dict__ | {"warnings": list(info.warnings)})
        if manifest is not None:
            with replacing(self.folder / "manifest.parquet") as temporary:
                manifest.to_parquet(temporary, index=False)
        self.__dict__.pop("info", None)
        self.__dict__.pop("manifest", None)


def list_datasets(workspace: Workspace) -> list[Dataset]:
    """The datasets of a workspace, by name."""
    if not workspace.datasets.is_dir():
        return []
    datasets = [Dataset(path) for path in sorted(workspace.datasets.iterdir()) if (path / "dataset.json").exists()]
    return [dataset for dataset in datasets if dataset.readable]


def open_dataset(workspace: Workspace, name: str) -> Dataset:
    """The dataset with this name.

    Raises
    ------
    UsageError
        If there is none, naming those that there are.
    """
    # Looked up, not put into a path: the name may come from a URL, and be as long and as odd as it likes.
    datasets = {dataset.name: dataset for dataset in list_datasets(workspace)}
    if name in datasets:
        return datasets[name]
    if name in SAMPLES:
        raise UsageError(f"The drawn sample {name!r} has not been opened here yet, or was deleted. Open it first.")
    usable = [key for key, dataset in datasets.items() if dataset.ready]
    raise UsageError(f"There is no dataset {name!r}. There are: {', '.join(sorted({*usable, *SAMPLES}))}.")


def delete_dataset(dataset: Dataset) -> None:
    """Remove a dataset from the workspace. Images that lie elsewhere stay untouched.

    Raises
    ------
    UsageError
        If it is still being imported and does not stop within some seconds.
    """
    dataset.job.request_stop()
    deadline = time.monotonic() + SECONDS_TO_STOP
    while dataset.job.status().active:  # it would go on writing into the folder that is being removed
        if time.monotonic() > deadline:
            raise UsageError(f"The dataset {dataset.name!r} is still being imported. Try again in a moment.")
        time.sleep(0.05)
    shutil.rmtree(dataset.folder)
