"""Kinds of image files: what they end in, what is not read, and what is no image of the user's."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from tests.datasets.layouts.case import Case, encoded, picture, text

SAMPLES = Path(__file__).parent / "samples" / "heic"
HEIC_IS_READ = find_spec("pillow_heif") is not None


def of_endings(*endings: str):
    """Two class folders of images that end so, as many as there are endings each."""

    def build(folder: Path) -> Path:
        for label in ("circle", "square"):
            for number, ending in enumerate(endings):
                kind = {".pjpeg": "JPEG", ".pjp": "JPEG", ".mpo": "JPEG", ".dib": "BMP", ".pnm": "PPM"}.get(ending, "")
                picture(folder / label / f"{number}{ending}", label, format=kind)
        return folder

    return build


def two_classes(folder: Path) -> Path:
    return of_endings(".jpg", ".jpg", ".png", ".jpg")(folder)


def called_otherwise_than_they_are(folder: Path) -> Path:
    """As phones and web pages hand them out."""
    two_classes(folder)
    for number, ending, kind in (
        (7, ".heic", "JPEG"),
        (8, ".jpg", "AVIF"),
        (9, ".png", "JPEG2000"),
        (6, ".JPG", "PPM"),
    ):
        picture(folder / "circle" / f"{number}{ending}", "circle", format=kind)
    return folder


def heic(folder: Path) -> Path:
    two_classes(folder)
    shutil.copytree(SAMPLES, folder / "cross")
    return folder


def of_kinds_that_are_not_read(folder: Path) -> Path:
    """A few among images that are, and a whole class of each of two kinds."""
    two_classes(folder)
    text(folder / "README.pdf", "%PDF-1.7 about the images")
    for name in ("circle/a.psd", "circle/b.CR2", "square/c.svg", "square/d.jxl", "square/e.nii.gz", "square/f.exr"):
        text(folder / name, "its content is not looked at")
    for number in range(3):
        text(folder / "films" / f"{number}.mp4", "")
        text(folder / "slices" / f"{number}.dcm", "")
    return folder


def one_class_of_photoshop(folder: Path) -> Path:
    for number in range(4):
        picture(folder / "circle" / f"{number}.jpg", "circle")
        text(folder / "square" / f"{number}.psd", "8BPS")
    return folder


def nothing_but_raw(folder: Path) -> Path:
    for number in range(4):
        text(folder / "circle" / f"{number}.NEF", "")
        text(folder / "square" / f"{number}.NEF", "")
    return folder


def without_endings(folder: Path) -> Path:
    two_classes(folder)
    for number in range(4):
        name = f"cross/image_{number:04d}"
        text(folder / name, "").write_bytes(encoded(name + ".jpg", "cross"))
    return folder


def damaged_class(folder: Path) -> Path:
    two_classes(folder)
    for number in range(4):
        path = picture(folder / "cross" / f"{number}.png", "cross")
        path.write_bytes(path.read_bytes()[:60])
    return folder


def thumbnails_of_systems(folder: Path) -> Path:
    """As found on a Synology, a QNAP, a Mac, in Windows and beside notebooks, each with a class of its own name."""
    two_classes(folder)
    for place in ("circle/@eaDir/0.jpg", "@eaDir", "square/.@__thumb", "#recycle", "@Recycle/square", "$RECYCLE.BIN/x"):
        picture(folder / place / "SYNOPHOTO_THUMB_M.jpg", "cross")
    for place in (
        ".ipynb_checkpoints",
        ".Trash-1000/files",
        "__MACOSX/circle",
        "lost+found",
        "System Volume Information",
    ):
        picture(folder / place / "1.jpg", "cross")
    picture(folder / "circle" / "._0.jpg", "cross")
    text(folder / "square" / "Thumbs.db", "")
    return folder


JPEGS = (".jfif", ".jpe", ".pjpeg", ".pjp", ".mpo", ".JPEG")
OTHERS = (".avif", ".jp2", ".j2k", ".ppm", ".tga", ".dib", ".apng", ".jpx")
CASES = [
    Case(
        "JPEGs that end in .jfif, .jpe, .pjpeg, .pjp or .mpo",
        "Pillow 13.0.0",
        of_endings(*JPEGS),
        {"circle": 6, "square": 6},
    ),
    Case(
        "AVIF, JPEG 2000, PPM, TGA, DIB and APNG",
        "Pillow 13.0.0",
        of_endings(*OTHERS),
        {"circle": 8, "square": 8},
    ),
    Case(
        "Nothing but PPM, as GTSRB has it",
        "Pillow 13.0.0",
        of_endings(".ppm", ".ppm", ".pnm"),
        {"circle": 3, "square": 3},
    ),
    Case(
        "Images called otherwise than they are: JPEG as .heic, AVIF as .jpg",
        "by hand",
        called_otherwise_than_they_are,
        {"circle": 8, "square": 4},
    ),
    Case(
        "A class of HEIC photos (read with pillow-heif)",
        "pillow-heif 1.8.1, libheif 1.23.6",
        heic,
        {"circle": 4, "square": 4} | ({"cross": 3} if HEIC_IS_READ else {}),
        left_out={} if HEIC_IS_READ else {"is a HEIC photo, for which a package is missing": 3},
    ),
    Case(
        "Photoshop, raw, SVG, JPEG XL, NIfTI and EXR among the images, classes of films and of DICOM",
        "by hand",
        of_kinds_that_are_not_read,
        {"circle": 4, "square": 4},
        left_out={
            "Photoshop": 1,
            "raw file": 1,
            "is a drawing": 1,
            "JPEG XL": 1,
            "a medical picture": 4,
            "dynamic range": 1,
            "is a film": 3,
        },
    ),
    Case(
        "One class of JPEGs, another of Photoshop documents",
        "by hand",
        one_class_of_photoshop,
        refuses="4 more can't be read: square/0.psd is a Photoshop document",
    ),
    Case(
        "Nothing but raw files of a camera",
        "by hand",
        nothing_but_raw,
        refuses="holds no images that can be read: circle/0.NEF is a camera’s raw file",
    ),
    Case(
        "A class of images without endings",
        "by hand",
        without_endings,
        {"circle": 4, "square": 4},
        left_out={"is an image whose name has no ending: rename it so that it ends in .jpg": 4},
    ),
    Case("A class of damaged files", "by hand", damaged_class, {"circle": 4, "square": 4}, left_out={"is cut off": 4}),
    Case(
        "Thumbnails and rubbish of Synology, QNAP, macOS and Windows",
        "by hand, with the names that they give",
        thumbnails_of_systems,
        {"circle": 4, "square": 4},
    ),
]
