"""An export as a job: made by a process of its own, and kept in the run's folder until the run has changed."""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.datasets.store import written_state
from core.errors import WorkbenchError
from core.export.formats import ExportFormat, find_format
from core.files import read_json, replacing, write_json
from core.hosting import Hosting
from core.jobs.job import Job, Status
from core.runs.labels import read_labels
from core.runs.lifecycle import wait
from core.runs.record import Run, list_runs

WORKER = "core.export.worker"


@dataclass(frozen=True)
class Exported:
    """A file that was made.

    Parameters
    ----------
    path
        Where it lies.
    size_bytes
        Of it.
    told
        What people should know of it, in sentences.
    state
        What `ExportJob.state` said then.
    """

    path: Path
    size_bytes: int
    told: tuple[str, ...]
    state: str

    def copy(self, to: str | Path) -> Path:
        """Copy it, whole or not at all, to a file, or into a folder under its own name, and say where it lies now.

        What ends with a slash is a folder, which need not be there yet.
        """
        target = Path(os.path.expanduser(to))
        if target.is_dir() or str(to).endswith(("/", os.sep)):
            target = target / self.path.name
        with replacing(target) as temporary:
            shutil.copyfile(self.path, temporary)
        return target


class ExportJob(Job):
    """The folder ``exports/FORMAT`` of a run: the status, and with ``export.json`` what was made last.

    Parameters
    ----------
    folder
        Of the job; see `of`.
    """

    @classmethod
    def of(cls, run: Run, format: ExportFormat) -> "ExportJob":
        return cls(run.folder / "exports" / format.name)

    @property
    def run(self) -> Run:
        return Run(self.folder.parents[1])

    @property
    def format(self) -> ExportFormat:
        return find_format(self.folder.name)

    @property
    def path(self) -> Path:
        """Where the file goes, under the name by which it is downloaded."""
        settings = self.run.settings
        return self.folder / f"{settings.dataset}-{settings.architecture}-{self.format.name}{self.format.suffix}"

    def made(self) -> Exported | None:
        """What was made last; None where nothing is there."""
        kept = read_json(self.folder / "export.json")
        if kept is None or not self.path.is_file():
            return None
        return Exported(self.path, kept["size_bytes"], tuple(kept["told"]), kept["state"])

    @property
    def up_to_date(self) -> bool:
        """Whether what was made last is of the run as it is now."""
        made = self.made()
        return made is not None and made.state == self.state()

    def state(self) -> str:
        """A short name of all that this export depends on, as it is now."""
        run = self.run
        if not self.format.of_all_runs:
            return state_of(run)
        split = written_state(run.dataset.folder / "split.json")
        states = [state_of(each) for each in list_runs(run.workspace, run.settings.dataset)]
        return _name_of((split, *states))

    def save_result(self, state: str, told: list[str]) -> None:
        """Write down what was made, of which state of the run."""
        made = {"path": self.path.name, "size_bytes": self.path.stat().st_size, "told": told, "state": state}
        write_json(self.folder / "export.json", made)

    def forget(self) -> None:
        """As `Job.forget` does; what an earlier attempt has left goes with it."""
        super().forget()
        (self.folder / "export.json").unlink(missing_ok=True)
        for left in self.folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            elif left.name == self.path.name or left.name.startswith(f".{self.path.name}."):
                left.unlink()


def start_export(run: Run, format: str) -> ExportJob:
    """Have a run exported by a process of its own, unless that goes on, or was done and the run has not changed.

    Parameters
    ----------
    format
        The name of an entry of `core.export.formats.FORMATS`.

    Raises
    ------
    UsageError
        If there is no such format, or a visitor's space is full.
    """
    job = ExportJob.of(run, find_format(format))
    job.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(job.folder / "start.lock"):
        if not job.status().active and not job.up_to_date:
            Hosting.from_environment().check_room(run.workspace)
            job.forget()
            job.log_path.unlink(missing_ok=True)
            job.launch(WORKER, WORKBENCH_SLOTS=str(run.workspace.slots))
    return job


def finished(job: ExportJob, watch: Callable[[Status], None] = lambda status: None) -> Exported:
    """What an export has made, once it has ended; an interrupt stops it.

    Raises
    ------
    WorkbenchError
        If it failed or was stopped.
    """
    status, made = wait(job, watch), job.made()
    if status.state not in ("new", "done") or made is None:
        raise WorkbenchError(status.error or "The export was stopped before it was done.")
    return made


def state_of(run: Run) -> str:
    """A short name of all that exports of a run depend on: its weights, its answers, its dataset and its names."""
    files = (run.best_weights, run.fine_tuned_weights, run.dataset.manifest_path, run.dataset.edits.path)
    state = (*map(written_state, files), run.answers_as_of, read_labels(run), run.status().active)
    return _name_of(state)


def _name_of(state: tuple) -> str:
    return hashlib.sha256(repr(state).encode("utf-8", "surrogatepass")).hexdigest()
