"""The pages on a workspace that an earlier build made."""

import re

import pytest

from core.runs.lineage import parent_run
from core.runs.record import find_run, list_runs
from tests.workspaces.archive import BEFORE_RUN_JSON, unpack


@pytest.fixture
def earlier(workspace, tmp_path):
    unpack(BEFORE_RUN_JSON, tmp_path)
    return workspace


def test_every_run_is_drawn_with_its_figures(earlier, visit):
    for run in (find_run(earlier, "the first"), next(run for run in list_runs(earlier) if parent_run(run))):
        page = visit("evaluation", dataset="shapes", run=run.id)
        assert page.errors == []
        assert re.search(rf"Right on {100 * run.test_accuracy:.0f}\s% of 8 test images", page.words)
        page = visit("training", dataset="shapes", run=run.id)
        assert page.errors == []
        assert run.record.device in page.words


def test_runs_and_the_sweep_are_compared(earlier, visit):
    page = visit("compare", dataset="shapes")
    assert page.errors == []
    (offered,) = (widget.options for widget in page.at.multiselect if widget.label == "Runs to compare")
    assert any("the first" in name for name in offered)


@pytest.mark.parametrize("name", ["home", "dataset", "augmentation", "model"])
def test_the_other_pages_are_drawn(earlier, visit, name):
    assert visit(name, dataset="shapes").errors == []
