"""Tables of paths and labels as people and attackers bring them, judged by the images and the words that come out."""

import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.datasets.sources.choices import Choices
from core.datasets.sources.tables import files as table_files
from core.datasets.sources.tables import limits
from core.datasets.sources.tables.reading import read_table
from core.errors import UsageError


@pytest.fixture
def photos(tmp_path):
    """A folder with photos/1.jpg to photos/4.jpg; what they hold does not matter here."""
    for number in (1, 2, 3, 4):
        touch(tmp_path / "photos" / f"{number}.jpg")
    return tmp_path


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def table(folder, text, name="labels.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def labels(layout):
    return {image.path: image.label for image in layout.images}


def refusal(path, **options):
    with pytest.raises(UsageError) as caught:
        read_table(path, **options)
    return str(caught.value)


GOOD = "path,label\nphotos/1.jpg,cat\nphotos/2.jpg,dog\n"
BOTH = {"photos/1.jpg": "cat", "photos/2.jpg": "dog"}


# What is read --------------------------------------------------------------------------------------------------------


def test_paths_and_labels(photos):
    layout = read_table(table(photos, GOOD))
    assert labels(layout) == BOTH
    assert layout.root == photos
    assert (layout.left_out, layout.warnings) == ([], [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_end(photos, delimiter, line_end):
    text = GOOD.replace("cat", '"cat, small; or|so"').replace(",l", f"{delimiter}l").replace("g,", f"g{delimiter}")
    text = text.replace("\n", line_end)
    assert labels(read_table(table(photos, text))) == BOTH | {"photos/1.jpg": "cat, small; or|so"}


def test_tsv(photos):
    assert labels(read_table(table(photos, GOOD.replace(",", "\t"), "labels.TSV"))) == BOTH


def test_parquet_with_whole_numbers_missing_values_and_categories(photos):
    frame = pd.DataFrame({"path": [f"photos/{number}.jpg" for number in (1, 2, 3)], "label": [0, 1, None]})
    frame["split"] = pd.Categorical(["train", "test", "test"])
    frame.to_parquet(photos / "labels.parquet")
    layout = read_table(photos / "labels.parquet")
    assert labels(layout) == {"photos/1.jpg": "0", "photos/2.jpg": "1"}
    assert [image.split for image in layout.images] == ["train", "test"]
    assert [image.path for image in layout.unlabelled] == ["photos/3.jpg"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are(photos, encoding):
    layout = read_table(table(photos, GOOD.replace("cat", "Käfer"), encoding=encoding))
    assert labels(layout) == BOTH | {"photos/1.jpg": "Käfer"}
    assert layout.warnings == []


@pytest.mark.parametrize(
    ("encoding", "called"), [("cp1252", "Windows-1252"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")]
)
def test_encodings_that_are_guessed_are_told(photos, encoding, called):
    layout = read_table(table(photos, GOOD.replace("cat", "Käfer"), encoding=encoding))
    assert labels(layout) == BOTH | {"photos/1.jpg": "Käfer"}
    (warning,) = layout.warnings
    assert f"was read as {called}, which is a guess" in warning


@pytest.mark.parametrize(
    "header", ["filename,category", "image_id,dx", "Image Path,Class Name", "label,file", "id,breed", "name,invasive?y"]
)
def test_usual_names_of_columns(photos, header):
    rows = ["photos/1.jpg,cat", "photos/2.jpg,dog"]
    if header.startswith("label"):
        rows = [",".join(reversed(row.split(","))) for row in rows]
    choices = Choices(label_columns=("invasive?y",)) if "?" in header else Choices()
    assert labels(read_table(table(photos, "\n".join([header, *rows])), choices=choices)) == BOTH


def test_the_clearest_name_wins(photos):
    text = "id,label,label_name,filename\n9,0,cat,photos/1.jpg\n8,1,dog,photos/2.jpg\n"
    assert labels(read_table(table(photos, text))) == BOTH


def test_a_column_of_image_files_is_found_by_what_it_holds(photos):
    assert labels(read_table(table(photos, GOOD.replace("path", "which?")))) == BOTH


def test_chosen_columns(photos):
    text = "a,b,c,d,path\nphotos/1.jpg,cat,dev,p1,x\nphotos/2.jpg,dog,train,p2,x\n"
    path = table(photos, text)
    layout = read_table(path, choices=Choices("", "a", ("b",), "c", "d"))
    assert labels(layout) == BOTH
    assert [(image.split, image.group) for image in layout.images] == [("validation", "p1"), ("train", "p2")]


def test_splits_and_groups(photos):
    text = "path,label,patient,subset\nphotos/1.jpg,a,7,Train\nphotos/2.jpg,b,8,VAL\nphotos/3.jpg,b,8,\n"
    layout = read_table(table(photos, text))
    assert [image.split for image in layout.images] == ["train", "validation", ""]
    assert [image.group for image in layout.images] == ["7", "8", "8"]


def test_images_come_in_the_order_in_which_people_count(tmp_path):
    for number in (10, 9, 1):
        touch(tmp_path / f"{number}.jpg")
    layout = read_table(table(tmp_path, "path,label\n10.jpg,a\n9.jpg,b\n1.jpg,b\n"))
    assert [image.path for image in layout.images] == ["1.jpg", "9.jpg", "10.jpg"]


# Which file is meant -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["photos/1.jpg", "./photos/1.jpg", "photos\\1.jpg", "photos//1.jpg", "1.jpg", "1"])
def test_ways_to_write_a_path(photos, written):
    assert labels(read_table(table(photos, f"path,label\n{written},cat\nphotos/2.jpg,dog\n"))) == BOTH


def test_absolute_paths(photos):
    assert labels(read_table(table(photos, GOOD.replace("photos/1", f"{photos}/photos/1")))) == BOTH


def test_images_outside_the_tables_folder(photos):
    path = photos / "tables" / "labels.csv"
    path.parent.mkdir()
    layout = read_table(table(path.parent, GOOD.replace("photos", "../photos")))
    assert layout.root == photos / "photos"
    assert labels(layout) == {"1.jpg": "cat", "2.jpg": "dog"}


def test_ids_without_an_ending(photos):
    touch(photos / "train" / "0a.jpg")
    touch(photos / "train" / "0b.png")
    layout = read_table(table(photos, "id,breed\n0a,pug\ntrain/0b,husky\n"))
    assert labels(layout) == {"train/0a.jpg": "pug", "train/0b.png": "husky"}


def test_an_id_that_fits_several_files_is_left_out(photos):
    touch(photos / "other" / "1.jpg")
    (photos / "other" / "1.jpg").write_bytes(b"another picture")
    layout = read_table(table(photos, "id,label\n1,a\n2,a\n3,b\n"))
    assert layout.left_out[0][0] == "1"
    assert "fits several files (" in layout.left_out[0][1]
    assert labels(layout) == {"photos/2.jpg": "a", "photos/3.jpg": "b"}


def test_of_files_that_hold_the_same_one_counts(photos):
    touch(photos / "other" / "1.jpg")
    layout = read_table(table(photos, "id,label\n1,a\n2,a\n3,b\n"))
    assert labels(layout) == {"other/1.jpg": "a", "photos/2.jpg": "a", "photos/3.jpg": "b"}
    assert layout.left_out == [("photos/1.jpg", "is a copy of other/1.jpg, which counts once")]


def test_a_file_in_another_folder_than_the_one_named_is_not_taken(photos):
    layout = read_table(table(photos, GOOD + "elsewhere/3.jpg,dog\n"))
    assert layout.left_out == [("elsewhere/3.jpg", "is named in the table but does not exist")]


# Rows that are left out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("photos/9.jpg,cat", "is named in the table but does not exist"),
        ("photos,cat", "does not exist"),
        ("labels.csv,cat", "is no image"),
        ("https://example.org/9.jpg,cat", "address on the web"),
        ("photos/3.jpg," + "x" * 300, "a label that is no name"),
        ("photos/3.jpg,a\x1b[31m", "a label that is no name"),
        ("pho\x07tos/3.jpg,cat", "control characters"),
        (",cat", "row without a file name"),
        ("photos/3.jpg,cat,and more", "more fields than there are columns"),
        ("x" * 5000 + ".jpg,cat", "does not exist"),
    ],
)
def test_rows_that_cannot_be_used_are_left_out_with_the_reason(photos, row, reason):
    layout = read_table(table(photos, GOOD + row + "\n"))
    assert labels(layout) == BOTH
    ((path, told),) = layout.left_out
    assert reason in told
    assert (path + told).isprintable()
    assert len(path + told) < 250


@pytest.mark.parametrize("row", ["photos/3.jpg,", "photos/3.jpg", "photos/3.jpg,NaN", "photos/3.jpg,[]"])
def test_images_of_rows_without_a_label_are_kept_as_unlabelled(photos, row):
    layout = read_table(table(photos, GOOD + row + "\n"))
    assert labels(layout) == BOTH
    assert [(image.path, image.label) for image in layout.unlabelled] == [("photos/3.jpg", "")]
    assert layout.left_out == []


def test_blank_lines_are_nothing(photos):
    assert read_table(table(photos, GOOD.replace("\n", "\n\n,\n"))).left_out == []


@pytest.mark.parametrize("again", ["photos/1.jpg,cat", "./photos/1.jpg,cat", "1,cat"])
def test_an_image_named_twice_counts_once(photos, again):
    layout = read_table(table(photos, f"{GOOD}{again}\n"))
    assert labels(layout) == BOTH
    assert layout.warnings == ["1 images are named more than once in labels.csv, and count once."]


def test_an_image_with_two_labels_is_left_out(photos):
    layout = read_table(table(photos, GOOD + "photos/3.jpg,cat\nphotos/3.jpg,dog\n"))
    assert labels(layout) == BOTH
    assert layout.left_out == [("photos/3.jpg", "is named in the table with different labels, “cat” and “dog”")]


def test_an_image_in_two_parts_of_a_split_is_left_out(photos):
    text = "path,label,split\nphotos/1.jpg,a,train\nphotos/2.jpg,b,test\nphotos/3.jpg,b,train\nphotos/3.jpg,b,test\n"
    layout = read_table(table(photos, text))
    assert layout.left_out == [("photos/3.jpg", "is named in the table for different parts of the split")]


def test_labels_that_are_not_known_are_left_out(photos):
    layout = read_table(table(photos, GOOD + "photos/3.jpg,owl\n"), classes=["cat", "dog"])
    assert labels(layout) == BOTH
    assert layout.left_out == [("photos/3.jpg", "has the label “owl”, which is none of the classes")]
    assert len(read_table(table(photos, GOOD), classes=["cat"]).images) == 1


def test_parts_of_a_split_that_are_not_known_are_left_out(photos):
    text = "path,label,split\nphotos/1.jpg,a,train\nphotos/2.jpg,b,test\nphotos/3.jpg,b,nowhere\n"
    layout = read_table(table(photos, text))
    assert layout.left_out == [("photos/3.jpg", "belongs to “nowhere”, which is none of train, validation and test")]


def test_a_column_that_holds_no_parts_of_a_split_is_ignored(photos):
    layout = read_table(table(photos, "path,label,set\nphotos/1.jpg,a,1\nphotos/2.jpg,b,2\n"))
    assert [image.split for image in layout.images] == ["", ""]
    assert "“set” of labels.csv was ignored" in layout.warnings[0]


def test_labels_that_differ_only_in_case_are_told(photos):
    layout = read_table(table(photos, GOOD + "photos/3.jpg,Cat\n"))
    assert "“Cat” and “cat” differ only in upper and lower case" in layout.warnings[0]


def test_none_can_be_a_class(photos):
    assert set(labels(read_table(table(photos, "path,label\n1,none\n2,NA\n"))).values()) == {"none", "NA"}


# Tables that are refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("path,label\n", "no rows"),
        ("path\nphotos/1.jpg\n", "one column only, “path”"),
        ("a,b\n1,2\n", "Its columns are “a” and “b”"),
        (
            "path,b,c\n1,.5,2.5\n2,.6,.1",
            "holds the labels cannot be told: none holds the names of classes. Its columns",
        ),
        ("path,label\nphotos/8.jpg,a\nphotos/9.jpg,b\n", "None of the 2 rows"),
        ("path,label\nphotos/1.jpg,a\nphotos/2.jpg,a\n", "have the label “a”"),
        ("\0\1\2\3\0\0\0" * 50, "not a table"),
        ("path,label\n" + '"' + "x" * 200_000, "not a table of text, or is damaged"),
    ],
)
def test_tables_that_give_nothing(photos, text, words):
    assert words in refusal(table(photos, text))


def test_columns_that_are_not_there(photos):
    path = table(photos, GOOD)
    assert "no column “klass”. Its columns are “path” and “label”" in refusal(
        path, choices=Choices(label_columns=("klass",))
    )
    both = Choices(path_column="path", label_columns=("path",))
    assert "for two purposes" in refusal(path, choices=both)
    assert "several columns “label”" in refusal(
        table(photos, "path,label,label\n1,a,b\n"), choices=Choices(label_columns=("label",))
    )


def test_no_table(photos):
    assert "no table" in refusal(photos / "gone.csv")
    assert "no table" in refusal(photos)
    assert "not a table by its ending" in refusal(photos / "photos" / "1.jpg")


def test_a_damaged_parquet(photos):
    path = photos / "labels.parquet"
    pd.DataFrame({"path": ["1"] * 5000, "label": [str(number) for number in range(5000)]}).to_parquet(path)
    content = path.read_bytes()
    for damaged in (b"", b"path,label\n", content[:-20], content[:200] + bytes(2000) + content[2200:]):
        path.write_bytes(damaged)
        assert "damaged" in refusal(path)


def test_a_parquet_that_holds_the_images_themselves(photos):
    path = photos / "train.parquet"
    pd.DataFrame({"image": [{"bytes": b"x", "path": "1.jpg"}], "label": [0]}).to_parquet(path)
    assert "“image” of train.parquet holds no text" in refusal(path)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_a_small_parquet_that_repeats_one_long_text_is_refused(photos, kind):
    # 1 GB if every row had a copy of its own.
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array(["x" * 500_000], kind))
    names = pa.array([f"{number}.jpg" for number in range(2000)], kind)
    path = photos / "labels.parquet"
    pq.write_table(pa.table({"path": names, "label": text}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 100_000
    assert "“label” of labels.parquet holds long texts" in refusal(path)


def test_tables_that_are_too_large(photos, monkeypatch):
    path = table(photos, GOOD)
    monkeypatch.setattr(limits, "MOST_ROWS", 1)
    assert "more than 1 rows" in refusal(path)
    monkeypatch.setattr(table_files, "MOST_BYTES", 10)
    assert "is larger than" in refusal(path)


# Tables that come from anyone ----------------------------------------------------------------------------------------


@pytest.fixture
def uploaded(photos):
    """A folder as unpacked from an archive, beside photos that are nobody's business."""
    for name in ("a.jpg", "b.jpg"):
        touch(photos / "upload" / name)
    return photos / "upload"


@pytest.mark.parametrize(
    "written",
    [
        "../photos/1.jpg",
        "../photos/9.jpg",
        "..\\photos\\1.jpg",
        "{root}/photos/1.jpg",
        "x/../../photos/1.jpg",
        "/dev/zero.jpg",
        "../upload_too/1.jpg",
        "~/1.jpg/../../../photos/1.jpg",
    ],
)
def test_what_lies_outside_is_not_read(photos, uploaded, written):
    touch(photos / "upload_too" / "1.jpg")
    text = f"path,label\na.jpg,a\nb.jpg,b\n{written.format(root=photos)},c\n"
    layout = read_table(table(uploaded, text), inside=uploaded)
    assert labels(layout) == {"a.jpg": "a", "b.jpg": "b"}
    assert [reason for _, reason in layout.left_out] == ["lies outside the folder and is not read"]
    assert layout.root == uploaded


@pytest.mark.parametrize("named", ["link.jpg", "link", "folder/1.jpg", "folder/1", "loop.jpg"])
def test_links_that_lead_outside_are_not_followed(photos, uploaded, named):
    (uploaded / "link.jpg").symlink_to(photos / "photos" / "1.jpg")
    (uploaded / "folder").symlink_to(photos / "photos")
    (uploaded / "loop.jpg").symlink_to("loop.jpg")
    layout = read_table(table(uploaded, f"path,label\na.jpg,a\nb.jpg,b\n{named},c\n"), inside=uploaded)
    assert labels(layout) == {"a.jpg": "a", "b.jpg": "b"}
    assert len(layout.left_out) == 1


def test_links_within_the_folder_are_followed(uploaded):
    (uploaded / "folder").mkdir()
    (uploaded / "folder" / "c.jpg").symlink_to("../b.jpg")
    layout = read_table(table(uploaded, "path,label\na.jpg,a\nfolder/c.jpg,c\n"), inside=uploaded)
    assert labels(layout) == {"a.jpg": "a", "folder/c.jpg": "c"}


def test_a_table_that_is_a_link_to_the_outside_is_not_read(photos, uploaded):
    (uploaded / "labels.csv").symlink_to(table(photos, GOOD))
    assert "lies outside" in refusal(uploaded / "labels.csv", inside=uploaded)


def test_special_files_are_not_opened(uploaded):
    os.mkfifo(uploaded / "pipe.jpg")
    os.mkfifo(uploaded / "pipe.csv")
    layout = read_table(table(uploaded, "path,label\na.jpg,a\nb.jpg,b\npipe.jpg,c\n"), inside=uploaded)
    assert [path for path, _ in layout.left_out] == ["pipe.jpg"]
    assert "no table" in refusal(Path(uploaded / "pipe.csv"))
