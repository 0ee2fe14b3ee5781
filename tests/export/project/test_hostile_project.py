"""Project files that are damaged, of later versions or made to do harm: refused in words, and nothing is left."""

import io
import json
import stat
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.datasets.sources import new_folder
from core.errors import WorkbenchError
from core.export.project.importing import import_project
from core.hosting import Hosting
from core.runs.record import list_runs


@pytest.fixture
def refused(workspace):
    """Imports a file that must not be, and gives the words in which it is refused."""

    def attempt(file, hosting=None):
        with pytest.raises(WorkbenchError) as refusal:
            import_project(workspace, file, hosting)
        assert [path for path in workspace.root.rglob("*") if path.is_file()] == []
        assert str(workspace.root) not in str(refusal.value)
        return str(refusal.value)

    return attempt


@pytest.fixture
def run_id(there):
    return list_runs(there)[0].id


def written(table: pa.Table | pd.DataFrame) -> bytes:
    content = io.BytesIO()
    if isinstance(table, pd.DataFrame):
        table.to_parquet(content, index=False)
    else:
        pq.write_table(table, content, store_schema=False)
    return content.getvalue()


@pytest.fixture
def table_in(project_file):
    def read(name: str) -> pd.DataFrame:
        with zipfile.ZipFile(project_file) as archive:
            return pd.read_parquet(io.BytesIO(archive.read(name)))

    return read


def test_other_files(refused, project_file, tmp_path):
    assert "end of this zip archive is missing" in refused(io.BytesIO(b"no zip at all"))
    assert "end of this zip archive is missing" in refused(io.BytesIO(project_file.read_bytes()[:5000]))
    photographs = io.BytesIO()
    with zipfile.ZipFile(photographs, "w") as archive:
        archive.writestr("cats/1.png", b"pixels")
    assert "“cats/1.png” is no part of a project" in refused(photographs)
    assert "no project file of the workbench" in refused(io.BytesIO(empty_zip()))


def empty_zip():
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    return content.getvalue()


def test_a_later_version_says_so(refused, changed, part):
    words = refused(changed(**{"project.json": part("project.json") | {"version": 99}}))
    assert "written by a later workbench (its format is 99, and this one reads up to 1)" in words


@pytest.mark.parametrize("name", ["../evil.json", "/tmp/evil.json", "C:\\evil.json", "images/../../evil.png"])
def test_a_path_that_leads_out(refused, changed, name):
    assert "wants to write outside its folder" in refused(changed(**{name: b"{}"}))


def test_a_link(refused, changed):
    file = changed()
    link = zipfile.ZipInfo("images/cats/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "symbolic link" in refused(file)


@pytest.mark.parametrize(
    "name", ["setup.py", "dataset/extra.pkl", "runs/{run}/checkpoint.npz", "images/evil.py", "runs/x"]
)
def test_what_no_project_has(refused, changed, run_id, name):
    assert "is no part of a project" in refused(changed(**{name.format(run=run_id): b"anything"}))


def test_what_is_not_told_of(refused, changed):
    assert "a run that it does not tell of: “other”" in refused(changed(**{"runs/other/run.json": {}}))
    assert "an image that its manifest does not know: “cats/99.png”" in refused(changed(**{"images/cats/99.png": b"x"}))


def test_what_is_lacking_or_damaged(refused, changed, part, run_id):
    assert "lacks its manifest" in refused(changed(**{"dataset/manifest.parquet": None}))
    assert "lacks the image “cats/3.png”" in refused(changed(**{"images/cats/3.png": None}))
    assert "manifest.parquet is damaged" in refused(changed(**{"dataset/manifest.parquet": b"PAR1 no more"}))
    assert "run.json in the project file is damaged" in refused(changed(**{f"runs/{run_id}/run.json": b"{{"}))
    assert "dataset.json in the project file is missing or damaged" in refused(changed(**{"dataset/dataset.json": []}))
    nested = b"[" * 100_000
    assert "is damaged" in refused(changed(**{"dataset/split.json": nested}))
    assert "is damaged" in refused(changed(**{f"runs/{run_id}/status.json": nested}))
    record = part(f"runs/{run_id}/run.json")
    assert "damaged" in refused(changed(**{f"runs/{run_id}/run.json": record | {"classes": 7}}))
    assert "damaged" in refused(changed(**{f"runs/{run_id}/run.json": record | {"settings": {"architecture": "no"}}}))
    assert "damaged" in refused(changed(**{f"runs/{run_id}/events.jsonl": b'[1, 2]\n"text"\n'}))
    for edit in ({"action": "no such"}, {"action": "relabel", "images": []}, {"action": "exclude", "time": 1e300}):
        line = json.dumps({"id": 1, "time": 1.0, "label": "cats"} | edit).encode()
        assert "damaged" in refused(changed(**{"dataset/edits.jsonl": line}))


@pytest.mark.parametrize("path", ["../../../../etc/passwd", "/etc/passwd", "cats\\..\\..\\x.png", "a\x00b.png", ""])
def test_a_table_whose_images_lie_elsewhere(refused, changed, table_in, run_id, path):
    manifest = table_in("dataset/manifest.parquet")
    manifest.loc[0, "path"] = path
    assert refused(changed(**{"dataset/manifest.parquet": written(manifest)}))
    images = table_in(f"runs/{run_id}/images.parquet")
    images.loc[0, "path"] = path
    assert refused(changed(**{f"runs/{run_id}/images.parquet": written(images)}))


def test_columns_that_hold_something_else(refused, changed, table_in):
    manifest = table_in("dataset/manifest.parquet")
    other = written(manifest.assign(width="wide"))
    assert "column 'width' of manifest.parquet holds something else" in refused(
        changed(**{"dataset/manifest.parquet": other})
    )
    other = written(manifest.assign(label="x" * 300))
    assert "is no name of a class" in refused(changed(**{"dataset/manifest.parquet": other}))
    other = written(manifest.drop(columns="label"))
    assert "lacks the column 'label'" in refused(changed(**{"dataset/manifest.parquet": other}))


def test_a_small_table_that_would_fill_the_memory(refused, changed, run_id):
    rows = np.zeros(1_000_000, dtype=np.int32)
    repeated = pa.DictionaryArray.from_arrays(pa.array(rows), pa.array(["y" * 10_000]))
    bomb = written(pa.table({"path": repeated}))
    assert len(bomb) < 10_000
    assert "9 GB of memory" in refused(changed(**{f"runs/{run_id}/images.parquet": bomb}))


def test_what_is_too_large(refused, changed, run_id, project_file):
    assert "labels.json has 2 MB" in refused(changed(**{f"runs/{run_id}/labels.json": b" " * 2_000_000}))
    hosting = Hosting(hosted=True, quota_bytes=20_000)
    with project_file.open("rb") as file:
        assert "unpacks to more than the 20 kB allowed" in refused(file, hosting)


def test_a_disk_without_room(workspace, project_file, monkeypatch):
    monkeypatch.setattr(new_folder.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with project_file.open("rb") as file, pytest.raises(WorkbenchError, match=r"100 bytes free.* Make room"):
        import_project(workspace, file)
    assert list(workspace.root.iterdir()) == []
