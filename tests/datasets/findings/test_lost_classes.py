"""Classes of which nothing can be read are named, whether their files are damaged or of kinds that aren't read."""

import pandas as pd
import pytest

from core.datasets.findings.lost_classes import find_lost, lost_in_words
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
