"""How images are read in: a question with its answers, columns to choose, and another reading of what was read in."""

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.datasets.creation import create_from_path
from core.datasets.editing import relabel
from core.datasets.importing import run_import
from core.datasets.sources.choices import Choices, Option, Undecided

READ_IN, OTHERWISE = "Read them in so", "Read otherwise…"


def write_table(folder, header):
    paths = sorted(folder.rglob("*.png"))
    rows = [
        f"{path.relative_to(folder).as_posix()},{'corn' if int(path.stem) % 2 else 'apple'},"
        f"{'ill' if int(path.stem) % 3 else 'healthy'},x,p{path.stem}"
        for path in paths
    ]
    (folder / "plants.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return folder / "plants.csv"


@pytest.fixture
def table(class_folders, tmp_path):
    """Twenty pictures and a table of them whose columns are not called what they are."""
    return write_table(class_folders(tmp_path / "field", {"a": 10, "b": 10}), "path,plant,state,colour,patient")


@pytest.fixture
def undecided(workspace, table):
    dataset = create_from_path(workspace, table)
    with pytest.raises(Undecided):
        run_import(dataset)
    return dataset


@pytest.fixture
def known(workspace, table):
    """The same images, read in by the column of plants."""
    return run_import(create_from_path(workspace, table, choices=Choices(label_columns=("plant",))))


def choices_written(dataset):
    return json.loads((dataset.folder / "request.json").read_text())["choices"]


def option(page, words):
    (text,) = (text for text in page.setting("How they are meant").options if words in text.replace("\\", ""))
    return page.setting("How they are meant").options.index(text)


# The question --------------------------------------------------------------------------------------------------------


def test_a_question_shows_its_answers_and_the_table_and_nothing_is_chosen_beforehand(visit, undecided):
    page = visit("dataset", dataset="plants")
    assert page.errors == []
    assert "can be read in more than one way" in page.words
    assert re.search("of plants.csv (may hold|holds) the labels", page.words)
    assert page.setting("How they are meant").value is None
    assert option(page, "column “plant”") == 0
    assert page.button(READ_IN).disabled
    assert page.at.dataframe[0].value.columns.tolist() == ["path", "plant", "state", "colour", "patient"]


def test_an_answer_shows_what_it_finds_and_reads_the_images_in(visit, undecided, launched):
    page = visit("dataset", dataset="plants").set("How they are meant", 0)
    assert page.at.multiselect[0].value == ["plant"]
    assert "20 of 20 rows find their image. **20 images in 2 classes:** apple 10, corn 10." in page.words
    assert {tile["caption"] for tile in page.tiles} == {"apple", "corn"}
    assert "Labels from the column “plant” of plants.csv" in page.words
    page.press(READ_IN)
    assert choices_written(undecided) == {"label_columns": ["plant"]}
    assert launched == [("core.datasets.importing", "plants")]
    assert "is being read in" in page.words
    run_import(undecided)
    assert undecided.class_names == ("apple", "corn")
    assert undecided.question is None


def test_rows_that_lead_nowhere_are_counted_and_the_first_are_named(visit, undecided, table):
    with table.open("a", encoding="utf-8") as rows:
        rows.write("\na/*99*.png,corn,ill,x,p1")
    page = visit("dataset", dataset="plants").set("How they are meant", 0)
    assert "20 of 21 rows can be used." in page.words
    assert "Left out: a/*99*.png is named in the table but does not exist." in page.words
    assert "*99*" not in page.source


def test_an_answer_that_finds_nothing_usable_says_so_in_place(visit, undecided, launched):
    page = visit("dataset", dataset="plants")
    page.set("How they are meant", option(page, "By columns"))
    page.at.multiselect[0].set_value(["colour"])
    (warning,) = page.run().at.warning
    assert "have the label “x”. A classifier needs at least two" in warning.value.replace("\\", "")
    assert page.button(READ_IN).disabled
    assert launched == []


def test_columns_are_chosen_one_by_one(visit, undecided, launched):
    page = visit("dataset", dataset="plants")
    page.set("How they are meant", option(page, "By columns that I name"))
    page.at.multiselect[0].set_value(["patient"])
    page.set("Group column", "plant").set("Split column", "-").set("File name column", "path")
    assert "**20 images in 10 classes:**" in page.words
    page.press(READ_IN)
    wanted = {"path_column": "path", "label_columns": ["patient"], "split_column": "-", "group_column": "plant"}
    assert choices_written(undecided) == wanted


def test_a_column_for_two_purposes_is_refused_in_place(visit, undecided):
    page = visit("dataset", dataset="plants").set("How they are meant", 0).set("Group column", "plant")
    assert "chosen for two purposes" in page.at.warning[0].value.replace("\\", "")
    assert page.button(READ_IN).disabled


def test_a_question_that_is_of_no_table_has_its_options_alone(visit, workspace, class_folders, tmp_path, launched):
    dataset = create_from_path(workspace, class_folders(tmp_path / "shapes", {"round": 3, "angular": 3}))
    options = [Option("the outermost: *round*", Choices(level=1)), Option("the innermost", Choices(level=-1))]
    dataset.ask(Undecided("Which of the <nested> folders is the class?", options))
    dataset.job.update(state="failed", error="Which?")
    page = visit("dataset", dataset="shapes")
    assert "Which of the <nested> folders is the class?" in page.words
    assert "*round*" not in page.source
    assert len(page.at.multiselect) == len(page.at.dataframe) == 0
    page.set("How they are meant", 0)
    assert "**6 images in 2 classes:** angular 3, round 3." in page.words
    page.press(READ_IN)
    assert choices_written(dataset) == {"level": 1}


def test_an_open_question_is_no_failure(visit, undecided):
    page = visit("home", dataset="plants")
    assert "can be read in more than one way: say which is meant" in page.words
    assert page.at.sidebar.selectbox[0].options == ["plants (has a question)"]


def test_the_attempt_can_be_removed(visit, undecided):
    visit("dataset", dataset="plants").press("Remove this attempt")
    assert not undecided.folder.exists()


# After an import ------------------------------------------------------------------------------------------------------


def test_the_head_of_the_page_says_where_labels_split_and_groups_came_from(visit, known):
    words = "Labels from the column “plant” of plants.csv, no split came with them, groups from the column “patient” of"
    assert words in visit("dataset").words


def test_a_table_is_read_otherwise(visit, known, trained, launched):
    trained(known)
    relabel(known, ["a/0.png"], "corn")
    page = visit("dataset").press(OTHERWISE)
    assert page.at.multiselect[0].value == ["plant"], "what was chosen"
    assert page.setting("Group column").options[0] == "patient (found)", "what was taken"
    assert "What was changed by hand (1) stays" in page.words
    assert "Runs made before keep what they learned" in page.words
    page.at.multiselect[0].set_value(["patient"])
    page.set("Group column", "-")
    assert "**20 images in 10 classes:**" in page.words
    page.press(READ_IN)
    assert launched == [("core.datasets.importing", "plants")]
    run_import(known)
    page = visit("dataset")
    assert "Labels from the column “patient” of plants.csv, no split came with them." in page.words
    assert known.content.table.set_index("path").loc["a/0.png", "label"] == "corn"


def test_another_reading_can_be_left(visit, known, launched):
    page = visit("dataset").press(OTHERWISE)
    assert OTHERWISE not in page.buttons
    page.press("Leave it as it is")
    assert OTHERWISE in page.buttons
    assert launched == []


def test_folders_are_read_otherwise(visit, workspace, class_folders, tmp_path):
    dataset = run_import(create_from_path(workspace, class_folders(tmp_path / "pets", {"a": 10, "b": 10})))
    write_table(tmp_path / "pets", "path,label,state,colour,patient")
    page = visit("dataset").press(OTHERWISE)
    sources = page.setting("Labels from")
    assert sources.value == "folders"
    assert [text.replace("\\", "") for text in sources.options] == [
        "The names of the folders",
        "The names of the files",
        "The table plants.csv",
        "Automatic: whatever fits",
    ]
    page.set("Labels from", "plants.csv")
    assert page.at.dataframe[0].value["label"].tolist()[:2] == ["apple", "corn"]
    assert dataset.question is None


def test_what_the_program_drew_is_what_it_is(visit, workspace, imported):
    dataset = imported("pets", {"cats": 3, "dogs": 3})
    dataset.save(type(dataset.info)(**dataset.info.__dict__ | {"kind": "sample"}))
    assert OTHERWISE not in visit("dataset").buttons


def test_a_question_after_another_reading_is_put_while_what_was_known_is_kept(visit, known, table):
    write_table(table.parent, "path,what,state,colour,patient")
    (known.folder / "request.json").write_text(json.dumps({"source": str(table), "choices": {}}))
    with pytest.raises(Undecided):
        run_import(known)
    page = visit("dataset")
    assert "Until you choose, what was known is kept" in page.words
    assert OTHERWISE not in page.buttons, "it is asked already"
    assert "holds 20 images in 2 classes" in page.words
    page.press("Leave it as it was")
    assert "in more than one way" not in page.words
    assert choices_written(known) == {"label_columns": ["plant"]}


# Runs that were made before -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["training", "evaluation", "compare", "model", "augmentation", "home"])
def test_runs_of_other_labels_are_still_shown(visit, workspace, known, trained, table, step):
    runs = [trained(known, wrong_every=every) for every in (3, 4)]
    for run in runs:
        run.events.append("dataset", version=known.content.version)
    known = run_import(create_from_path(workspace, table, choices=Choices(label_columns=("patient",))))
    assert len(known.class_names) == 10
    page = visit(step, dataset="plants", run=runs[0].id)
    assert page.errors == []


# Pictures within files -----------------------------------------------------------------------------------------------


@pytest.fixture
def packed(workspace, tmp_path, write_picture):
    """A Parquet file of pictures that has two columns which may hold the labels, laid out."""
    images = [{"bytes": write_picture(tmp_path / f"{n}.png").read_bytes(), "path": None} for n in range(16)]
    columns = {"image": images, "animal": ["cat", "dog"] * 8, "coat": (["long"] * 2 + ["short"] * 2) * 4}
    pq.write_table(pa.table(columns), tmp_path / "pets.parquet")
    dataset = create_from_path(workspace, tmp_path / "pets.parquet")
    with pytest.raises(Undecided):
        run_import(dataset)
    return dataset


def test_the_pictures_within_a_file_are_an_answer(visit, workspace, class_folders, tmp_path, launched):
    folder = class_folders(tmp_path / "mixed", {"cats": 6, "dogs": 6})
    pixels = np.random.default_rng(3).integers(0, 255, (16, 12, 12, 3), np.uint8)
    np.savez(folder / "digits.npz", images=pixels, labels=np.arange(16) % 2)
    dataset = create_from_path(workspace, folder)
    with pytest.raises(Undecided):
        run_import(dataset)
    page = visit("dataset", dataset="mixed").set("How they are meant", 1)
    assert page.errors == []
    assert "**The pictures in digits.npz.**" in page.words
    page.press(READ_IN)
    assert choices_written(dataset) == {"labels_from": "digits.npz"}
    assert run_import(dataset).class_names == ("0", "1")
    page = visit("dataset", dataset="mixed").press(OTHERWISE).set("How they are meant", 0)
    assert "**12 images in 2 classes:** cats 6, dogs 6." in page.words
    page.press(READ_IN)
    assert run_import(dataset).class_names == ("cats", "dogs")


def test_packed_pictures_are_read_by_another_column(visit, packed, launched):
    page = visit("dataset", dataset="pets").set("How they are meant", 0)
    assert page.errors == []
    assert "**The pictures in pets.parquet.**" in page.words
    page.press(READ_IN)
    assert choices_written(packed) == {"label_columns": ["animal"]}
    assert run_import(packed).class_names == ("cat", "dog")
    page = visit("dataset", dataset="pets").press(OTHERWISE).set("How they are meant", 1)
    assert page.errors == []
    page.press(READ_IN)
    assert run_import(packed).class_names == ("long", "short")


def test_packed_pictures_that_leave_no_choice_say_why(visit, workspace, tmp_path):
    pixels = np.random.default_rng(3).integers(0, 255, (16, 12, 12, 3), np.uint8)
    np.savez(tmp_path / "digits.npz", images=pixels, labels=np.arange(16) % 2)
    run_import(create_from_path(workspace, tmp_path / "digits.npz"))
    page = visit("dataset", dataset="digits").press(OTHERWISE)
    assert "in one way only" in page.words
    assert READ_IN not in [button.label for button in page.at.button]
