"""A project that is taken to another workbench has the same figures there."""

import os
import shutil
import zipfile

import pytest

from core.datasets.adding import add_images
from core.datasets.importing import import_now
from core.datasets.store import list_datasets, open_dataset
from core.errors import WorkbenchError
from core.export.formats import find_format
from core.export.job import ExportJob
from core.export.project.importing import import_project
from core.hosting import Hosting
from core.jobs.job import identity
from core.runs.labels import read_labels, write_labels
from core.runs.lineage import parent_run, standing_edits
from core.runs.record import create_run, find_run, list_runs
from core.runs.settings import read_settings
from core.workspace import Workspace
from tests.workspaces.archive import BEFORE_RUN_JSON, unpack

SPLITS = ("train", "validation", "test")


def brought(workspace, path, hosting=None):
    with path.open("rb") as file:
        return import_project(workspace, file, hosting)


def figures(workspace, dataset):
    """Of each run in the order in which they were trained, all that its evaluation says of each part of the split."""
    return [
        {split: run.evaluate(split, calibrate=split == "test").to_dict() for split in SPLITS}
        for run in evaluated_runs(workspace, dataset)
    ]


def answers(workspace, dataset):
    """Of each run in that order, what its network answered and how often that is right."""
    runs = evaluated_runs(workspace, dataset)
    return [(run.test_accuracy, run.predictions().probabilities.tolist(), read_labels(run)) for run in runs]


def evaluated_runs(workspace, dataset):
    runs = [run for run in list_runs(workspace, dataset) if run.predictions_path.exists()]
    return sorted(runs, key=lambda run: run.record.began)


@pytest.fixture
def here(workspace, project_file):
    """The workspace that the project was imported into."""
    return workspace, brought(workspace, project_file)


def test_all_figures_are_those_that_they_were(there, here):
    workspace, project = here
    assert len(project.runs) == len(list_runs(there, "shapes")) == 6
    assert project.remarks == ()
    assert figures(workspace, project.dataset) == figures(there, "shapes")


def test_labels_split_and_edits_are_those_that_they_were(there, here):
    before, after = open_dataset(there, "shapes"), open_dataset(here[0], "shapes")
    columns = ["path", "pixel_hash", "label", "split"]
    assert after.images[columns].equals(before.images[columns])
    assert after.content.version == before.content.version
    assert after.class_names == ("cats", "hounds")
    assert [edit.in_words() for edit in after.edits.standing()] == [edit.in_words() for edit in before.edits.standing()]
    after.edits.undo()
    assert after.class_names == ("cats", "dogs")


def test_the_images_are_here_and_none_has_to_be_read_in_again(here, monkeypatch):
    dataset = open_dataset(here[0], "shapes")
    paths = [dataset.path_of(path) for path in dataset.images["path"]]
    assert all(path.is_file() and dataset.folder in path.parents for path in paths)
    assert not dataset.changed(dataset.images).any()
    version = dataset.content.version
    assert import_now(dataset).content.version == version
    assert dataset.info.root == str(dataset.folder / "pictures")


def test_runs_stay_related_and_keep_names_and_weights(here):
    workspace, _ = here
    first = find_run(workspace, "the first")
    assert read_labels(first).notes == "As a start."
    (later,) = (run for run in list_runs(workspace) if parent_run(run) is not None)
    assert parent_run(later).id == first.id
    assert [edit.label for edit in standing_edits(later.dataset, later)] == ["dogs"]
    assert first.best_weights.exists()


def test_a_name_that_is_taken_is_left_to_who_has_it(there, here, project_file):
    workspace, project = here
    again = brought(workspace, project_file)
    assert (project.dataset, again.dataset) == ("shapes", "shapes_2")
    assert [dataset.info.title for dataset in list_datasets(workspace)] == ["shapes", "shapes (shapes_2)"]
    assert set(again.runs).isdisjoint(project.runs)
    assert answers(workspace, "shapes_2") == answers(workspace, "shapes") == answers(there, "shapes")
    parents = [parent_run(run).id for run in list_runs(workspace, "shapes_2") if parent_run(run)]
    assert parents
    assert set(parents) <= set(again.runs)


def test_a_project_of_a_drawn_sample_takes_another_name(workspace, changed, part):
    about = part("project.json") | {"dataset": "cats_vs_dogs_sample"}
    assert import_project(workspace, changed(**{"project.json": about})).dataset == "cats_vs_dogs_sample_2"


def test_a_dataset_of_a_table_with_images_without_a_label(half_labelled, workspace, tmp_path):
    run = create_run(workspace, read_settings({"dataset": "study", "architecture": "small_cnn"}))
    find_format("project").write(run, tmp_path / "study.zip")
    other = Workspace.at(tmp_path / "other")
    brought(other, tmp_path / "study.zip")
    dataset = open_dataset(other, "study")
    assert (len(dataset.images), len(dataset.content.unlabelled)) == (20, 4)
    assert dataset.content.version == half_labelled.content.version
    assert len(import_now(dataset).content.unlabelled) == 4


def test_images_that_were_added_come_too(imported, write_picture, workspace, tmp_path):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    add_images(dataset, {write_picture(tmp_path / "new" / "cat.png"): "cats"})
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    find_format("project").write(run, tmp_path / "pets.zip")
    assert len(dataset.images) == 10, "it takes part once the dataset is read in again"
    dataset = import_now(dataset)
    find_format("project").write(run, tmp_path / "pets.zip")
    other = Workspace.at(tmp_path / "other")
    brought(other, tmp_path / "pets.zip")
    here = open_dataset(other, "pets")
    assert len(here.images) == 11
    assert all(
        here.folder in here.path_of(path).parents and here.path_of(path).is_file() for path in here.images["path"]
    )
    assert here.content.version == import_now(here).content.version == dataset.content.version


def test_it_is_out_of_date_once_another_run_was_trained(there, tmp_path):
    home = Workspace.at(shutil.copytree(there.root, tmp_path / "home"))
    run, other = find_run(home, "the first"), list_runs(home)[0]
    jobs = [ExportJob.of(run, find_format(name)) for name in ("project", "keras")]
    before = [job.state() for job in jobs]
    write_labels(other, notes="Better.")
    assert [job.state() == state for job, state in zip(jobs, before, strict=True)] == [False, True]


def test_without_images_the_figures_open_and_it_is_said(there, workspace, tmp_path):
    path = tmp_path / "light.zip"
    (said,) = find_format("project-without-images").write(find_run(there, "the first"), path)
    assert "without its images" in said
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("images/")]
    project = brought(workspace, path)
    assert "without its images" in project.remarks[0]
    assert answers(workspace, project.dataset) == answers(there, "shapes")


def test_it_is_imported_by_the_command(workspace, command, project_file):
    code, output, complaints = command("project", "import", project_file)
    assert code == 0, complaints
    assert "shapes" in output
    assert "6 runs" in output
    code, output, _ = command("evaluate", "the first")
    assert code == 0
    code, _, complaints = command("project", "import", project_file.with_name("nothing.zip"))
    assert code == 2
    assert "There is nothing at" in complaints


def test_a_visitor_gets_figures_but_no_weights(workspace, project_file, there):
    hosting = Hosting(hosted=True, quota_bytes=2**30)
    project = brought(workspace, project_file, hosting)
    assert not list(workspace.runs.rglob("*.h5"))
    assert "weights of its networks were left out" in project.remarks[0]
    assert answers(workspace, project.dataset) == answers(there, "shapes")


def test_a_visitor_can_name_no_file_of_weights_by_its_path(workspace, changed, part, there):
    run = next(run for run in list_runs(there) if run.settings.architecture == "mobilenet_025")
    record = part(f"runs/{run.id}/run.json")
    record["settings"]["weights"] = "/etc/passwd"
    file = changed(**{f"runs/{run.id}/run.json": record})
    project = import_project(workspace, file, Hosting(hosted=True, quota_bytes=2**30))
    assert len(project.runs) == 5
    assert run.id not in project.runs
    assert not (workspace.runs / run.id).exists()
    assert f"{run.id} was left out" in project.remarks[0]


def test_a_run_that_still_trains_comes_as_far_as_it_was(workspace, tmp_path, there):
    home = Workspace.at(unpack(BEFORE_RUN_JSON, tmp_path / "training"))
    run = find_run(home, "the first")
    run.update(state="running", processes=[identity()])
    said = find_format("project").write(run, tmp_path / "training.zip")
    assert "1 run still trained" in said[1]
    brought(workspace, tmp_path / "training.zip")
    status = find_run(workspace, "the first").status()
    assert (status.state, status.processes) == ("stopped", [])


def test_an_image_that_is_gone_is_named_and_nothing_is_written(tmp_path):
    home = Workspace.at(unpack(BEFORE_RUN_JSON, tmp_path / "lacking"))
    os.remove(tmp_path / "lacking" / "images" / "cats" / "3.png")
    with pytest.raises(WorkbenchError, match=r"cats/3\.png .*without its images"):
        find_format("project").write(find_run(home, "the first"), tmp_path / "out" / "lacking.zip")
    assert not list((tmp_path / "out").glob("*")) or not (tmp_path / "out").exists()


def test_a_run_whose_dataset_has_gone_is_no_project(tmp_path):
    home = Workspace.at(unpack(BEFORE_RUN_JSON, tmp_path / "gone"))
    (home.datasets / "shapes").rename(tmp_path / "elsewhere")
    with pytest.raises(WorkbenchError, match=r"'shapes' .* is gone"):
        find_format("project").write(find_run(home, "the first"), tmp_path / "gone.zip")


def test_it_is_stopped_halfway_without_a_trace(there, workspace, project_file, tmp_path):
    def stop(stage, done, total):
        if done == 5:
            raise WorkbenchError("Stopped.")

    with pytest.raises(WorkbenchError, match="Stopped"):
        find_format("project").write(find_run(there, "the first"), tmp_path / "half" / "half.zip", stop)
    assert not list((tmp_path / "half").iterdir())
    with project_file.open("rb") as file, pytest.raises(WorkbenchError, match="Stopped"):
        import_project(workspace, file, report=stop)
    assert [path for path in workspace.root.rglob("*") if path.is_file()] == []
