"""The check-up: what is wrong with a dataset, which images show it, why it matters, and what can be done about it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.datasets.content import Content
from core.datasets.editing import accept, exclude, group
from core.datasets.edits import Edit
from core.datasets.findings.classes import classes
from core.datasets.findings.copies import copies
from core.datasets.findings.finding import NOTES, STOPS, WARNS, Finding, count_of
from core.datasets.findings.groups import groups
from core.datasets.findings.import_notes import from_import, unusable
from core.datasets.findings.lacking import lacking
from core.datasets.findings.look_alikes import look_alikes
from core.datasets.findings.lost_classes import lost_classes
from core.datasets.findings.pixel_depth import pixel_depth
from core.datasets.findings.single_images import single_images
from core.datasets.findings.split import split
from core.datasets.findings.unlabelled import unlabelled
from core.datasets.known import is_asked_for
from core.datasets.store import Dataset
from core.errors import UsageError

READY, WARNINGS, NOT_READY = "ready", "ready with warnings", "not ready"
CHECKUPS_KEPT = 6
LOOKS = (
    *(classes, split, lacking, lost_classes, groups, copies, look_alikes, unusable, unlabelled),
    *(single_images, pixel_depth),
)


@dataclass(frozen=True)
class Checkup:
    """All findings, the gravest first, and what they come to."""

    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        severities = {finding.severity for finding in self.findings}
        return NOT_READY if STOPS in severities else WARNINGS if WARNS in severities else READY

    def find(self, kind: str) -> Finding:
        """The finding of this kind.

        Raises
        ------
        UsageError
            If there is none.
        """
        for finding in self.findings:
            if finding.kind == kind:
                return finding
        kinds = ", ".join(finding.kind for finding in self.findings)
        raise UsageError(f"The check-up has no finding {kind!r}. It has: {kinds or 'none'}.")

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"verdict": self.verdict, "findings": [finding.to_dict() for finding in self.findings]}


def check(dataset: Dataset) -> Checkup:
    """Look at a dataset, edits and split applied, for what would spoil a classifier or the trust in its figures.

    Images that were excluded are not looked at; what was accepted is not found again.

    Raises
    ------
    WorkbenchError
        If the dataset is not ready.
    """
    return _check(dataset.content, dataset.info.warnings, dataset.info.card, is_asked_for(dataset.info))


@lru_cache(maxsize=CHECKUPS_KEPT)
def _check(content: Content, warnings: tuple[str, ...], card: str, asked_for: bool) -> Checkup:
    found = [finding for look in LOOKS for finding in look(content)]
    found += from_import(content, warnings, card, asked_for)
    order = (STOPS, WARNS, NOTES)
    return Checkup(tuple(sorted(found, key=lambda finding: order.index(finding.severity))))


def apply_remedy(dataset: Dataset, kind: str) -> Edit:
    """Do what the finding of this kind offers; it can be undone like every edit.

    Raises
    ------
    UsageError
        If there is no such finding, it offers nothing, or the images can't be divided so.
    """
    finding = check(dataset).find(kind)
    if finding.group_by and finding.remedy:
        torn = f"{count_of(finding.count, 'group')} {'was' if finding.count == 1 else 'were'} torn apart before"
        return group(dataset, finding.group_by, why=torn)
    if not finding.excludes:
        raise UsageError(f"The finding {kind!r} has no remedy of one step. {finding.why}")
    return exclude(dataset, finding.excludes, why=finding.title)


def accept_finding(dataset: Dataset, kind: str) -> Edit:
    """Say that the images of this finding are all right.

    Raises
    ------
    UsageError
        If there is no such finding, or it is not about images.
    """
    finding = check(dataset).find(kind)
    if not set(finding.paths) <= set(dataset.content.table["path"]) or not finding.paths:
        raise UsageError(f"The finding {kind!r} is not about images that can be looked at.")
    return accept(dataset, kind, finding.paths, why=finding.title)
