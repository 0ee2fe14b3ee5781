"""Where tables are looked for, which belong together, and what comes of those that mean harm or nothing."""

import os

import pytest

from core.datasets.sources.choices import AS_FOUND, Choices, Undecided
from core.datasets.sources.layout import find_images
from core.errors import UsageError, WorkbenchError


def holding(folder, *paths, **tables):
    """A folder of empty images, and tables by their names with "__" for "/"."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    for name, text in tables.items():
        path = folder / (name.replace("__", "/") + ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def labels(layout):
    return {image.path: image.label for image in layout.images}


def said(folder, choices=AS_FOUND):
    with pytest.raises(WorkbenchError) as caught:
        find_images(folder, choices=choices)
    return str(caught.value)


FLAT = ("1.jpg", "2.jpg", "3.jpg", "4.jpg")
ALL = "file,label\n1.jpg,a\n2.jpg,b\n3.jpg,a\n4.jpg,b\n"


# Where they are looked for -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "annotations__", "GroundTruth__", "anything__"])
def test_a_table_in_a_folder_without_images(tmp_path, place):
    layout = find_images(holding(tmp_path, *FLAT, **{f"{place}labels": ALL}))
    assert labels(layout) == {"1.jpg": "a", "2.jpg": "b", "3.jpg": "a", "4.jpg": "b"}
    assert layout.labels_from == f"the column “label” of {place.replace('__', '/')}labels.csv"


def test_a_table_among_the_only_images(tmp_path):
    layout = find_images(holding(tmp_path, *(f"photos/{name}" for name in FLAT), photos__labels=ALL))
    assert layout.root == tmp_path
    assert labels(layout)["photos/2.jpg"] == "b"


def test_tables_of_one_name_in_several_folders_belong_together(tmp_path):
    paths = [f"{place}/{name}" for place in ("oslo", "rome") for name in FLAT]
    folder = holding(tmp_path, *paths, oslo__labels=ALL, rome__labels=ALL)
    with pytest.raises(Undecided) as caught:
        find_images(folder)
    assert [option.choices for option in caught.value.options] == [
        Choices(labels_from="folders"),
        Choices(labels_from="oslo/labels.csv"),
    ]
    layout = find_images(folder, choices=Choices(labels_from="rome/labels.csv"))
    assert len(layout.images) == 8
    assert layout.labels_from == "the column “label” of oslo/labels.csv and rome/labels.csv"


def test_many_small_files_beside_images_are_not_tables(tmp_path):
    holding(tmp_path, *FLAT, **{f"{number}": "file,label\n1.jpg,a\n2.jpg,b\n" for number in range(30)})
    assert "30 files .csv" in said(tmp_path)


def test_a_folder_called_as_a_table_is(tmp_path):
    holding(tmp_path, *FLAT, labels=ALL)
    (tmp_path / "other.csv").mkdir()
    assert len(find_images(tmp_path).images) == 4


def test_a_table_with_a_name_that_is_no_text_is_passed_over(tmp_path):
    holding(tmp_path, "cats/1.jpg", "dogs/1.jpg")
    try:
        with open(os.path.join(os.fsencode(tmp_path), b"caf\xe9.csv"), "w") as file:
            file.write(ALL)
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    assert find_images(tmp_path).class_names == ["cats", "dogs"]


# Tables from anyone --------------------------------------------------------------------------------------------------


@pytest.fixture
def secret(tmp_path):
    holding(tmp_path / "secret", "7.jpg", "8.jpg", labels="file,label\n7.jpg,a\n8.jpg,b\n")
    return tmp_path / "secret"


def test_a_link_to_a_table_outside_is_not_read(tmp_path, secret):
    holding(tmp_path / "new", *FLAT)
    (tmp_path / "new" / "labels.csv").symlink_to(secret / "labels.csv")
    assert "lies outside the folder and is not read" in said(tmp_path / "new")


def test_a_link_to_a_folder_of_tables_outside_is_not_read(tmp_path, secret):
    holding(tmp_path / "new", "cats/1.jpg", "cats/2.jpg", "dogs/1.jpg", "dogs/2.jpg")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "train.txt").write_text("cats/1.jpg\ndogs/1.jpg\n")
    (tmp_path / "tables" / "test.txt").write_text("cats/2.jpg\ndogs/2.jpg\n")
    (tmp_path / "tables" / "split.csv").write_text("file,split\ncats/1.jpg,train\ndogs/1.jpg,test\n")
    (tmp_path / "new" / "meta").symlink_to(tmp_path / "tables")
    layout = find_images(tmp_path / "new")
    assert {image.split for image in layout.images} == {""}


@pytest.mark.parametrize("where", ["../secret/labels.csv", "/etc/passwd", "~/labels.csv", "missing/labels.csv"])
def test_a_choice_reaches_nothing_outside(tmp_path, secret, where):
    holding(tmp_path / "new", *FLAT)
    message = said(tmp_path / "new", Choices(labels_from=where))
    assert "no table" in message
    assert "7.jpg" not in message


@pytest.mark.parametrize("text", ["", "\n", "\0\0\0", "a", "file,label", "label\na\n", '"' * 5_000, ",,,\n,,,\n"])
def test_a_table_of_nothing_beside_class_folders_stops_nothing(tmp_path, text):
    holding(tmp_path, "cats/1.jpg", "cats/2.jpg", "dogs/1.jpg", labels=text, train=text, test=text)
    layout = find_images(tmp_path)
    assert layout.class_names == ["cats", "dogs"]
    assert layout.labels_from == "the names of the folders"


@pytest.mark.parametrize("ending", [".parquet", ".txt"])
def test_a_damaged_file_beside_class_folders_stops_nothing(tmp_path, ending):
    holding(tmp_path, "cats/1.jpg", "cats/2.jpg", "dogs/1.jpg")
    for name in ("labels", "train", "test"):
        (tmp_path / f"{name}{ending}").write_bytes(b"PAR1\xff\xfe\x00 1 \n\n\xe9" * 50)
    assert find_images(tmp_path).class_names == ["cats", "dogs"]


# Several tables ------------------------------------------------------------------------------------------------------


def test_an_image_in_the_tables_of_two_parts_is_left_out(tmp_path):
    train, test = "file,label\n1.jpg,a\n2.jpg,b\n3.jpg,a\n", "file,label\n3.jpg,a\n4.jpg,b\n"
    layout = find_images(holding(tmp_path, *FLAT, train=train, test=test))
    assert sorted(labels(layout)) == ["1.jpg", "2.jpg", "4.jpg"]
    assert layout.left_out == [("3.jpg", "is named in more than one table")]


def test_what_trains_cannot_be_missing(tmp_path):
    paths = [f"{part}/{name}" for part in ("train", "test") for name in FLAT]
    holding(tmp_path, *paths, test__metadata=ALL, train__metadata="file,label\n9.jpg,a\n")
    message = said(tmp_path)
    assert message.startswith("train/metadata.csv can't be used")


def test_a_part_with_one_class_is_read_where_others_have_more(tmp_path):
    paths = [f"{part}/{name}" for part in ("train", "test") for name in FLAT]
    one = "file,label\n1.jpg,a\n2.jpg,a\n3.jpg,a\n4.jpg,a\n"
    layout = find_images(holding(tmp_path, *paths, train__metadata=one, test__metadata=ALL))
    assert layout.class_names == ["a", "b"]
    assert len(layout.images) == 8


def test_the_question_of_a_table_names_it_where_it_lies(tmp_path):
    paths = [f"photos/{name}" for name in FLAT]
    rows = zip(paths, "abab", "ccdd", strict=True)
    text = "file,label,class\n" + "".join(f"{path},{one},{other}\n" for path, one, other in rows)
    holding(tmp_path, *paths, meta__labels=text, meta__other="file,label\n" + "".join(f"{p},x\n" for p in paths))
    try:
        layout = find_images(tmp_path)
    except Undecided as question:
        assert question.table == "meta/labels.csv"
        assert {option.choices.labels_from for option in question.options} == {"meta/labels.csv"}
    else:
        assert layout.labels_from == "the column “label” of meta/labels.csv"


# What was chosen -----------------------------------------------------------------------------------------------------


def test_columns_that_were_chosen_mean_a_table(tmp_path):
    paths = ("cats/1.jpg", "cats/2.jpg", "dogs/1.jpg", "dogs/2.jpg")
    rows = "".join(f"{path},{size}\n" for path, size in zip(paths, ("big", "small", "big", "small"), strict=True))
    folder = holding(tmp_path, *paths, sizes="file,label\n" + rows)
    assert find_images(folder, choices=Choices(label_columns=("label",))).class_names == ["big", "small"]
    with pytest.raises(
        UsageError, match=r"No table has the columns that were chosen\. sizes\.csv has no column “size”"
    ):
        find_images(folder, choices=Choices(label_columns=("size",)))
    with pytest.raises(UsageError, match="no column “fold”"):
        find_images(folder, choices=Choices(split_column="fold"))


def test_folders_that_were_chosen_keep_the_split_of_the_table(tmp_path):
    paths = ("cats/1.jpg", "cats/2.jpg", "dogs/1.jpg", "dogs/2.jpg")
    rows = zip(paths, "abba", ("train", "test", "train", "test"), strict=True)
    text = "file,label,split\n" + "".join(",".join(row) + "\n" for row in rows)
    folder = holding(tmp_path, *paths, labels=text)
    layout = find_images(folder, choices=Choices(labels_from="folders"))
    assert layout.class_names == ["cats", "dogs"]
    assert [image.split for image in layout.images] == ["train", "test", "train", "test"]
    assert layout.split_from == "the column “split” of labels.csv"


def test_names_that_were_chosen(tmp_path):
    folder = holding(tmp_path, "a/cat.1.jpg", "a/dog.1.jpg", "b/cat.2.jpg", "b/dog.2.jpg")
    assert find_images(folder).class_names == ["a", "b"]
    assert find_images(folder, choices=Choices(labels_from="names")).class_names == ["cat", "dog"]
    with pytest.raises(UsageError, match="don't begin with labels"):
        find_images(holding(tmp_path / "flat", *FLAT), choices=Choices(labels_from="names"))
