"""The datasets of a workspace: each a folder that says what it is and where its images are."""

import os
import shutil
import time
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from cachetools import LRUCache, cached

from core.datasets.added import file_of
from core.datasets.content import Content
from core.datasets.edits import EditLog, State
from core.datasets.grouping.cameras import COLUMNS as CAMERA_COLUMNS
from core.datasets.index import ADDED, COLUMNS, is_read_otherwise, stamps
from core.datasets.pixel_scale import reading_of
from core.datasets.samples import SAMPLES
from core.datasets.sources.choices import Undecided
from core.datasets.sources.found import origin_in_words
from core.datasets.splits import SPLITS, SplitSettings
from core.errors import UsageError, WorkbenchError
from core.files import read_json, replacing, write_json
from core.images.description import describe
from core.images.reading import UnreadableImage
from core.images.reading_settings import Reading
from core.jobs.job import Job
from core.workspace import Workspace

SECONDS_TO_STOP = 10
ARCHIVES = ("archive", "zip")
"""What `DatasetInfo.kind` is of images that came in an archive; "zip" in datasets of earlier versions."""

CAMERAS = "cameras.parquet"
CONTENTS_KEPT = 6
# The rest is large, and of use to the import alone.
ALL_COLUMNS = [*COLUMNS, "cluster", "unlikeness"]
SEEN_COLUMNS = [name for name in ALL_COLUMNS if name not in ("grey", "colours")]


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
        Where it came from: "sample", "folder", "archive" (in datasets of earlier versions "zip"), "table", "packed" (a
        file of packed pixels), "download" or "project" (a project file of another workbench).
    card
        The name of the card of the public dataset that it is, or has the class names of; "" where it is none. Whether
        that card speaks for it is said by `core.datasets.known.known_card`.
    card_asked_for
        Whether somebody said that it is that public dataset.
    root
        The folder that the manifest's paths start from, once known.
    warnings
        What a user should know about it, in words.
    labels_from, split_from, groups_from
        What these were told from, in words: see `core.datasets.sources.found.Layout`.
    choices
        How a person chose that they are told, as `core.datasets.sources.choices.Choices.to_dict` says it; None where an
        earlier version did not keep that.
    """

    @property
    def origin(self) -> str:
        """In words, what labels, split and groups were told from; "" where an earlier version did not keep that."""
        return origin_in_words(self.labels_from, self.split_from, self.groups_from)

    name: str
    title: str
    description: str = ""
    drawn: bool = False
    kind: str = "folder"
    card: str = ""
    card_asked_for: bool = False
    root: str = ""
    warnings: tuple[str, ...] = ()
    labels_from: str = ""
    split_from: str = ""
    groups_from: str = ""
    choices: Mapping[str, Any] | None = None


class Dataset:
    """A dataset on disk: ``dataset.json``, ``manifest.parquet``, ``edits.jsonl``, ``split.json``, and its import.

    The images themselves stay where the user keeps them, or lie in ``images/`` where they came in an archive or were
    drawn; those that were added here lie in ``(added here)/``. Where there are deep pixels, ``reading.json`` holds the
    scale that was chosen for them when they were read.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.job = Job(folder)
        self.edits = EditLog(folder / "edits.jsonl")
        self._pinned: Content | None = None
        self._network_classes: tuple[str, ...] | None = None

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

    @property
    def manifest_path(self) -> Path:
        return self.folder / "manifest.parquet"

    @property
    def content(self) -> Content:
        """What the dataset holds now, edits and split applied.

        Raises
        ------
        WorkbenchError
            If the dataset is not imported yet, or its import failed.
        """
        if self._pinned is not None:
            return self._pinned
        return _content_of(self)

    def _content_as_of(self) -> Hashable:
        """What tells one content from the next."""
        paths = (self.manifest_path, self.edits.path, self._split_path, self._reading_path)
        return self.folder, *(written_state(path) for path in paths)

    def pin(self, network_classes: Sequence[str] | None = None) -> None:
        """Hold on to what the dataset is now, whoever changes it meanwhile.

        Parameters
        ----------
        network_classes
            The classes in the order in which a network answers them that was begun earlier, if it is not the usual one.
        """
        self._pinned = self.content
        self._network_classes = tuple(network_classes) if network_classes else None

    def _read_content(self) -> Content:
        settings, parts = self._split()
        edits = self.edits.state()
        return Content(
            self.read_manifest(SEEN_COLUMNS),
            edits,
            settings,
            parts,
            self._read_by(edits),
            read_more=self.read_manifest,
            read_cameras=self.read_cameras,
        )

    def read_manifest(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The index with these columns: see `core.datasets.index.COLUMNS`, with `cluster` and `unlikeness`.

        Raises
        ------
        WorkbenchError
            If the dataset is not imported yet, its import failed, or the file is damaged.
        """
        try:
            there = set(pq.read_schema(self.manifest_path).names)
            wanted = None if columns is None else [name for name in columns if name in there or name not in ADDED]
            table = pd.read_parquet(self.manifest_path, columns=wanted)
            lacking = [name for name in columns or ALL_COLUMNS if name not in there and name in ADDED]
            return table.assign(**{name: COLUMNS[name] for name in lacking})
        except FileNotFoundError:
            status = self.job.status()
            reason = status.error or "its images are still being read"
            raise WorkbenchError(f"The dataset {self.name!r} cannot be opened: {reason}") from None
        except (OSError, ValueError) as error:  # Arrow's own errors are among these
            reason = str(error).partition("\n")[0]
            raise WorkbenchError(
                f"The manifest of the dataset {self.name!r} is damaged, or of an earlier version of this program "
                f"({reason}). Delete the dataset here and import it again; the images are not touched by that."
            ) from error

    def read_cameras(self) -> pd.DataFrame:
        """What `core.datasets.grouping.cameras.read_cameras` found when the images were read in; else empty."""
        try:
            return pd.read_parquet(self.folder / CAMERAS, columns=CAMERA_COLUMNS)
        except (OSError, ValueError):  # of an earlier version, or damaged: nothing else depends on it
            return pd.DataFrame(columns=CAMERA_COLUMNS, dtype="str")

    def write_cameras(self, cameras: pd.DataFrame) -> None:
        with replacing(self.folder / CAMERAS) as temporary:
            cameras.to_parquet(temporary, index=False)

    @property
    def reading(self) -> Reading:
        """How its deep values and many bands become red, green and blue."""
        return self._read_by(self.edits.state()) if self._pinned is None else self._pinned.reading

    @property
    def chosen_ranges(self) -> dict[str, list[float]]:
        """By kind of sample, the values shown black and white that were chosen when the images were read in."""
        return self._chosen.get("ranges", {})

    @property
    def chosen_by_bands(self) -> tuple[int, ...]:
        """Of which bands the values were that `chosen_ranges` were chosen from; empty for the first three."""
        return tuple(self._chosen.get("by_bands", ()))

    @property
    def chosen_bands(self) -> tuple[int, ...]:
        """The bands that are shown where nobody chose others; empty for those that are usual."""
        return tuple(self._chosen.get("bands", ()))

    def choose_reading(
        self, ranges: Mapping[str, Sequence[float]], by_bands: Sequence[int], bands: Sequence[int]
    ) -> None:
        """Write down the scale of deep pixels, of which bands it was chosen from, and which bands are shown."""
        chosen = {"ranges": {kind: list(ends) for kind, ends in ranges.items()}}
        write_json(self._reading_path, chosen | {"by_bands": list(by_bands), "bands": list(bands)})

    @property
    def is_read_otherwise(self) -> bool:
        """Whether images are still described by another scale than they are read by now: it was changed just now."""
        content = self.content
        return bool(is_read_otherwise(content.table, content.reading).any())

    @property
    def _chosen(self) -> dict[str, Any]:
        values = read_json(self._reading_path)
        return {} if values is None else values

    def _read_by(self, edits: State) -> Reading:
        try:
            return reading_of(self.chosen_ranges, edits.ranges, edits.bands or self.chosen_bands)
        except (ValueError, TypeError, AttributeError) as error:
            raise WorkbenchError(
                f"{self._reading_path} does not say how the pixels of {self.name!r} are read. Delete it and import the "
                "images again: a scale is chosen anew."
            ) from error

    @property
    def _reading_path(self) -> Path:
        return self.folder / "reading.json"

    @property
    def ready(self) -> bool:
        """Whether its images have been read in and are known."""
        try:
            return self.content is not None
        except WorkbenchError:
            return False

    def why_not_ready(self) -> str:
        """What keeps the dataset from being used, in words; "" where nothing does."""
        try:
            self.content  # noqa: B018 - raises where there is something to say
        except WorkbenchError as error:
            return self.job.status().error or str(error)
        return ""

    def ask(self, question: Undecided | None) -> None:
        """Keep the question that reading the images in came to, which only a person can answer; None for no more."""
        if question is None:
            self._question_path.unlink(missing_ok=True)
        else:
            write_json(self._question_path, question.to_dict())

    @property
    def request(self) -> dict[str, Any]:
        """Where its images come from, and how they are to be read, as ``request.json`` says."""
        return read_json(self.folder / "request.json") or {}

    @property
    def question(self) -> dict[str, Any] | None:
        """What `Undecided.to_dict` says of the question that keeps the images from being read in; None for none."""
        return read_json(self._question_path)

    @property
    def _question_path(self) -> Path:
        return self.folder / "question.json"

    @property
    def images(self) -> pd.DataFrame:
        """The images that take part, with the `split` that each is in: see `Content.images`."""
        return self.content.images

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.content.class_names

    @property
    def split_settings(self) -> SplitSettings:
        return self.content.settings

    def set_split(self, settings: SplitSettings, edit: int = 0) -> None:
        """Divide the images anew.

        Parameters
        ----------
        edit
            The number of the edit that does it: while that stands, so does this split, and with its undo the
            split that there is now is back. 0 where nobody can undo it.

        Raises
        ------
        UsageError
            If they can't be divided so; then nothing is changed.
        """
        images = self.content.divided(settings, afresh=True)
        drawn_by = {"edit": edit, "earlier": self._standing_split()} if edit else {}
        self._write_split(settings, images, {}, drawn_by)

    def keep_split(self) -> None:
        """Write down which part each image is in, so that images that are added later move none of them."""
        content = self.content
        # Where no image is new, all have their parts already, and need not be divided once more to find out.
        has_new = not set(content.table["pixel_hash"]) <= content.parts.keys()
        if has_new and not content.split_problem:
            drawn_by = {key: value for key, value in self._standing_split().items() if key in ("edit", "earlier")}
            self._write_split(content.settings, content.images, content.parts, drawn_by)

    def forget_parts(self) -> None:
        """Have the split drawn anew by the settings that stand: images are labelled or divided otherwise by now."""
        write_json(self._split_path, _without_parts(read_json(self._split_path) or {}))

    def path_of(self, image_path: str) -> Path:
        return Path(file_of(image_path, self.info.root, os.fspath(self.folder)))

    def files_of(self, paths: Iterable[str]) -> list[str]:
        """`path_of` of many images, as texts: to make a path of each takes a second for 50,000 of them."""
        root, folder = self.info.root, os.fspath(self.folder)
        return [file_of(path, root, folder) for path in paths]

    def changed(self, images: pd.DataFrame) -> np.ndarray:
        """Which of these images are other pictures than were read in: (n,) array of bool.

        A file that is gone is for its reader to find.
        """
        now = stamps(self.folder, self.files_of(images["path"]))
        differs = (now != images[["size_bytes", "modified"]].to_numpy()).any(axis=1) & (now[:, 0] >= 0)
        for row in np.flatnonzero(differs):  # copied or touched perhaps: the pixels decide
            differs[row] = self._pixel_hash(images["path"].iloc[row]) != images["pixel_hash"].iloc[row]
        return differs

    def _pixel_hash(self, image_path: str) -> str:
        try:
            return describe(self.path_of(image_path)).pixel_hash
        except UnreadableImage:
            return ""

    @property
    def network_classes(self) -> tuple[str, ...]:
        """The classes in the order in which a network answers them: see `Content.network_classes`."""
        return self._network_classes or self.content.network_classes

    def label_indices(self, labels: pd.Series, names: Sequence[str] | None = None) -> np.ndarray:
        """The place of each label among these names, by default among the classes as they are shown: (n,) of int."""
        position = {name: index for index, name in enumerate(names or self.class_names)}
        return labels.map(position).to_numpy(dtype=np.int64)

    def summary(self) -> dict[str, Any]:
        """The dataset in a JSON-ready nutshell."""
        facts = {"name": self.name, "title": self.info.title, "drawn": self.info.drawn, "kind": self.info.kind}
        facts |= {"question": self.question}
        if not self.ready:
            status = self.job.status()
            facts |= {"state": status.state, "error": status.error}
            return facts | {"images": 0, "unlabelled": 0, "classes": []}
        content = self.content
        counts = content.counts
        return facts | {
            "state": "ready",
            "version": content.version,
            "images": len(content.images),
            "unlabelled": len(content.unlabelled),
            "classes": list(content.class_names),
            "counts": {name: {part: int(counts.at[name, part]) for part in SPLITS} for name in content.class_names},
            "unreadable": content.unreadable.to_dict("records"),
            "excluded": len(content.excluded),
            "warnings": list(self.info.warnings),
            "labels_from": self.info.labels_from,
            "split_from": self.info.split_from,
            "groups_from": self.info.groups_from,
            "reading": content.reading.to_dict(),
        }

    def save(self, info: DatasetInfo, manifest: pd.DataFrame | None = None) -> None:
        """Write what the dataset is and, last of all, its manifest: a dataset with a manifest is complete."""
        write_json(self.folder / "dataset.json", info.__dict__ | {"warnings": list(info.warnings)})
        if manifest is not None:
            with replacing(self.manifest_path) as temporary:
                manifest.to_parquet(temporary, index=False)
        self.__dict__.pop("info", None)

    @property
    def _split_path(self) -> Path:
        return self.folder / "split.json"

    def _split(self) -> tuple[SplitSettings, dict[str, str]]:
        values = self._standing_split()
        parts = {hash: part for part, hashes in values.get("parts", {}).items() for hash in hashes.split()}
        return SplitSettings.from_dict(values.get("settings", {})), parts

    def _standing_split(self) -> dict[str, Any]:
        """What is written of the split; where an edit drew it that was undone, of the one before."""
        values = read_json(self._split_path) or {}
        standing = {edit.id for edit in self.edits.standing()} if "edit" in values else ()
        while "edit" in values and values["edit"] not in standing:
            values = values.get("earlier", {})
        return values

    def _write_split(
        self, settings: SplitSettings, images: pd.DataFrame, earlier: Mapping[str, str], drawn_by: Mapping[str, Any]
    ) -> None:
        parts = dict(earlier) | dict(zip(images["pixel_hash"], images["split"], strict=True))
        # One long text for each part: as a list, a hundred thousand of them would take a second to write.
        hashes = {part: " ".join(hash for hash, its in parts.items() if its == part) for part in SPLITS}
        write_json(self._split_path, {"settings": settings.to_dict(), "parts": hashes} | dict(drawn_by))


def _without_parts(split: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of a split, and of those that an undo would bring back, without the parts of the images."""
    kept = {key: value for key, value in split.items() if key != "parts"}
    return kept | ({"earlier": _without_parts(kept["earlier"])} if "earlier" in kept else {})


# For all threads and visitors of a process.
@cached(LRUCache(CONTENTS_KEPT), key=Dataset._content_as_of, lock=Lock())
def _content_of(dataset: Dataset) -> Content:
    return dataset._read_content()


def written_state(path: Path) -> tuple[int, int, int] | None:
    """What tells one state of a file from the next."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


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
