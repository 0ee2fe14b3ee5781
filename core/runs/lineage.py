"""Training again after labels were put right: the same settings on the dataset as it is now, and the way back."""

from core.datasets.edits import Edit
from core.datasets.store import Dataset
from core.errors import UsageError
from core.runs.lifecycle import start
from core.runs.record import Run
from core.workspace import Workspace


def edits_since(dataset: Dataset, run: Run) -> list[Edit]:
    """The edits of a dataset that stand and were made since a run began, oldest first."""
    began = run.record.began or run.status().started or 0.0
    return [edit for edit in dataset.edits.standing() if edit.time >= began]


def has_changed(dataset: Dataset, run: Run) -> bool:
    """Whether the images, their labels or their split are others than those a run was trained on."""
    version = run.record.dataset_version
    return version is not None and version != dataset.content.version


def retrain(workspace: Workspace, dataset: Dataset, run: Run) -> Run:
    """Start a run with the settings of `run` on the dataset as it is now, and keep which run came before it.

    Raises
    ------
    UsageError
        If nothing has changed since, or the dataset can't be trained on: see `core.runs.lifecycle.start`.
    """
    if not has_changed(dataset, run):
        raise UsageError("Nothing has changed since this run: relabel or exclude an image first.")
    edits = edits_since(dataset, run)
    new = start(workspace, dataset, run.settings)
    new.update(facts={"parent_run": run.id, "edits_since_parent": [edit.id for edit in edits]})
    return new


def parent_run(run: Run) -> Run | None:
    """The run that this one was trained after, if it was started by `retrain` and that run is still there."""
    name = run.record.parent_run
    if not name:
        return None
    # Looked up, not put into a path: what is in the file may have come from elsewhere.
    earlier = next((path for path in run.folder.parent.iterdir() if path.name == name), None)
    return Run(earlier) if earlier is not None and Run(earlier).readable else None


def standing_edits(dataset: Dataset, run: Run) -> list[Edit]:
    """The edits between a run and the one before it that still stand, oldest first."""
    made = run.record.edits_since_parent
    return [edit for edit in dataset.edits.standing() if edit.id in made]


def undo_relabelling(dataset: Dataset, run: Run) -> list[Edit]:
    """Take back the edits between a run and the one before it, the last first. Both runs stay.

    Returns
    -------
    list of Edit
        Those that were taken back.
    """
    return [dataset.edits.undo(edit.id) for edit in reversed(standing_edits(dataset, run))]
