"""The networks of an imported project answer as they did, and real photographs come through unharmed."""

import shutil

import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.export.writing import export_dataset
from core.datasets.importing import import_now
from core.datasets.store import open_dataset
from core.export.formats import find_format
from core.export.project.importing import import_project
from core.runs.record import create_run, find_run
from core.runs.settings import read_settings
from core.workspace import Workspace


@pytest.mark.slow
def test_the_network_answers_as_it_did(there, workspace, project_file):
    from core.explain.trained_network import trained_network  # loads Keras

    with project_file.open("rb") as file:
        import_project(workspace, file)
    answers = []
    for place in (there, workspace):
        run = find_run(place, "the first")
        network = trained_network(run)
        paths = [run.dataset.path_of(path) for path in run.predictions().ids]
        answers.append(network.probabilities(network.read(paths)))
    assert np.array_equal(*answers)


@pytest.mark.real
def test_real_images_of_every_kind_are_the_same_to_the_byte(real_images, workspace, tmp_path):
    chosen = [
        *sorted(real_images.glob("aerial_scenes/a*/*.tif"))[:20],
        *sorted(real_images.glob("cats_dogs/*/*.jpg"))[::70],
    ]
    for path in chosen:
        (tmp_path / "brought" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "brought" / path.parent.name)
    elsewhere = Workspace.at(tmp_path / "elsewhere")
    dataset = import_now(create_from_path(elsewhere, tmp_path / "brought", "photos"))
    run = create_run(elsewhere, read_settings({"dataset": "photos", "architecture": "small_cnn"}))
    find_format("project").write(run, tmp_path / "photos.zip")
    with (tmp_path / "photos.zip").open("rb") as file:
        import_project(workspace, file)
    here = open_dataset(workspace, "photos")
    assert here.content.version == dataset.content.version
    for path in here.images["path"]:
        assert here.path_of(path).read_bytes() == dataset.path_of(path).read_bytes()
    export_dataset(here, tmp_path / "taken", "csv")
    again = import_now(create_from_path(elsewhere, tmp_path / "taken"))
    kept = ["pixel_hash", "label", "split"]
    assert sorted(again.images[kept].to_numpy().tolist()) == sorted(dataset.images[kept].to_numpy().tolist())
