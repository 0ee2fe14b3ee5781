"""Bringing images in: `python -m core.datasets.importing FOLDER` for the pages, `run_import` for the command line."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from core.datasets.added import added_images, is_added
from core.datasets.alike.near_duplicates import clusters, near_pairs
from core.datasets.cards import namesake
from core.datasets.creation import UPLOADED, create_sample, keep_choices, place_of
from core.datasets.fetching import PICTURES, UNPACKED, fetch, warnings_of_unpacking
from core.datasets.findings.lost_classes import lost_in_words
from core.datasets.grouping.cameras import read_cameras
from core.datasets.index import FROM_LAYOUT, Index, changes, described_again, is_current
from core.datasets.known import is_asked_for
from core.datasets.outliers import looks_of, unlikeness
from core.datasets.pixel_scale import chosen_bands, chosen_range, kinds_of
from core.datasets.samples import SAMPLES
from core.datasets.sources.archives.rules import Limits
from core.datasets.sources.choices import Choices, Undecided, choices_of
from core.datasets.sources.kinds import FOLDER, PACKED
from core.datasets.sources.layout import Layout, find_images
from core.datasets.sources.packed.writing import read_written
from core.datasets.sources.tables.reading import read_table
from core.datasets.store import ALL_COLUMNS, SEEN_COLUMNS, Dataset, open_dataset
from core.errors import UsageError, WorkbenchError, in_words
from core.hosting import Hosting
from core.jobs.job import Stopped, identity
from core.jobs.progress import Progress
from core.workspace import Workspace

Listener = Callable[[str, int, int], None]
NICENESS = 5


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
    """Set an import going in a process of its own: a first one, one that did not end well, or to see what changed."""
    if dataset.job.status().active:
        return
    dataset.job.forget()
    dataset.job.launch("core.datasets.importing")


def import_now(dataset: Dataset, progress: Listener | None = None) -> Dataset:
    """Import in this process and wait for the end; an earlier stop is forgotten.

    Raises
    ------
    WorkbenchError
        See `run_import`.
    """
    if not dataset.job.status().active:
        dataset.job.forget()
    return run_import(dataset, progress)


def ensure_dataset(workspace: Workspace, name: str, progress: Listener | None = None) -> Dataset:
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
        import_now(dataset, progress)
    dataset.content  # noqa: B018 - raises in words where it is not ready
    return dataset


def run_import(dataset: Dataset, progress: Listener | None = None, limits: Limits | None = None) -> Dataset:
    """Bring the images to where they can be read, find them, index them, and write the manifest.

    For a dataset that was imported before, what changed in its folder is read: images that were added get a place in
    the split, and none of the others moves.

    Parameters
    ----------
    dataset
        A dataset that was laid out.
    progress
        Called with what is being done, how many are done, and of how many.
    limits
        What an archive may hold.

    Raises
    ------
    WorkbenchError
        If nothing usable is found. The status holds the same words, and a manifest of an earlier import stays.
    """
    return _reading_in(dataset, lambda report: _import(dataset, report, limits or Limits()), progress)


def _reading_in(dataset: Dataset, work: Callable[[Progress], None], progress: Listener | None = None) -> Dataset:
    """Do something to the images of a dataset, one process at a time, and keep in its status how that goes.

    Raises
    ------
    WorkbenchError
        What the work raises; the status holds the same words. And where another process is at it.
    """
    job = dataset.job
    try:
        with FileLock(dataset.folder / "import.lock", timeout=0):
            job.update(state="running", started=time.time(), finished=None, processes=[identity()], error="")
            work(Progress(job, progress))
            dataset.ask(None)
            job.update(state="done", finished=time.time(), eta_seconds=0)
    except Timeout:
        raise UsageError(f"The images of {dataset.name!r} are being read in by another process just now.") from None
    except BaseException as error:
        stopped, undecided = isinstance(error, KeyboardInterrupt | Stopped), isinstance(error, Undecided)
        if isinstance(error, Undecided):
            dataset.ask(error)
        elif not stopped:
            keep_choices(dataset)
        # A folder of the index means that images were read: what they are read from is then of use for going on, as it
        # is where a person is asked.
        if (
            not stopped
            and not undecided
            and not dataset.manifest_path.exists()
            and not (dataset.folder / "index").exists()
        ):
            _discard(dataset)
        words = "Stopped. What has been read is kept: go on whenever you like." if stopped else in_words(error)
        job.update(state="stopped" if stopped else "failed", error=words, finished=time.time())
        raise
    return dataset


def changes_on_disk(dataset: Dataset) -> tuple[int, int, int]:
    """How many images are new, gone, and changed since they were read in, without opening any of them.

    Raises
    ------
    WorkbenchError
        If the images are not where they were.
    """
    known = dataset.read_manifest(["path", "label", "size_bytes", "modified", "edition"])
    chosen = dataset.info.choices
    choices = choices_of(dataset.request) if chosen is None else Choices.from_dict(chosen)
    parts = [changes(layout, rows) for layout, rows in _both(layout_of(dataset, choices), dataset.folder, known)]
    new, gone, changed = map(sum, zip(*parts, strict=True))
    return new, gone, changed


def _import(dataset: Dataset, report: Progress, limits: Limits) -> None:
    request = dataset.request
    choices = choices_of(request)
    place = fetch(dataset, request, report, limits)
    layout = layout_of(dataset, choices, place)
    card = dataset.info.card if is_asked_for(dataset.info) or dataset.info.drawn else _card_name(layout.class_names)
    info = replace(
        dataset.info,
        root=str(layout.root),
        warnings=(*warnings_of_unpacking(dataset), *layout.warnings),
        card=card,
        labels_from=layout.labels_from,
        split_from=layout.split_from,
        groups_from=layout.groups_from,
        choices=choices.to_dict(),
    )
    known = _known(dataset, SEEN_COLUMNS)
    if known is not None and all(
        is_current(each, rows, dataset.reading) for each, rows in _both(layout, dataset.folder, known)
    ):
        dataset.save(info)
    else:
        table = _index(dataset, layout, report)
        photographs = table.loc[(table["format"] == "JPEG") & ~table["path"].map(is_added), "path"]
        dataset.write_cameras(read_cameras(layout.root, photographs.tolist()))
        if dataset.info.choices not in (None, info.choices) and _are_told_otherwise(known, table):
            dataset.forget_parts()
        dataset.save(info, table)
        Index(dataset.folder / "index").clear()
    if place != dataset.folder / PICTURES:  # what is there is of an earlier reading
        shutil.rmtree(dataset.folder / PICTURES, ignore_errors=True)
    dataset.keep_split()


def _both(layout: Layout, folder: Path, known: pd.DataFrame) -> list[tuple[Layout, pd.DataFrame]]:
    """What was brought and what was added here, each with its rows of a table of images."""
    added = known["path"].map(is_added).astype(bool)
    parts = [(layout, known[~added]), (added_images(folder), known[added])]
    return [(each, rows.reset_index(drop=True)) for each, rows in parts]


def _are_told_otherwise(known: pd.DataFrame | None, table: pd.DataFrame) -> bool:
    """Whether the same images have other labels, parts or groups than they had."""
    if known is None:
        return False
    both = known[FROM_LAYOUT].merge(table[FROM_LAYOUT], on="path", suffixes=("_before", ""))
    told = FROM_LAYOUT[1:]
    return bool((both[told].to_numpy() != both[[f"{name}_before" for name in told]].to_numpy()).any())


def _index(dataset: Dataset, layout: Layout, report: Progress) -> pd.DataFrame:
    """The manifest, in which images that are known already were not read again."""
    known = _known(dataset, ALL_COLUMNS)
    index = Index(dataset.folder / "index")
    told = partial(report, "Reading images")
    added = added_images(dataset.folder)
    layouts = [layout, added] if added.count else [layout]
    table = pd.concat([index.build(each, known, told, dataset.reading) for each in layouts], ignore_index=True)
    try:
        _check(table)
    except WorkbenchError:
        index.clear()
        raise
    return with_likeness(_at_one_scale(dataset, layout.root, table, report), known, report)


def _at_one_scale(dataset: Dataset, root: Path, table: pd.DataFrame, report: Progress) -> pd.DataFrame:
    """The table with its deep images described by the scale of the dataset, chosen now where it was not before."""
    told = partial(report, "Reading deep pixels by one scale")
    # First as far as the scale is settled: which bands are shown decides which values it is chosen from.
    table = _described_again(dataset, root, table, told)
    _choose_scale(dataset, table[table["problem"] == ""])
    return _described_again(dataset, root, table, told)


def _described_again(dataset: Dataset, root: Path, table: pd.DataFrame, told: Callable[[int, int], None]):
    added = table["path"].map(is_added).astype(bool)
    parts = [(root, table[~added]), (dataset.folder, table[added])]
    return pd.concat([described_again(place, rows, dataset.reading, told) for place, rows in parts])


def _choose_scale(dataset: Dataset, images: pd.DataFrame) -> None:
    """Choose what is black and white of each kind of deep pixels, from all of them; what was chosen before stays."""
    by_bands, bands = dataset.edits.state().bands, dataset.chosen_bands or chosen_bands(images)
    chosen = dataset.chosen_ranges if dataset.chosen_by_bands == tuple(by_bands) else {}
    ranges = {kind: chosen_range(images, kind) for kind in kinds_of(images) if kind not in chosen}
    ranges = {kind: ends for kind, ends in ranges.items() if ends is not None}
    if ranges or bands != dataset.chosen_bands:
        dataset.choose_reading(chosen | ranges, by_bands, bands)


def read_by_another_scale(dataset: Dataset, progress: Listener | None = None) -> Dataset:
    """Describe the deep images anew after the scale was changed; no other file is looked at.

    Raises
    ------
    WorkbenchError
        If it is not imported yet, or is being read by another process.
    """

    def work(report: Progress) -> None:
        known = dataset.read_manifest(ALL_COLUMNS)
        table = _at_one_scale(dataset, Path(dataset.info.root), known, report)
        dataset.save(dataset.info, with_likeness(table, known, report))

    return _reading_in(dataset, work, progress)


def _known(dataset: Dataset, columns: Sequence[str]) -> pd.DataFrame | None:
    """What an earlier import found; None where there was none, or it can't be read: then every image is read again."""
    try:
        return dataset.read_manifest(columns)
    except WorkbenchError:
        return None


def layout_of(dataset: Dataset, choices: Choices, place: Path | None = None) -> Layout:
    """Which image is of which class, as it is told from what was brought, by these choices; no image is opened.

    Parameters
    ----------
    place
        Where the images can be read, if `place_of` is not to be asked.

    Raises
    ------
    WorkbenchError
        If nothing usable is found.
    """
    place = place or place_of(dataset)
    # Only what the program itself wrote there is taken as it is.
    written = read_written(place) if place == dataset.folder / PICTURES else None
    if written is not None:
        return written
    if dataset.info.kind == "table":
        return read_table(place, choices=choices)
    return find_images(place, "" if dataset.info.kind in (FOLDER, PACKED) else "The archive", choices)


def with_likeness(table: pd.DataFrame, known: pd.DataFrame | None, report: Progress) -> pd.DataFrame:
    """The table with `cluster`, equal for images that look alike, and `unlikeness` to the rest of the class.

    They are of the whole: where any image has come, gone or changed, or is shown by another scale, they are found anew
    for all.
    """
    compared = ["path", "label", "pixel_hash", "reading"]
    if known is not None and known[compared].equals(table[compared]):
        return table.assign(cluster=known["cluster"], unlikeness=known["unlikeness"])
    report("Comparing images", 0, 1)
    good = table[table["problem"] == ""]
    greys, colours = (
        np.frombuffer(b"".join(good[name]), dtype=np.uint8).reshape(len(good), -1) for name in ("grey", "colours")
    )
    sizes = good[["width", "height"]].to_numpy()
    pairs = near_pairs(good["perceptual_hash"].to_numpy(), greys, colours, sizes)
    # Those that can't be read are each for itself.
    cluster = np.arange(len(good), len(good) + len(table))
    cluster[good.index] = clusters(len(good), pairs)
    labelled, unlike = good[good["label"] != ""], np.zeros(len(table), dtype=np.float32)
    unlike[labelled.index] = unlikeness(labelled["label"].to_numpy(dtype=str), looks_of(labelled))
    report("Comparing images", 1, 1)
    return table.assign(cluster=cluster.astype(np.int64), unlikeness=unlike)


def _card_name(class_names: list[str]) -> str:
    card = namesake(class_names)
    return card.name if card else ""


def _check(table: pd.DataFrame) -> None:
    good = table[(table["problem"] == "") & (table["label"] != "")]
    if good["label"].nunique() >= 2:
        return
    bad = table[table["problem"] != ""]
    examples = "; ".join(f"{path} {problem}" for path, problem in bad[["path", "problem"]].head(3).to_numpy())
    raise WorkbenchError(
        f"Fewer than two classes hold a readable image ({len(good)} of {len(table)} files could be read). "
        f"{' '.join(lost_in_words(table)) or examples}"
    )


def _discard(dataset: Dataset) -> None:
    """Remove what an import that failed has written; the user's own files are not among it, nor what was downloaded."""
    for name in ("images", "pictures", UPLOADED):
        shutil.rmtree(dataset.folder / name, ignore_errors=True)
    (dataset.folder / UNPACKED).unlink(missing_ok=True)
    request = dataset.request
    if request.get("delete_source"):
        (dataset.folder / request["source"]).unlink(missing_ok=True)


def main() -> int:
    quota = Hosting.from_environment().quota_bytes
    return as_process(partial(run_import, limits=Limits(unpacked_bytes=quota) if quota else None))


def as_process(work: Callable[[Dataset], Any]) -> int:
    """What a process does that works on the dataset it was given the folder of: its exit status."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        work(Dataset(Path(sys.argv[1])))
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
