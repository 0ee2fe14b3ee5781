"""A dataset that was put right is taken along; read in again, it has the same labels and the same split."""

import json
import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image

from core.datasets.creation import create_from_path
from core.datasets.editing import exclude, relabel, rename_class
from core.datasets.export.layouts import CSV, FOLDERS, HF_IMAGEFOLDER, LAYOUTS, SPLIT_FOLDERS, placed
from core.datasets.export.writing import export_dataset, write_zip
from core.datasets.importing import import_now
from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError

AWKWARD = ("=1+1", "a, b", 'say "hi"', "cats/dogs", "Cats", "cats", "NUL", "test", "..", "é 🐈", "x" * 90)
AWKWARD += ("-1", "@home", "'tis")


@pytest.fixture
def cleaned(imported):
    """A dataset in which one image was excluded, one relabelled, and a class renamed."""
    dataset = imported("pets", {"cats": 12, "dogs": 12})
    exclude(dataset, ["cats/0.png"])
    relabel(dataset, ["cats/1.png"], "dogs")
    rename_class(dataset, "dogs", "hounds")
    return dataset


@pytest.fixture
def awkward(imported):
    """A dataset whose classes have names that no folder can have, three images each."""
    names = [f"c{number}" for number in range(len(AWKWARD))]
    dataset = imported("awkward", dict.fromkeys(names, 3))
    for name, label in zip(names, AWKWARD, strict=True):
        rename_class(dataset, name, label)
    assert set(dataset.class_names) == set(AWKWARD)
    return dataset


def pictures(dataset, *columns):
    """What is said of each picture, by its pixels."""
    images = dataset.images.set_index("pixel_hash").sort_index()
    return list(zip(images.index, *(images[name] for name in columns), strict=True))


def read_in(workspace, folder):
    return import_now(create_from_path(workspace, folder))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_in_again_it_is_the_same(cleaned, workspace, tmp_path, layout):
    export_dataset(cleaned, tmp_path / "taken", layout)
    again = read_in(workspace, tmp_path / "taken")
    said = ("label",) if layout == FOLDERS else ("label", "split")
    assert pictures(again, *said) == pictures(cleaned, *said)
    assert len(again.images) == 23
    assert again.content.unreadable.empty


@pytest.mark.parametrize("layout", [CSV, HF_IMAGEFOLDER])
def test_tables_keep_awkward_names(awkward, workspace, tmp_path, layout):
    export_dataset(awkward, tmp_path / "taken", layout)
    again = read_in(workspace, tmp_path / "taken")
    assert pictures(again, "label", "split") == pictures(awkward, "label", "split")


@pytest.mark.parametrize("layout", [FOLDERS, SPLIT_FOLDERS])
def test_folders_have_names_that_every_disk_keeps(awkward, workspace, tmp_path, layout):
    remarks = export_dataset(awkward, tmp_path / "taken", layout)
    names = {path.parent.name for path in (tmp_path / "taken").rglob("*.png")}
    assert len({name.casefold() for name in names}) == len(AWKWARD)
    assert names >= {"cats_dogs", "Cats", "cats 2", "class NUL", "class test", "class", "_1+1", "x" * 60}
    assert "The class “cats/dogs” lies in the folder “cats_dogs”." in remarks
    again = read_in(workspace, tmp_path / "taken")
    together = pd.DataFrame(pictures(again, "label")).merge(pd.DataFrame(pictures(awkward, "label")), on=0)
    assert len(together.drop_duplicates(["1_x", "1_y"])) == len(AWKWARD), "each class is one class still"
    assert len(together) == len(awkward.images)


def test_a_spreadsheet_works_nothing_out(awkward, tmp_path):
    remarks = export_dataset(awkward, tmp_path / "taken", CSV)
    table = pd.read_csv(tmp_path / "taken" / "labels.csv", keep_default_na=False)
    assert {"'=1+1", "'@home", "-1", "'tis", "a, b", 'say "hi"'} <= set(table["label"])
    assert not [cell for cell in table.to_numpy().ravel() if str(cell).startswith(("=", "@", "+"))]
    assert "take for formulas" in remarks[0]


def test_the_files_are_the_same_to_the_byte(cleaned, tmp_path):
    export_dataset(cleaned, tmp_path / "taken", CSV)
    written = sorted(path.read_bytes() for path in (tmp_path / "taken" / "images").iterdir())
    assert written == sorted(cleaned.path_of(path).read_bytes() for path in cleaned.images["path"])


def test_two_images_of_one_name_that_come_to_one_class(imported, tmp_path):
    dataset = imported("pets", {"cats": 5, "dogs": 5, "owls": 5})
    relabel(dataset, [f"owls/{number}.png" for number in range(5)], "cats")
    export_dataset(dataset, tmp_path / "taken", FOLDERS)
    names = sorted(path.name for path in (tmp_path / "taken" / "cats").iterdir())
    assert names == sorted([*(f"{n}.png" for n in range(5)), *(f"{n}_2.png" for n in range(5))])


def test_images_without_a_label(half_labelled, workspace, tmp_path):
    remarks = export_dataset(half_labelled, tmp_path / "folders", SPLIT_FOLDERS)
    assert "4 images without a label are left out" in remarks[0]
    export_dataset(half_labelled, tmp_path / "table", CSV)
    again = read_in(workspace, tmp_path / "table")
    assert (len(again.images), len(again.content.unlabelled)) == (20, 4)


def test_hugging_face_reads_each_part(cleaned, tmp_path):
    export_dataset(cleaned, tmp_path / "taken", HF_IMAGEFOLDER)
    for part in ("train", "validation", "test"):
        lines = (tmp_path / "taken" / part / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
        told = [json.loads(line) for line in lines]
        assert {one["label"] for one in told} <= {"cats", "hounds"}
        there = {path.name for path in (tmp_path / "taken" / part).glob("*.png")}
        assert {one["file_name"] for one in told} == there
        assert len(told) == int((cleaned.images["split"] == part).sum())


def test_what_is_there_already_stays(cleaned, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        export_dataset(cleaned, tmp_path / "taken", FOLDERS)
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["mine.txt"]


def test_an_image_that_is_gone_leaves_nothing_half_done(cleaned, tmp_path):
    cleaned.path_of("dogs/3.png").unlink()
    with pytest.raises(WorkbenchError, match=r"3\.png is gone"):
        export_dataset(cleaned, tmp_path / "out" / "taken", FOLDERS)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_stop_leaves_nothing_half_done(cleaned, tmp_path):
    def stop(stage, done, total):
        assert (stage, total) == ("Copying images", 23)
        if done == 5:
            raise WorkbenchError("Stopped.")

    with pytest.raises(WorkbenchError, match="Stopped"):
        export_dataset(cleaned, tmp_path / "out" / "taken", FOLDERS, stop)
    with pytest.raises(WorkbenchError, match="Stopped"):
        write_zip(placed(cleaned, FOLDERS), tmp_path / "out" / "taken.zip", stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_becomes_full_says_so(cleaned, small_disk):
    for path in cleaned.images["path"]:
        Image.effect_noise((90, 90), 80).save(cleaned.path_of(path))
    with pytest.raises(WorkbenchError, match=r"free, but the images need|became full"):
        export_dataset(cleaned, small_disk / "taken", FOLDERS)
    assert list(small_disk.iterdir()) == []


def test_as_a_zip_it_is_read_in_too(cleaned, workspace, tmp_path):
    write_zip(placed(cleaned, SPLIT_FOLDERS), tmp_path / "taken.zip")
    with zipfile.ZipFile(tmp_path / "taken.zip") as archive:
        assert archive.testzip() is None
        readme = archive.read("README.md").decode()
    assert "hounds: " in readme
    again = read_in(workspace, tmp_path / "taken.zip")
    assert pictures(again, "label", "split") == pictures(cleaned, "label", "split")


def test_drawn_images_are_called_so(workspace, imported, tmp_path):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    dataset.save(replace(dataset.info, drawn=True))
    assert "Synthetic: drawn by a program" in placed(open_dataset(workspace, "pets"), FOLDERS).texts["README.md"]


def test_by_the_command(cleaned, command, tmp_path):
    code, output, complaints = command("datasets", "export", "pets", "--layout", "csv", "--to", tmp_path / "taken")
    assert code == 0, complaints
    assert "a table of path, label, split and group" in output
    assert (tmp_path / "taken" / "labels.csv").exists()
    code, output, _ = command("datasets", "export", "pets", "--to", tmp_path / "taken", "--json")
    assert code == 2
    assert "exists already" in json.loads(output)["error"]
    assert command("datasets")[0] == 0
