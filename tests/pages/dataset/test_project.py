"""A project file is opened on a page, by its owner and by a visitor, whole or not at all."""

import io
import zipfile

import pytest

from core.datasets.store import list_datasets
from core.export.formats import find_format
from core.hosting import visitor_workspace
from core.runs.record import find_run, list_runs


@pytest.fixture
def open_project(visit):
    def upload(content: bytes):
        page = visit("dataset")
        page.at.file_uploader(key="project_file").set_value(("shapes.zip", content, "application/zip"))
        return page.press("Open the project")

    return upload


def test_it_is_opened_and_shown(open_project, visit, project_file, workspace):
    page = open_project(project_file.read_bytes())
    assert page.query["dataset"] == "shapes"
    assert "holds 27 images in 2 classes" in page.words
    assert "The project was opened with its" in page.words
    assert page.errors == []
    run = find_run(workspace, "the first")
    page = visit("evaluation", dataset="shapes", run=run.id)
    assert len(page.tiles) > 0
    assert all(tile["source"] for tile in page.tiles), "its images are shown"


def test_without_images_its_figures_open(open_project, visit, there, workspace, tmp_path):
    find_format("project-without-images").write(find_run(there, "the first"), tmp_path / "light.zip")
    page = open_project((tmp_path / "light.zip").read_bytes())
    assert "came without its images" in page.words
    assert "came without its images" in visit("dataset", dataset="shapes").words, "at each later look too"
    page = visit("dataset", dataset="shapes", view="Images")
    assert {tile["source"] for tile in page.tiles} == {""}
    page = visit("evaluation", dataset="shapes", run=find_run(workspace, "the first").id)
    assert "Right on 100 % of 8 test images" in page.words


def test_what_is_no_project_is_refused_in_place(open_project, workspace):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("cats/1.png", b"pixels")
    page = open_project(content.getvalue())
    assert "“cats/1.png” is no part of a project." in page.errors[0]
    assert list_datasets(workspace) == []


def test_no_file_was_chosen(visit):
    assert visit("dataset").press("Open the project").errors == ["Choose a project file first."]


def test_a_visitor_gets_no_weights_and_is_told(hosted, open_project, project_file, workspace):
    page = open_project(project_file.read_bytes())
    mine = visitor_workspace(workspace, page.at.session_state["visitor"])
    assert len(list_runs(mine)) == 6
    assert list(mine.root.rglob("*.h5")) == []
    assert "on this server nobody's weights are loaded" in page.words
    assert "Make a zip" in page.buttons
    assert "Write the folder" not in page.buttons, "no path is read that a visitor types"


def test_the_overview_leads_here(visit):
    page = visit("home").press("Bring a project file")
    assert page.question == "Are these images fit to learn from?"
    assert page.at.session_state["bring_way"] == "A project file"
