"""The format "project": a dataset with its images and all of its runs, to be opened in another workbench."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from core.datasets.store import Dataset, list_datasets
from core.errors import WorkbenchError
from core.export.project.parts import (
    ABOUT,
    DATASET,
    DATASET_FILES,
    FORMAT,
    IMAGES,
    RUN_FILES,
    RUNS,
    VERSION,
    WEIGHT_FILES,
    check_size,
)
from core.export.project.tables import check_paths
from core.files import replacing
from core.jobs.progress import Report, unheard
from core.jobs.written_settings import RECORD
from core.runs.record import Run, list_runs

STAGE = "Packing the project"
Files = Mapping[str, Path | bytes]


def write(run: Run, path: Path, report: Report = unheard) -> list[str]:
    """Write the dataset of a run, its images and all of its runs into a project file.

    Returns
    -------
    list of str
        What people should know of it.

    Raises
    ------
    WorkbenchError
        If the dataset or an image of it is gone, or a part is larger than a project file can hold.
    """
    return write_project(run, path, True, report)


def write_project(run: Run, path: Path, with_images: bool, report: Report = unheard) -> list[str]:
    """The same, with or without the images."""
    workspace, name = run.workspace, run.settings.dataset
    dataset = next((dataset for dataset in list_datasets(workspace) if dataset.name == name), None)
    if dataset is None:
        raise WorkbenchError(f"The dataset {name!r} of the run {run.id} is gone, so there is no project to take along.")
    runs = list_runs(workspace, name)
    images = images_of(dataset) if with_images else {}
    parts = _about(dataset, runs, with_images) | _dataset_files(dataset)
    for each in runs:
        parts |= _run_files(each)
    _pack(path, parts | images, report)
    return _remarks(dataset, runs, images)


def images_of(dataset: Dataset) -> dict[str, Path]:
    """By their place in a project file, the images that can be read.

    Raises
    ------
    WorkbenchError
        If the path of one leads out of the folder of the dataset, or one is gone.
    """
    manifest = dataset.read_manifest(["path", "problem"])
    paths = manifest.loc[manifest["problem"] == "", "path"].tolist()
    try:
        check_paths(paths)
    except WorkbenchError as error:
        raise WorkbenchError(f"{error} Rename it, or take the project along without its images.") from error
    for path in paths:
        if not dataset.path_of(path).is_file():
            raise WorkbenchError(
                f"The image {path} of the dataset {dataset.name!r} is gone from {dataset.info.root}. Bring it back, or "
                "take the project along without its images."
            )
    return {f"{IMAGES}/{path}": dataset.path_of(path) for path in paths}


def _about(dataset: Dataset, runs: Sequence[Run], with_images: bool) -> dict[str, bytes]:
    facts = {"format": FORMAT, "version": VERSION, "dataset": dataset.name, "images": with_images}
    return {ABOUT: _json(facts | {"runs": [run.id for run in runs]})}


def _dataset_files(dataset: Dataset) -> dict[str, Path]:
    paths = {name: dataset.folder / name for name in DATASET_FILES}
    return {f"{DATASET}/{name}": path for name, path in paths.items() if path.is_file()}


def _run_files(run: Run) -> dict[str, Path | bytes]:
    paths = {name: run.folder / name for name in (*RUN_FILES, *WEIGHT_FILES)}
    found: dict[str, Path | bytes] = {f"{RUNS}/{run.id}/{name}": path for name, path in paths.items() if path.is_file()}
    # Of a run by a build that had no record, what its own files tell.
    return found | {f"{RUNS}/{run.id}/{RECORD}": _json(asdict(run.record))}


def _pack(path: Path, parts: Files, report: Report) -> None:
    with replacing(path) as temporary, _new_zip(temporary) as archive:
        for number, (name, content) in enumerate(parts.items(), start=1):
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
            check_size(tuple(name.split("/")), size)
            # Images, tables and weights are packed already.
            method = zipfile.ZIP_DEFLATED if name.endswith((".json", ".jsonl")) else zipfile.ZIP_STORED
            if isinstance(content, bytes):
                archive.writestr(name, content, method)
            else:
                archive.write(content, name, method)
            report(STAGE, number, len(parts))


def _new_zip(path: Path) -> zipfile.ZipFile:
    # A zip knows no time before 1980, which files from cameras without a clock have.
    return zipfile.ZipFile(path, "w", strict_timestamps=False)


def _remarks(dataset: Dataset, runs: Sequence[Run], images: Mapping[str, Path]) -> list[str]:
    with_images = f"with its {len(images):,} images" if images else "without its images"
    remarks = [f"The dataset “{dataset.info.title}” {with_images}, and its {_count(runs, 'run')}."]
    going = [run for run in runs if run.status().active]
    if going:
        remarks.append(f"{_count(going, 'run')} still trained: taken along as far as it had come.")
    return remarks


def _count(things: Sequence[object], word: str) -> str:
    return f"{len(things):,} {word}{'' if len(things) == 1 else 's'}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
