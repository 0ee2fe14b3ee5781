"""What `import core` gives in a notebook: the names, nothing loaded before they are asked for, and that they work."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import core
from core.errors import UsageError
from core.installation import PROJECT
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training.trainer import train


def test_importing_it_loads_nothing_but_itself():
    program = (
        "import sys; before = set(sys.modules); import core; new = [*set(sys.modules) - before]; "
        "import json; print(json.dumps(new))"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(ended.stdout)}
    assert loaded - set(sys.stdlib_module_names) == {"core"}


def test_it_names_what_it_has():
    assert set(core.__all__) <= set(dir(core))
    assert all(callable(getattr(core, name)) for name in core.__all__)
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        core.trian  # noqa: B018


def test_images_at_a_path_are_read_in_and_found_by_name_afterwards(workspace, tmp_path, class_folders):
    folder = class_folders(tmp_path / "pets", {"cats": 6, "dogs": 6})
    dataset = core.open_dataset(folder)
    assert (dataset.name, len(dataset.images)) == ("pets", 12)
    class_folders(folder / "cats", {"more": 2})
    assert len(core.open_dataset(str(folder)).images) == 14, "what is new at the path is read"
    assert core.open_dataset("pets").name == "pets"
    with pytest.raises(UsageError, match="nowhere"):
        core.open_dataset("nowhere")


def test_a_dataset_is_checked_by_its_name_or_itself(imported):
    dataset = imported("pets", {"cats": 6, "dogs": 6})
    assert core.check("pets") == core.check(dataset)
    assert core.check("pets").verdict in ("ready", "ready with warnings")


def test_runs_are_found(workspace, imported):
    imported("pets", {"cats": 6, "dogs": 6})
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    assert [each.id for each in core.list_runs()] == [each.id for each in core.list_runs("pets")] == [run.id]
    assert core.list_runs("cars") == []
    assert core.find_run(run.id[:10]).id == run.id
    with pytest.raises(UsageError, match="no run"):
        core.find_run("nothing")


def test_a_setting_that_is_not_known_is_refused_before_anything_begins(workspace, imported):
    dataset = imported("pets", {"cats": 6, "dogs": 6})
    with pytest.raises(UsageError, match="epoch"):
        core.train(dataset, architecture="small_cnn", epohcs=3)
    assert core.list_runs() == []


@pytest.mark.slow
def test_a_run_is_asked_about_files_folders_and_arrays_of_pixels(workspace, tmp_path, draw_folder):
    draw_folder(tmp_path / "colours", 10)
    dataset = core.open_dataset(tmp_path / "colours")
    settings = {"architecture": "small_cnn", "image_size": 32, "epochs": 1}
    train(create_run(workspace, read_settings({"dataset": dataset.name} | settings)).folder)
    (run,) = core.list_runs()
    path = tmp_path / "colours" / "blue" / "blue_000.png"
    by_file, by_folder = run.predict(path), core.find_run(run.id).predict(str(path.parent))
    pixels = np.array(Image.open(path))
    by_pixels = run.predict([pixels])
    assert by_file["file"].tolist() == ["blue_000.png"]
    assert len(by_folder) == 10
    assert set(by_file) >= {"answer", "confidence", "second", "unlike", "probability_blue", "probability_red"}
    assert len(run.predict(pixels)) == 1, "one array is one image"
    assert len(run.predict(np.stack([pixels, pixels]))) == 2
    for table in (by_folder, by_pixels):
        np.testing.assert_allclose(table["probability_red"].iloc[0], by_file["probability_red"].iloc[0], atol=1e-6)
    assert by_file.attrs["problems"] == {}
    assert any("validation images" in remark for remark in by_file.attrs["remarks"])
    with pytest.raises(UsageError, match="not both"):
        run.predict([path, np.zeros((4, 4))])
    with pytest.raises(UsageError, match="No image was brought"):
        run.predict([])
