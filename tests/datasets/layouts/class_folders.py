"""Class folders, alone, nested, and within the folders of a split."""

from collections.abc import Callable
from pathlib import Path

from core.datasets.sources.choices import Choices
from tests.datasets.layouts.case import Case, picture, text

CLASSES = ("circle", "square")


def holding(*places: str, images: int = 4, ending: str = ".png") -> Callable[[Path], Path]:
    """Builds folders, each given as "path: label part", of which label and part may be lacking."""

    def build(folder: Path) -> Path:
        for place in places:
            path, _, true = place.partition(":")
            label, split = (*true.split(), "", "")[:2]
            for number in range(images):
                picture(folder / path / f"{number}{ending}", label, split)
        return folder

    return build


def split_named(train: str, test: str, validation: str = "", within_classes: bool = False) -> Callable[[Path], Path]:
    """Builds folders of class folders for the parts of a split, called so; or parts within each class folder."""
    named = {"train": train, "test": test, "validation": validation}
    return holding(
        *(
            f"{label}/{name}: {label} {part}" if within_classes else f"{name}/{label}: {label} {part}"
            for part, name in named.items()
            for label in CLASSES
            if name
        )
    )


CLASSES_AND_COPY = [f"{place}{label}: {label}" for place in ("", "cell_images/") for label in CLASSES]


def linked(name: str, target: str, *places: str) -> Callable[[Path], Path]:
    """Builds folders, and a link to one of them."""

    def build(folder: Path) -> Path:
        holding(*places)(folder)
        (folder / name).symlink_to(target)
        return folder

    return build


def linked_to_one_place(folder: Path) -> Path:
    """Parts of a split that are links to one folder elsewhere."""
    holding("here/train/circle: circle train", "here/train/square: square train")(folder)
    holding("store/circle: circle test", "store/square: square test")(folder)
    for name in ("val", "test"):
        (folder / "here" / name).symlink_to("../store")
    return folder / "here"


def class_folders(folder: Path) -> Path:
    for label in CLASSES:
        for number in range(6):
            picture(folder / label / f"{number}.jpg", label)
    return folder


def split_folders(folder: Path) -> Path:
    return split_named("train", "test", "valid")(folder)


def symlinked(folder: Path) -> Path:
    """`splitfolders --symlink`: every file of the parts is a link to one elsewhere, by its whole path."""
    for split, part in (("train", "train"), ("val", "validation"), ("test", "test")):
        for label in CLASSES:
            for number in range(3):
                target = picture(folder / "in" / label / f"{split}_{number}.png", label, part)
                (folder / "out" / split / label).mkdir(parents=True, exist_ok=True)
                (folder / "out" / split / label / target.name).symlink_to(target)
    return folder / "out"


def dogs_and_cats(folder: Path) -> Path:
    """Kaggle's Dogs vs. Cats, all but the pictures."""
    for label in CLASSES:
        for number in range(4):
            picture(folder / "train" / f"{label}.{number}.jpg", label)
    for number in range(1, 4):
        picture(folder / "test1" / f"{number}.jpg", "")
    text(folder / "sampleSubmission.csv", "id,label\n1,0\n2,0\n3,0\n")
    return folder


def named_in_both_parts(folder: Path) -> Path:
    for part in ("train", "test"):
        for label in CLASSES:
            for number in range(3):
                picture(folder / part / f"{label}_{number:03}.jpg", label, part)
    return folder


def tiny_imagenet(folder: Path) -> Path:
    """tiny-imagenet-200 without its table of the validation images."""
    for name, label in (("n01443537", "circle"), ("n01629819", "square")):
        for number in range(4):
            picture(folder / "train" / name / "images" / f"{name}_{number}.JPEG", label)
        text(folder / "train" / name / f"{name}_boxes.txt", f"{name}_0.JPEG\t0\t10\t63\t58\n")
    for part in ("val", "test"):
        for number in range(3):
            picture(folder / part / "images" / f"{part}_{number}.JPEG", "")
    return folder


def masks_beside_by_name(folder: Path) -> Path:
    """Dataset_BUSI_with_GT: every picture of a class has a mask, or two, in the same folder."""
    for label in CLASSES:
        for number in range(1, 5):
            picture(folder / label / f"{label} ({number}).png", label)
            picture(folder / label / f"{label} ({number})_mask.png", "star")
        picture(folder / label / f"{label} (1)_mask_1.png", "star")
    return folder


def file_links(folder: Path) -> Path:
    """Class folders in which some pictures are links to those of another."""
    class_folders(folder)
    for number in range(2):
        (folder / "square" / f"linked_{number}.jpg").symlink_to(f"../circle/{number}.jpg")
    return folder


EVEN = {"circle": 4, "square": 4}
BOTH = {"circle": 8, "square": 8}
NESTED = ("round/circle: circle", "round/cross: cross", "angular/square: square", "angular/star: star")
SPLIT = ("train/circle: circle train", "train/square: square train", "test/circle: circle test")
IN_SPLIT = (*SPLIT, "test/square: square test")

PLAIN = [
    Case("A folder for each class", "by hand", class_folders, {"circle": 6, "square": 6}, says="names of the folders"),
    Case(
        "Classes called train and tram beside others",
        "by hand",
        holding("train: circle", "tram: square", "bus: star"),
        {"circle": 4, "square": 4, "star": 4},
        names={"circle": "train", "square": "tram", "star": "bus"},
    ),
    Case(
        "Classes called valid and invalid",
        "by hand",
        holding("valid: circle", "invalid: square"),
        EVEN,
        names={"circle": "valid", "square": "invalid"},
    ),
    Case(
        "Classes called dev, prod and test",
        "by hand",
        holding("dev: circle", "prod: square", "test: star"),
        {"circle": 4, "square": 4, "star": 4},
        names={"circle": "dev", "square": "prod", "star": "test"},
    ),
    Case(
        "Classes called unknown, other and background",
        "by hand",
        holding("unknown: circle", "other: square", "background: star"),
        {"circle": 4, "square": 4, "star": 4},
        names={"circle": "unknown", "square": "other", "star": "background"},
    ),
]

UNLABELLED = [
    Case(
        "A flat folder test beside class folders",
        "by hand",
        holding("circle: circle", "square: square", "test:"),
        EVEN,
        unlabelled=4,
        warns="If “test” is a class, rename the folder",
    ),
    Case(
        "Flat folders train and test beside class folders",
        "by hand",
        holding("circle: circle", "square: square", "train:", "test:"),
        EVEN,
        unlabelled=8,
        warns="If “test” and “train” are classes",
    ),
    *(
        Case(
            f"A folder {name} beside class folders",
            "by hand",
            holding("circle: circle", "square: square", f"{name}:"),
            EVEN,
            unlabelled=4,
            warns=f"4 images in “{name}” have no label: they are kept",
        )
        for name in ("no_label", "_unlabeled", "unlabelled", "unlabeled_data", "unsup")
    ),
    Case(
        "A folder unsup within a part of the split",
        "Stanford’s aclImdb, in its way",
        holding(*IN_SPLIT, "train/unsup:"),
        BOTH,
        unlabelled=4,
        has_split=True,
    ),
    Case(
        "Class folders in train, a flat test",
        "Kaggle’s competitions",
        holding("train/circle: circle", "train/square: square", "test:"),
        EVEN,
        unlabelled=4,
        says="no split came with them",
        warns="4 images in “test” have no label",
    ),
    Case(
        "seg_train, seg_test and seg_pred, each within itself",
        "Intel Image Classification (Kaggle)",
        holding(
            *(f"seg_{part}/seg_{part}/{label}: {label} {part}" for part in ("train", "test") for label in CLASSES),
            "seg_pred/seg_pred:",
        ),
        BOTH,
        unlabelled=4,
        has_split=True,
        says="split from the folders seg_test, seg_train",
    ),
    Case(
        "Class folders that hold images/ in train, flat val and test",
        "tiny-imagenet-200",
        tiny_imagenet,
        EVEN,
        names={"circle": "n01443537", "square": "n01629819"},
        unlabelled=6,
    ),
    Case(
        "A flat train and class folders in test alone",
        "by hand",
        holding("train:", "test/circle: circle", "test/square: square"),
        EVEN,
        unlabelled=4,
        warns="none to train on: they are divided anew",
    ),
    Case(
        "Flat folders train and test, and nothing that labels them",
        "by hand",
        holding("train:", "test:"),
        refuses="holds 8 images but no class folders",
    ),
]

SPLITS = [
    Case(
        "Folders train, valid and test of class folders",
        "Roboflow “Folder Structure”",
        split_folders,
        {"circle": 12, "square": 12},
        has_split=True,
        says="split from the folders test, train, valid",
    ),
    Case(
        "Folders train, val and test of class folders",
        "split-folders 0.6.1",
        split_named("train", "test", "val"),
        {"circle": 12, "square": 12},
        has_split=True,
        says="split from the folders test, train, val",
    ),
    Case(
        "Folders train, val and test whose images are links to files elsewhere",
        "split-folders 0.6.1, --symlink",
        symlinked,
        {"circle": 9, "square": 9},
        has_split=True,
    ),
    Case(
        "Folds of a cross-validation, each with train and val",
        "split-folders 0.6.1, --kfold",
        holding(
            *(
                f"fold_{fold}/{part}/{label}: {label}"
                for fold in (1, 2, 3)
                for part in ("train", "val")
                for label in CLASSES
            )
        ),
        refuses="are folds of a cross-validation, which hold the same images over again",
    ),
    *(
        Case(
            f"Folders {train} and {test} of class folders",
            "by hand",
            split_named(train, test),
            BOTH,
            has_split=True,
            says=f"split from the folders {', '.join(sorted([train, test]))}",
        )
        for train, test in (
            ("trainset", "testset"),
            ("TrainImages", "TestImages"),
            ("traindata", "testdata"),
            ("Training Data", "Testing Data"),
            ("Training_Set", "Test_Set"),
            ("train2017", "test2017"),
            ("train", "holdout"),
            ("train", "hold-out"),
            ("train", "eval"),
            ("kvasir_train", "kvasir_test"),
        )
    ),
    Case(
        "Folders training, validation and evaluation of class folders",
        "Food-11",
        split_named("training", "evaluation", "validation"),
        {"circle": 12, "square": 12},
        has_split=True,
    ),
    Case(
        "Folders train, eval and test of class folders",
        "by hand",
        split_named("train", "test", "eval"),
        {"circle": 12, "square": 12},
        has_split=True,
    ),
    Case(
        "Folders train, dev and test of class folders",
        "by hand",
        split_named("train", "test", "dev"),
        {"circle": 12, "square": 12},
        has_split=True,
    ),
    Case(
        "Folders Training, PublicTest and PrivateTest of class folders",
        "FER2013 as folders (Kaggle)",
        split_named("Training", "PrivateTest", "PublicTest"),
        {"circle": 12, "square": 12},
        has_split=True,
    ),
    Case(
        "Folders train and test within each class folder",
        "by hand",
        split_named("train", "test", within_classes=True),
        BOTH,
        has_split=True,
        says="split from the folders test, train",
    ),
    Case(
        "Folders for each class and part, called circle_train and so on",
        "by hand",
        holding(*(f"{label}_{part}: {label} {part}" for label in CLASSES for part in ("train", "test"))),
        BOTH,
        has_split=True,
    ),
    Case(
        "Folders trainA, trainB, testA and testB",
        "CycleGAN’s datasets",
        holding("trainA: circle train", "trainB: square train", "testA: circle test", "testB: square test"),
        BOTH,
        names={"circle": "A", "square": "B"},
        has_split=True,
    ),
    Case(
        "A folder to predict within test, as Keras’s flow_from_directory wants it",
        "by hand",
        holding("train/circle: circle", "train/square: square", "test/unknown:"),
        EVEN,
        unlabelled=4,
        warns="If “unknown” is a class",
    ),
    Case(
        "Class folders to train on, and a folder test of class folders beside them",
        "by hand",
        holding("circle: circle train", "square: square train", "test/circle: circle test", "test/square: square test"),
        BOTH,
        has_split=True,
        says="split from the folder test",
    ),
    Case(
        "One class to train on, more in test, and masks",
        "MVTec AD, a category of it",
        holding(
            "train/good: circle train", "test/good: circle test", "test/hole: square test", "ground_truth/hole: star"
        ),
        {"circle": 8, "square": 4},
        names={"circle": "good", "square": "hole"},
        has_split=True,
        left_out={"lies in a folder of masks or annotations": 4},
        warns="has none to train on of “hole” (4 images)",
    ),
    Case(
        "A folder beside the parts of a split",
        "by hand",
        holding(*IN_SPLIT, "extra: star"),
        BOTH,
        has_split=True,
        left_out={"is not in one of the folders test, train": 4},
        warns="The images in “extra” (4) are not used",
    ),
]

LINKS = [
    Case(
        "A folder validation that is a link to test",
        "by hand",
        linked("validation", "test", *IN_SPLIT),
        BOTH,
        has_split=True,
        says="split from the folders test, train",
        warns="“validation” is a link to “test”: its images count once, in “test”. Counted twice, what is tested on",
    ),
    Case(
        "Folders test and val that are links to one place",
        "by hand",
        linked_to_one_place,
        BOTH,
        has_split=True,
        says="split from the folders test, train",
        warns="“val” is a link to “test”",
    ),
    Case(
        "A class folder that is a link to another",
        "by hand",
        linked("disc", "circle", "circle: circle", "square: square"),
        EVEN,
        warns="“disc” is a link to “circle”: its images count once, in “circle”.",
    ),
    Case(
        "Images that are links to others here",
        "by hand",
        file_links,
        {"circle": 6, "square": 6},
        warns="2 are links to images that lie here too, such as square/linked_0.jpg to circle/0.jpg",
    ),
]

LEVELS = [
    Case(
        "Folders of classes within folders of more general ones",
        "iNaturalist 2017, in its way",
        holding(*NESTED),
        asks="--level=-1   the innermost folders: circle, cross, square, star",
    ),
    Case(
        "The same, the innermost chosen",
        "iNaturalist 2017, in its way",
        holding(*NESTED),
        {"circle": 4, "cross": 4, "square": 4, "star": 4},
        choices=Choices(level=-1),
        says="the names of the folders (the innermost)",
    ),
    Case(
        "The same within the folders of a split",
        "by hand",
        holding(*(f"{part}/{place} {part}" for part in ("train", "test") for place in NESTED)),
        {"circle": 8, "cross": 8, "square": 8, "star": 8},
        choices=Choices(level=2),
        has_split=True,
    ),
    Case(
        "A level of folders that isn’t there",
        "by hand",
        holding(*NESTED),
        choices=Choices(level=4),
        refuses="they lie at most 2 deep",
    ),
    Case(
        "Classes within the folders of where they were taken",
        "Office-31",
        holding(*(f"{place}/{label}: {label}" for place in ("amazon", "dslr", "webcam") for label in CLASSES)),
        asks="the innermost folders: circle, square",
    ),
    Case(
        "Diagnoses within the folders of patients",
        "by hand",
        holding("patient 1/circle: circle", "patient 2/square: square", "patient 3/circle: circle", images=2),
        asks="--level=-1   the innermost folders: circle, square\n  --level=1   the outermost folders: patient 1",
    ),
    Case(
        "Folders of patients within class folders",
        "by hand",
        holding(*(f"{label}/patient{number}: {label}" for label in CLASSES for number in (1, 2, 3))),
        {"circle": 12, "square": 12},
        says="the names of the folders (the outermost)",
        warns="The folders within class folders, such as circle/patient1, are not taken as classes of their own",
    ),
    Case(
        "Folders of days within class folders",
        "by hand",
        holding(*(f"{label}/2020-01-0{number}: {label}" for label in CLASSES for number in (1, 2))),
        BOTH,
        says="the names of the folders (the outermost)",
    ),
    Case(
        "Folders of one or two images each within class folders",
        "by hand",
        holding("circle/anna: circle", "circle/ben: circle", "square/carl: square", "square/dora: square", images=2),
        EVEN,
        says="the names of the folders (the outermost)",
    ),
]

MASKS = [
    Case(
        "images/ and masks/ within class folders",
        "COVID-19 Radiography Database (Kaggle)",
        holding(*(f"{label}/images: {label}" for label in CLASSES), *(f"{label}/masks: star" for label in CLASSES)),
        EVEN,
        left_out={"lies in a folder of masks or annotations": 8},
    ),
    Case(
        "Class folders within images/, and masks/ beside it",
        "by hand",
        holding(*(f"images/{label}: {label}" for label in CLASSES), *(f"masks/{label}: star" for label in CLASSES)),
        EVEN,
        left_out={"lies in a folder of masks or annotations": 8},
    ),
    Case(
        "Masks beside the images, by their names",
        "Dataset_BUSI_with_GT (Kaggle)",
        masks_beside_by_name,
        EVEN,
        left_out={"is a mask of an image beside it, by its name": 10},
    ),
    Case(
        "images/ and masks/, and nothing that labels them",
        "by hand",
        holding("images: circle", "masks: star"),
        refuses="holds 4 images but no class folders",
    ),
]

NAMES = [
    Case(
        "Labels in the names of files, a flat test",
        "Dogs vs. Cats (Kaggle)",
        dogs_and_cats,
        EVEN,
        unlabelled=3,
        says="the names of the files, such as “circle” from circle.0.jpg",
    ),
    Case(
        "Labels in the names of files, in the folders of a split",
        "by hand",
        named_in_both_parts,
        {"circle": 6, "square": 6},
        has_split=True,
        says="split from the folders test, train",
    ),
]

NO_CLASSES = "such folders are no classes as a rule"


def called(names: str, asks: str = NO_CLASSES) -> Case:
    """Folders that are called after what is no class, and nothing else that labels their images."""
    first, second = names.split(", ")
    return Case(
        f"Folders {first} and {second}, and nothing that labels their images",
        "by hand",
        holding(f"{first}: circle", f"{first}/more: square", f"{second}: square", images=2),
        asks=asks,
    )


DOUBTFUL = [
    called("patient00, patient01"),
    called("sub-01, sub-02"),
    called("Actor_01, Actor_02"),
    called("2020-01-31, 2020-02-01"),
    called("31.01.2020, 01.02.2020"),
    called("20200101_101530, 20200102_090000"),
    called("January, February"),
    called("0f8fad5b-d9cb-469f-a165-70867728950e, 7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    called("100234, 100981"),
    called("100CANON, 101CANON"),
    called("New folder, New folder (2)"),
    called("images_part_1, images_part_2", "like the volumes that a large set comes in"),
    Case(
        "Folders entrenamiento and prueba of class folders",
        "by hand",
        split_named("entrenamiento", "prueba"),
        {"circle": 8, "square": 8},
        has_split=True,
    ),
    Case(
        "Folders trian and test of class folders",
        "by hand",
        split_named("trian", "test"),
        {"circle": 8, "square": 8},
        has_split=True,
        warns="“trian” holds folders of the same names as “test”, and is taken for the images to train on",
    ),
    Case(
        "Folders called to_label and unsorted beside class folders",
        "by hand",
        holding("circle: circle", "square: square", "_to_label", "unsorted"),
        EVEN,
        unlabelled=8,
    ),
    Case(
        "Folders patient00 and patient01, chosen as classes",
        "by hand",
        holding("patient00: circle", "patient01: square"),
        EVEN,
        names={"circle": "patient00", "square": "patient01"},
        choices=Choices(labels_from="folders"),
    ),
    Case(
        "Class folders called class_0 and class_1",
        "by hand",
        holding("class_0: circle", "class_1: square"),
        EVEN,
        names={"circle": "class_0", "square": "class_1"},
    ),
    Case(
        "Class folders, and the same once more in a folder beside them",
        "form of Kaggle's cell-images-for-detecting-malaria",
        holding(*CLASSES_AND_COPY),
        {"circle": 8, "square": 8},
        warns="“cell_images” holds folders that are called as those beside it, and is not taken for a class",
    ),
    Case(
        "Class folders within one of two folders, and images alone in the other",
        "form of Kaggle's colorectal-histology-mnist",
        holding("tiles_5000/01_TUMOR: circle", "tiles_5000/02_STROMA: square", "larger_10: cross", images=3),
        asks="only a person can tell which of them are the classes",
    ),
]

CASES = [*PLAIN, *UNLABELLED, *SPLITS, *LINKS, *LEVELS, *MASKS, *NAMES, *DOUBTFUL]
