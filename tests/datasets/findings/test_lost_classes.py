"""Classes of which nothing can be read are named, whether their files are damaged or of kinds that aren't read."""

import pandas as pd
import pytest
from PIL import Image

from core.datasets.checkup import check
from core.datasets.creation import create_from_path
from core.datasets.findings.lost_classes import find_lost, lost_in_words
from core.datasets.importing import run_import
from core.images.formats import UNREAD

EMPTY, PSD = "is empty (0 bytes)", UNREAD[".psd"]


def manifest(*rows):
    return pd.DataFrame(rows, columns=["path", "label", "problem"]).astype("str")


def test_nothing_is_lost_where_all_can_be_read():
    assert find_lost(manifest(("a/1.jpg", "a", ""), ("b/1.jpg", "b", ""))) == {}


def test_a_class_of_damaged_files_and_one_of_kinds_that_are_not_read():
    table = manifest(
        ("a/1.jpg", "a", ""),
        ("a/2.jpg", "a", EMPTY),
        ("b/1.jpg", "b", EMPTY),
        ("b/2.psd", "", PSD),
        ("c/1.psd", "", PSD),
    )
    assert lost_in_words(table) == [
        f"“b”: none of its 2 files can be read: “{EMPTY}” (1), “{PSD}” (1).",
        f"“c”: its only file can't be read: “{PSD}” (1).",
    ]


@pytest.mark.parametrize("path", ["a/2.psd", "2.psd"])
def test_a_folder_that_holds_readable_images_too_is_not_lost(path):
    assert find_lost(manifest(("a/1.jpg", "a", ""), ("b/1.jpg", "b", ""), (path, "", PSD))) == {}


def test_a_folder_that_holds_folders_of_readable_images_is_not_lost():
    assert find_lost(manifest(("a/x/1.jpg", "a", ""), ("b/1.jpg", "b", ""), ("a/scan.psd", "", PSD))) == {}


def test_images_without_a_label_are_no_class():
    table = manifest(("a/1.jpg", "a", ""), ("test/1.jpg", "", "has no label: it lies in no class folder"))
    assert find_lost(table) == {}


def test_a_class_is_lost_only_where_no_folder_has_it():
    table = manifest(("train/a/1.jpg", "a", EMPTY), ("test/a/1.jpg", "a", ""), ("train/b/1.jpg", "b", ""))
    assert find_lost(table) == {}


def test_the_check_up_of_an_import_names_the_class(tmp_path, workspace):
    for name, colour in (("a", 40), ("b", 200), ("c", 90)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("L", (8, 8), colour + number).save(tmp_path / "set" / name / f"{number}.png")
    for path in (tmp_path / "set" / "c").iterdir():
        path.write_bytes(b"")
    dataset = run_import(create_from_path(workspace, tmp_path / "set"))
    assert dataset.content.class_names == ("a", "b")
    finding = check(dataset).find("lost_classes")
    assert finding.title == "Nothing can be read of “c”"
    assert f"“c”: none of its 3 files can be read: “{EMPTY}” (3)." in finding.why
    assert finding.paths == ("c/0.png", "c/1.png", "c/2.png")
