"""The images that a run was trained on and evaluated by, and their dataset as it is now."""

from dataclasses import dataclass
from functools import cached_property

from core.datasets.checkup import Checkup, check
from core.datasets.content import images_version
from core.datasets.samples import SAMPLES
from core.datasets.splits import SPLITS
from core.datasets.store import DatasetInfo
from core.errors import WorkbenchError
from core.evaluation.words import SPLIT_WORDS
from core.jobs.progress import Report
from core.runs.record import Run


@dataclass(frozen=True)
class DataFound:
    """A dataset as it is now."""

    info: DatasetInfo
    checkup: Checkup
    changed: bool


class DataUsed:
    """The images that a run was trained on and evaluated by, and what the check-up says of its dataset."""

    def __init__(self, run: Run, report: Report):
        report("Checking the images", 0, 0)
        self._run, self.problem = run, ""
        self.name, self.version = run.settings.dataset, run.record.dataset_version or "not written down"
        try:
            self.now: DataFound | None = self._look()
        except WorkbenchError as error:
            self.now, self.problem = None, str(error)

    def _look(self) -> DataFound:
        dataset, version = self._run.dataset, self._run.record.dataset_version
        content = dataset.content
        is_another = version is not None and images_version(version) != images_version(content.version)
        return DataFound(dataset.info, check(dataset), is_another and not self._run.is_but_renamed(content))

    @property
    def info(self) -> DatasetInfo | None:
        return self.now.info if self.now else None

    @property
    def title(self) -> str:
        return self.now.info.title if self.now else self.name

    @property
    def drawn(self) -> bool:
        return self.now.info.drawn if self.now else self.name in SAMPLES

    @cached_property
    def counts(self) -> dict[str, int]:
        """By part of the split, how many images were in it."""
        splits = self._run.answers().splits
        return {SPLIT_WORDS[part]: int((splits == part).sum()) for part in SPLITS}
