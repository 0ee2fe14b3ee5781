"""The settings of the next run on a dataset, as they stand: what the pages edit and a refresh must not lose."""

from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.custom import find_available
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.files import read_json, write_json
from core.runs.settings import RunSettings, course_settings, default_settings, read_settings, with_current_names
from core.workspace import Workspace

KEPT_ACROSS_ARCHITECTURES = ("augmentation", "seed", "split_seed", "fold")
DEFAULT_ARCHITECTURE = {True: "small_cnn", False: "mobilenet_075"}


class Draft:
    """``draft.json`` in a dataset's folder: only what was chosen, the rest follows the architecture's defaults."""

    def __init__(self, dataset: Dataset):
        self.dataset = dataset
        self._path = dataset.folder / "draft.json"

    def chosen(self) -> dict[str, Any]:
        """The settings that somebody chose."""
        try:
            chosen = with_current_names(read_json(self._path) or {})
            self._find(chosen)  # may be one that was deleted, or of another version of this program
        except (WorkbenchError, AttributeError):  # a damaged draft is worth no more than a new one
            return {}
        return chosen

    def values(self) -> dict[str, Any]:
        """Every setting, chosen or by default."""
        chosen = self.chosen()
        as_course = bool(chosen.get("as_course"))
        return default_settings(self._find(chosen), as_course) | chosen | {"dataset": self.dataset.name}

    @property
    def architecture(self) -> Architecture:
        """The network that is chosen."""
        return self._find(self.chosen())

    def choose(self, **changes: Any) -> None:
        """Keep some settings.

        Choosing another architecture takes back what was chosen for the last one; choosing to train as the course does,
        what was chosen of that.
        """
        chosen = self.chosen()
        current = self._architecture(chosen)
        if changes.get("architecture", current) != current:
            chosen = {key: chosen[key] for key in KEPT_ACROSS_ARCHITECTURES if key in chosen}
        if changes.get("as_course"):
            decided = course_settings(self._find(chosen | changes))
            chosen = {key: value for key, value in chosen.items() if key not in decided}
        write_json(self._path, chosen | changes)

    def settings(self) -> RunSettings:
        """The settings, complete and checked.

        Raises
        ------
        UsageError
            If one of them is not acceptable.
        """
        return read_settings(self.values())

    def _find(self, chosen: dict[str, Any]) -> Architecture:
        return find_available(self._architecture(chosen), Workspace.holding(self.dataset.folder))

    def _architecture(self, chosen: dict[str, Any]) -> str:
        return chosen.get("architecture", DEFAULT_ARCHITECTURE[self.dataset.info.drawn])
