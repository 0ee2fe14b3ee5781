"""Prediction: what runs say of many images, worked out by a process of its own that can be stopped and go on later."""

import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from filelock import FileLock

from core.datasets.sources.archives.rules import DEFAULT_LIMITS, Limits
from core.datasets.sources.listing import is_text
from core.datasets.store import Dataset, open_dataset
from core.errors import UsageError, WorkbenchError
from core.files import read_json, replacing, write_json
from core.hosting import Hosting
from core.jobs.job import Job
from core.jobs.progress import Report, unheard
from core.prediction.answers import Answers, averaged, joined, no_answers
from core.prediction.parts import load_part
from core.prediction.sources import Brought, existing, gather, of_dataset
from core.prediction.table_files import write_tables
from core.runs.record import Run
from core.workspace import Workspace

WORKER = "core.prediction.worker"
LONGEST_NAME = 150  # letters of an uploaded file's name, which disks keep in 255 bytes


class Upload(Protocol):
    """A file that a browser has sent, opened for reading bytes."""

    @property
    def name(self) -> str: ...

    def read(self, size: int = -1, /) -> bytes: ...


class Prediction(Job):
    """The folder of a prediction, whose name is its id.

    ``request.json`` says of which runs and images, ``brought.parquet`` which images these are, ``parts/`` holds the
    answers of each run, ``uploads/`` and ``unpacked/`` images that lie nowhere else. The status's facts are ``images``
    and ``problems``, how many there are, and ``remarks``, by run what one should know of its answers.
    """

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def workspace(self) -> Workspace:
        return Workspace.holding(self.folder)

    @property
    def request(self) -> dict[str, Any]:
        """The ids of the `runs`, the `sources` or the `dataset` whose unlabelled images they are, the `title`."""
        return read_json(self.folder / "request.json") or {}

    @property
    def title(self) -> str:
        return self.request.get("title") or self.id

    @property
    def runs(self) -> list[Run]:
        """The runs that are asked, whether they are still there or not."""
        return [Run(self.workspace.runs / name) for name in self.request.get("runs", [])]

    @property
    def resumable(self) -> bool:
        """Whether it has ended before its end."""
        return self.status().state in ("stopped", "failed")

    def brought(self) -> Brought | None:
        """The images, in the order in which they are answered; None before they were looked for."""
        try:
            table = pd.read_parquet(self._brought_path)
        except FileNotFoundError:
            return None
        images = table[table["problem"] == ""]
        others = table[table["problem"] != ""]
        paths = tuple(self.folder / path for path in images["path"])  # an absolute one stays as it is
        return Brought(tuple(images["name"]), paths, dict(zip(others["name"], others["problem"], strict=True)))

    def look_for_images(self, report: Report = unheard) -> Brought:
        """The images, looked for where the request says and written down, so that they stay the same."""
        if (known := self.brought()) is not None:
            return known
        request = self.request
        if dataset := request.get("dataset"):
            brought = of_dataset(open_dataset(self.workspace, dataset))
        else:
            quota = Hosting.from_environment().quota_bytes
            limits = Limits(unpacked_bytes=quota) if quota else DEFAULT_LIMITS
            sources = [self.folder / source for source in request["sources"]]
            brought = gather(sources, self.folder / "unpacked", limits, report)
        names, paths = (
            [*brought.names, *brought.problems],
            [*map(self._written, brought.paths), *[""] * len(brought.problems)],
        )
        problems = [*[""] * len(brought), *brought.problems.values()]
        table = pd.DataFrame({"name": names, "path": paths, "problem": problems}, dtype="str")
        with replacing(self._brought_path) as temporary:
            table.to_parquet(temporary, index=False)
        for upload in self.folder.glob("uploads/*"):  # archives lie there unpacked by now
            if upload not in brought.paths:
                upload.unlink()
        return brought

    def part_path(self, run: int, part: int) -> Path:
        """Where the answers of a run to a part of the images are, both counted from 0."""
        return self.folder / "parts" / f"{run}-{part:06}.parquet"

    def parts(self, run: int | None = None) -> Iterator[Answers]:
        """The answers so far, part by part in the order of the images.

        Parameters
        ----------
        run
            Of which of the runs, counted from 0; None for the mean over all of them.

        Raises
        ------
        UsageError
            If the mean is asked for of runs that don't tell the same classes apart.
        """
        chosen = range(len(self.request.get("runs", []))) if run is None else [run]
        for part in count():
            answers = [load_part(self.part_path(each, part)) for each in chosen]
            known = [each for each in answers if each is not None]
            if not known or len(known) < len(answers):
                return
            yield known[0] if len(known) == 1 else averaged(known)

    def answers(self, run: int | None = None) -> Answers:
        """All answers so far, with the problems of what was brought; see `parts`.

        Raises
        ------
        WorkbenchError
            If there are none yet.
        """
        parts, brought = list(self.parts(run)), self.brought()
        if not parts or brought is None:
            raise WorkbenchError(self.status().error or "Nothing has been predicted yet.")
        return joined([no_answers(parts[0].class_names, parts[0].temperature, brought.problems), *parts])

    def write(self, paths: Mapping[str, Path], top: int = 2, run: int | None = None) -> int:
        """Write the answers so far to files: see `core.prediction.table_files.write_tables`."""
        return write_tables(self.parts(run), paths, top)

    def _written(self, path: Path) -> str:
        """Relative where it lies within, so that a workspace can be moved."""
        return str(path.relative_to(self.folder) if path.is_relative_to(self.folder) else path.absolute())

    @property
    def _brought_path(self) -> Path:
        return self.folder / "brought.parquet"


def start_prediction(
    workspace: Workspace,
    runs: Sequence[Run],
    sources: Sequence[str | Path] = (),
    uploads: Iterable[Upload] = (),
    dataset: Dataset | None = None,
    title: str = "",
) -> Prediction:
    """Have runs asked about many images, in a process of its own that waits for one of the machine's slots.

    Parameters
    ----------
    runs
        One or more, each of which answers every image.
    sources
        Paths of files, folders and archives.
    uploads
        Files that a browser has sent, which are moved into the prediction's folder.
    dataset
        Whose unlabelled images they are, where there are neither sources nor uploads.
    title
        What people call it.

    Raises
    ------
    UsageError
        If there is no run or no image, a visitor's space is full, or a visitor has typed a path, or another prediction
        going on.
    WorkbenchError
        If a run has no weights.
    """
    hosting = Hosting.from_environment()
    if hosting.hosted and sources:
        raise UsageError("Here no folder of the machine is read. Upload the images.")
    _check_weights(runs)
    with _turn(workspace, hosting):
        prediction = _lay_out(workspace)
        try:
            stored = [_store(upload, prediction.folder / "uploads") for upload in uploads]
            hosting.check_room(workspace)
            asked = [str(existing(source).absolute()) for source in sources] + [f"uploads/{name}" for name in stored]
            if not asked and dataset is None:
                raise UsageError("No image was brought. Give files, a folder, or an archive of images such as a .zip.")
            request = {"runs": [run.id for run in runs], "sources": asked, "title": title}
            request |= {"dataset": dataset.name} if dataset is not None and not asked else {}
            write_json(prediction.folder / "request.json", request)
        except BaseException:
            shutil.rmtree(prediction.folder)
            raise
        _launch(prediction)
    return prediction


def resume_prediction(prediction: Prediction) -> None:
    """Go on with a prediction that was stopped, failed or died, behind the last part that is there.

    Raises
    ------
    UsageError
        If it is still going, or done, or a visitor's space is full, or another prediction of a visitor is going on.
    """
    if not prediction.resumable:
        state = prediction.status().state
        raise UsageError(f"The prediction {prediction.title} is {state}, so there is nothing to go on with.")
    with _turn(prediction.workspace, Hosting.from_environment()):
        prediction.forget()
        _launch(prediction)


def list_predictions(workspace: Workspace) -> list[Prediction]:
    """The predictions of a workspace, the newest first."""
    place = _place(workspace)
    folders = sorted(place.iterdir(), reverse=True) if place.is_dir() else []
    return [Prediction(folder) for folder in folders if (folder / "request.json").exists()]


def delete_prediction(prediction: Prediction) -> None:
    """Remove a prediction that has ended, with what was uploaded for it.

    Raises
    ------
    UsageError
        If it is still going.
    """
    if prediction.status().active:
        raise UsageError(f"The prediction {prediction.title} is still going. Stop it first.")
    shutil.rmtree(prediction.folder)


def _place(workspace: Workspace) -> Path:
    return workspace.root / "predictions"


def _lay_out(workspace: Workspace) -> Prediction:
    stamp, place = time.strftime("%Y%m%d-%H%M%S"), _place(workspace)
    place.mkdir(parents=True, exist_ok=True)
    for attempt in range(100):
        folder = place / (f"{stamp}-{attempt + 1}" if attempt else stamp)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return Prediction(folder)
    raise WorkbenchError("Too many predictions were started at once. Try again in a second.")


@contextmanager
def _turn(workspace: Workspace, hosting: Hosting) -> Iterator[None]:
    """Where one prediction may be started; two windows start theirs one after the other.

    Raises
    ------
    UsageError
        If a visitor's space is full, or a process of theirs is predicting or waiting already.
    """
    workspace.root.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace.root / "predictions.lock"):
        hosting.check_room(workspace)
        going = [each for each in list_predictions(workspace) if hosting.hosted and each.status().active]
        if going:
            raise UsageError(f"The prediction {going[0].title} is going on. Wait for its end, or stop it.")
        yield


def _check_weights(runs: Sequence[Run]) -> None:
    if not runs:
        raise UsageError("Choose a run that is to be asked.")
    for run in runs:
        if not (run.best_weights.exists() or run.fine_tuned_weights.exists()):
            raise WorkbenchError(f"The run {run.id} has no weights, so it can't be asked about images.")


def _store(upload: Upload, folder: Path) -> str:
    """Move an uploaded file to disk under the name that people know; where that is taken, with a number before it."""
    folder.mkdir(exist_ok=True)
    name = re.sub(r"[\x00-\x1f/\\]", "_", upload.name.replace("\\", "/").rpartition("/")[2])[-LONGEST_NAME:]
    name = name if is_text(name) and name.strip(". ") else "image"
    number, free = 1, name
    while (folder / free).exists():
        number += 1
        free = f"{number} {name}"
    with (folder / free).open("wb") as target:
        shutil.copyfileobj(upload, target, 1 << 20)
    return free


def _launch(prediction: Prediction) -> None:
    prediction.launch(WORKER, WORKBENCH_SLOTS=str(prediction.workspace.slots))
