"""What can be chosen of how images are read in, and what each choice would find; nothing is changed by looking."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.datasets.creation import create_from_path, create_from_upload, place_of, set_choices
from core.datasets.importing import run_import
from core.datasets.source_choice import (
    EXAMPLES,
    can_be_looked_at,
    head_of,
    holds_pictures,
    is_taken_out,
    is_told_otherwise,
    look,
    question_of_packed,
    table_path,
    tables_of,
    told_from,
)
from core.datasets.sources.choices import AS_FOUND, FILE_NAMES, FOLDERS, NO_COLUMN, Choices
from core.errors import UsageError


@pytest.fixture
def folder(class_folders, tmp_path):
    return class_folders(tmp_path / "study", {"cats": 12, "dogs": 12, "new": 2})


@pytest.fixture
def study(folder, workspace):
    """A table of the images, laid out and not read in yet."""
    lines = ["path,label,sex,owner"]
    for path in sorted(folder.rglob("*.png")):
        label = "" if path.parent.name == "new" else path.parent.name
        lines.append(f"{path.relative_to(folder).as_posix()},{label},{'fm'[int(path.stem) % 2]},p{path.stem}")
    (folder / "study.csv").write_text("\n".join([*lines, "cats/99.png,cats,f,p1"]), encoding="utf-8")
    return create_from_path(workspace, folder / "study.csv")


# Looking -------------------------------------------------------------------------------------------------------------


def test_a_look_tells_what_comes_out_and_changes_nothing(study):
    found = look(study, AS_FOUND)
    assert found.counts == {"cats": 12, "dogs": 12}
    assert (found.unlabelled, found.left_out, found.depth, found.problem) == (2, 1, 1, "")
    assert found.reasons == ("cats/99.png is named in the table but does not exist",)
    assert found.origin == "labels from the column “label” of study.csv, no split came with them"
    assert not study.manifest_path.exists()
    assert study.job.status().state not in ("failed", "done")


def test_examples_are_of_all_classes_in_turn_and_lie_where_they_say(study, folder):
    examples = look(study, AS_FOUND).examples
    assert [label for _, label in examples] == ["cats", "dogs"] * (EXAMPLES // 2)
    assert examples[0][0] == str(folder / "cats" / "0.png")


def test_other_columns_find_other_classes(study):
    found = look(study, Choices(label_columns=("sex",), group_column="owner"))
    assert found.counts == {"f": 13, "m": 13}
    assert "groups from the column “owner”" in found.origin


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (Choices(label_columns=("breed",)), "no column “breed”"),
        (Choices(label_columns=("path",), path_column="path"), "chosen for two purposes"),
        (Choices(path_column="owner"), "None of the 27 rows of study.csv can be used"),
    ],
)
def test_choices_that_find_nothing_are_told_in_words(study, choices, words):
    found = look(study, choices)
    assert words in found.problem
    assert (found.counts, found.question) == ({}, None)


def test_a_question_that_follows_is_handed_on(study, folder):
    text = (folder / "study.csv").read_text(encoding="utf-8")
    (folder / "study.csv").write_text(text.replace("label", "what", 1), encoding="utf-8")
    found = look(study, AS_FOUND)
    assert found.question["table"] == "study.csv"
    assert found.question["options"][0]["choices"] == {"label_columns": ["what"]}


def test_what_is_gone_is_told(study, folder):
    (folder / "study.csv").unlink()
    assert "no table" in look(study, AS_FOUND).problem
    assert not can_be_looked_at(study)


def test_a_column_that_is_called_as_a_group_need_not_be_one(study, folder):
    text = (folder / "study.csv").read_text(encoding="utf-8")
    (folder / "study.csv").write_text(text.replace("owner", "patient", 1), encoding="utf-8")
    assert "groups from" in look(study, AS_FOUND).origin
    assert "groups from" not in look(study, Choices(group_column=NO_COLUMN)).origin


# Tables --------------------------------------------------------------------------------------------------------------


def test_tables_are_found_in_the_folder_and_in_those_within(folder, workspace):
    for name in (
        "b.csv",
        "a.tsv",
        "cats/labels.parquet",
        "meta/deep/split.csv",
        "meta/sampleSubmission.csv",
        "notes.md",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.csv").touch()
    dataset = create_from_path(workspace, folder)
    assert tables_of(dataset) == ["a.tsv", "b.csv", "cats/labels.parquet", "meta/deep/split.csv"]
    assert table_path(dataset, "meta/deep/split.csv") == folder / "meta" / "deep" / "split.csv"


def test_a_file_for_each_image_is_no_table_of_images(folder, workspace):
    for number in range(100):
        (folder / "cats" / f"{number}.csv").touch()
    (folder / "labels.csv").touch()
    assert tables_of(create_from_path(workspace, folder)) == ["labels.csv"]


def test_texts_are_no_tables(folder, workspace):
    (folder / "README.txt").write_text("Photographs of cats and dogs.\nTaken in 2019.\n", encoding="utf-8")
    (folder / "settings.json").write_text('{"size": 224}', encoding="utf-8")
    assert tables_of(create_from_path(workspace, folder)) == []


def test_of_a_table_its_columns_alone_are_to_choose(study):
    assert tables_of(study) == ["study.csv"]
    assert head_of(table_path(study, "study.csv"))["owner"].tolist() == ["p0", "p1", "p10", "p11", "p2"]


def test_the_head_of_what_is_no_table_is_refused_in_words(folder):
    (folder / "labels.csv").write_bytes(b"\x00\x00\x01\x00" * 50)
    with pytest.raises(UsageError, match="not a table of text"):
        head_of(folder / "labels.csv")


# What it was told from ------------------------------------------------------------------------------------------------


def test_what_labels_were_told_from_is_known_from_choices_or_words(folder, workspace):
    dataset = run_import(create_from_path(workspace, folder))
    assert told_from(dataset, ["labels.csv"]) == FOLDERS
    tables = ["csv", "meta/labels.csv", "labels.csv"]
    for words, source in [
        ("the names of the files", FILE_NAMES),
        ("the column “dx” of meta/labels.csv", "meta/labels.csv"),
        ("something else", ""),
        ("", ""),
    ]:
        dataset.save(replace(dataset.info, labels_from=words))
        assert told_from(dataset, tables) == source
    dataset.save(replace(dataset.info, choices={"labels_from": "labels.csv"}))
    assert told_from(dataset, tables) == "labels.csv"


def test_what_is_drawn_or_lay_in_one_file_is_not_told_otherwise(folder, workspace):
    dataset = run_import(create_from_path(workspace, folder))
    assert is_told_otherwise(dataset)


# Pictures within files -----------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(class_folders, tmp_path, workspace):
    """Image files in class folders, and a file that holds other pictures: read in by the latter."""
    folder = class_folders(tmp_path / "mixed", {"cats": 6, "dogs": 6})
    write_npz(folder / "digits.npz")
    return create_from_path(workspace, folder)


@pytest.fixture
def two_columns(tmp_path, workspace, write_picture):
    """A Parquet file of pictures that has two columns which may hold the labels."""
    images = [{"bytes": write_picture(tmp_path / f"{n}.png").read_bytes(), "path": None} for n in range(16)]
    columns = {"image": images, "animal": ["cat", "dog"] * 8, "coat": (["long"] * 2 + ["short"] * 2) * 4}
    pq.write_table(pa.table(columns), tmp_path / "pets.parquet")
    return create_from_path(workspace, tmp_path / "pets.parquet")


def write_npz(path):
    pixels = np.random.default_rng(3).integers(0, 255, (16, 12, 12, 3), np.uint8)
    np.savez(path, images=pixels, labels=np.arange(16) % 2)
    return path


def test_pictures_within_a_file_are_found_and_not_taken_for_a_table(mixed):
    chosen = Choices(labels_from="digits.npz")
    assert [option["choices"] for option in look(mixed, AS_FOUND).question["options"]][1] == chosen.to_dict()
    found = look(mixed, chosen)
    assert (found.packed, found.problem) == (("digits.npz",), "")
    assert "digits.npz" in found.origin
    assert holds_pictures(table_path(mixed, "digits.npz"))
    assert look(mixed, Choices(labels_from=FOLDERS)).counts == {"cats": 6, "dogs": 6}
    assert not (mixed.folder / "pictures").exists()


def test_pictures_of_an_earlier_reading_go_when_the_image_files_are_meant(mixed):
    set_choices(mixed, Choices(labels_from="digits.npz"))
    run_import(mixed)
    assert is_taken_out(mixed)
    assert len(question_of_packed(mixed)["options"]) == 2
    set_choices(mixed, Choices(labels_from=FOLDERS))
    run_import(mixed)
    assert not is_taken_out(mixed)
    assert mixed.class_names == ("cats", "dogs")
    assert place_of(mixed).name == "mixed"
    assert look(mixed, Choices(labels_from=FOLDERS)).counts == {"cats": 6, "dogs": 6}


def test_the_columns_of_a_file_that_holds_pictures_are_those_of_its_table(two_columns):
    assert can_be_looked_at(two_columns)
    assert head_of(table_path(two_columns, "pets.parquet")).columns.tolist() == ["animal", "coat"]
    found = look(two_columns, Choices(label_columns=("coat",)))
    assert (found.packed, found.problem) == (("pets.parquet",), "")
    set_choices(two_columns, Choices(label_columns=("coat",)))
    assert run_import(two_columns).class_names == ("long", "short")
    assert question_of_packed(two_columns)["table"] == "pets.parquet"


def test_where_nothing_can_be_chosen_of_pictures_that_is_said(tmp_path, workspace):
    npz = write_npz(tmp_path / "digits.npz")
    with pytest.raises(UsageError, match="in one way only"):
        question_of_packed(run_import(create_from_path(workspace, npz, name="mine")))
    with npz.open("rb") as upload:
        uploaded = run_import(create_from_upload(workspace, upload, npz.name))
    with pytest.raises(UsageError, match="an upload is not kept"):
        question_of_packed(uploaded)
