"""Bringing images in: `python -m core.datasets.importing FOLDER` for the pages, `run_import` for the command line."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd

from core.datasets.archive import Limits, unpack_zip
from core.datasets.layout import FoundImage, Layout, find_images
from core.datasets.samples import SAMPLES, write_sample
from core.datasets.store import Dataset, DatasetInfo, list_datasets, open_dataset
from core.errors import UsageError, WorkbenchError, in_words
from core.files import read_json, write_json
from core.hosting import Hosting
from core.images.reading import UnreadableImage, describe
from core.jobs import Job, identity
from core.workspace import Workspace, check_name, suggest_name

Progress = Callable[[str, int, int], None]
SECONDS_BETWEEN_REPORTS = 0.3


class ImportStopped(WorkbenchError):
    """The user asked to stop."""


def create_from_path(workspace: Workspace, source: Path, name: str = "") -> Dataset:
    """Lay out a new dataset for the folder or zip at `source`; `run_import` or the import process then fills it.

    Raises
    ------
    UsageError
        If there is nothing at `source`, or the name can't be used or is taken.
    """
    source = Path(os.path.expanduser(source)).resolve()
    shown = os.fsencode(source).decode("utf-8", "replace")
    if not source.exists():
        raise UsageError(f"There is nothing at {shown}. Check the spelling.")
    if shown != str(source):
        raise UsageError(f"The path {shown} is not valid text (UTF-8). Rename it and import again.")
    kind, title = ("folder", source.name) if source.is_dir() else ("zip", source.stem)
    info = DatasetInfo(name=name or suggest_name(title), title=name or title, kind=kind)
    return _create(workspace, info, {"source": str(source)})


def create_from_upload(workspace: Workspace, upload, file_name: str, name: str = "") -> Dataset:
    """Lay out a new dataset for an uploaded zip, which is moved to disk at once.

    Parameters
    ----------
    upload
        A file opened for reading bytes.
    file_name
        What the user's browser calls it.
    """
    title = name or Path(file_name).stem
    info = DatasetInfo(name=suggest_name(title), title=title, kind="zip")
    dataset = _create(workspace, info, {"source": "upload.zip", "delete_source": True})
    try:
        with (dataset.folder / "upload.zip").open("wb") as target:
            shutil.copyfileobj(upload, target, 1 << 20)
    except OSError:
        shutil.rmtree(dataset.folder)
        raise
    return dataset


def create_sample(workspace: Workspace, name: str) -> Dataset:
    """Lay out one of the drawn samples."""
    sample = SAMPLES[name]
    info = DatasetInfo(name=name, title=sample.title, description=sample.description, drawn=True, kind="sample")
    return _create(workspace, info, {"sample": name})


def open_sample(workspace: Workspace, name: str) -> Dataset:
    """One of the drawn samples, being drawn by a process of its own where it is not there yet.

    Raises
    ------
    UsageError
        If it is not there yet and a visitor's space is full.
    """
    if not (workspace.datasets / name / "dataset.json").exists():
        Hosting.from_environment().check_room(workspace)
        start_import(create_sample(workspace, name))
    return Dataset(workspace.datasets / name)


def start_import(dataset: Dataset) -> None:
    """Set the import of a dataset that was just laid out, or did not end well, going in a process of its own."""
    dataset.job.forget()
    dataset.job.launch("core.datasets.importing")


def ensure_dataset(workspace: Workspace, name: str, progress: Progress | None = None) -> Dataset:
    """The dataset with this name, ready to use; a sample is drawn, or drawn again, where it is not there yet.

    Raises
    ------
    UsageError
        If there is no such dataset.
    WorkbenchError
        If it is there but its import failed or is not finished.
    """
    is_new = name in SAMPLES and not (workspace.datasets / name / "dataset.json").exists()
    dataset = create_sample(workspace, name) if is_new else open_dataset(workspace, name)
    if not dataset.ready and dataset.info.kind == "sample" and not dataset.job.status().active:
        dataset.job.forget()
        run_import(dataset, progress)
    dataset.manifest  # noqa: B018 - raises in words where it is not ready
    return dataset


def run_import(dataset: Dataset, progress: Progress | None = None, limits: Limits | None = None) -> Dataset:
    """Unpack or draw what has to be, find the images, read every one, and write the manifest.

    Parameters
    ----------
    dataset
        A dataset that was just laid out.
    progress
        Called with what is being done, how many are done, and of how many.
    limits
        What an archive may hold.

    Raises
    ------
    WorkbenchError
        If nothing usable is found. The status holds the same words, and no manifest is written.
    """
    job, request = dataset.job, read_json(dataset.folder / "request.json")
    report = _reporter(job, progress)
    job.update(state="running", started=time.time(), processes=[identity()], error="")
    try:
        source = _fetch(dataset, request, report, limits or Limits())
        layout = find_images(source, "" if dataset.info.kind == "folder" else "The archive")
        manifest = _describe_all(layout, report)
        _check_manifest(manifest, layout)
        info = replace(dataset.info, root=str(layout.root), warnings=tuple(layout.warnings))
        dataset.save(info, manifest)
        job.update(state="done", finished=time.time(), eta_seconds=0)
    except BaseException as error:
        dataset.discard()
        stopped = isinstance(error, KeyboardInterrupt | ImportStopped)
        job.update(state="stopped" if stopped else "failed", error=in_words(error), finished=time.time())
        raise
    finally:
        if request.get("delete_source"):
            (dataset.folder / request["source"]).unlink(missing_ok=True)
    return dataset


def _create(workspace: Workspace, info: DatasetInfo, request: dict) -> Dataset:
    check_name(info.name)
    taken = {dataset.name.casefold(): dataset for dataset in list_datasets(workspace)}
    existing = taken.get(info.name.casefold())
    if existing is not None and existing.job.status().state not in ("failed", "stopped"):
        raise UsageError(
            f"There is already a dataset {existing.name!r}. Choose another name, or delete that one first."
        )
    if info.name.casefold() in SAMPLES and "sample" not in request:
        raise UsageError(f"The name {info.name!r} belongs to a drawn sample. Choose another.")
    if existing is not None:
        shutil.rmtree(existing.folder)
    dataset = Dataset(workspace.datasets / info.name)
    write_json(dataset.folder / "request.json", request)
    dataset.save(info)
    return dataset


def _fetch(dataset: Dataset, request: dict, report: Progress, limits: Limits) -> Path:
    """Bring the images to where they can be read, and return the folder."""
    images = dataset.folder / "images"
    if "sample" in request:
        write_sample(request["sample"], images, progress=lambda done, total: report("Drawing images", done, total))
        return images
    source = dataset.folder / request["source"]
    if source.is_dir():
        return source
    unpack_zip(source, images, limits=limits, progress=lambda done, total: report("Unpacking", done, total))
    return images


def _describe_all(layout: Layout, report: Progress) -> pd.DataFrame:
    """Read every image once; Pillow lets go of Python's lock while it decodes, so threads use all cores."""

    def row_of(image: FoundImage) -> dict:
        row = {"path": image.path, "label": image.label, "given_split": image.split, "problem": ""}
        try:
            return row | describe(layout.root / image.path).__dict__
        except UnreadableImage as error:
            return row | {"problem": str(error)}

    columns = {"path": "", "label": "", "given_split": "", "problem": "", "width": 0, "height": 0, "mode": ""}
    columns |= {"format": "", "size_bytes": 0, "pixel_hash": ""}
    rows = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for row in pool.map(row_of, layout.images):
                rows.append(columns | row)
                report("Reading images", len(rows), len(layout.images))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    rows += [columns | {"path": path, "problem": reason} for path, reason in layout.left_out]
    return pd.DataFrame(rows)


def _check_manifest(manifest: pd.DataFrame, layout: Layout) -> None:
    good = manifest[manifest["problem"] == ""]
    if good["label"].nunique() >= 2:
        return
    bad = manifest[manifest["problem"] != ""]
    examples = "; ".join(f"{path} {problem}" for path, problem in bad[["path", "problem"]].head(3).to_numpy())
    raise WorkbenchError(
        f"Fewer than two classes hold a readable image ({len(good)} of {len(manifest)} files could be read). {examples}"
    )


def _reporter(job: Job, progress: Progress | None) -> Progress:
    """Write progress to the job's status, at most a few times a second, and pass it on; end where asked to stop."""
    stage_started, last = {}, 0.0

    def report(stage: str, done: int, total: int) -> None:
        nonlocal last
        if job.stop_requested:
            raise ImportStopped("The import was stopped.")
        now = time.monotonic()
        began = stage_started.setdefault(stage, now)
        if progress is not None:
            progress(stage, done, total)
        if now - last >= SECONDS_BETWEEN_REPORTS or done == total:
            last = now
            left = (now - began) / done * (total - done) if done else None
            job.update(stage=stage, done=done, total=total, eta_seconds=left)

    return report


def main() -> int:
    dataset = Dataset(Path(sys.argv[1]))
    try:
        quota = Hosting.from_environment().quota_bytes
        run_import(dataset, limits=Limits(unpacked_bytes=quota) if quota else None)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
