"""The images that a run was trained on and evaluated by, and their dataset as it is now."""

from dataclasses import dataclass

from core.datasets.checkup import Checkup, check
from core.datasets.content import images_version
from core.datasets.samples import SAMPLES
from core.datasets.store import Dataset, DatasetInfo
from core.errors import WorkbenchError
from core.jobs.progress import Report
from core.runs.record import Run


def dataset_of(run: Run) -> Dataset:
    """What a run was trained on, as it is now.

    Raises
    ------
    WorkbenchError
        If it is gone.
    """
    if not run.dataset.readable:
        raise WorkbenchError(f"The dataset “{run.settings.dataset}” is not here any more.")
    return run.dataset


def title_of(run: Run) -> str:
    """What people call the dataset of a run; its name, where it is gone."""
    return run.dataset.info.title if run.dataset.readable else run.settings.dataset


def is_drawn(run: Run) -> bool:
    """Whether the program itself has drawn the images of a run."""
    return run.dataset.info.drawn if run.dataset.readable else run.settings.dataset in SAMPLES


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
        dataset, version = dataset_of(self._run), self._run.record.dataset_version
        content = dataset.content
        is_another = version is not None and images_version(version) != images_version(content.version)
        return DataFound(dataset.info, check(dataset), is_another and not self._run.is_but_renamed(content))

    @property
    def info(self) -> DatasetInfo | None:
        return self.now.info if self.now else None

    @property
    def title(self) -> str:
        return title_of(self._run)

    @property
    def drawn(self) -> bool:
        return is_drawn(self._run)
