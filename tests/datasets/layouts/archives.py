"""Archives, and files that are none."""

import shutil
import tarfile
import zipfile
from functools import partial
from pathlib import Path

from tests.datasets.layouts.case import Case, encoded, picture, text
from tests.datasets.layouts.class_folders import class_folders, split_folders
from tests.datasets.sources.archives.packing import compressed

SAMPLES = Path(__file__).parent / "samples" / "archives"
TWELVE = {"circle": 6, "square": 6}


def sample(name: str, folder: Path) -> Path:
    return Path(shutil.copy(SAMPLES / name, folder / "photos.7z"))


def zipped(build, folder: Path, more: dict[str, bytes] | None = None) -> Path:
    """A folder as Windows and macOS pack it: within the archive it has its own name."""
    build(folder / "photos")
    with zipfile.ZipFile(folder / "photos.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / "photos").rglob("*")):
            archive.write(path, path.relative_to(folder))
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return folder / "photos.zip"


def tarred(how: str, folder: Path) -> Path:
    class_folders(folder / "photos")
    path = folder / f"photos.tar{'.' * bool(how)}{how}"
    with tarfile.open(path, "w") as archive:
        archive.add(folder / "photos", "photos")
    path.write_bytes(compressed(path.read_bytes(), how))
    return path


def table_with_a_split(folder: Path) -> Path:
    lines = ["file,label,split"]
    for split, part in (("train", "train"), ("val", "validation"), ("test", "test")):
        for label in ("circle", "square"):
            for number in range(2):
                picture(folder / "images" / f"{split}{label}{number}.png", label, part)
                lines.append(f"images/{split}{label}{number}.png,{label},{split}")
    text(folder / "labels.csv", "\n".join(lines))
    return folder


def macos(folder: Path) -> Path:
    shadows = {f"__MACOSX/photos/circle/._{number}.jpg": b"\0\5\x16\7" + bytes(100) for number in range(6)}
    return zipped(class_folders, folder, shadows | {"photos/.DS_Store": b"\0\0\0\1Bud1"})


def zip_in_a_zip(folder: Path) -> Path:
    inner = zipped(class_folders, folder / "inner").read_bytes()
    return zipped(class_folders, folder, {"photos/more.zip": inner})


def archive_beside(place: str, folder: Path) -> Path:
    inner = zipped(class_folders, folder / "inner").read_bytes()
    shutil.rmtree(folder / "inner")
    class_folders(folder / "photos")
    (folder / place).write_bytes(inner)
    return folder


def teachable_machine(folder: Path) -> Path:
    path = zipped(class_folders, folder, {"manifest.json": b'{"type": "image", "version": "2.4.10"}'})
    return path.rename(folder / "project.tm")


def nothing_but_a_zip(folder: Path) -> Path:
    inner = zipped(class_folders, folder / "inner").read_bytes()
    with zipfile.ZipFile(folder / "download.zip", "w") as archive:
        archive.writestr("photos.zip", inner)
    return folder / "download.zip"


def pickles(folder: Path) -> Path:
    for number in range(1, 6):
        path = folder / "cifar-10-batches-py" / f"data_batch_{number}"
        text(path, "").write_bytes(b"\x80\x02}q\x01.")
    with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(folder / "cifar-10-batches-py", "cifar-10-batches-py")
    return folder / "cifar-10-python.tar.gz"


def cut_off(folder: Path) -> Path:
    path = zipped(class_folders, folder)
    path.write_bytes(path.read_bytes()[:-400])
    return path


def cut_off_tar(folder: Path) -> Path:
    path = tarred("gz", folder)
    path.write_bytes(path.read_bytes()[:-400])
    return path


def file(name: str, content: bytes, folder: Path) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def refused(layout: str, name: str, content: bytes, words: str, writer: str = "as its first bytes say") -> Case:
    return Case(layout, writer, partial(file, name, content), refuses=words)


CASES = [
    Case("A zip of class folders", "zipfile of Python 3.11", partial(zipped, class_folders), TWELVE, says="folders"),
    Case(
        "A zip of folders train, valid and test of class folders",
        "zipfile of Python 3.11",
        partial(zipped, split_folders),
        {"circle": 12, "square": 12},
        has_split=True,
        says="split from the folders",
    ),
    Case(
        "A zip of images and a table with a column for the split",
        "zipfile of Python 3.11",
        partial(zipped, table_with_a_split),
        TWELVE,
        has_split=True,
        says="labels.csv",
    ),
    Case("A zip with __MACOSX and ._ files", "as macOS packs, by zipfile", macos, TWELVE, says="folders"),
    Case(
        "A zip inside a zip of class folders",
        "zipfile of Python 3.11",
        zip_in_a_zip,
        TWELVE,
        says="folders",
        warns="another archive, “photos/more.zip”, which stayed packed",
    ),
    Case(
        "A zip of class folders, one of files without endings",
        "zipfile of Python 3.11",
        partial(zipped, class_folders, more={f"photos/star/{number}": encoded("s.png", "star") for number in range(3)}),
        TWELVE,
        says="folders",
        warns="Nothing was unpacked of the folder “photos/star”: files such as “photos/star/0” are no images",
    ),
    *(
        Case(
            f"A zip {where} class folders",
            "zipfile of Python 3.11",
            partial(archive_beside, place),
            TWELVE,
            says="folders",
            warns="another archive, “more.zip”, which stayed packed",
        )
        for where, place in (("among", "photos/more.zip"), ("beside the folder of", "more.zip"))
    ),
    Case("A Teachable Machine project of class folders", "as its forum says: a zip", teachable_machine, TWELVE),
    Case("A zip that holds nothing but a zip", "zipfile of Python 3.11", nothing_but_a_zip, refuses="Unpack it"),
    Case("A tar of class folders", "tarfile of Python 3.11", partial(tarred, ""), TWELVE, says="folders"),
    *(
        Case(f"A tar.{how} of class folders", "tarfile of Python 3.11", partial(tarred, how), TWELVE, says="folders")
        for how in ("gz", "bz2", "xz", "zst")
    ),
    Case("A 7z of class folders", "7-Zip 26.02", partial(sample, "7zip_26.7z"), TWELVE, says="folders"),
    Case("A 7z of class folders, filtered", "py7zr 1.1.4", partial(sample, "py7zr_1.1.4.7z"), TWELVE, says="folders"),
    Case("A 7z with a password", "7-Zip 26.02", partial(sample, "7zip_26_password.7z"), refuses="encrypted"),
    Case("A 7z packed by PPMd", "7-Zip 26.02", partial(sample, "7zip_26_ppmd.7z"), refuses="Pack again with the usual"),
    Case("CIFAR-10 as Python pickles", "tarfile of Python 3.11", pickles, refuses="cifar-10-binary.tar.gz"),
    Case("A zip that is cut off", "zipfile of Python 3.11", cut_off, refuses="whose end is missing"),
    Case("A tar.gz that is cut off", "tarfile of Python 3.11", cut_off_tar, refuses="cut off"),
    refused("A RAR archive", "photos.rar", b"Rar!\x1a\7\1\0", "Unpack it"),
    refused("A RAR archive called .zip", "photos.zip", b"Rar!\x1a\7\1\0", "is a RAR archive"),
    refused("One part of a divided archive", "photos.z01", b"PK\7\x08PK\3\4", "Put all parts into one folder"),
    refused("A download that is not finished", "photos.zip.crdownload", b"PK\3\4", "Let it finish"),
    refused("An empty file", "photos.zip", b"", "is empty"),
    refused("A page to sign in, saved as .zip", "archive.zip", b"<!DOCTYPE html><html>", "sign in", "a browser"),
    refused(
        "A placeholder of Git LFS",
        "photos.zip",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "git lfs pull",
        "Git LFS",
    ),
    refused("One image", "cat.jpg", encoded("cat.jpg", "circle"), "Bring the folder", "Pillow 13.0"),
    refused("A PDF document", "photos.pdf", b"%PDF-1.7\n", "Save the images in it as files"),
    refused("An old Excel workbook", "labels.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save it as .xlsx or .csv"),
    refused("A Python pickle", "images.pkl", b"\x80\x04N.", "can run any program", "pickle of Python 3.11"),
    refused("A file of PyTorch", "model.pth", b"\x80\x02N.", "can run any program"),
    refused("A TFRecord file", "train.tfrecord", b"\x05\0\0\0\0\0\0\0\xff", "Write its images out"),
]
