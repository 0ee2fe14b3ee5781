"""What the tests of reports need: runs that were evaluated, and a reader of HTML that minds what is wrong with it."""

from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.datasets.store import Dataset
from core.export.formats import find_format
from core.runs.record import Run
from core.workspace import Workspace
from tests.export.report.runs import answered_run

VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta")


class Document(HTMLParser):
    """A document as a browser takes it: its elements, texts and tables; it fails on tags that don't match."""

    def __init__(self, html: str):
        super().__init__()
        self.html, self.elements, self.tables = html, [], []
        self._open: list[str] = []
        self._texts: list[str] = []
        self.feed(html)
        assert not self._open, f"{self._open} are not closed"

    @property
    def text(self) -> str:
        """All words in a line."""
        return " ".join(" ".join(self._texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of this kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def table(self, column: str) -> list[list[str]]:
        """The rows of the first table that has a column of this name, the head first."""
        return next(rows for rows in self.tables if column in rows[0])

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if "style" in self._open:
            return
        self._texts.append(data)
        if "td" in self._open or "th" in self._open:
            row = self.tables[-1][-1]
            row[-1] = " ".join((row[-1] + data).split())


@pytest.fixture
def pets(imported) -> Dataset:
    return imported("pets", {"cats": 20, "dogs": 20, "owls": 20})


@pytest.fixture
def evaluated(workspace: Workspace) -> Callable[..., Run]:
    """Makes a run that answers at random, and more often right the sharper it is: see `answered_run`."""
    return partial(answered_run, workspace)


@pytest.fixture
def report_of(tmp_path: Path) -> Callable[[Run], Document]:
    """The report of a run, as it is exported."""

    def make(run: Run) -> Document:
        path = tmp_path / "reports" / f"{run.id}.html"
        find_format("report").write(run, path)
        assert [file.name for file in path.parent.iterdir()] == [path.name], "nothing is left beside it"
        return Document(path.read_text(encoding="utf-8"))

    return make


@pytest.fixture
def read_document() -> type[Document]:
    return Document
