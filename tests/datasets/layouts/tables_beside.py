"""Tables beside folders of images, and inside the folders of a split."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from core.datasets.sources.choices import Choices
from tests.datasets.layouts.case import Case, picture, text

LABELS = ("circle", "square")
PARTS = {"train": "train", "valid": "validation", "validation": "validation", "val": "validation", "test": "test"}


def table(path: Path, names: str, rows: Iterable[Sequence[object]]) -> Path:
    """A table of these columns, as Python's own writer of CSV leaves it."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([names.split(","), *rows])
    return text(path, written.getvalue())


# Folders that are no classes -----------------------------------------------------------------------------------------


def patients(folder: Path, name: str = "patient{:02d}") -> Path:
    rows = []
    for patient in range(6):
        label = LABELS[patient % 2]
        for number in range(4):
            path = f"{name.format(patient)}/img_{number}.png"
            picture(folder / path, label)
            rows.append((path, label, f"P-{patient}"))
    table(folder / "labels.csv", "image,label,patient", rows)
    return folder


def years(folder: Path) -> Path:
    rows = []
    for number in range(24):
        path, label = f"{2019 + number % 3}/cam_{number:03d}.jpg", LABELS[number // 3 % 2]
        picture(folder / path, label)
        rows.append((path, label))
    table(folder / "annotations.csv", "filename,species", rows)
    return folder


def images_and_masks(folder: Path) -> Path:
    rows = []
    for number in range(12):
        label = LABELS[number % 2]
        picture(folder / "images" / f"IS_{number:04d}.jpg", label)
        picture(folder / "masks" / f"IS_{number:04d}_seg.png", "star")
        rows.append((f"IS_{number:04d}", label))
    table(folder / "metadata.csv", "image_id,dx", rows)
    return folder


def masks_of_the_same_names(folder: Path) -> Path:
    rows = []
    for number in range(12):
        label = LABELS[number % 2]
        picture(folder / "images" / f"{number:03d}.jpg", label)
        picture(folder / "annotations" / "trimaps" / f"{number:03d}.png", "star")
        rows.append((f"{number:03d}", label))
    table(folder / "annotations" / "list.csv", "image_id,species", rows)
    return folder


def isic(folder: Path) -> Path:
    truth, metadata = [], []
    for number in range(12):
        label = LABELS[number % 2]
        picture(folder / "ISIC_2019_Training_Input" / f"ISIC_{number:07d}.jpg", label)
        truth.append((f"ISIC_{number:07d}", float(label == "circle"), float(label == "square")))
        metadata.append(
            (f"ISIC_{number:07d}", 50 + number % 3, "head/neck", f"MSK4_{number // 4}{number % 2}", "female")
        )
    for number in range(4):
        picture(folder / "ISIC_2019_Test_Input" / f"ISIC_{number + 900:07d}.jpg", "")
    table(folder / "ISIC_2019_Training_GroundTruth.csv", "image,circle,square", truth)
    columns = "image,age_approx,anatom_site_general,lesion_id,sex"
    table(folder / "ISIC_2019_Training_Metadata.csv", columns, metadata)
    return folder


def volumes(folder: Path) -> Path:
    rows = []
    for number in range(20):
        label = LABELS[number % 2]
        picture(folder / f"HAM10000_images_part_{1 + number // 10}" / f"ISIC_{number:07d}.jpg", label)
        rows.append((f"HAM_{number // 4:07d}", f"ISIC_{number:07d}", label, "histo", 80.0, "male", "scalp"))
    # A lesion has one diagnosis.
    rows = [(f"HAM_{number % 2}{number // 4:06d}", *row[1:]) for number, row in enumerate(rows)]
    table(folder / "HAM10000_metadata.csv", "lesion_id,image_id,dx,dx_type,age,sex,localization", rows)
    return folder


def labels_of_patients(folder: Path, name: str = "patient{:02d}", column: str = "patient") -> Path:
    """The table has a row for each patient."""
    patients(folder, name)
    rows = [(name.format(patient), LABELS[patient % 2], 40 + patient) for patient in range(6)]
    table(folder / "labels.csv", f"{column},label,age", rows)
    return folder


def names_in_both_folders(folder: Path) -> Path:
    rows = []
    for number in range(8):
        label = LABELS[number % 2]
        picture(folder / "ab"[number // 4] / f"{number % 4}.jpg", label)
        rows.append((f"{number % 4}.jpg", label))
    table(folder / "labels.csv", "image,label", rows)
    return folder


def volumes_twice(folder: Path) -> Path:
    """Kaggle's archive holds each of the two parts twice, under names that differ in capital letters."""
    volumes(folder)
    for part in (1, 2):
        shutil.copytree(folder / f"HAM10000_images_part_{part}", folder / f"ham10000_images_part_{part}")
    return folder


def batches(folder: Path) -> Path:
    for batch in (1, 2):
        rows = [(f"{batch}{number}.jpg", LABELS[number % 2]) for number in range(4)]
        for name, label in rows:
            picture(folder / "photos" / name, label)
        table(folder / f"batch{batch}.csv", "image,label", rows)
    return folder


def celeba(folder: Path) -> Path:
    """A column partition, which is no label, beside a table of attributes; of which one was made the class."""
    names = [f"{number:06d}.jpg" for number in range(12)]
    parts = ["train", "train", "validation", "test"] * 3
    for number, (name, part) in enumerate(zip(names, parts, strict=True)):
        picture(folder / "img_align_celeba" / name, LABELS[number // 4 % 2], part)
    numbers = {"train": 0, "validation": 1, "test": 2}
    rows = [(name, numbers[part]) for name, part in zip(names, parts, strict=True)]
    table(folder / "list_eval_partition.csv", "image_id,partition", rows)
    rows = [(name, (1, -1)[number // 4 % 2], (1, -1)[number % 2]) for number, name in enumerate(names)]
    table(folder / "list_attr_celeba.csv", "image_id,Male,Young", rows)
    return folder


def pets(folder: Path) -> Path:
    """Lists of parts whose lines go on with numbers, and masks of the images' names beside them."""
    lists: dict[str, list[str]] = {"trainval": [], "test": []}
    for number in range(16):
        label, part = LABELS[number % 2], ("train", "train", "train", "test")[number // 4]
        name = f"{label}_{number}"
        picture(folder / "images" / f"{name}.jpg", label, part)
        picture(folder / "annotations" / "trimaps" / f"{name}.png", "star")
        lists["test" if part == "test" else "trainval"].append(f"{name} {1 + number % 2} 1 {1 + number % 2}")
    for name, lines in lists.items():
        text(folder / "annotations" / f"{name}.txt", "\n".join(lines))
    return folder


def truth_of_two_parts(folder: Path) -> Path:
    for name, part, count in (("Training", "train", 8), ("Validation", "validation", 4)):
        rows = []
        for number in range(count):
            label = LABELS[number % 2]
            picture(folder / f"ISIC2018_{name}_Input" / f"ISIC_{name[0]}{number:06d}.jpg", label, part)
            rows.append((f"ISIC_{name[0]}{number:06d}", float(label == "circle"), float(label == "square")))
        table(folder / f"ISIC2018_{name}_GroundTruth" / f"ISIC2018_{name}_GroundTruth.csv", "image,circle,square", rows)
    return folder


def guesses_of_a_model(folder: Path) -> Path:
    for label in LABELS:
        for number in range(4):
            picture(folder / "train" / label / f"{number}.jpg", label)
    for number in range(4):
        picture(folder / "test" / f"t{number}.jpg", "")
    table(folder / "my_preds.csv", "id,label", [(f"t{number}.jpg", LABELS[number % 2]) for number in range(4)])
    return folder


def parts_of_class_folders(folder: Path) -> list[tuple[str, str, str]]:
    """Class folders whose pictures say which part they are in: paths, labels and parts."""
    rows = []
    for label in LABELS:
        for number, part in enumerate(("train", "train", "validation", "test")):
            picture(folder / label / f"{label}{number}.jpg", label, part)
            rows.append((f"{label}/{label}{number}.jpg", label, part))
    return rows


def flags_of_parts(folder: Path) -> Path:
    rows = [
        (path, label, *(int(part == one) for one in ("train", "validation", "test")))
        for path, label, part in parts_of_class_folders(folder)
    ]
    table(folder / "meta.csv", "path,label,train,val,test", rows)
    return folder


def lists_in_json(folder: Path) -> Path:
    """As CoOp's split_zhou_*.json: a path, a number and a name for each image."""
    lists: dict[str, list] = {"train": [], "val": [], "test": []}
    for path, label, part in parts_of_class_folders(folder / "images"):
        lists["val" if part == "validation" else part].append([path, LABELS.index(label), label])
    text(folder / "split_zhou_Shapes.json", json.dumps(lists))
    return folder


def a_flag_alone(folder: Path) -> Path:
    rows = []
    for label in LABELS:
        for number in range(4):
            picture(folder / label / f"{label}{number}.jpg", label, "test" if number > 2 else "train")
            rows.append((f"{label}/{label}{number}.jpg", int(number > 2)))
    table(folder / "meta.csv", "path,is_test", rows)
    return folder


def parts_of_unknown_names(folder: Path) -> Path:
    rows = []
    for label in LABELS:
        for number in range(4):
            picture(folder / label / f"{label}{number}.jpg", label)
            rows.append((f"{label}/{label}{number}.jpg", label, "ABCA"[number]))
    table(folder / "meta.csv", "path,label,split", rows)
    return folder


# Folders that are classes --------------------------------------------------------------------------------------------


def class_folders(folder: Path, split: str = "", each: int = 8) -> list[tuple[str, str]]:
    paths = [(f"{label}/{label[0]}{number}.jpg", label) for label in LABELS for number in range(each)]
    for path, label in paths:
        picture(folder / path, label, split)
    return paths


def split_and_groups_in_a_table(folder: Path) -> Path:
    rows = []
    for label in LABELS:
        for number in range(8):
            part = ("train", "val", "test")[number % 3]
            picture(folder / label / f"{number}.jpg", label, PARTS[part])
            rows.append((f"{label}/{number}.jpg", label, part, f"{label[0]}{number // 2}{part}"))
    table(folder / "index.csv", "path,label,split,subject", rows)
    return folder


def the_same_by_other_names(folder: Path) -> Path:
    table(folder / "labels.csv", "path,label", [(path, f"a {label} shape") for path, label in class_folders(folder)])
    return folder


def other_labels(folder: Path) -> Path:
    """Folders of classes, and a table whose labels are neither theirs nor finer ones."""
    rows = [(path, "large" if number % 2 else "small") for number, (path, _) in enumerate(class_folders(folder))]
    table(folder / "sizes.csv", "path,label", rows)
    return folder


def finer_labels(folder: Path) -> Path:
    rows = []
    for kind, labels in (("round", ("circle",)), ("angular", ("square", "cross", "star"))):
        for label in labels:
            for number in range(6):
                path = f"{kind}/{label[:2]}{number}.jpg"
                picture(folder / path, label)
                rows.append((path, label))
    table(folder / "shapes.csv", "path,label", rows)
    return folder


def a_few_named(folder: Path) -> Path:
    paths = class_folders(folder, each=20)
    table(folder / "checked.csv", "path,label", [(paths[at][0], label) for at, label in ((0, "good"), (30, "bad"))])
    return folder


def one_label(folder: Path) -> Path:
    table(folder / "source.csv", "path,label", [(path, "drawn") for path, _ in class_folders(folder)])
    return folder


def something_else(folder: Path) -> Path:
    class_folders(folder)
    table(folder / "log.csv", "epoch,loss", [(1, 0.5), (2, 0.4)])
    return folder


# Parts of a split ----------------------------------------------------------------------------------------------------


def gtsrb(folder: Path) -> Path:
    columns = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path"
    train, test = [], []
    for number, label in enumerate(LABELS):
        picture(folder / "Meta" / f"{number}.png", "star")
        for track in range(6):
            path = f"Train/{number}/{number:05d}_{track:05d}_00000.png"
            picture(folder / path, label, "train")
            train.append((48, 48, 5, 5, 40, 40, number, path))
        for image in range(3):
            path = f"Test/{2 * image + number:05d}.png"
            picture(folder / path, label, "test")
            test.append((48, 48, 5, 5, 40, 40, number, path))
    table(folder / "Train.csv", columns, train)
    table(folder / "Test.csv", columns, test)
    table(folder / "Meta.csv", "Path,ClassId,ShapeId,ColorId,SignId", [(f"Meta/{n}.png", n, 1, 0, "x") for n in (0, 1)])
    return folder


def in_split_folders(folder: Path, name: str = "metadata.csv", inner: str = "", parts=("train", "validation", "test")):
    """Hugging Face's ImageFolder; the names of the files come again in each part, for other labels."""
    for at, part in enumerate(parts):
        rows = []
        for number in range(8):
            label = LABELS[(number + at) % 2]
            picture(folder / part / inner / f"{number:04d}.png", label, PARTS[part] if len(parts) > 1 else "")
            rows.append((f"{inner}{number:04d}.png", label))
        path = folder / part / name
        if path.suffix == ".csv":
            table(path, "file_name,label", rows)
        elif path.suffix == ".parquet":
            pd.DataFrame(rows, columns=["file_name", "label"]).to_parquet(path)
        else:
            text(path, "".join(f'{{"file_name": "{file}", "label": "{label}"}}\n' for file, label in rows))
    return folder


def roboflow(folder: Path, blank: str = " ") -> Path:
    for at, part in enumerate(("train", "valid", "test")):
        lines = [f"filename,{blank}circle,{blank}square"]
        for number in range(6):
            label = LABELS[(number + at) % 2]
            picture(folder / part / f"{number}_jpg.rf.0a1b{number}.jpg", label, PARTS[part])
            ones = (int(label == one) for one in LABELS)
            lines.append(f"{number}_jpg.rf.0a1b{number}.jpg," + ",".join(f"{blank}{one}" for one in ones))
        text(folder / part / "_classes.csv", "\n".join(lines) + "\n")
    return folder


def tables_named_after_parts(folder: Path, where: str = "", names: str = "{}.csv") -> Path:
    """The names of the files come again in each part, for other labels."""
    for at, part in enumerate(("train", "test")):
        rows = []
        for number in range(8):
            label = LABELS[(number + at) % 2]
            picture(folder / part / f"{number:03d}.jpg", label, part)
            rows.append((f"{number:03d}.jpg", label))
        table(folder / where / names.format(part), "image,label", rows)
    return folder


def tables_of_a_folder(folder: Path) -> Path:
    for part, numbers in (("train", range(12)), ("test", range(12, 18))):
        rows = []
        for number in numbers:
            label = LABELS[number % 2]
            picture(folder / "images" / f"{number:03d}.jpg", label, part)
            rows.append((f"images/{number:03d}.jpg", label))
        table(folder / "annotations" / f"labels_{part}.csv", "image,label", rows)
    return folder


def tiny_imagenet(folder: Path) -> Path:
    lines = []
    for number, label in enumerate(LABELS):
        synset = f"n0144354{number}"
        for image in range(6):
            picture(folder / "train" / synset / "images" / f"{synset}_{image}.JPEG", label, "train")
        text(folder / "train" / synset / f"{synset}_boxes.txt", f"{synset}_0.JPEG\t0\t10\t63\t58\n")
        for image in range(3):
            name = f"val_{2 * image + number}.JPEG"
            picture(folder / "val" / "images" / name, label, "validation")
            picture(folder / "test" / "images" / f"test_{2 * image + number}.JPEG", "")
            lines.append(f"{name}\t{synset}\t0\t32\t44\t62\n")
    text(folder / "val" / "val_annotations.txt", "".join(sorted(lines)))
    text(folder / "wnids.txt", "n01443540\nn01443541\n")
    text(folder / "words.txt", "n01443540\tgoldfish, Carassius auratus\nn01443541\ttiger shark\n")
    return folder


def a_table_for_one_part(folder: Path) -> Path:
    rows = []
    class_folders(folder / "train", "train")
    for number in range(6):
        label = LABELS[number % 2]
        picture(folder / "test" / f"{number}.jpg", label, "test")
        rows.append((f"{number}.jpg", label))
    table(folder / "test" / "labels.csv", "file,label", rows)
    return folder


def a_table_for_a_flat_test(folder: Path) -> Path:
    a_table_for_one_part(folder)
    (folder / "test" / "labels.csv").rename(folder / "test.csv")
    return folder


def a_flat_test_beside_classes(folder: Path) -> Path:
    rows = []
    class_folders(folder)
    for number in range(6):
        label = LABELS[number % 2]
        picture(folder / "test" / f"{number}.jpg", label, "test")
        rows.append((f"{number}.jpg", label))
    table(folder / "test.csv", "file,label", rows)
    return folder


def a_table_of_other_names_for_one_part(folder: Path) -> Path:
    a_table_for_one_part(folder)
    path = folder / "test" / "labels.csv"
    path.write_text(path.read_text().replace("circle", "0").replace("square", "1"))
    return folder


def kaggle(folder: Path) -> Path:
    rows = []
    for number in range(10):
        label = LABELS[number % 2]
        picture(folder / "train" / f"{number:08x}.jpg", label)
        picture(folder / "test" / f"{number + 900:08x}.jpg", "")
        rows.append((f"{number:08x}", label))
    table(folder / "labels.csv", "id,breed", rows)
    table(folder / "sample_submission.csv", "id,circle,square", [(f"{n + 900:08x}", 0.5, 0.5) for n in range(10)])
    return folder


def kaggle_with_a_table_for_the_test(folder: Path) -> Path:
    kaggle(folder)
    (folder / "labels.csv").rename(folder / "train.csv")
    table(folder / "test.csv", "id,width,height", [(f"{number + 900:08x}", 16, 16) for number in range(10)])
    return folder


def split_by_path(folder: Path) -> Path:
    rows = []
    for at, part in enumerate(("train", "test")):
        for number in range(8):
            label = LABELS[(number + at) % 2]
            picture(folder / part / f"{number}.jpg", label, part)
            rows.append((f"{part}/{number}.jpg", label))
    table(folder / "labels.csv", "path,label", rows)
    return folder


def split_against_folders(folder: Path) -> Path:
    """Some of what lies in the folder test is said to train."""
    rows = []
    for part, told in (("train", ("train", "val")), ("test", ("test", "train"))):
        for number in range(12):
            label, says = LABELS[number % 2], told[number % 4 == 3]
            true = "test" if part == "test" else PARTS[says]
            picture(folder / part / label / f"{number}.jpg", label, true)
            rows.append((f"{part}/{label}/{number}.jpg", label, says))
    table(folder / "all.csv", "path,label,split", rows)
    return folder


# Several tables ------------------------------------------------------------------------------------------------------


def two_that_differ(folder: Path) -> Path:
    first, second = [], []
    for number in range(12):
        label = LABELS[number % 2]
        picture(folder / f"{number:03d}.jpg", label)
        first.append((f"{number:03d}.jpg", label))
        second.append((f"{number:03d}.jpg", LABELS[number % 3 > 0]))
    table(folder / "expert.csv", "file,label", first)
    table(folder / "crowd.csv", "file,label", second)
    return folder


def all_and_its_parts(folder: Path) -> Path:
    rows = {"train": [], "test": []}
    for number in range(12):
        label, part = LABELS[number % 2], "test" if number % 4 > 1 else "train"
        picture(folder / "images" / f"{number:03d}.jpg", label, part)
        rows[part].append((f"{number:03d}.jpg", label))
    table(folder / "labels.csv", "file,label", [*rows["train"], *rows["test"]])
    for part in rows:
        table(folder / f"{part}.csv", "file,label", rows[part])
    return folder


def names_nothing(folder: Path) -> Path:
    for number in range(6):
        picture(folder / f"{number}.jpg", LABELS[number % 2])
    table(folder / "labels.csv", "file,label", [("a.jpg", "circle"), ("b.jpg", "square")])
    return folder


def lists_beside(folder: Path, lists: str = "meta/{}.txt", ending: str = "") -> Path:
    """Food-101: class folders, and lists of those that train and test, without endings."""
    names = {"train": [], "test": []}
    for label in LABELS:
        for number in range(6):
            part = "test" if number > 3 else "train"
            picture(folder / "images" / label / f"{number}.jpg", label, part)
            names[part].append(f"{label}/{number}{ending}")
    for part, listed in names.items():
        text(folder / lists.format(part), "\n".join(listed) + "\n")
    text(folder / "meta" / "classes.txt", "circle\nsquare\n")
    return folder


def cub(folder: Path) -> Path:
    """A number for each image, and in other files what belongs to the numbers."""
    images, flags = [], []
    for at, label in enumerate(LABELS):
        for number in range(6):
            part = "test" if number > 3 else "train"
            path = f"{at + 1:03d}.{label}/{label}_{number:04d}.jpg"
            picture(folder / "CUB_200_2011" / "images" / path, label, part)
            images.append(f"{len(images) + 1} {path}\n")
            flags.append(f"{len(images)} {int(part == 'train')}\n")
    for name, lines in (
        ("images", images),
        ("train_test_split", flags),
        ("classes", ["1 001.circle\n", "2 002.square\n"]),
    ):
        text(folder / "CUB_200_2011" / f"{name}.txt", "".join(lines))
    text(folder / "CUB_200_2011" / "attributes" / "attributes.txt", "1 has_bill_shape::curved\n")
    return folder


def lists_that_overlap(folder: Path) -> Path:
    """DTD: ten divisions of the same images."""
    for label in LABELS:
        for number in range(6):
            picture(folder / "images" / label / f"{label}_{number}.jpg", label)
    for division in (1, 2):
        for at, part in enumerate(("train", "val", "test")):
            numbers = (2 * ((at + division) % 3), 2 * ((at + division) % 3) + 1)
            lines = [f"{label}/{label}_{number}.jpg\n" for label in LABELS for number in numbers]
            text(folder / "labels" / f"{part}{division}.txt", "".join(lines))
    return folder


def a_list_of_patients(folder: Path) -> Path:
    rows = [(path, f"P{number // 2}", 40 + number) for number, (path, _) in enumerate(class_folders(folder))]
    table(folder / "patients.csv", "file,patient_id,age", rows)
    return folder


def a_column_of_parts(folder: Path) -> Path:
    rows = []
    for label in LABELS:
        for number in range(6):
            part = "test" if number > 3 else "train"
            picture(folder / label / f"{label}{number}.jpg", label, part)
            rows.append((f"{label}{number}.jpg", part))
    table(folder / "split.csv", "file_name,split", rows)
    return folder


FIVE_EACH, SIX_EACH, EIGHT_EACH, TEN_EACH, TWELVE_EACH = ({label: n for label in LABELS} for n in (5, 6, 8, 10, 12))
HUGGING_FACE = Case(
    "Folders train, validation and test, a metadata.csv in each",
    "form of Hugging Face datasets 4 “ImageFolder”",
    in_split_folders,
    TWELVE_EACH,
    has_split=True,
    says="labels from the column “label” of test/metadata.csv, train/metadata.csv and validation/metadata.csv, split "
    "from the folders test, train, validation",
)
OTHER_LABELS = Case(
    "Class folders, and a table of other labels",
    "by hand",
    other_labels,
    asks="they differ for 8 of 16 images. Choose where the labels are to be read from.",
)
TWO_TABLES = Case(
    "Two tables that label the same images differently",
    "by hand",
    two_that_differ,
    asks="crowd.csv and expert.csv label the same images differently (6 of 12)",
)
FINER = Case(
    "Folders of kinds, and a table of finer classes",
    "by hand",
    finer_labels,
    asks="The folders give 2 classes, “angular” and “round”",
)
CASES = [
    Case(
        "Patients' folders, and a table with labels and patients",
        "by hand",
        patients,
        TWELVE_EACH,
        groups=6,
        says="labels from the column “label” of labels.csv, no split came with them, groups from the column “patient”",
        warns="The names of the folders (“patient00”, “patient01”, “patient02” and 3 more) were not taken for classes. "
        "If they are, choose --labels-from=folders.",
    ),
    Case(
        "Folders that a table's groups are called after, and labels in it",
        "by hand",
        lambda folder: patients(folder, "P-{}"),
        TWELVE_EACH,
        groups=6,
        says="labels from the column “label” of labels.csv",
    ),
    Case(
        "Patients' folders, and a table with a row for each patient",
        "by hand",
        labels_of_patients,
        asks="labels.csv speaks of them, has labels, and can't be used for the images.",
    ),
    Case(
        "The same by numbers",
        "form of Kaggle's rsna-miccai-brain-tumor-radiogenomic-classification",
        lambda folder: labels_of_patients(folder, "{:05d}", "BraTS21ID"),
        asks="labels.csv speaks of them, has labels, and can't be used for the images.",
    ),
    Case("Years' folders, and a table", "by hand", years, TWELVE_EACH, says="column “species” of annotations.csv"),
    Case(
        "Folders images and masks, and a table of ids",
        "by hand",
        images_and_masks,
        SIX_EACH,
        says="column “dx” of metadata.csv",
        left_out={"is not named in metadata.csv, nor is anything else in masks": 12},
        warns="masks (12)",
    ),
    Case(
        "Masks that are called as their images are, and a table of ids beside them",
        "form of Oxford-IIIT Pet's folders",
        masks_of_the_same_names,
        SIX_EACH,
        says="labels from the column “species” of annotations/list.csv",
        left_out={"is not named in annotations/list.csv, nor is anything else in annotations/trimaps": 12},
    ),
    Case(
        "ISIC 2019: two folders of input, a one-hot table of the truth, and metadata with lesions",
        "form of ISIC 2019",
        isic,
        SIX_EACH,
        unlabelled=4,
        groups=6,
        says="of ISIC_2019_Training_GroundTruth.csv (1 for the class), no split came with them, groups from the column "
        "“lesion_id” of ISIC_2019_Training_Metadata.csv",
    ),
    Case(
        "HAM10000's two volumes and its metadata",
        "form of Kaggle's skin-cancer-mnist-ham10000",
        volumes,
        TEN_EACH,
        groups=10,
        says="column “dx” of HAM10000_metadata.csv",
    ),
    Case(
        "Class folders, and a table that divides them alike and has a split and subjects",
        "by hand",
        split_and_groups_in_a_table,
        EIGHT_EACH,
        has_split=True,
        groups=16,
        says="labels from the names of the folders, split from the column “split” of index.csv, groups from the column "
        "“subject” of index.csv",
    ),
    Case(
        "Class folders, and a table that calls the same classes otherwise",
        "by hand",
        the_same_by_other_names,
        EIGHT_EACH,
        says="labels from the names of the folders",
        warns="labels.csv calls the classes otherwise (“a circle shape” and “a square shape”)",
    ),
    OTHER_LABELS,
    replace(
        OTHER_LABELS,
        layout="The same, where the folders were chosen",
        asks="",
        images=EIGHT_EACH,
        choices=Choices(labels_from="folders"),
        says="labels from the names of the folders",
    ),
    FINER,
    replace(
        FINER,
        layout="The same, where the table was chosen",
        asks="",
        images=dict.fromkeys(("circle", "square", "cross", "star"), 6),
        choices=Choices(labels_from="shapes.csv"),
        says="labels from the column “label” of shapes.csv",
    ),
    Case(
        "Class folders, and a table that names a few of the images",
        "by hand",
        a_few_named,
        {label: 20 for label in LABELS},
        says="labels from the names of the folders",
        warns="checked.csv beside the images was not used: it names 2 of 40 images.",
    ),
    Case(
        "Class folders, and a table with one label",
        "by hand",
        one_label,
        EIGHT_EACH,
        says="labels from the names of the folders",
        warns="source.csv beside the images was not used: it gives 16 images the label “drawn”.",
    ),
    Case(
        "Class folders, and a table of something else",
        "by hand",
        something_else,
        EIGHT_EACH,
        says="labels from the names of the folders",
        warns="log.csv beside the images was not used:",
    ),
    HUGGING_FACE,
    replace(
        HUGGING_FACE,
        layout="The same, metadata.csv naming files of an inner folder",
        build=lambda folder: in_split_folders(folder, inner="images/"),
    ),
    replace(
        HUGGING_FACE,
        layout="Folders train, validation and test, a metadata.parquet in each",
        build=lambda folder: in_split_folders(folder, "metadata.parquet"),
        says="labels from the column “label” of test/metadata.parquet, ",
    ),
    replace(
        HUGGING_FACE,
        layout="Folders train, validation and test, a metadata.jsonl in each",
        build=lambda folder: in_split_folders(folder, "metadata.jsonl"),
        says="of test/metadata.jsonl, train/metadata.jsonl and validation/metadata.jsonl",
    ),
    replace(
        HUGGING_FACE,
        layout="A folder train alone, with a metadata.csv",
        build=lambda folder: in_split_folders(folder, parts=("train",)),
        images={label: 4 for label in LABELS},
        has_split=False,
        says="labels from the column “label” of train/metadata.csv, no split",
    ),
    Case(
        "Folders train, valid and test, a _classes.csv in each",
        "form of Roboflow's “Multi-Label Classification”",
        roboflow,
        {label: 9 for label in LABELS},
        has_split=True,
        says="split from the folders test, train, valid",
    ),
    Case(
        "The same without blanks after the commas",
        "form of Roboflow's “Multi-Label Classification”",
        lambda folder: roboflow(folder, ""),
        {label: 9 for label in LABELS},
        has_split=True,
        says="split from the folders test, train, valid",
    ),
    Case(
        "GTSRB: class folders to train, a flat test with a table, and icons of the classes",
        "form of Kaggle's gtsrb-german-traffic-sign",
        gtsrb,
        {label: 9 for label in LABELS},
        names={"circle": "0", "square": "1"},
        has_split=True,
        says="labels from the names of the folders and, of 6 images, the column “ClassId” of Test.csv and Train.csv",
        left_out={"is not in one of the folders": 2},
    ),
    Case(
        "Folders train and test whose files have the same names, train.csv and test.csv beside them",
        "by hand",
        tables_named_after_parts,
        EIGHT_EACH,
        has_split=True,
        says="labels from the column “label” of test.csv and train.csv, split from the names of test.csv and train.csv",
    ),
    Case(
        "The same with the tables in a folder of their own",
        "by hand",
        lambda folder: tables_named_after_parts(folder, "labels", "labels_{}.csv"),
        EIGHT_EACH,
        has_split=True,
        says="labels from the column “label” of labels/labels_test.csv and labels/labels_train.csv",
    ),
    Case(
        "A folder of images, and tables of train and test in a folder annotations",
        "by hand",
        tables_of_a_folder,
        {label: 9 for label in LABELS},
        has_split=True,
        says="split from the names of annotations/labels_test.csv and annotations/labels_train.csv",
    ),
    Case(
        "Tiny ImageNet: class folders to train, a list for val, an unlabelled test",
        "form of Stanford's tiny-imagenet-200",
        tiny_imagenet,
        {label: 9 for label in LABELS},
        names={"circle": "n01443540", "square": "n01443541"},
        unlabelled=6,
        has_split=True,
        says="val/val_annotations.txt",
    ),
    Case(
        "Class folders to train, and a flat test with a table in it",
        "by hand",
        a_table_for_one_part,
        {label: 11 for label in LABELS},
        has_split=True,
        says="labels from the names of the folders and, of 6 images, the column “label” of test/labels.csv",
    ),
    Case(
        "The same with the table beside",
        "by hand",
        a_table_for_a_flat_test,
        {label: 11 for label in LABELS},
        has_split=True,
        says="the column “label” of test.csv",
    ),
    Case(
        "Class folders, a flat test beside them, and a table for it",
        "by hand",
        a_flat_test_beside_classes,
        {label: 11 for label in LABELS},
        has_split=True,
        says="labels from the names of the folders and, of 6 images, the column “label” of test.csv, split from the "
        "folder test",
    ),
    Case(
        "The same with other names for the classes",
        "by hand",
        a_table_of_other_names_for_one_part,
        asks="it labels other images than the folders, and by other names",
    ),
    Case(
        "Kaggle's dog breeds: labels.csv for the folder train, an unlabelled test, a sample submission",
        "form of Kaggle's dog-breed-identification",
        kaggle,
        FIVE_EACH,
        unlabelled=10,
        says="labels from the column “breed” of labels.csv, no split came with them",
        warns="10 images in “test” have no label: they are kept, but not trained on.",
    ),
    Case(
        "The same with train.csv and a test.csv without labels",
        "form of Kaggle's competitions",
        kaggle_with_a_table_for_the_test,
        FIVE_EACH,
        unlabelled=10,
        says="labels from the column “breed” of train.csv",
        warns="test.csv",
    ),
    Case(
        "Flat folders train and test, and one table for both",
        "by hand",
        split_by_path,
        EIGHT_EACH,
        has_split=True,
        says="labels from the column “label” of labels.csv, split from",
    ),
    Case(
        "Split folders, and a table that has some of the test train",
        "by hand",
        split_against_folders,
        TWELVE_EACH,
        has_split=True,
        says="labels from the names of the folders, split from the column “split” of all.csv",
        warns="The folders put 3 images in another part of the split than all.csv does. Each was put in the one that "
        "is further from training",
    ),
    TWO_TABLES,
    replace(
        TWO_TABLES,
        layout="The same, where one was chosen",
        asks="",
        images=SIX_EACH,
        choices=Choices(labels_from="expert.csv"),
        says="labels from the column “label” of expert.csv",
        warns="crowd.csv could give labels too, but was not used.",
    ),
    replace(
        TWO_TABLES,
        layout="The same, where one was chosen that is not there",
        asks="",
        choices=Choices(labels_from="experts.csv"),
        refuses="There is no table experts.csv in the folder, from which labels were to be read. What is there: "
        "crowd.csv and expert.csv.",
    ),
    Case(
        "A table of all images, and those of its parts",
        "by hand",
        all_and_its_parts,
        SIX_EACH,
        has_split=True,
        says="split from the names of test.csv and train.csv",
    ),
    Case(
        "A table that names nothing that is here",
        "by hand",
        names_nothing,
        refuses="None of the 2 rows of labels.csv can be used",
    ),
    Case(
        "Class folders in a folder images, and lists of train and test without endings",
        "form of Food-101",
        lists_beside,
        SIX_EACH,
        has_split=True,
        says="labels from the names of the folders, split from the lists meta/test.txt and meta/train.txt",
    ),
    Case(
        "Class folders, and lists TrainImages.txt and TestImages.txt",
        "form of MIT Indoor 67",
        lambda folder: lists_beside(folder, "{}Images.txt", ".jpg"),
        SIX_EACH,
        has_split=True,
        says="split from the lists testImages.txt and trainImages.txt",
    ),
    Case(
        "CUB-200-2011: class folders, and files of numbers",
        "form of CUB-200-2011",
        cub,
        SIX_EACH,
        names={"circle": "001.circle", "square": "002.square"},
        has_split=True,
        says="labels from the names of the folders, split from the list CUB_200_2011/train_test_split.txt",
    ),
    Case(
        "Class folders, and lists of several divisions",
        "form of DTD",
        lists_that_overlap,
        SIX_EACH,
        says="labels from the names of the folders, no split",
        warns="name some images more than once, and were not used",
    ),
    Case(
        "Class folders, and a table of the patients",
        "by hand",
        a_list_of_patients,
        EIGHT_EACH,
        groups=8,
        says="labels from the names of the folders, no split came with them, groups from the column “patient_id” of",
    ),
    Case(
        "Class folders, and a table of files and parts",
        "by hand",
        a_column_of_parts,
        SIX_EACH,
        has_split=True,
        says="labels from the names of the folders, split from the column “split” of split.csv",
    ),
    Case(
        "Folders whose files have the same names, and a table that names the files alone",
        "by hand",
        names_in_both_folders,
        asks="labels.csv names images, has labels, and can't be used",
    ),
    Case(
        "HAM10000's two volumes, each twice, and its metadata",
        "form of Kaggle's skin-cancer-mnist-ham10000",
        volumes_twice,
        TEN_EACH,
        groups=10,
        says="column “dx” of HAM10000_metadata.csv",
        left_out={"is a copy of HAM10000_images_part_": 20},
    ),
    Case(
        "Tables of the same columns, each of other images",
        "by hand",
        batches,
        {"circle": 4, "square": 4},
        says="the column “label” of batch1.csv and batch2.csv",
    ),
    Case(
        "CelebA: a table of attributes and one of parts",
        "form of Kaggle's celeba-dataset",
        celeba,
        asks="Which column of list_attr_celeba.csv holds the labels cannot be told",
    ),
    Case(
        "The same, an attribute chosen",
        "form of Kaggle's celeba-dataset",
        celeba,
        {"circle": 8, "square": 4},
        names={"circle": "1", "square": "-1"},
        has_split=True,
        choices=Choices(labels_from="list_attr_celeba.csv", label_columns=("Male",)),
        says="split from the column “partition” of list_eval_partition.csv",
    ),
    Case(
        "Labels in the names of files, and lists of parts that go on with numbers",
        "form of the Oxford-IIIT Pet Dataset",
        pets,
        EIGHT_EACH,
        has_split=True,
        left_out={"lies in a folder of masks or annotations": 16},
        says="split from the lists annotations/test.txt and annotations/trainval.txt",
    ),
    Case(
        "ISIC 2018: folders of input and of truth, for two parts",
        "form of ISIC 2018",
        truth_of_two_parts,
        SIX_EACH,
        has_split=True,
        says="split from the folders ISIC2018_Training_GroundTruth, ISIC2018_Validation_GroundTruth",
    ),
    Case(
        "Class folders to train, a flat test, and what a model predicts of it",
        "by hand",
        guesses_of_a_model,
        {"circle": 4, "square": 4},
        unlabelled=4,
    ),
    Case(
        "Class folders, and a table with a column of 0 and 1 for each part",
        "by hand",
        flags_of_parts,
        asks="3 columns of meta.csv say in which part of a split the images are",
    ),
    Case(
        "Class folders, and lists of the parts in JSON",
        "form of CoOp's split_zhou_*.json",
        lists_in_json,
        {"circle": 4, "square": 4},
        has_split=True,
        says="labels from the names of the folders, split from the field “split” of split_zhou_Shapes.json",
    ),
    Case(
        "Class folders, and a table that says by 1 what is tested on",
        "by hand",
        a_flag_alone,
        {"circle": 4, "square": 4},
        has_split=True,
        says="labels from the names of the folders, split from the column “is_test” of meta.csv",
    ),
    Case(
        "Class folders, and a table whose column split holds other words",
        "by hand",
        parts_of_unknown_names,
        {"circle": 4, "square": 4},
        says="labels from the names of the folders, no split",
        warns="The column “split” of meta.csv was ignored",
    ),
]
