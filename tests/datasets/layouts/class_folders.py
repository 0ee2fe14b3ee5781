"""Class folders, alone, nested, and within the folders of a split."""

from pathlib import Path

from tests.datasets.layouts.case import Case, picture


def class_folders(folder: Path) -> Path:
    for label in ("circle", "square"):
        for number in range(6):
            picture(folder / label / f"{number}.jpg", label)
    return folder


def split_folders(folder: Path) -> Path:
    for split, part in (("train", "train"), ("valid", "validation"), ("test", "test")):
        for label in ("circle", "square"):
            for number in range(4):
                picture(folder / split / label / f"{number}.png", label, part)
    return folder


CASES = [
    Case("A folder for each class", "by hand", class_folders, {"circle": 6, "square": 6}, says="names of the folders"),
    Case(
        "Folders train, valid and test of class folders",
        "Roboflow “Folder Structure”",
        split_folders,
        {"circle": 12, "square": 12},
        has_split=True,
        says="split from the folders test, train, valid",
    ),
]
