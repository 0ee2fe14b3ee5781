"""Faults of the split."""

from collections.abc import Iterable

from core.datasets.content import Content
from core.datasets.findings.finding import STOPS, WARNS, Finding
from core.datasets.splits import SPLITS


def split(content: Content) -> Iterable[Finding]:
    """That the images can't be divided as was asked, or that a part is empty."""
    if content.split_problem:
        yield Finding("split", "The images can't be divided as was asked", content.split_problem, STOPS)
        return
    counts = content.counts.sum()
    purposes = {"train": "train on", "validation": "validate on", "test": "test on"}
    for part in SPLITS:
        wanted = part != "validation" or content.settings.validation
        if not counts[part] and wanted and len(content.images):
            yield Finding(
                f"no_{part}",
                f"No image is left to {purposes[part]}",
                "Put images back, or divide the images differently.",
                STOPS if part != "validation" else WARNS,
            )
