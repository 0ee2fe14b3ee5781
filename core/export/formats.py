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
    of_all_runs
        Whether it holds the dataset and all of its runs, so that it is out of date once any of these has changed.
    """

    name: str
    title: str
    sentence: str
    suffix: str
    module: str
    of_all_runs: bool = False

    def write(self, run: Run, path: Path, report: Report = unheard) -> list[str]:
        """Write a run to a file, as `module` says it."""
        return import_module(self.module).write(run, path, report)


NETWORK = "core.export.network"

_FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat(
        "keras",
        "Keras",
        "The whole network as Keras 3 keeps it, to use or to train on.",
        ".zip",
        f"{NETWORK}.keras_file",
    ),
    ExportFormat(
        "savedmodel",
        "SavedModel",
        "For servers with TensorFlow, which don’t need Keras then.",
        ".zip",
        f"{NETWORK}.saved_model",
    ),
    ExportFormat(
        "onnx", "ONNX", "For most libraries and languages, and for web pages.", ".zip", f"{NETWORK}.onnx_file"
    ),
    ExportFormat(
        "litert",
        "LiteRT",
        "For phones and small computers (TensorFlow Lite), as exact as here.",
        ".zip",
        f"{NETWORK}.litert",
    ),
    ExportFormat(
        "litert-float16",
        "LiteRT, float16",
        "The same in half the size, off by thousandths.",
        ".zip",
        f"{NETWORK}.litert_float16",
    ),
    ExportFormat(
        "litert-int8",
        "LiteRT, int8",
        "The same in a quarter of the size and quicker, off by hundredths.",
        ".zip",
        f"{NETWORK}.litert_int8",
    ),
    ExportFormat(
        "openvino",
        "OpenVINO",
        "Quick on processors and graphics of Intel, without TensorFlow.",
        ".zip",
        f"{NETWORK}.openvino_file",
    ),
    ExportFormat(
        "openvino-int8",
        "OpenVINO, int8",
        "The same, several times as quick on recent processors, off by hundredths.",
        ".zip",
        f"{NETWORK}.openvino_int8",
    ),
    ExportFormat(
        "teachable-machine",
        "Teachable Machine",
        "For sketches that load keras_model.h5 and labels.txt.",
        ".zip",
        f"{NETWORK}.teachable_machine",
    ),
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
    ExportFormat(
        "report",
        "Report",
        "What Evaluation says, in one file to read, send and print: figures with intervals, errors, data and settings.",
        ".html",
        "core.export.report.run_report",
    ),
    ExportFormat(
        "project",
        "Project file",
        "The dataset with its images, edits and split, and all of its runs: another workbench opens it with the same "
        "figures.",
        ".zip",
        "core.export.project.writing",
        of_all_runs=True,
    ),
    ExportFormat(
        "project-without-images",
        "Project file without images",
        "The same without the images: small, and for those who may not have them. All figures open.",
        ".zip",
        "core.export.project.without_images",
        of_all_runs=True,
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
