"""What comes of packed pictures in a dataset: written out once, anew where they changed, and not kept twice."""

import io
import os
import zipfile

import h5py
import numpy as np
import pytest

from core.datasets.creation import create_from_path, create_from_upload
from core.datasets.importing import changes_on_disk, import_now, run_import
from core.datasets.sources.choices import Choices
from core.errors import WorkbenchError
from core.files import read_json, write_json
from tests.datasets.layouts import packed_pixels as layouts
from tests.datasets.layouts.case import encoded, picture, pixels


def test_what_was_written_is_read_again_and_not_written_again(tmp_path, workspace):
    source = layouts.keras_npz(tmp_path)
    dataset = run_import(create_from_path(workspace, source))
    before = {path: path.stat().st_mtime_ns for path in (dataset.folder / "pictures").rglob("*")}
    assert changes_on_disk(dataset) == (0, 0, 0)
    run_import(dataset)
    assert {path: path.stat().st_mtime_ns for path in (dataset.folder / "pictures").rglob("*")} == before
    assert sorted(path.name for path in dataset.folder.iterdir() if path.is_dir()) == ["pictures"]


def test_a_source_that_changed_is_written_anew(tmp_path, workspace):
    source = layouts.keras_npz(tmp_path)
    dataset = run_import(create_from_path(workspace, source))
    assert len(dataset.content.table) == 10
    images, labels = layouts.arrays("train", 8)
    np.savez(source, x_train=images[..., 0], y_train=labels)
    os.utime(source, ns=(1, 1))
    assert len(run_import(dataset).content.table) == 8


def test_a_source_that_is_damaged_later_leaves_what_was_written(tmp_path, workspace):
    source = layouts.keras_npz(tmp_path)
    dataset = run_import(create_from_path(workspace, source))
    source.write_bytes(source.read_bytes()[:-100])
    with pytest.raises(WorkbenchError, match="damaged"):
        run_import(dataset)
    assert len(dataset.content.table) == 10
    assert all(dataset.path_of(path).is_file() for path in dataset.content.table["path"])


def test_an_upload_is_kept_once(tmp_path, workspace):
    layouts.idx(tmp_path)
    upload = io.BytesIO()
    with zipfile.ZipFile(upload, "w") as archive:
        for path in tmp_path.glob("*ubyte.gz"):
            archive.write(path, path.name)
    upload.seek(0)
    dataset = import_now(create_from_upload(workspace, upload, "mnist.zip"))
    assert sorted(path.name for path in dataset.folder.iterdir() if path.is_dir()) == ["pictures"]
    assert not (dataset.folder / "upload.zip").exists()
    assert len(run_import(dataset).content.table) == 10


def test_encoded_pictures_are_kept_byte_for_byte(tmp_path, workspace):
    source = layouts.parquet_of_text_labels(tmp_path)
    dataset = run_import(create_from_path(workspace, source))
    found = {path.read_bytes() for path in (dataset.folder / "pictures").rglob("*.png")}
    assert found == {encoded(f"{number}.png", layouts.LABELS[number % 2]) for number in range(8)}


def test_a_few_image_files_beside_are_passed_over_and_said(tmp_path, workspace):
    images, labels = layouts.arrays("", 60)
    np.savez(tmp_path / "set.npz", images=images, labels=labels)
    picture(tmp_path / "preview.png", "circle")
    dataset = run_import(create_from_path(workspace, tmp_path))
    assert len(dataset.content.table) == 60
    assert "1 image files that lie beside set.npz were not read." in dataset.info.warnings


def test_features_beside_class_folders_change_nothing(tmp_path, workspace):
    for number in range(4):
        for label in layouts.LABELS:
            picture(tmp_path / label / f"{number}.png", label)
    np.savez(tmp_path / "features.npz", features=np.zeros((8, 64), np.float32))
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file["dense/kernel"] = np.zeros((3, 3))
    (tmp_path / "train.pkl").write_bytes(b"\x80\x02.")
    dataset = run_import(create_from_path(workspace, tmp_path))
    assert dataset.info.labels_from == "the names of the folders"


def test_another_choice_is_written_anew(tmp_path, workspace):
    (tmp_path / "in").mkdir()
    dataset = create_from_path(workspace, layouts.cifar_100(tmp_path / "in"), choices=Choices(label_columns=("fine",)))
    run_import(dataset)
    request = read_json(dataset.folder / "request.json")
    write_json(dataset.folder / "request.json", request | {"choices": {"label_columns": ["coarse"]}})
    with pytest.raises(WorkbenchError, match="all have the label “shapes”"):
        run_import(dataset)


def test_pictures_without_a_label_are_kept_as_such(tmp_path, workspace):
    images = np.stack([pixels(f"{number}", "circle") for number in range(6)])
    np.savez(tmp_path / "set.npz", images=images, labels=np.array([0, 1, 0, 1, -1, -1]))
    dataset = run_import(create_from_path(workspace, tmp_path / "set.npz"))
    assert (len(dataset.content.table), len(dataset.content.unlabelled)) == (4, 2)
