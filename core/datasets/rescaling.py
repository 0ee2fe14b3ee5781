"""Describing deep images by another scale in a process of its own: `python -m core.datasets.rescaling FOLDER`."""

import sys

from core.datasets.importing import as_process, read_by_another_scale
from core.datasets.store import Dataset


def start_rescaling(dataset: Dataset) -> None:
    """Set the process going that describes the images of which the scale was changed."""
    if dataset.job.status().active:
        return
    dataset.job.forget()
    dataset.job.launch("core.datasets.rescaling")


if __name__ == "__main__":
    sys.exit(as_process(read_by_another_scale))
