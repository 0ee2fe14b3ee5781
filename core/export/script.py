"""A run as a script in standard Keras, which trains it again without the workbench, with the list of its images."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from core.export.code.facts import Facts, gather_facts
from core.export.code.rendering import file_list, render
from core.files import replacing
from core.jobs.progress import Report, unheard
from core.runs.record import Run
from core.runs.versions import versions_in_use

PACKAGES = ("keras", "tensorflow", "numpy", "pillow")


def write(run: Run, path: Path, report: Report = unheard) -> list[str]:
    """Write ``train.py``, ``images.csv`` and ``requirements.txt`` into a zip, in one step.

    Returns
    -------
    list of str
        What the script does otherwise than the run, in sentences.

    Raises
    ------
    WorkbenchError
        If the run has not read its images yet, or their list is gone.
    """
    report("Writing the script", 0, 1)
    facts = gather_facts(run)
    with replacing(path) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as archive:
        archive.writestr("train.py", render(facts))
        archive.writestr("images.csv", file_list(facts))
        archive.writestr("requirements.txt", requirements(facts))
    report("Writing the script", 1, 1)
    return list(facts.notes)


def requirements(facts: Facts) -> str:
    """The packages that the script needs, in the versions that the run was trained with."""
    versions = facts.run.record.versions or versions_in_use()
    return "".join(f"{name}=={versions[name]}\n" for name in PACKAGES if versions.get(name))
