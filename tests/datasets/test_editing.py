"""Changing a dataset: what is asked for happens, and what can't be is refused in words and leaves no trace."""

import pytest

from core.datasets.editing import accept, exclude, include, order_classes, relabel, rename_class
from core.datasets.importing import run_import
from core.datasets.store import open_dataset
from core.errors import UsageError

BY_PATH = {
    "relabel": lambda dataset, paths: relabel(dataset, paths, "dogs"),
    "exclude": exclude,
    "include": include,
    "accept": lambda dataset, paths: accept(dataset, "blank", paths),
}
each = pytest.mark.parametrize("change", BY_PATH.values(), ids=BY_PATH)


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 6, "dogs": 6})


@each
def test_a_path_that_is_no_image_is_refused_and_nothing_is_written(pets, change):
    for path in ("cats/none.png", "", "/etc/passwd", "../pets/cats/0.png", "CATS/0.png", "cats\\0.png"):
        with pytest.raises(UsageError, match="is no image of the dataset 'pets'"):
            change(pets, ["cats/0.png", path])
    assert pets.edits.standing() == []


@each
def test_no_path_at_all_is_refused(pets, change):
    with pytest.raises(UsageError, match="No image was named"):
        change(pets, [])


def test_of_many_wrong_paths_the_first_is_named_and_the_others_counted(pets):
    with pytest.raises(UsageError, match=r"'x/0' is no image .* nor are 1,999 others"):
        exclude(pets, [f"x/{number}" for number in range(2000)])


def test_a_file_that_could_not_be_read_is_no_image_to_edit(pets):
    pets.path_of("cats/broken.png").write_bytes(b"")
    run_import(pets)
    with pytest.raises(UsageError, match="is no image"):
        exclude(pets, ["cats/broken.png"])


def test_an_image_that_is_named_twice_is_edited_once(pets):
    edit = exclude(pets, ["cats/0.png", "cats/0.png"])
    assert list(edit.images) == ["cats/0.png"]


def test_an_excluded_image_can_be_relabelled_and_is_so_when_it_is_put_back(pets):
    exclude(pets, ["cats/0.png"])
    relabel(pets, ["cats/0.png"], "dogs")
    include(pets, ["cats/0.png"])
    assert pets.images.set_index("path").at["cats/0.png", "label"] == "dogs"


def test_a_label_that_can_not_be_used_is_refused(pets):
    for label in ("", " ", "x" * 101, "two\nlines"):
        with pytest.raises(UsageError, match="A class needs a name"):
            relabel(pets, ["cats/0.png"], label)
        with pytest.raises(UsageError, match="A class needs a name"):
            rename_class(pets, "cats", label)
    assert pets.edits.standing() == []


def test_a_class_gets_no_name_that_is_taken(pets):
    with pytest.raises(UsageError, match="Relabel the images to join the two"):
        rename_class(pets, "cats", "dogs")
    with pytest.raises(UsageError, match="is a class “cats” already"):
        rename_class(pets, "cats", "cats")


def test_a_class_that_there_is_not_is_answered_with_those_there_are(pets):
    for change in (lambda: rename_class(pets, "owls", "birds"), lambda: order_classes(pets, ["dogs", "owls"])):
        with pytest.raises(UsageError, match=r"no class “owls”\. There are: cats, dogs"):
            change()
    assert pets.edits.standing() == []


def test_a_renamed_class_is_known_by_its_new_name_alone(pets):
    rename_class(pets, "cats", " felines 🐈 ")
    assert pets.class_names == ("dogs", "felines 🐈")
    with pytest.raises(UsageError, match="no class “cats”"):
        rename_class(pets, "cats", "x")
    rename_class(pets, "felines 🐈", "cats")
    assert pets.class_names == ("cats", "dogs")


def test_an_order_lasts_and_can_be_undone(pets, workspace):
    order_classes(pets, ["dogs", "cats"])
    assert open_dataset(workspace, "pets").class_names == ("dogs", "cats")
    pets.edits.undo()
    assert open_dataset(workspace, "pets").class_names == ("cats", "dogs")


def test_odd_names_of_files_and_classes_can_be_edited(imported):
    dataset = imported("odd", {"שלום": 2, "“a” \"b\" 'c'": 2, "🐈 & %20": 2})
    for path in dataset.images["path"]:
        relabel(dataset, [path], "all one")
    assert dataset.class_names == ("all one",)
    for _ in range(6):
        dataset.edits.undo()
    assert len(dataset.class_names) == 3
