"""The notebook of a run: cells that read well, and that train in a process of their own."""

import csv
import json

import pytest

from core.errors import UsageError
from core.export.code.facts import gather_facts
from core.export.code.rendering import render
from core.export.formats import find_format
from core.export.notebook import cells
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.workspace import Workspace
from tests.export.code_runs import accuracy_in, lay_out_run, run_code


def written(run, path):
    """The notebook of a run, as JSON."""
    find_format("notebook").write(run, path)
    return json.loads(path.read_text(encoding="utf-8"))


def code_of(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_it_is_a_notebook_as_its_format_wants_it(workspace, tmp_path):
    """What https://github.com/jupyter/nbformat/blob/main/nbformat/v4/nbformat.v4.5.schema.json requires."""
    notebook = written(lay_out_run(workspace), tmp_path / "run.ipynb")
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"].keys() >= {"name", "display_name"}
    for cell in notebook["cells"]:
        needed = {"cell_type", "id", "metadata", "source"}
        needed |= {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == needed
        assert all(isinstance(line, str) for line in cell["source"])
        assert "# %%" not in "".join(cell["source"])
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_it_explains_before_it_computes(workspace, tmp_path):
    notebook = written(lay_out_run(workspace), tmp_path / "run.ipynb")
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    assert kinds[:2] == ["markdown", "code"]
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    headings = [text.splitlines()[0] for text in texts if text.startswith("#")]
    assert headings == ["# Small CNN on pets", "## Images", "## Network", "## Training", "## Evaluation"]
    assert not any(line.startswith("# ") for text in texts for line in text.splitlines()[1:])
    assert "pip install" in texts[0]


def test_its_cells_are_those_of_the_script_but_for_arguments_and_files(workspace):
    facts = gather_facts(lay_out_run(workspace))
    ours, scripts = (code_of({"cells": cells(render(facts, notebook))}) for notebook in (True, False))
    assert ours[-5:] == scripts[-5:]
    text = "\n".join(ours)
    assert "argparse" not in text
    assert "__file__" not in text


def test_a_run_that_has_not_read_its_images_has_no_notebook(workspace, tmp_path):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    with pytest.raises(UsageError, match="has not read its images yet"):
        find_format("notebook").write(run, tmp_path / "run.ipynb")
    assert not (tmp_path / "run.ipynb").exists()


# Whole notebooks ------------------------------------------------------------------------------------------------------

# With every layer of augmentation that is the notebook's own, and a class that is called oddly.
NAMES = {"blue": '=1+1, "blue"\n', "red": "rød"}
OWN_LAYERS = "flip_horizontal@0.3,quarter_turns,shear,crop,contrast=5..20,blur,noise,erasing,randaugment"
SCRATCH = {"architecture": "small_cnn", "image_size": 32, "epochs": 8, "batch_size": 4, "augmentation": OWN_LAYERS}
# A head of two layers on views that are drawn.
HEAD = {"architecture": "mobilenet_025", "weights": "untrained", "image_size": 32, "epochs": 2, "hidden": 8}
HEAD |= {"optimiser": "sgd", "schedule": "plateau", "warmup": 0.5, "class_weights": "balanced"}
HEAD |= {"augmentation": "flip_horizontal,colour_jitter"}
PARTS = {"scratch": ["train"] * 14 + ["test"] * 6, "head": ["train"] * 12 + ["validation"] * 4 + ["test"] * 4}


@pytest.fixture(scope="module")
def executed(tmp_path_factory, draw_folder):
    """Two notebooks, executed one after the other in a fresh interpreter: their folder, and what each printed."""
    folder = tmp_path_factory.mktemp("notebooks")
    workspace = Workspace.at(folder / "home")
    paths = [path.relative_to(folder / "images").as_posix() for path in draw_folder(folder / "images", 20)]
    lines = ["import os, runpy"]
    for name, settings in (("scratch", SCRATCH), ("head", HEAD)):
        images = [(path, NAMES[path.split("/")[0]], PARTS[name][number % 20]) for number, path in enumerate(paths)]
        (folder / name).mkdir()
        (folder / name / "images").symlink_to(folder / "images")
        notebook = written(lay_out_run(workspace, images, **settings), folder / name / "run.ipynb")
        (folder / name / "cells.py").write_text("\n".join(code_of(notebook)), encoding="utf-8")
        lines += [f"os.chdir({str(folder / name)!r})", "runpy.run_path('cells.py')", f"print('END OF {name}')"]
    (folder / "all.py").write_text("\n".join(lines), encoding="utf-8")
    scratch, _, head = run_code(folder / "all.py", folder=folder).partition("END OF scratch")
    return folder, {"scratch": scratch, "head": head}


def confusion_matrix(folder):
    """Its heading, and its rows of numbers."""
    with (folder / "confusion_matrix.csv").open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    return heading, [[int(number) for number in row[1:]] for row in rows]


@pytest.mark.slow
def test_a_notebook_trains_a_network_from_scratch(executed):
    folder, printed = executed
    assert "28 images to train, 12 to test, 2 classes" in printed["scratch"]
    assert accuracy_in(printed["scratch"]) > 0.8
    heading, rows = confusion_matrix(folder / "scratch")
    assert heading == ["", *sorted(NAMES.values())]
    assert sum(map(sum, rows)) == 12


@pytest.mark.slow
def test_a_notebook_trains_a_head_on_a_backbone(executed):
    folder, printed = executed
    assert "24 images to train, 8 to validate, 8 to test, 2 classes" in printed["head"]
    _, rows = confusion_matrix(folder / "head")
    assert accuracy_in(printed["head"]) == pytest.approx((rows[0][0] + rows[1][1]) / 8, abs=1e-4)
