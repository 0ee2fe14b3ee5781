"""Images that are added to a dataset with a label: copies of its own, known to import, split and undo."""

import shutil

import pytest

from core.datasets.adding import add_images
from core.datasets.checkup import check
from core.datasets.creation import create_from_path
from core.datasets.editing import rename_class
from core.datasets.importing import changes_on_disk, import_now, run_import
from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError
from core.images.description import describe


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 10, "dogs": 10})


def labels(dataset):
    return dict(zip(dataset.images["path"], dataset.images["label"], strict=True))


def splits(dataset):
    return dict(zip(dataset.images["path"], dataset.images["split"], strict=True))


def test_added_images_take_part_and_move_no_other(pets, tmp_path, write_picture):
    brought = sorted(path.name for path in (tmp_path / "sources" / "pets").rglob("*"))
    before = splits(pets)
    new = {write_picture(tmp_path / "new" / f"{n}.png"): "cats" for n in range(3)}
    added = add_images(pets, new | {write_picture(tmp_path / "new" / "bird.png"): "birds"}, "on a page")
    assert added.count == 4
    assert [edit.in_words() for edit in added.edits] == [
        "3 images relabelled “cats”: on a page",
        "1 image relabelled “birds”: on a page",
    ]
    import_now(pets)
    found = labels(pets)
    assert [found[f"(added here)/{name}.png"] for name in (0, 1, 2, "bird")] == ["cats", "cats", "cats", "birds"]
    assert before.items() <= splits(pets).items()
    assert describe(pets.path_of("(added here)/bird.png")).pixel_hash == describe(tmp_path / "new/bird.png").pixel_hash
    assert sorted(path.name for path in (tmp_path / "sources" / "pets").rglob("*")) == brought
    assert changes_on_disk(pets) == (0, 0, 0)
    assert not pets.changed(pets.images).any()
    check(pets)


def test_added_images_of_an_archive_and_of_a_table(workspace, half_labelled, tmp_path, class_folders, write_picture):
    packed = shutil.make_archive(tmp_path / "packed", "zip", class_folders(tmp_path / "packed", {"cats": 3, "dogs": 3}))
    archive = run_import(create_from_path(workspace, packed))
    for dataset in (archive, half_labelled):
        add_images(dataset, {write_picture(tmp_path / "new" / "a.png"): "cats"})
        import_now(dataset)
        import_now(dataset)
        assert labels(dataset)["(added here)/a.png"] == "cats"
        assert dataset.path_of("(added here)/a.png").is_file()


def test_a_dataset_that_holds_images_gives_its_name_to_no_other(
    workspace, pets, tmp_path, class_folders, write_picture
):
    add_images(pets, {write_picture(tmp_path / "new" / "a.png"): "cats"})
    shutil.rmtree(pets.info.root)  # as where its disk is not connected
    with pytest.raises(WorkbenchError):
        import_now(pets)
    other = class_folders(tmp_path / "elsewhere" / "pets", {"cats": 3, "dogs": 3})
    with pytest.raises(UsageError, match="There is already a dataset 'pets'"):
        create_from_path(workspace, other)
    assert pets.path_of("(added here)/a.png").is_file()


def test_an_undo_takes_the_label_back_and_a_second_import_keeps_it_so(pets, tmp_path, write_picture):
    added = add_images(pets, {write_picture(tmp_path / "new" / "a.png"): "cats"})
    import_now(pets)
    pets.edits.undo(added.edits[0].id)
    import_now(pets)
    assert pets.content.unlabelled["path"].tolist() == ["(added here)/a.png"]
    assert len(pets.images) == 20
    # Added once more, the image that waits gets the label.
    again = add_images(pets, {tmp_path / "new" / "a.png": "dogs"})
    assert again.count == 1
    assert labels(pets)["(added here)/a.png"] == "dogs"


def test_pictures_that_are_there_already_are_left_out(pets, tmp_path):
    copy = tmp_path / "copy.png"
    shutil.copyfile(pets.path_of("cats/0.png"), copy)
    added = add_images(pets, {copy: "dogs"})
    assert (added.count, added.edits) == (0, ())
    assert added.left_out == {copy: "is there already, as cats/0.png of the class “cats”"}
    assert pets.edits.entries() == []


def test_one_picture_twice_is_added_once(pets, tmp_path, write_picture):
    first = write_picture(tmp_path / "new" / "a.png")
    second = shutil.copyfile(first, tmp_path / "b.png")
    assert add_images(pets, {first: "cats", second: "cats"}).count == 1


def test_files_of_one_name_keep_apart(pets, tmp_path, write_picture):
    files = [write_picture(tmp_path / place / "a b.png") for place in ("one", "two")]
    add_images(pets, dict.fromkeys(files, "cats"))
    import_now(pets)
    assert {"(added here)/a_b.png", "(added here)/a_b-2.png"} <= set(labels(pets))


def test_what_is_no_image_is_left_out_with_the_reason(pets, tmp_path, write_picture):
    good, bad = write_picture(tmp_path / "new" / "a.png"), tmp_path / "notes.png"
    bad.write_text("no picture")
    added = add_images(pets, {good: "cats", bad: "cats"})
    assert added.count == 1
    assert list(added.left_out) == [bad]


def test_a_label_that_can_not_be_used_changes_nothing(pets, tmp_path, write_picture):
    with pytest.raises(UsageError, match="A class needs a name"):
        add_images(pets, {write_picture(tmp_path / "new" / "a.png"): "cats", tmp_path / "new" / "b.png": " "})
    assert not (pets.folder / "(added here)").exists()


def test_a_copy_that_fails_leaves_nothing(pets, tmp_path, write_picture, monkeypatch):
    real, copied = shutil.copyfile, []

    def copy(source, target):
        if copied:
            raise OSError(28, "No space left on device")
        copied.append(real(source, target))

    monkeypatch.setattr("core.datasets.adding.shutil.copyfile", copy)
    with pytest.raises(OSError, match="No space left"):
        add_images(pets, {write_picture(tmp_path / "new" / f"{n}.png"): "cats" for n in range(3)})
    assert not list((pets.folder / "(added here)").iterdir())
    assert pets.edits.entries() == []


def test_renaming_a_class_renames_that_of_added_images(pets, tmp_path, write_picture):
    add_images(pets, {write_picture(tmp_path / "new" / "a.png"): "cats"})
    import_now(pets)
    rename_class(pets, "cats", "felines")
    assert labels(pets)["(added here)/a.png"] == "felines"


def test_a_workspace_that_is_moved_takes_them_along(pets, tmp_path, write_picture):
    add_images(pets, {write_picture(tmp_path / "new" / "a.png"): "cats"})
    import_now(pets)
    moved = Dataset(shutil.copytree(pets.folder, tmp_path / "elsewhere" / "pets"))
    shutil.rmtree(pets.folder)
    assert not moved.changed(moved.images).any()
    assert moved.path_of("(added here)/a.png").is_file()
