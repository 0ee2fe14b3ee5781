"""What a project file is: a zip with a dataset, its images or not, and its runs, and how large each part may be.

project.json        format, version, what the dataset is called, the ids of the runs, whether images are in it
dataset/            what is known of the images, as in a workspace: description, manifest, edits, split, reading
images/             the images themselves, by their paths in the manifest
runs/ID/            a run each: record, status, events, labels, answers, images, and the weights of its network
"""

from core.errors import WorkbenchError

FORMAT, VERSION = "image-classification-workbench project", 1
ABOUT, DATASET, IMAGES, RUNS = "project.json", "dataset", "images", "runs"
MEGABYTE = 10**6
# JSON takes up to thirty times its length in memory.
DATASET_FILES = {
    "dataset.json": 4 * MEGABYTE,
    "manifest.parquet": 1000 * MEGABYTE,
    "cameras.parquet": 100 * MEGABYTE,
    "edits.jsonl": 16 * MEGABYTE,
    "split.json": 64 * MEGABYTE,
    "reading.json": MEGABYTE,
    "label_preserving.json": MEGABYTE,
}
RUN_FILES = {
    "run.json": 4 * MEGABYTE,
    "status.json": MEGABYTE,
    "events.jsonl": 16 * MEGABYTE,
    "labels.json": MEGABYTE,
    "predictions.parquet": 1000 * MEGABYTE,
    "images.parquet": 1000 * MEGABYTE,
}
# What a network has learned: it is never looked into by the process that serves pages.
WEIGHT_FILES = {"best.weights.h5": 4000 * MEGABYTE, "fine_tuned.weights.h5": 4000 * MEGABYTE}


def most_bytes(parts: tuple[str, ...]) -> int | None:
    """How many bytes a file of a project may have, by its path; None of what is no part of one, 0 where any will do.

    >>> most_bytes(("runs", "20261130-120000-pets", "labels.json")), most_bytes(("runs", "setup.py"))
    (1000000, None)
    """
    match parts:
        case ("project.json",):
            return 4 * MEGABYTE
        case ("dataset", name):
            return DATASET_FILES.get(name)
        case ("images", _, *_):
            return 0
        case ("runs", _, name):
            return (RUN_FILES | WEIGHT_FILES).get(name)
    return None


def check_size(parts: tuple[str, ...], size: int) -> None:
    """Refuse a part that is larger than any real one.

    Raises
    ------
    WorkbenchError
        If it is.
    """
    most = most_bytes(parts)
    if most and size > most:
        raise WorkbenchError(
            f"{'/'.join(parts)} has {size / MEGABYTE:,.0f} MB, and in a project file it may have {most // MEGABYTE:,}."
        )
