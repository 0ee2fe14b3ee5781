"""The datasets of a workspace, as people and other modules find them."""

import os
import shutil

import pytest

from core.datasets.creation import create_from_path, create_sample
from core.datasets.editing import exclude, rename_class
from core.datasets.importing import run_import, start_import
from core.datasets.samples import SAMPLES
from core.datasets.splits import SPLITS, SplitSettings
from core.datasets.store import Dataset, delete_dataset, list_datasets, open_dataset
from core.errors import UsageError, WorkbenchError
from core.files import write_json
from core.jobs.job import identity, is_alive


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 10, "dogs": 10, "owls 10": 5, "owls 9": 5})


def test_a_dataset_is_the_same_when_it_is_opened_again(pets, workspace):
    again = open_dataset(workspace, "pets")
    assert again.info == pets.info
    assert again.class_names == ("cats", "dogs", "owls 9", "owls 10"), "as people count"
    assert again.images.equals(pets.images)
    assert again.images["split"].tolist() == open_dataset(workspace, "pets").images["split"].tolist()


def test_every_image_is_in_one_part_and_can_be_opened(pets):
    assert len(pets.images) == 30
    assert set(pets.images["split"]) == set(SPLITS)
    assert all(pets.path_of(path).is_file() for path in pets.images["path"])
    counts = pets.content.counts
    assert list(counts.index) == list(pets.class_names)
    assert counts.loc["cats"].to_dict() == {"train": 6, "validation": 2, "test": 2}
    assert counts.to_numpy().sum() == 30


def test_labels_become_places_in_the_list_of_classes(pets):
    indices = pets.label_indices(pets.images["label"])
    assert [pets.class_names[index] for index in indices] == pets.images["label"].tolist()


def test_the_split_can_be_changed_and_stays_changed(pets, workspace):
    before = pets.images["split"].tolist()
    pets.set_split(SplitSettings(validation=0, test=0.2, seed=4))
    after = pets.images["split"].tolist()
    assert after != before
    assert "validation" not in after
    again = open_dataset(workspace, "pets")
    assert again.split_settings == SplitSettings(validation=0, test=0.2, seed=4)
    assert again.images["split"].tolist() == after
    assert again.content.counts.columns.tolist() == list(SPLITS), "an empty part is still shown"


def test_a_run_can_divide_otherwise_without_changing_the_dataset(pets):
    before = pets.images["split"].tolist()
    assert pets.content.divided(SplitSettings(seed=9))["split"].tolist() != before
    assert pets.images["split"].tolist() == before


def test_the_only_image_of_a_class_trains(imported):
    dataset = imported("small", {"cats": 10, "dogs": 1, "owls": 2})
    assert dataset.content.counts.loc["dogs"].to_dict() == {"train": 1, "validation": 0, "test": 0}


def test_a_dataset_in_good_order_has_no_warnings(pets):
    assert pets.summary()["warnings"] == []
    assert pets.content.unreadable.empty
    assert not pets.content.brings_split


def test_the_summary_says_it_all(pets):
    summary = pets.summary()
    assert summary["state"] == "ready"
    assert (summary["name"], summary["drawn"], summary["kind"], summary["images"]) == ("pets", False, "folder", 30)
    assert summary["counts"]["dogs"] == {"train": 6, "validation": 2, "test": 2}


def test_datasets_are_listed_by_name(imported, workspace):
    assert list_datasets(workspace) == []
    for name in ("b", "a"):
        imported(name, {"x": 1, "y": 1})
    (workspace.datasets / "stray").mkdir()
    (workspace.datasets / "file.txt").touch()
    assert [dataset.name for dataset in list_datasets(workspace)] == ["a", "b"]


@pytest.mark.parametrize("name", ["cat", "", ".", "..", "../home/datasets/pets", "pets/../pets", "/"])
def test_an_unknown_name_is_answered_with_those_there_are(pets, workspace, name):
    with pytest.raises(UsageError, match=r"There are: .*pets") as refusal:
        open_dataset(workspace, name)
    assert all(sample in str(refusal.value) for sample in SAMPLES)


def test_a_dataset_whose_folder_is_gone_says_so(pets, workspace):
    lost = Dataset(workspace.datasets / "lost")
    with pytest.raises(UsageError, match="no dataset 'lost'"):
        _ = lost.info


def test_a_dataset_that_is_still_being_read_says_so(workspace, tmp_path, class_folders):
    dataset = create_from_path(workspace, class_folders(tmp_path / "pets", {"a": 1, "b": 1}))
    dataset.job.update(state="running", processes=[identity()])
    assert not dataset.ready
    assert dataset.summary()["state"] == "running"
    with pytest.raises(WorkbenchError, match="still being read"):
        _ = dataset.images


def test_deleting_leaves_the_users_images_alone(pets, workspace, tmp_path):
    delete_dataset(pets)
    assert list_datasets(workspace) == []
    assert len(list((tmp_path / "sources" / "pets").rglob("*.png"))) == 30
    run_import(create_from_path(workspace, tmp_path / "sources" / "pets"))
    assert len(open_dataset(workspace, "pets").images) == 30


def test_deleting_during_the_import_ends_the_import(workspace, eventually):
    dataset = create_sample(workspace, "cats_vs_dogs_sample")
    start_import(dataset)
    eventually(lambda: dataset.job.status().done > 0 or not dataset.job.status().active)
    (pid, started), *_ = dataset.job.status().processes
    delete_dataset(dataset)
    assert not dataset.folder.exists()
    # The process must not go on drawing, nor write itself a new folder.
    eventually(lambda: not is_alive(pid, started))
    assert not dataset.folder.exists()
    assert list_datasets(workspace) == []


def test_a_pinned_dataset_does_not_see_later_edits(pets, workspace):
    pinned = open_dataset(workspace, "pets")
    pinned.pin()
    before, version = pinned.images, pinned.content.version
    exclude(pets, ["cats/0.png"])
    rename_class(pets, "dogs", "hounds")
    pets.set_split(SplitSettings(seed=3))
    assert pinned.images.equals(before)
    assert pinned.class_names == ("cats", "dogs", "owls 9", "owls 10")
    assert pinned.content.version == version
    assert open_dataset(workspace, "pets").content.version == pets.content.version != version


def test_an_edit_shows_at_once_wherever_the_dataset_is_open(pets, workspace):
    other = open_dataset(workspace, "pets")
    assert len(other.images) == 30
    exclude(pets, ["cats/0.png"])
    assert len(other.images) == 29
    assert other.summary()["excluded"] == 1
    other.edits.undo()
    assert len(pets.images) == 30


def test_a_split_that_can_not_be_drawn_is_refused_and_changes_nothing(pets):
    before = pets.images
    for settings in (SplitSettings(folds=20), SplitSettings(validation=20, test=20), SplitSettings(group_by="folder")):
        with pytest.raises(UsageError):
            pets.set_split(settings)
    assert pets.images.equals(before)
    assert pets.split_settings == SplitSettings()


def test_a_split_of_an_earlier_version_of_the_program_is_read(pets):
    earlier = {"settings": {"train": 0.8, "validation": 0.1, "test": 0.1, "seed": 7}}
    write_json(pets.folder / "split.json", earlier)
    assert pets.split_settings == SplitSettings(validation=0.1, test=0.1, seed=7)
    assert set(pets.images["split"]) == set(SPLITS)


def test_a_damaged_split_is_said_in_words(pets):
    (pets.folder / "split.json").write_text("{")
    assert not pets.ready
    assert "split.json cannot be read as JSON" in pets.why_not_ready()


def test_folds_test_every_image_once(pets):
    seen = []
    for fold in (1, 2, 3, 4, 5):
        pets.set_split(SplitSettings(folds=5, fold=fold))
        seen += pets.images.loc[pets.images["split"] == "test", "path"].tolist()
    assert sorted(seen) == sorted(pets.images["path"])


def test_pictures_that_were_replaced_are_told_from_files_that_were_only_touched(pets):
    touched, replaced, gone, broken = (pets.path_of(f"cats/{number}.png") for number in range(4))
    os.utime(touched, ns=(0, 0))
    shutil.copy(pets.path_of("dogs/0.png"), replaced)
    os.utime(replaced, ns=(0, 0))
    gone.unlink()
    broken.write_bytes(b"")
    changed = pets.images.loc[pets.changed(pets.images), "path"].tolist()
    assert changed == ["cats/1.png", "cats/3.png"]
