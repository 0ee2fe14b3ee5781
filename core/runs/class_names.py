"""What the classes of a run were called when it began, and what they are called by now."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from core.datasets.content import Content
from core.datasets.edits import RELABEL, RENAME, EditLog
from core.datasets.store import Dataset, written_state
from core.errors import WorkbenchError
from core.runs.naming import Naming, naming, unchanged
from core.runs.run_folder import RunFolder

LEARNED_FROM = ["path", "pixel_hash", "label", "split"]
NAMINGS_KEPT = 128


@dataclass(frozen=True)
class ClassNames:
    """The names of a run's classes, then and now: by the run, and by the dataset's log of edits.

    Parameters
    ----------
    run
        The folder of the run.
    """

    run: RunFolder

    @property
    def dataset(self) -> Dataset:
        """What the run was trained on, as it is now; whether it is still there is not looked at."""
        return Dataset(self.run.workspace.datasets / self.run.settings.dataset)

    @property
    def of_network(self) -> tuple[str, ...]:
        """By their names then, in the order in which the network answers them; () where that can't be told.

        Of runs of early versions, which did not write that down, the predictions tell, if there are any.
        """
        told = self.run.record.classes
        if not told and self.run.predictions_path.exists():
            return self.run.answers().class_names
        return told

    def then(self) -> dict[str, str] | None:
        """By the name of now, what a class was called when the run began; None where that can't be told of each."""
        classes = self.of_network
        return self.naming_of(classes).then_by_now if classes else None

    def now(self) -> Naming:
        """What the classes are called by now: see `core.runs.naming`.

        Raises
        ------
        WorkbenchError
            If the run has no predictions, or they can't be read.
        """
        return _naming(self.run.folder, *self._states())

    def naming_of(self, classes: Sequence[str], images: pd.DataFrame | None = None) -> Naming:
        """What these classes of the run are called by now; `images` are its own, where they were read already."""
        dataset = self.dataset
        written = dataset.edits.entries()
        if not written or not dataset.ready:
            return unchanged(classes)
        if images is None:
            with suppress(WorkbenchError):
                images = self.run.images_then()
        record = self.run.record
        began = 0.0 if record.entries is not None else record.began or self.run.status().started or 0.0
        return naming(classes, written, dataset.content, images, record.entries, began)

    def images(self) -> pd.DataFrame:
        """The run's images, with their labels as the classes are called now.

        Raises
        ------
        WorkbenchError
            If the table is gone or damaged.
        """
        table = self.run.images_then()
        if "label" not in table:
            return table
        try:
            found = self.now()
        except WorkbenchError:  # it is not evaluated yet
            found = self.naming_of(table["label"].unique().tolist(), table)
        return table.assign(label=found.of_labels(table["label"])) if found.renamed else table

    @property
    def were_changed(self) -> bool:
        """Whether names of classes or labels of images of the dataset were ever changed, undone or not."""
        log = self.dataset.edits.path
        return _was_relabelled(log, written_state(log))

    def learned_from(self) -> str | None:
        """A short name of the images that it was trained and evaluated on, with split and labels by the names of now.

        Equal for two runs between which nothing but names was changed. None where none ever was, so that the dataset's
        version says as much, and where the run's images are not known.
        """
        return _learned_from(self.run.folder, *self._states())

    def are_all_that_changed(self, content: Content) -> bool:
        """Whether the images, their labels and split are those that it was trained on, but for what classes are called.

        Also False where it can't be told, or where classes were put together, as its network answers them apart.
        """
        try:
            then = self.then()
        except WorkbenchError:
            return False
        if then is None or set(then) != set(content.class_names):
            return False
        table = content.divided(self.run.settings.split_settings(content.settings))
        return self.learned_from() == _name_of(table[LEARNED_FROM])

    def _states(self) -> tuple:
        """What tells one state of the answers, and of all that names their classes, from the next."""
        dataset = self.dataset
        own = (self.run.predictions_path, self.run.images_path)
        return tuple(map(written_state, (*own, dataset.edits.path, dataset.manifest_path)))


@lru_cache(maxsize=NAMINGS_KEPT)
def _naming(folder: Path, *states: tuple[int, int, int] | None) -> Naming:
    """Worked out once for as long as neither the answers nor the dataset's log are others."""
    run = RunFolder(folder)
    return ClassNames(run).naming_of(run.answers().class_names)


@lru_cache(maxsize=NAMINGS_KEPT)
def _was_relabelled(log: Path, state: tuple[int, int, int] | None) -> bool:
    return any(edit.action in (RENAME, RELABEL) for edit in EditLog(log).entries())


@lru_cache(maxsize=NAMINGS_KEPT)
def _learned_from(folder: Path, *states: tuple[int, int, int] | None) -> str | None:
    names = ClassNames(RunFolder(folder))
    if not names.were_changed:
        return None
    try:
        table = names.images()
    except WorkbenchError:
        return None
    return _name_of(table[LEARNED_FROM]) if set(LEARNED_FROM) <= set(table) else None


def _name_of(table: pd.DataFrame) -> str:
    lines = sorted(map("\t".join, zip(*(table[name].astype(str).tolist() for name in table), strict=True)))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
