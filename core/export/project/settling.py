"""Makes an unpacked dataset and its runs true of this machine: names, places, and that no process works on them."""

import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from core.architectures.weights import IMAGENET, UNTRAINED
from core.datasets.added import ADDED, file_of, is_added
from core.datasets.cards import load_cards
from core.datasets.fetching import PICTURES
from core.datasets.samples import SAMPLES
from core.datasets.sources.archives.rules import (
    BadArchive,
)
from core.datasets.sources.choices import Choices
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.packed.writing import write_layout
from core.datasets.sources.words import quoted
from core.datasets.store import Dataset, DatasetInfo
from core.errors import UsageError, WorkbenchError
from core.export.project.parts import (
    DATASET,
    IMAGES,
)
from core.export.project.tables import check_manifest, check_table
from core.export.project.unpacking import About
from core.files import read_json, write_json
from core.jobs.job import Status
from core.runs.labels import read_labels, write_labels
from core.runs.record import Run
from core.runs.run_record import update_run_record
from core.workspace import NAME_LENGTH, Workspace, check_name, suggest_name

KIND = "project"
NO_IMAGES = "It came without its images: its figures open, but its images can't be shown or trained on."
ENDED = ("done", "stopped", "failed")
# All else is the path of a file.
NAMED_WEIGHTS = ("", IMAGENET, UNTRAINED)


@dataclass(frozen=True)
class Names:
    """What the dataset and its runs are called here; of the runs, by the ids that they had."""

    dataset: str
    runs: Mapping[str, str]

    @classmethod
    def free(cls, workspace: Workspace, about: About) -> "Names":
        """Their own names where these are free in a workspace, else with a number behind."""
        datasets, runs = _taken(workspace.datasets) | set(SAMPLES), _taken(workspace.runs)
        dataset = _free(_usable(about.dataset), datasets, "_", NAME_LENGTH)
        ids: dict[str, str] = {}
        for run in about.runs:
            ids[run] = _free(run, runs | set(ids.values()), "-", 210)
        return cls(dataset, ids)


def _usable(name: str) -> str:
    """A name that a dataset can have: as nearly this one as can be."""
    try:
        return check_name(name)
    except UsageError:
        return suggest_name(name)


def _taken(folder: Path) -> set[str]:
    return {path.name.casefold() for path in folder.iterdir()} if folder.is_dir() else set()


def _free(name: str, taken: Collection[str], between: str, longest: int) -> str:
    """The name, or with the first number behind it that makes it another than those taken."""
    chosen, number = name, 1
    while chosen.casefold() in taken:
        number += 1
        ending = f"{between}{number}"
        chosen = name[: longest - len(ending)] + ending
    return chosen


def settle_dataset(staging: Workspace, about: About, names: Names, workspace: Workspace) -> Dataset:
    """The dataset by its name here, in the staging; what it says of itself is made true of this machine."""
    staging.datasets.mkdir()
    folder = _existing(staging.root / DATASET, "dataset").rename(staging.datasets / names.dataset)
    manifest = folder / "manifest.parquet"
    for table in filter(Path.exists, (manifest, folder / "cameras.parquet")):
        check_table(table)
    rows = check_manifest(_existing(manifest, "manifest"))
    dataset = Dataset(folder)
    info = _info(_object(folder / "dataset.json"), names.dataset, workspace.datasets / names.dataset / PICTURES)
    if about.images or (staging.root / IMAGES).is_dir():
        _settle_images(_existing(staging.root / IMAGES, "folder of images"), folder / PICTURES, rows, info)
    else:
        info = replace(info, warnings=(*info.warnings, NO_IMAGES))
    dataset.save(info)
    write_json(folder / "request.json", {"source": KIND})
    dataset.job.update(state="done")
    return dataset


def _settle_images(unpacked: Path, pictures: Path, rows: pd.DataFrame, info: DatasetInfo) -> None:
    """The images where the manifest looks for them, as old as it says: they then count as those that it describes."""
    unpacked.rename(pictures)
    known = set(rows["path"])
    for folder, _, names in os.walk(pictures):
        for name in names:
            path = Path(folder, name).relative_to(pictures).as_posix()
            if path not in known:
                raise BadArchive(f"The project file holds an image that its manifest does not know: {quoted(path)}.")
    if (pictures / ADDED).is_dir():
        (pictures / ADDED).rename(pictures.parent / ADDED)
    good = rows[rows["problem"] == ""]
    for path, modified in zip(good["path"], good["modified"], strict=True):
        file = file_of(path, str(pictures), str(pictures.parent))
        if not os.path.isfile(file):
            raise BadArchive(f"The project file lacks the image {quoted(path)}. Export it again.")
        os.utime(file, ns=(modified, modified))
    brought = good.loc[~good["path"].map(is_added).astype(bool), ["path", "label", "given_split", "given_group"]]
    found = [FoundImage(*row) for row in brought.itertuples(index=False)]
    layout = Layout(pictures, [image for image in found if image.label])
    layout.unlabelled = [image for image in found if not image.label]
    layout.left_out = list(rows.loc[rows["problem"] != "", ["path", "problem"]].itertuples(index=False, name=None))
    layout.warnings, layout.labels_from = list(info.warnings), info.labels_from
    layout.split_from, layout.groups_from = info.split_from, info.groups_from
    write_layout(layout)


def _info(values: Mapping[str, Any], name: str, root: Path) -> DatasetInfo:
    def text(key: str) -> str:
        return str(values.get(key, ""))

    card = text("card") if text("card") in load_cards() else ""
    title = text("title") or name
    return DatasetInfo(
        name=name,
        title=title if values.get("name") == name else f"{title} ({name})",
        description=text("description"),
        drawn=values.get("drawn") is True,
        kind=KIND,
        card=card,
        card_asked_for=values.get("card_asked_for") is True,
        root=str(root),
        warnings=tuple(str(words) for words in values.get("warnings") or ()),
        labels_from=text("labels_from"),
        split_from=text("split_from"),
        groups_from=text("groups_from"),
        choices=Choices().to_dict(),
    )


def settle_runs(staging: Workspace, about: About, names: Names, hosted: bool) -> tuple[list[Run], list[str]]:
    """The runs by their ids here, in the staging.

    Returns
    -------
    runs : list of Run
    left_out : list of str
        The former ids of those that name a file of weights by its path, which no visitor to a hosted app may do.
    """
    runs, left_out, unpacked = [], [], staging.root / "unpacked"
    if staging.runs.is_dir():
        staging.runs.rename(unpacked)
    staging.runs.mkdir()
    for was in about.runs:
        run = Run(_existing(unpacked / was, f"run {was}").rename(staging.runs / names.runs[was]))
        _settle_run(run, names)
        if hosted and run.settings.weights not in NAMED_WEIGHTS:
            left_out.append(was)
        else:
            runs.append(run)
    return runs, left_out


def _settle_run(run: Run, names: Names) -> None:
    """A run of this dataset, that has ended: no process works on it here, whatever it says."""
    for table in filter(Path.exists, (run.predictions_path, run.images_path)):
        check_table(table)
    record = _object(run.folder / "run.json")
    settings = record.get("settings")
    if not isinstance(settings, dict):
        raise BadArchive(f"The run {run.id} has lost its settings: the project file is damaged.")
    parent = names.runs.get(str(record.get("parent_run")), "")
    update_run_record(run.folder, settings=settings | {"dataset": names.dataset}, parent_run=parent)
    values = _object(run.folder / "status.json") if (run.folder / "status.json").exists() else {}
    write_json(run.folder / "status.json", asdict(_ended(values)))
    labels = asdict(read_labels(run))
    (run.folder / "labels.json").unlink(missing_ok=True)
    write_labels(run, **labels)


def _ended(values: Mapping[str, Any]) -> Status:
    def number(key: str) -> float | None:
        value = values.get(key)
        return float(value) if isinstance(value, int | float) else None

    state, facts = values.get("state"), values.get("facts")
    return Status(
        state=str(state) if state in ENDED else "stopped",
        error=str(values.get("error") or ""),
        started=number("started"),
        finished=number("finished"),
        facts=facts if isinstance(facts, dict) else {},
    )


def _object(path: Path) -> dict[str, Any]:
    try:
        values = read_json(path)
    except (WorkbenchError, RecursionError) as error:
        raise BadArchive(f"{path.name} in the project file is damaged.") from error
    if not isinstance(values, dict):
        raise BadArchive(f"{path.name} in the project file is missing or damaged.")
    return values


def _existing(path: Path, what: str) -> Path:
    if not path.exists():
        raise BadArchive(f"The project file lacks its {what}. Export it again.")
    return path
