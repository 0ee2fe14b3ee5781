"""The command `export`: from a run to a file, in words and as JSON."""

import json

import numpy as np
import pytest

import core
from core.errors import WorkbenchError
from core.export import formats, worker
from core.export.formats import ExportFormat
from core.jobs.job import Job


class Written(ExportFormat):
    """A format that is written at once, but for runs whose name asks for failure."""

    def write(self, run, path, report):
        report("Writing", 1, 1)
        if "refuse" in run.settings.weights:
            raise WorkbenchError("This export was refused, as it does not answer as the run does.")
        path.write_text("a file")
        return ["It differs by 1e-06."]


@pytest.fixture
def run(featured_run, monkeypatch):
    """A run, and exports that are made in this process."""
    format = Written("onnx", "ONNX", "For tests.", ".zip", "nowhere")
    monkeypatch.setitem(formats.FORMATS, "onnx", format)
    monkeypatch.setattr(Job, "launch", lambda job, module, **environment: worker.export(job.folder))
    parts = np.array(["train", "validation", "test", "test"] * 2)
    return lambda **changes: featured_run(np.zeros((8, 4), np.float32), np.arange(8) % 2, parts, **changes)


def test_writes_the_file_and_says_what_is_to_be_known(command, run, tmp_path):
    run_id = run().id
    code, output, _ = command("export", run_id, "--format", "onnx", "--to", tmp_path)
    path = tmp_path / "pets-mobilenet_075-onnx.zip"
    assert (code, path.read_text()) == (0, "a file")
    assert output.splitlines() == [f"{path} (6 bytes)", "It differs by 1e-06."]
    code, document = _as_json(command, "export", run_id, "--format", "onnx", "--to", tmp_path / "mine.zip")
    assert code == 0
    assert document == {
        "run": run_id,
        "format": "onnx",
        "path": str(tmp_path / "mine.zip"),
        "size_bytes": 6,
        "told": ["It differs by 1e-06."],
    }


def _as_json(command, *arguments):
    code, output, _ = command(*arguments, "--json")
    return code, json.loads(output)


def test_a_refusal_is_told_and_nothing_is_written(command, run, tmp_path):
    weights = tmp_path / "refuse.h5"
    run_id = run(weights=str(weights)).id
    code, _, complaint = command("export", run_id, "--format", "onnx", "--to", tmp_path / "mine.zip")
    assert code == 1
    assert "does not answer as the run does" in complaint
    assert not (tmp_path / "mine.zip").exists()


def test_an_unknown_format_and_an_unknown_run_are_bad_usage(command, run, tmp_path):
    code, _, complaint = command("export", run().id, "--format", "gif", "--to", tmp_path)
    assert code == 2
    assert "onnx" in complaint
    code, _, complaint = command("export", "nobody", "--format", "onnx", "--to", tmp_path)
    assert code == 2
    assert "There is no run 'nobody'" in complaint


def test_the_library_writes_it_too(workspace, run, tmp_path):
    run_id = run().id
    path = core.find_run(run_id).export("onnx", tmp_path)
    assert path.read_text() == "a file"
    assert [each.id for each in core.list_runs()] == [run_id]
