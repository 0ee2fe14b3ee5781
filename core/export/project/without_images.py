"""The format "project-without-images": small enough to be mailed; its figures open, and its images are elsewhere."""

from pathlib import Path

from core.export.project.writing import write_project
from core.jobs.progress import Report, unheard
from core.runs.record import Run


def write(run: Run, path: Path, report: Report = unheard) -> list[str]:
    """As `core.export.project.writing.write`, without the images."""
    return write_project(run, path, False, report)
