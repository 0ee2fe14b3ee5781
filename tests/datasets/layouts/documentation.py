"""The table of layouts in the documentation, made of the cases that the tests hold."""

import os
import tempfile
from importlib import import_module
from pathlib import Path

from core.installation import PROJECT
from core.workspace import Workspace
from tests.datasets.layouts.case import Case, check

DOCUMENT = PROJECT / "docs" / "layouts.md"
HEAD = """# Layouts that are read

*Taken* is read without a question, and the first line of the import says where labels, split and groups came from.
*Asked* is a question that only a person can answer, on the page and by the options of `python -m core import`.
*Refused with words* says what was found and what to do.

Every row is an import that the tests do; `python -m tests.datasets.layouts` writes this page.
"""


def cases_by_kind() -> dict[str, list[Case]]:
    """By what a module says its cases are, the cases."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in ("__main__", "case", "documentation") and not path.stem.startswith("test_"):
            module = import_module(f"tests.datasets.layouts.{path.stem}")
            found[module.__doc__.splitlines()[0].rstrip(".")] = module.CASES
    return found


def document() -> str:
    """The whole text, every case imported anew."""
    lines = [HEAD]
    for kind, cases in cases_by_kind().items():
        lines += [f"## {kind}", "", "| layout | written by | outcome | what it says |", "|---|---|---|---|"]
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                said = check(case, Path(folder, "source"), Workspace.at(Path(folder, "home")))
                said = said.replace(folder + "/", "").replace("\n", " ").replace("|", "\\|")
            lines.append(f"| {case.layout} | {case.writer} | {case.outcome} | {said} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    os.environ.pop("WORKBENCH_HOSTED", None)
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
