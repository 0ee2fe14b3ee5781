"""The formats in which a run can be taken away, as data: each names the module that writes it."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from core.errors import UsageError
from core.jobs.progress import Report, unheard
from core.runs.record import Run


@dataclass(frozen=True)
class ExportFormat:
    """One format.

    Parameters
    ----------
    name
        What the command line calls it.
    title
        What people call it.
    sentence
        What it is good for.
    suffix
        Of the file.
    module
        That writes it, by a function `write(run, path, report) -> list[str]`: it writes the file in one step, says how
        far it is to `report`, which may raise to stop it, and returns what people should know of it, in sentences. It
        raises `WorkbenchError` where the run can't be exported so, or its export does not answer as the run does.
    """

    name: str
    title: str
    sentence: str
    suffix: str
    module: str

    def write(self, run: Run, path: Path, report: Report = unheard) -> list[str]:
        """Write a run to a file, as `module` says it."""
        return import_module(self.module).write(run, path, report)


_FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat(
        "script",
        "Script",
        "The run as a Python script in standard Keras, with the list of its images: to read and to run anywhere.",
        ".zip",
        "core.export.script",
    ),
    ExportFormat(
        "notebook",
        "Notebook",
        "The same as a Jupyter notebook, cell by cell, with the list of images in it.",
        ".ipynb",
        "core.export.notebook",
    ),
)

FORMATS = {each.name: each for each in _FORMATS}


def find_format(name: str) -> ExportFormat:
    """The format of this name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"There is no format {name!r}. There are: {', '.join(FORMATS)}.")
    return FORMATS[name]
