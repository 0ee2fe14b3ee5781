"""What a dataset holds once edits and split are applied, and the short name of that state."""

import pytest

from core.datasets.editing import accept, exclude, include, order_classes, relabel, rename_class
from core.datasets.edits import RELABEL
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 20, "dogs": 20})


def parts_of(dataset):
    return dict(dataset.images[["path", "split"]].to_numpy().tolist())


CHANGES = {
    "relabel": lambda dataset: relabel(dataset, ["cats/3.png"], "dogs"),
    "relabel to a new class": lambda dataset: relabel(dataset, ["cats/3.png"], "owls"),
    "exclude": lambda dataset: exclude(dataset, ["cats/3.png"]),
    "rename": lambda dataset: rename_class(dataset, "cats", "felines"),
}


# Edits applied -------------------------------------------------------------------------------------------------------


def test_a_relabelled_image_counts_in_its_new_class_and_remembers_the_old(pets):
    relabel(pets, ["cats/3.png", "cats/4.png"], "dogs")
    assert pets.content.counts.sum(axis=1).to_dict() == {"cats": 18, "dogs": 22}
    row = pets.content.table.set_index("path").loc["cats/3.png"]
    assert (row["label"], row["original_label"]) == ("dogs", "cats")


def test_an_excluded_image_takes_no_part_and_is_still_there_to_be_put_back(pets):
    exclude(pets, ["cats/3.png"], why="blurred")
    assert "cats/3.png" not in set(pets.images["path"])
    row = pets.content.table.set_index("path").loc["cats/3.png"]
    assert (bool(row["excluded"]), row["reason"]) == (True, "blurred")
    assert pets.path_of("cats/3.png").is_file()


def test_a_new_class_takes_its_place_in_the_order_of_people(pets):
    relabel(pets, ["cats/3.png"], "cats 10")
    relabel(pets, ["cats/4.png"], "cats 9")
    assert pets.class_names == ("cats", "cats 9", "cats 10", "dogs")


def test_classes_that_were_put_in_order_come_first(pets):
    relabel(pets, ["cats/3.png"], "apes")
    order_classes(pets, ["dogs"])
    assert pets.class_names == ("dogs", "apes", "cats")
    assert list(pets.content.counts.index) == ["dogs", "apes", "cats"]


def test_a_class_without_an_image_that_takes_part_is_no_class(pets):
    exclude(pets, [f"dogs/{number}.png" for number in range(20)])
    assert pets.class_names == ("cats",)


def test_everything_can_be_excluded_without_an_error(pets):
    exclude(pets, pets.images["path"].tolist())
    assert len(pets.images) == 0
    assert pets.class_names == ()
    assert pets.content.counts.empty
    assert pets.summary()["images"] == 0
    assert pets.content.version


def test_two_classes_that_came_to_one_name_by_an_undo_are_one_class(pets):
    first = rename_class(pets, "cats", "felines")
    rename_class(pets, "dogs", "cats")
    pets.edits.undo(first.id)
    assert pets.content.counts.sum(axis=1).to_dict() == {"cats": 40}


def test_swapped_names_are_swapped(pets):
    for old, new in (("cats", "for now"), ("dogs", "cats"), ("for now", "dogs")):
        rename_class(pets, old, new)
    labels = pets.images.set_index("path")["label"]
    assert (labels["cats/0.png"], labels["dogs/0.png"]) == ("dogs", "cats")


def test_a_label_given_by_hand_follows_its_class(pets):
    relabel(pets, ["dogs/0.png"], "cats")
    rename_class(pets, "cats", "felines")
    assert pets.content.counts.sum(axis=1).to_dict() == {"dogs": 19, "felines": 21}


def test_edits_of_a_picture_are_not_of_another_that_took_its_place(pets, write_picture, tmp_path):
    path = pets.path_of("cats/3.png")
    relabel(pets, ["cats/3.png", "cats/4.png"], "dogs")
    exclude(pets, ["cats/3.png"])
    old = path.read_bytes()
    write_picture(tmp_path / "another.png").rename(path)
    run_import(pets)
    images = pets.images.set_index("path")
    assert images.at["cats/3.png", "label"] == "cats"
    assert images.at["cats/4.png", "label"] == "dogs"
    path.write_bytes(old)
    run_import(pets)
    assert "cats/3.png" not in set(pets.images["path"]), "the picture is back, and with it what was said of it"


def test_an_edit_of_a_picture_that_is_gone_stays_without_effect(pets):
    exclude(pets, ["cats/3.png"])
    pets.path_of("cats/3.png").unlink()
    run_import(pets)
    assert len(pets.images) == 39
    assert not pets.content.table["excluded"].any()
    pets.edits.undo()
    assert len(pets.images) == 39


def test_an_edit_written_by_another_program_with_an_unknown_image_is_without_effect(pets):
    pets.edits.add(RELABEL, images={"no/such.png": "aa", "cats/3.png": "not its hash"}, label="dogs")
    assert pets.content.counts.sum(axis=1).to_dict() == {"cats": 20, "dogs": 20}


# The split -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_leaves_every_other_image_in_its_part(pets, change):
    before = parts_of(pets)
    change(pets)
    after = parts_of(pets)
    assert {path: before[path] for path in after} == after


def test_an_image_that_was_excluded_and_put_back_returns_to_its_part(pets, write_picture):
    before = parts_of(pets)
    exclude(pets, [f"cats/{number}.png" for number in range(10)])
    run_import(pets)
    write_picture(pets.path_of("cats/added.png"))
    run_import(pets)
    include(pets, [f"cats/{number}.png" for number in range(10)])
    after = parts_of(pets)
    assert {path: after[path] for path in before} == before


def test_a_class_that_grows_keeps_about_its_shares(pets, write_picture):
    for number in range(80):
        write_picture(pets.path_of(f"cats/new {number}.png"))
    run_import(pets)
    assert pets.content.counts.loc["cats"].to_dict() == {"train": 60, "validation": 20, "test": 20}


def test_images_that_can_not_be_divided_any_more_train_and_say_why(imported):
    dataset = imported("shot", {"cats/a": 5, "cats/b": 5, "dogs/c": 5, "dogs/d": 5})
    dataset.set_split(SplitSettings(validation=0, test=0.5, group_by="folder"))
    before = parts_of(dataset)
    exclude(dataset, [path for path, part in before.items() if part == "test"])
    assert "nothing to test on" in dataset.content.split_problem
    assert set(dataset.images["split"]) == {"train"}
    assert dataset.summary()["counts"]["cats"] == {"train": 5, "validation": 0, "test": 0}
    assert dataset.content.version
    run_import(dataset)
    dataset.edits.undo()
    assert dataset.content.split_problem == ""
    assert parts_of(dataset) == before, "what was only a way out must not be remembered as the split"


# The version ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_changes_the_version_and_undoing_it_brings_it_back(pets, change):
    before = pets.content.version
    change(pets)
    assert pets.content.version != before
    pets.edits.undo()
    assert pets.content.version == before


def test_the_same_state_has_the_same_version_however_it_came_about(pets):
    relabel(pets, ["cats/3.png"], "dogs")
    exclude(pets, ["cats/4.png"])
    one = pets.content.version
    pets.edits.undo()
    pets.edits.undo()
    exclude(pets, ["cats/5.png", "cats/4.png"])
    include(pets, ["cats/5.png"])
    relabel(pets, ["cats/3.png"], "owls")
    rename_class(pets, "owls", "birds")
    relabel(pets, ["cats/3.png"], "dogs")
    assert pets.content.version == one


def test_added_removed_and_replaced_pictures_change_the_version(pets, write_picture):
    versions = [pets.content.version]
    write_picture(pets.path_of("cats/new.png"))
    run_import(pets)
    versions.append(pets.content.version)
    pets.path_of("cats/new.png").write_bytes(write_picture(pets.folder / "x" / "other.png").read_bytes())
    run_import(pets)
    versions.append(pets.content.version)
    assert len(set(versions)) == 3
    pets.path_of("cats/new.png").unlink()
    run_import(pets)
    assert pets.content.version == versions[0]


def test_another_split_is_another_version_and_the_same_one_again_is_the_same(pets):
    before, own = pets.content.version, pets.split_settings
    pets.set_split(SplitSettings(seed=5))
    assert pets.content.version != before
    pets.set_split(own)
    assert pets.content.version == before


def test_what_changes_neither_images_nor_labels_nor_split_keeps_the_version(pets):
    before = pets.content.version
    accept(pets, "blank", ["cats/3.png"])
    exclude(pets, ["cats/3.png"])
    include(pets, ["cats/3.png"])
    run_import(pets)
    assert pets.content.version == before
