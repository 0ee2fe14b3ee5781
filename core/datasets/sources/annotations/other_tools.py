"""Files of tools that are known but not read: what they are, in words."""

from typing import Any

from core.datasets.sources.annotations.annotated import part
from core.datasets.sources.annotations.boxes import no_classes
from core.errors import UsageError


def refuse_known(sample: Any, called: str) -> None:
    """Raise what a file is, where it is that of a tool that labels images in another way.

    Raises
    ------
    UsageError
        In words that say what to do.
    """
    first = sample[0] if isinstance(sample, list) and sample else sample
    if not isinstance(first, dict):
        return
    if "shapes" in first and "imagePath" in first:
        raise no_classes(called, "a file of labelme")
    if "assets" in first and "tags" in first:
        raise no_classes(called, "a project of VoTT")
    if "objects" in first and "size" in first:
        raise no_classes(called, "a file of Supervisely")
    if isinstance(first.get("item"), dict) and "annotations" in first:
        raise no_classes(called, "a file of V7 Darwin for one image")
    if "data_row" in first:
        raise UsageError(
            f"{called} is an export of Labelbox, which is not read. Write a table from it with a line for each image: "
            "its path and its label."
        )
    if "annotations" in first and part(first, "annotations", list) and "images" in first:
        raise no_classes(called, "a file of COCO without names of files")
