"""Tables of paths and labels, brought themselves."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

import openpyxl
import pandas as pd

from core.datasets.sources.choices import LEAVE_OUT, Choices
from tests.datasets.layouts.case import Case, picture, text

LABELS = ("circle", "square", "cross")
PARTS = ("train", "train", "validation", "test")
SAMPLES = Path(__file__).parent / "samples"

Row = tuple[str, str, str, int]
"""Name of a picture, its label, its part of the split, its number."""


def photos(folder: Path, count: int = 12, split: bool = False, where: str = "photos/{number:02}.jpg") -> list[Row]:
    """Pictures of three labels in turn, with names that say nothing of them."""
    rows = []
    for number in range(count):
        label, part = LABELS[number % 3], PARTS[number // 3 % 4] if split else ""
        name = where.format(number=number, part=part, label=label)
        picture(folder / name, label, part)
        rows.append((name, label, part, number))
    return rows


def table(
    folder: Path,
    name: str,
    header: str,
    line: Callable[[str, str, str, int], str],
    rows: Sequence[Row] = (),
    split: bool = False,
) -> Path:
    """A table with a line for each of twelve pictures, or of those given."""
    lines = [line(*row) for row in rows or photos(folder, split=split)]
    return text(folder / name, "\n".join([header, *lines] if header else lines) + "\n")


def simple(header: str, line: Callable[[str, str, str, int], str], split: bool = False) -> Callable[[Path], Path]:
    return partial(table, name="labels.csv", header=header, line=line, split=split)


# What people do in spreadsheets ---------------------------------------------------------------------------------------


def merged_cells(folder: Path) -> Path:
    """Labels that stand in the first of merged cells, as people write them over several rows."""
    rows = sorted(photos(folder), key=lambda row: row[1])
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["label", "image"])
    for name, label, *_ in rows:
        sheet.append([label, name])
    for first in range(2, 14, 4):
        sheet.merge_cells(start_row=first, end_row=first + 3, start_column=1, end_column=1)
    workbook.save(folder / "labels.xlsx")
    return folder / "labels.xlsx"


def title_above(folder: Path) -> Path:
    workbook = openpyxl.Workbook()
    for row in [["Field campaign 2020"], [], ["image", "label"], *(row[:2] for row in photos(folder))]:
        workbook.active.append(row)
    workbook.save(folder / "labels.xlsx")
    return folder / "labels.xlsx"


def title_lines_above(folder: Path) -> Path:
    rows = photos(folder)
    lines = [
        "Exported by a tool",
        "",
        "Field campaign;;",
        "image;label;site",
        *(f"{row[0]};{row[1]};A" for row in rows),
    ]
    return text(folder / "labels.csv", "\n".join(lines))


FOUR_EACH = {"circle": 4, "square": 4, "cross": 4}
NUMBERS_OF_PARTS = {"train": 0, "validation": 1, "test": 2}

SPREADSHEETS = [
    Case("A workbook with labels in merged cells", "openpyxl 3.1", merged_cells, FOUR_EACH),
    Case(
        "A workbook with a title above the column names",
        "openpyxl 3.1",
        title_above,
        FOUR_EACH,
        warns="“Field campaign 2020” above the column names of labels.xlsx was taken for a title",
    ),
    Case("CSV with lines of a title above the column names", "by hand", title_lines_above, FOUR_EACH),
    Case(
        "Column names in German, a Patienten-ID",
        "by hand",
        simple("Bilddatei,Klasse,Patienten-ID", lambda name, label, _, n: f"{name},{label},{n // 2}"),
        FOUR_EACH,
        groups=6,
        says="the column “Klasse” of labels.csv, no split came with them, groups from the column “Patienten-ID”",
    ),
    Case(
        "Column names and parts of the split in Spanish",
        "by hand",
        simple(
            "archivo,etiqueta,conjunto",
            lambda name, label, part, n: (
                f"{name},{label},{({'train': 'entrenamiento', 'validation': 'validación', 'test': 'prueba'})[part]}"
            ),
            split=True,
        ),
        FOUR_EACH,
        has_split=True,
        says="the column “etiqueta” of labels.csv, split from the column “conjunto”",
    ),
    Case(
        "Parts of the split as 0, 1 and 2",
        "form of WILDS' metadata.csv",
        simple(
            "image,label,split", lambda name, label, part, n: f"{name},{label},{NUMBERS_OF_PARTS[part]}", split=True
        ),
        FOUR_EACH,
        has_split=True,
        warns="0 was taken for train, 1 for validation and 2 for test",
    ),
    Case(
        "A column of 0 and 1 for each part of the split",
        "by hand",
        simple(
            "image,label,train,val,test",
            lambda name, label, part, n: (
                f"{name},{label}," + ",".join(str(int(part == one)) for one in ("train", "validation", "test"))
            ),
            split=True,
        ),
        asks="3 columns of labels.csv say in which part of a split the images are",
    ),
    Case(
        "Several divisions, a column each",
        "by hand",
        simple(
            "image,label,fold1,fold2",
            lambda name, label, _, n: f"{name},{label},{('train', 'test')[n % 2]},{('test', 'train')[n % 2]}",
        ),
        asks="2 columns of labels.csv say in which part of a split the images are: “fold1” and “fold2”",
    ),
    Case(
        "No labels, but the kind of the files",
        "by hand",
        simple("image,mime_type", lambda name, label, _, n: f"{name},{('image/jpeg', 'image/png')[n % 2]}"),
        asks="holds the labels cannot be told",
    ),
    Case(
        "masterCategory and articleType",
        "form of Kaggle's fashion-product-images-dataset",
        simple(
            "id,masterCategory,articleType",
            lambda name, label, _, n: f"{name},{'Shoes' if label == 'circle' else 'Apparel'},{label}",
        ),
        asks="Several columns of labels.csv may hold the labels",
    ),
]

# Columns -------------------------------------------------------------------------------------------------------------


def ham10000(folder: Path) -> Path:
    rows = photos(folder, 16, where="HAM10000_images_part_1/ISIC_00243{number:02}.jpg")[:8]
    for number in range(8, 16):
        name = f"ISIC_00243{number:02}.jpg"
        (folder / "HAM10000_images_part_1" / name).unlink()
        picture(folder / "HAM10000_images_part_2" / name, LABELS[number % 3])
        rows.append((name, LABELS[number % 3], "", number))
    sites, tests = ("scalp", "ear", "back"), ("histo", "consensus", "follow_up")
    lines = [
        f"HAM_00{number // 2:05},ISIC_00243{number:02},{label},{tests[number // 2 % 3]},{40.0 + number},"
        f"{('male', 'female')[number // 4 % 2]},{sites[number // 3 % 3]},vidir_modern"
        for _, label, _, number in rows
    ]
    header = "lesion_id,image_id,dx,dx_type,age,sex,localization,dataset"
    return text(folder / "HAM10000_metadata.csv", "\n".join([header, *lines]) + "\n")


def gtsrb(folder: Path) -> Path:
    rows = photos(folder, where="Train/{number:05}.png")
    header = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path"
    return table(
        folder, "Train.csv", header, lambda name, label, _, n: f"27,26,5,5,22,20,{LABELS.index(label)},{name}", rows
    )


def class_number_and_name(folder: Path) -> Path:
    header = "class id,filepaths,labels,data set,scientific name"
    sets = {"train": "train", "validation": "valid", "test": "test"}
    return table(
        folder,
        "birds.csv",
        header,
        lambda name, label, part, n: f"{LABELS.index(label)},{name},{label},{sets[part]},{label.upper()}US",
        split=True,
    )


CHOOSABLE = {
    "species and disease": (
        "filename,species,disease",
        lambda name, label, _, n: f"{name},{('apple', 'corn')[n // 4 % 2]},{label}",
    ),
    "type and condition": (
        "file,type,condition",
        lambda name, label, _, n: f"{name},{('new', 'aux')[n // 6 % 2]},{label}",
    ),
    "category and subcategory": (
        "path,category,subcategory",
        lambda name, label, _, n: f"{name},{'round' if label == 'circle' else 'angular'},{label}",
    ),
}


def attributes(folder: Path) -> Path:
    return table(
        folder,
        "list_attr_celeba.csv",
        "image_id,Bald,Smiling,Young",
        lambda name, label, _, n: f"{name.split('/')[1]},{1 if n % 2 else -1},{1 if label == 'circle' else -1},1",
    )


def images_and_masks(folder: Path) -> Path:
    rows = photos(folder)
    for name, label, _, _ in rows:
        picture(folder / name.replace("photos", "masks"), label)
    return table(
        folder,
        "data.csv",
        "image,mask,label",
        lambda name, label, _, n: f"{name},{name.replace('photos', 'masks')},{label}",
        rows,
    )


def true_and_false(folder: Path) -> Path:
    rows = []
    for number in range(12):
        label, part = LABELS[number % 3], "validation" if number > 8 else "train"
        picture(folder / "train" / f"{number}.jpg", label, part)
        rows.append((f"train/{number}.jpg", label, part, number))

    def line(name, label, part, n):
        return f"{name},{label},{part == 'validation'}"

    return table(folder, "train.csv", "fname,label,is_valid", line, rows)


TAGS = [
    " ".join(tags)
    for count in (2, 3, 4)
    for tags in combinations(["agriculture", "clear", "haze", "primary", "road"], count)
][:-1:2]
ODD_NAMES = {"circle": "Smith, J.", "square": "Smith, K.", "cross": "rock|paper"}
USAGES = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}

COLUMNS = [
    Case(
        "CSV with columns of paths, labels, parts of the split and patients",
        "by hand",
        simple("path,label,split,patient", lambda name, label, part, n: f"{name},{label},{part},p{n // 3}", split=True),
        dict.fromkeys(LABELS, 4),
        has_split=True,
        groups=4,
        says="split from the column “split” of labels.csv, groups from the column “patient” of labels.csv",
    ),
    Case(
        "Metadata of ids with columns of diagnosis, age, site (HAM10000)",
        "copied from HAM10000 on Harvard Dataverse",
        ham10000,
        {"circle": 6, "square": 5, "cross": 5},
        groups=8,
        says="labels from the column “dx” of HAM10000_metadata.csv",
    ),
    Case(
        "Table of traffic signs with sizes and corners (GTSRB)",
        "copied from GTSRB on Kaggle",
        gtsrb,
        dict.fromkeys(LABELS, 4),
        names={"circle": "0", "square": "1", "cross": "2"},
        says="the column “ClassId” of Train.csv",
    ),
    Case(
        "Numbers of classes beside their names, and a column “data set”",
        "copied from BIRDS 525 SPECIES on Kaggle",
        class_number_and_name,
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="the column “labels” of birds.csv, split from the column “data set”",
    ),
    Case(
        "Ids without ending and a column “breed”",
        "copied from Dog Breed Identification on Kaggle",
        simple("id,breed", lambda name, label, _, n: f"{n:02},{label}"),
        dict.fromkeys(LABELS, 4),
        says="the column “breed” of labels.csv",
    ),
    Case(
        "Columns x, y, w, h beside one of labels with another name",
        "by a script",
        simple("image,x,y,w,h,sign", lambda name, label, _, n: f"{name},{n % 3},{n % 2},30,30,{label}"),
        dict.fromkeys(LABELS, 4),
        says="the column “sign” of labels.csv",
        warns="the only one that may hold them",
    ),
    *(
        Case(
            f"Two columns that may be the label: {called}",
            "by hand",
            simple(header, line),
            asks=f"column “{header.split(',')[1]}”: ",
        )
        for called, (header, line) in CHOOSABLE.items()
    ),
    Case(
        "Two columns that may be the label, and one chosen",
        "by hand",
        simple(*CHOOSABLE["species and disease"]),
        dict.fromkeys(LABELS, 4),
        choices=Choices(label_columns=("disease",)),
        says="the column “disease” of labels.csv",
    ),
    Case(
        "A column whose values are parts of the split, called otherwise",
        "by hand",
        simple("file,type,condition", lambda name, label, part, n: f"{name},{part},{label}", split=True),
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="the column “condition” of labels.csv, split from the column “type”",
    ),
    Case(
        "Columns of which none is called as labels are",
        "by a script",
        simple(
            "file,camera,site,finding_no",
            lambda name, label, _, n: f"{name},{('left', 'right')[n % 2]},{label},{n}",
        ),
        asks="Its columns are “file”, “camera”, “site” and “finding_no”",
    ),
    Case("Attributes of -1 and 1 (CelebA)", "copied from CelebA on Kaggle", attributes, asks="column “Smiling”: "),
    Case("Columns of images and of masks", "by a script", images_and_masks, asks="2 columns of data.csv name images"),
    Case(
        "A column of true and false that says what validates",
        "fastai 2.8, `ImageDataLoaders.from_df`",
        true_and_false,
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="the column “label” of train.csv, split from the column “is_valid”",
    ),
    Case(
        "Only measured numbers beside the paths",
        "by a script",
        simple("file,mean,deviation", lambda name, label, _, n: f"{name},{n / 7},{n / 3}"),
        refuses="none holds the names of classes",
    ),
]


# One-hot, several labels ---------------------------------------------------------------------------------------------


def ones(label: str, form: str = "{}", several: bool = False) -> str:
    return ",".join(form.format(int(label == one or (several and one == "cross"))) for one in LABELS)


def roboflow(folder: Path) -> Path:
    rows = photos(folder, where="train/{number:05}_jpg.rf.jpg")

    def line(name, label, _, n):
        return f"{Path(name).name}, {', '.join(ones(label).split(','))}"

    return table(folder, "train/_classes.csv", "filename, circle, square, cross", line, rows)


def several_ones(folder: Path) -> Path:
    """The first two pictures have two labels, and a last one none."""
    rows = photos(folder)
    picture(folder / "photos" / "99.jpg", "")
    rows.append(("photos/99.jpg", "", "", 99))

    def line(name, label, _, n):
        return f"{Path(name).stem},{ones(label, several=n < 2)}"

    return table(folder, "train.csv", "image_id,circle,square,cross", line, rows)


def in_cells(form: Callable[[list[str]], str], header: str = "image,labels") -> Callable[[Path], Path]:
    """Every third picture, from the second on, has two labels."""

    def cell(name: str, label: str, _: str, number: int) -> str:
        labels = [label, "circle"] if label == "square" and number > 3 else [label]
        return f"{name},{form(labels)}"

    return simple(header, cell)


def tags(folder: Path) -> Path:
    def line(name: str, label: str, part: str, number: int) -> str:
        return f"{Path(name).stem},{TAGS[number % len(TAGS)]}"

    return table(folder, "train_v2.csv", "image_name,tags", line, photos(folder, 24))


SEVERAL_FORMS = {
    ("Labels with a line between them", "copied from NIH ChestX-ray14"): "|".join,
    ("Labels with a blank between them", "copied from Plant Pathology 2021 on Kaggle"): " ".join,
    ("Labels with a comma between them", "by hand"): lambda labels: f'"{", ".join(labels)}"',
    ("Lists as Python prints them", "pandas 3.1 `to_csv`"): lambda labels: f'"{labels}"',
    ("Label Studio’s choices", "Label Studio 1.21, CSV"): lambda labels: (
        labels[0] if len(labels) == 1 else '"{""choices"":[' + ",".join(f'""{label}""' for label in labels) + ']}"'
    ),
}


SEVERAL = [
    Case(
        "A column of 0.0 and 1.0 for each class (ISIC)",
        "copied from ISIC 2018 and 2019",
        simple(
            "image,circle,square,cross,UNK", lambda name, label, _, n: f"{Path(name).stem},{ones(label, '{}.0')},0.0"
        ),
        dict.fromkeys(LABELS, 4),
        says="the columns “circle”, “square”, “cross” and “UNK” of labels.csv (1 for the class)",
    ),
    Case(
        "_classes.csv with blanks after the commas",
        "Roboflow “Multi-Label Classification”",
        roboflow,
        dict.fromkeys(LABELS, 4),
        says="the columns “circle”, “square” and “cross” of _classes.csv (1 for the class)",
    ),
    Case(
        "A column of 0 and 1 for each class, beside the row’s number",
        "pandas 3.1 `get_dummies` and `to_csv`",
        simple(",image,circle,square,cross", lambda name, label, _, n: f"{n},{name},{ones(label)}"),
        dict.fromkeys(LABELS, 4),
        says="the columns “circle”, “square” and “cross” of labels.csv",
    ),
    Case(
        "A column for each class, chosen",
        "by hand",
        simple("image,circle,square,cross,site", lambda name, label, _, n: f"{name},{ones(label)},s{n % 2}"),
        dict.fromkeys(LABELS, 4),
        choices=Choices(label_columns=LABELS),
        says="the columns “circle”, “square” and “cross”",
    ),
    Case("A column for each class, rows with several 1s", "by hand", several_ones, asks="15% of the rows have several"),
    Case(
        "A column for each class, rows with several 1s left out and rows of 0 unlabelled",
        "by hand",
        several_ones,
        {"circle": 3, "square": 3, "cross": 4},
        unlabelled=1,
        choices=Choices(several_labels=LEAVE_OUT),
        left_out={"has several labels": 2},
        says="the columns “circle”, “square” and “cross” of train.csv",
    ),
    *(
        Case(layout, writer, in_cells(form), asks="3 of the 12 images that labels.csv names have several")
        for (layout, writer), form in SEVERAL_FORMS.items()
    ),
    Case(
        "Tags of which several are true, with blanks between them",
        "copied from Understanding the Amazon from Space on Kaggle",
        tags,
        asks="24 of the 24 images that train_v2.csv names have several",
    ),
    Case(
        "Several labels in a cell, left out",
        "Label Studio 1.21, CSV",
        in_cells(SEVERAL_FORMS["Label Studio’s choices", "Label Studio 1.21, CSV"], "image,choice"),
        {"circle": 4, "square": 1, "cross": 4},
        choices=Choices(several_labels=LEAVE_OUT),
        left_out={"has several labels, “square” and “circle”": 3},
        says="the column “choice” of labels.csv",
    ),
    Case(
        "Names of classes with a comma or a line in them",
        "by hand",
        simple("image,label", lambda name, label, _, n: f'{name},"{ODD_NAMES[label]}"'),
        dict.fromkeys(LABELS, 4),
        names=ODD_NAMES,
        says="the column “label” of labels.csv",
    ),
]


# What stands above the rows, and in the cells ------------------------------------------------------------------------


def vertex(folder: Path) -> Path:
    uses = {"train": "TRAINING", "validation": "VALIDATION", "test": "TEST"}

    def line(name, label, part, n):
        return f"{uses[part]},gs://bucket/{name},{label}"

    return table(folder, "import.csv", "", line, split=True)


def vertex_unassigned(folder: Path) -> Path:
    rows = photos(folder)
    picture(folder / "photos" / "99.jpg", "")

    def line(name, label, _, n):
        return f"UNASSIGNED,gs://bucket/{name}" + (f",{label}" if label else "")

    return table(folder, "import.csv", "", line, [*rows, ("photos/99.jpg", "", "", 99)])


def numbers_with_missing(name: str) -> Callable[[Path], Path]:
    """Labels that pandas makes 0.0, 1.0 and 2.0 of, since one is missing."""

    def build(folder: Path) -> Path:
        rows = photos(folder)
        picture(folder / "photos" / "99.jpg", "")
        frame = pd.DataFrame({"path": [row[0] for row in rows], "label": [LABELS.index(row[1]) for row in rows]})
        frame = pd.concat([frame, pd.DataFrame({"path": ["photos/99.jpg"], "label": [None]})], ignore_index=True)
        frame["label"] = frame["label"].astype("float64")
        frame.to_parquet(folder / name) if name.endswith(".parquet") else frame.to_csv(folder / name, index=False)
        return folder / name

    return build


def excel(folder: Path) -> Path:
    rows = photos(folder, split=True)
    workbook = openpyxl.Workbook()
    notes, sheet = workbook.active, workbook.create_sheet("labels")
    notes.append(["Photographed in May"])
    sheet.append([])
    sheet.append(["file", "class", "split", "taken"])
    for name, label, part, _ in rows:
        sheet.append([name, label, part, pd.Timestamp("2024-05-01").to_pydatetime()])
    workbook.create_sheet("old").append(["file", "class"])
    workbook.save(folder / "labels.xlsx")
    return folder / "labels.xlsx"


def sample(folder: Path, name: str) -> Path:
    """A table that another program wrote of these pictures."""
    photos(folder, split=True)
    return Path(shutil.copy(SAMPLES / name, folder))


FORMS = [
    Case(
        "A first line sep=; and semicolons",
        "Excel 365, “CSV UTF-8”",
        simple("sep=;\nfile;class", lambda name, label, _, n: f"{name};{label}"),
        dict.fromkeys(LABELS, 4),
        says="the column “class” of labels.csv",
    ),
    Case(
        "Lines of comments above the column names",
        "by a script",
        simple("# made in May\n# by hand\nfile,class", lambda name, label, _, n: f"{name},{label}"),
        dict.fromkeys(LABELS, 4),
        says="the column “class” of labels.csv",
    ),
    Case(
        "No line of column names",
        "by a script",
        simple("", lambda name, label, _, n: f"{name},{label},{n}"),
        dict.fromkeys(LABELS, 4),
        says="the column “column 2” of labels.csv",
        warns="has no line of column names",
    ),
    Case(
        "No line of column names, tabs, label and corners (tiny-imagenet)",
        "copied from tiny-imagenet-200",
        partial(
            table,
            name="val_annotations.tsv",
            header="",
            line=lambda name, label, _, n: f"{name}\t{label}\t0\t{n}\t62\t6{n}",
        ),
        dict.fromkeys(LABELS, 4),
        says="the column “column 2” of val_annotations.tsv",
    ),
    Case(
        "CSV of places in a bucket, with parts of the split",
        "copied from Vertex AI’s documentation",
        vertex,
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="of import.csv",
        warns="gs://bucket/photos/00.jpg is photos/00.jpg",
    ),
    Case(
        "CSV of places in a bucket, UNASSIGNED and one without a label",
        "copied from Vertex AI’s documentation",
        vertex_unassigned,
        dict.fromkeys(LABELS, 4),
        unlabelled=1,
    ),
    Case(
        "Numbers of classes, one missing, in CSV",
        "pandas 3.1 `to_csv`",
        numbers_with_missing("labels.csv"),
        dict.fromkeys(LABELS, 4),
        names={"circle": "0", "square": "1", "cross": "2"},
        unlabelled=1,
    ),
    Case(
        "Numbers of classes, one missing, in Parquet",
        "pandas 3.1 `to_parquet`",
        numbers_with_missing("labels.parquet"),
        dict.fromkeys(LABELS, 4),
        names={"circle": "0", "square": "1", "cross": "2"},
        unlabelled=1,
    ),
    Case(
        "A workbook with several sheets",
        "openpyxl 3.1.5",
        excel,
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="the column “class” of labels.xlsx, split from the column “split”",
        warns="The sheet “labels” of labels.xlsx was read, and not “old”",
    ),
    Case(
        "A workbook whose texts stand apart from its sheet, as Excel writes it",
        "XlsxWriter 3.3.1",
        partial(sample, name="excel/labels.xlsx"),
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="the column “class” of labels.xlsx",
    ),
    Case(
        "A part of a split that Kaggle names (FER2013)",
        "copied from FER2013 on Kaggle",
        simple(
            "path,emotion,Usage",
            lambda name, label, part, n: f"{name},{label},{USAGES[part]}",
            split=True,
        ),
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="the column “emotion” of labels.csv, split from the column “Usage”",
    ),
]


# Which files are meant -----------------------------------------------------------------------------------------------


def elsewhere(form: str) -> Callable[[Path], Path]:
    """A table whose paths are those of the machine that wrote it."""
    return simple("path,label", lambda name, label, _, n: f"{form.format(name=name, stem=Path(name).name)},{label}")


def parts_in_paths(folder: Path) -> Path:
    rows = photos(folder, split=True, where="{part}/{number:02}.jpg")
    return table(folder, "labels.csv", "path,label", lambda name, label, _, n: f"{name},{label}", rows)


def same_name_twice(folder: Path) -> Path:
    rows = photos(folder)
    for name, label, _, _ in rows[:2]:
        picture((folder / name).with_suffix(".png"), label)
    return table(folder, "labels.csv", "id,label", lambda name, label, _, n: f"{Path(name).stem},{label}", rows)


def names_nothing(folder: Path) -> Path:
    photos(folder)
    return table(
        folder, "labels.csv", "path,label", lambda name, label, _, n: f"scans\\{n}.tif,{label}", [*photos(folder)]
    )


FOREIGN = {
    "Windows": ("C:\\Users\\ann\\data\\photos\\{stem}", "C:\\Users\\ann\\data\\photos\\00.jpg is photos/00.jpg"),
    "Google Drive": ("/content/drive/MyDrive/set/{name}", "/content/drive/MyDrive/set/photos/00.jpg is"),
    "a bucket": ("s3://bucket/2024/{stem}", "s3://bucket/2024/00.jpg is photos/00.jpg"),
    "an address": ("https://example.org/files/{stem}?size=full", "https://example.org/files/00.jpg?size=full is"),
    "uploads to Label Studio": ("/data/upload/3/0a1b2c3d-{stem}", "/data/upload/3/0a1b2c3d-00.jpg is photos/00.jpg"),
}


PATHS = [
    *(
        Case(
            f"Paths of another machine: {kind}",
            "by a script",
            elsewhere(form),
            dict.fromkeys(LABELS, 4),
            says="the column “label” of labels.csv",
            warns=warns,
        )
        for kind, (form, warns) in FOREIGN.items()
    ),
    Case(
        "Paths whose folders are the parts of the split",
        "by a script",
        parts_in_paths,
        dict.fromkeys(LABELS, 4),
        has_split=True,
        says="split from the folders test, train and validation in the paths that labels.csv names",
    ),
    Case(
        "Ids that two files have",
        "by hand",
        same_name_twice,
        {"circle": 3, "square": 3, "cross": 4},
        left_out={"fits several files": 2},
    ),
    Case(
        "A table that names no image beside it",
        "by hand",
        names_nothing,
        refuses="It calls one “scans\\0.tif”; here lies photos/00.jpg, for example.",
    ),
    Case(
        "Rows without a label",
        "by hand",
        simple("path,label", lambda name, label, _, n: f"{name},{label if n else ''}"),
        {"circle": 3, "square": 4, "cross": 4},
        unlabelled=1,
    ),
]

CASES = [*COLUMNS, *SEVERAL, *FORMS, *PATHS, *SPREADSHEETS]
