"""What a file that somebody brings is, by its content: read, or named together with what to do."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.datasets.sources.archives.compression import COMPRESSIONS, Unpacked
from core.datasets.sources.archives.rules import BadArchive
from core.datasets.sources.archives.tar_archive import is_tar_header
from core.datasets.sources.archives.zip_archive import list_bytes
from core.datasets.sources.packed.idx import is_idx
from core.datasets.sources.packed.refused import OF_PICKLES, what_is_refused
from core.datasets.sources.tables.excel import EXCEL_SUFFIXES
from core.datasets.sources.tables.files import TABLE_SUFFIXES
from core.images.heif import is_heif

FOLDER, ARCHIVE, TABLE, PACKED = "folder", "archive", "table", "packed"
"""What `Kind.family` can be, besides "" for what isn't read."""

_HEAD = 40_000  # bytes; the mark of a disk image begins at 32,769
_TAIL = 2**16 + 22  # bytes in which a zip archive ends: its record and the longest comment
_LONGEST_LIST = 2**21  # bytes of a zip's list of files in which special kinds are looked for; they hold few files

_BRING = "Bring a folder of images, an archive of one (.zip, .tar, .tar.gz, .7z), or a table that names images."
_AGAIN = "Download or copy it again."


@dataclass(frozen=True)
class Kind:
    """What a file is.

    Attributes
    ----------
    family : str
        "folder", "archive", "table" (of paths and labels, or annotations), "packed" (pixels of many images in one
        file); "" for what isn't read.
    called : str
        In words, such as "a RAR archive".
    advice : str
        What to do, as sentences, where it isn't read.
    reader : str
        Which archive: "zip", "tar" or "7z".
    """

    family: str
    called: str
    advice: str = ""
    reader: str = ""

    def refusal(self, name: str) -> str:
        """Why it isn't taken, for people."""
        return f"{name} is {self.called}. {self.advice or _BRING}"


def what_is(path: Path) -> Kind:
    """Tell what lies at a path.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    if path.is_dir():
        return Kind(FOLDER, "a folder")
    size, name = os.path.getsize(path), path.name.lower()
    if size == 0:
        return Kind("", "empty (0 bytes)", _AGAIN)
    with open(path, "rb") as stream:
        head = stream.read(_HEAD)
        return (
            _unfinished(name)
            or _archive(path, stream, head, size)
            or _packed(path, head)
            or _known_by_its_start(head, path)
            or _text(path, head)
            or _by_ending(path)
            or Kind("", "of a kind that is not known here")
        )


def _not(called: str, advice: str = "") -> Kind:
    return Kind("", called, advice)


def _refused(path: Path) -> Kind | None:
    """What is refused by its name."""
    said = what_is_refused(path.name)
    return _not(*said) if said else None


def _named(kind: Kind, path: Path, *suffixes: str) -> Kind:
    """The kind, where the file's name says it too: what reads it goes by the ending."""
    if path.suffix.lower() in suffixes:
        return kind
    return _not(kind.called, f"Rename it so that it ends in {suffixes[0]}, and import it again.")


_PART = _not(
    "one part of an archive that is divided into several",
    "Put all parts into one folder, unpack the first with 7-Zip, and import the folder that comes out.",
)


def _unfinished(name: str) -> Kind | None:
    if name.endswith((".crdownload", ".part", ".partial", ".download", ".opdownload")):
        return _not("a download that is not finished", "Let it finish, or download it again.")
    if re.search(r"\.(z\d\d|(zip|7z|rar|tar|gz|tgz)\.?\d{2,3}|part\d+\.rar|r\d\d)$", name):
        return _PART
    return None


# Archives ------------------------------------------------------------------------------------------------------------


def _archive(path: Path, stream: BinaryIO, head: bytes, size: int) -> Kind | None:
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return _zip(path, stream, head, size)
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return Kind(ARCHIVE, "a 7z archive", reader="7z")
    if is_tar_header(head[:512]):
        return Kind(ARCHIVE, "a tar archive", reader="tar")
    if head.startswith(tuple(COMPRESSIONS)):
        return _compressed(path, stream)
    return None


def _compressed(path: Path, stream: BinaryIO) -> Kind:
    stream.seek(0)
    try:
        start = Unpacked(stream).read(512)
    except BadArchive as error:
        return _not("a compressed file that can't be unpacked", str(error))
    if is_tar_header(start):
        return Kind(ARCHIVE, "a compressed tar archive", reader="tar")
    if is_idx(path.name):
        return _idx()
    return _not("a compressed file, but no archive", "Unpack it first, and import what comes out.")


def _idx() -> Kind:
    return _not(
        "one IDX file, which holds either images or labels",
        "Put the files of images and labels into one folder, and import the folder.",
    )


def _zip(path: Path, stream: BinaryIO, head: bytes, size: int) -> Kind:
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    end = tail.rfind(b"PK\5\6")
    if head.startswith(b"PK\7\x08PK\3\4") or (end >= 0 and tail[end + 4 : end + 6] not in (b"\0\0", b"\xff\xff")):
        return _PART
    if end < 0:
        return _not("the beginning of a zip archive, whose end is missing", _AGAIN)
    names = _names(stream) if list_bytes(stream, size) <= _LONGEST_LIST else []
    return _inside_zip(path, names) or Kind(ARCHIVE, "a zip archive", reader="zip")


def _names(stream: BinaryIO) -> list[str]:
    """Names in the list of a zip archive, [] where it is damaged."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except Exception:  # a damaged list of files can raise nearly anything; whoever unpacks it says so
        return []


def _inside_zip(path: Path, names: list[str]) -> Kind | None:
    """What is a zip archive only on the outside."""
    if not names:
        return None
    held, tops = set(names), {name.split("/")[0] for name in names}
    if all(name.endswith(".npy") for name in names):
        return _named(Kind(PACKED, "a NumPy archive (.npz)"), path, ".npz")
    if "manifest.json" in held and path.suffix.lower() == ".tm":
        return Kind(ARCHIVE, "a Teachable Machine project", reader="zip")
    if "[Content_Types].xml" in held:
        if "xl" in tops:
            return _named(Kind(TABLE, "an Excel workbook"), path, ".xlsx")
        document = "a Word document" if "word" in tops else "a PowerPoint file" if "ppt" in tops else "an Office file"
        return _not(document, f"Save the images in it as files. {_BRING}")
    if "content.xml" in held and "mimetype" in held:
        return _not("an OpenDocument file", "Save a table as .xlsx or .csv, and images as files.")
    if {"config.json", "metadata.json", "model.weights.h5"} <= held:
        return _not("a Keras model", f"Weights are brought in on the page Model. {_BRING}")
    if {f"{top}/{name}" for top in tops for name in ("data.pkl", "version")} <= held:
        return _not("a file of PyTorch (.pt), which holds a pickle", OF_PICKLES)
    return None


# Files of packed pixels ----------------------------------------------------------------------------------------------


def _packed(path: Path, head: bytes) -> Kind | None:
    if head.startswith(b"PAR1"):
        holds_pixels = _holds_bytes(path)
        kind = Kind(PACKED, "a Parquet file of images") if holds_pixels else Kind(TABLE, "a Parquet table")
        return _named(kind, path, ".parquet")
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")) and path.suffix.lower() == ".arrow":
        return Kind(PACKED, "an Arrow file of images")
    if head.startswith(b"MATLAB 5.0 MAT-file") or b"MATLAB 7.3 MAT-file" in head[:512]:
        return _named(Kind(PACKED, "a MATLAB file"), path, ".mat")
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return _named(Kind(PACKED, "an HDF5 file"), path, ".h5", ".hdf5", ".mat")
    if is_idx(path.name) or head.startswith((b"\0\0\x08\x01", b"\0\0\x08\x03")):
        return _idx()
    return None


def _holds_bytes(path: Path) -> bool:
    """Whether a column of a Parquet file holds bytes, such as whole image files."""
    import pyarrow as pa  # takes a fifth of a second, which nothing but Parquet should cost
    import pyarrow.parquet as pq

    def is_bytes(kind: pa.DataType) -> bool:
        if pa.types.is_struct(kind):
            return any(is_bytes(field.type) for field in kind)
        return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)

    try:
        return any(is_bytes(field.type) for field in pq.read_schema(path))
    except (pa.ArrowException, OSError):
        return False  # whoever reads it says how it is damaged


# What isn't read -----------------------------------------------------------------------------------------------------

_ONE_IMAGE = _not("one image", "Bring the folder it lies in, with a folder of images for each class.")
_VIDEO = _not("a video", "Save pictures of it as files, for each class in a folder of its own.")
_OFFICE = {".xls": ("an old Excel workbook (.xls)", "Save it as .xlsx or .csv, and import that.")}

_STARTS = {
    b"\xff\xd8\xff": _ONE_IMAGE,
    b"\x89PNG": _ONE_IMAGE,
    b"GIF8": _ONE_IMAGE,
    b"II*\0": _ONE_IMAGE,
    b"MM\0*": _ONE_IMAGE,
    b"\0\0\0\x0cjP": _ONE_IMAGE,
    b"\xff\x0a": _ONE_IMAGE,
    b"8BPS": _ONE_IMAGE,
    b"\x1aE\xdf\xa3": _VIDEO,
    b"Rar!\x1a\7": _not(
        "a RAR archive, which is not read here", "Unpack it (7-Zip, unar) and import the folder that comes out."
    ),
    b"%PDF": _not("a PDF document", f"Save the images in it as files (pdfimages). {_BRING}"),
    b"SQLite format 3\0": _not("an SQLite database", "Export its table as .csv, and its images as files."),
    b"\x93NUMPY": _not(
        "a single NumPy array (.npy)", "Save images and labels in one file: numpy.savez(file, images=…, labels=…)."
    ),
    b"\x7fELF": _not("a program"),
    b"MSCF": _not("a Windows cabinet (.cab)", "Unpack it, and import the folder that comes out."),
    b"xar!": _not("a macOS package", "Unpack it, and import the folder that comes out."),
}


def _known_by_its_start(head: bytes, path: Path) -> Kind | None:
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return _ONE_IMAGE
    if head.startswith(b"MZ") and b"PE\0\0" in head:
        return _not("a Windows program", "If it unpacks itself, run it only if you trust it, and import its folder.")
    if head[4:8] == b"ftyp":
        return _ONE_IMAGE if is_heif(head[:12]) or head[8:12] in (b"avif", b"avis") else _VIDEO
    if head.startswith(b"RIFF"):
        return _ONE_IMAGE if head[8:12] == b"WEBP" else _VIDEO
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        called, advice = _OFFICE.get(path.suffix.lower(), ("an old Office document", "Save what it holds as files."))
        return _not(called, advice)
    if head[32769:32774] == b"CD001":
        return _not("a disk image (ISO)", "Open it, copy its folder of images, and import that.")
    if head[16:20] in (b"\xde\xc0\xef\xbe", b"\xbe\xef\xc0\xde"):
        return _refused(path) or _not("an LMDB database", "Write its images out as files.")
    if re.match(rb"\x80[\2-\5]", head):
        return _refused(path) or _not("a Python pickle", OF_PICKLES)
    if not head.strip(b"\0"):
        return _not("nothing but zeros", f"It was not copied or downloaded to its end. {_AGAIN}")
    return None


# Text ----------------------------------------------------------------------------------------------------------------


def _text(path: Path, head: bytes) -> Kind | None:
    try:
        text = head[:4000].decode("utf-8-sig", "ignore" if len(head) > 4000 else "strict").lstrip()
    except UnicodeDecodeError:
        return None
    if re.search(r"[\0-\x08\x0e-\x1f]", text):
        return None
    start = text[:1000].lower()
    if re.match(r"(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*+<(!doctype html|html|head|script)", start, re.DOTALL):
        return _not(
            "a web page that was saved instead of the download, such as the one to sign in",
            "Open the address in a browser, sign in if it asks for that, and download the file itself.",
        )
    if start.startswith("version https://git-lfs.github.com/spec/"):
        return _not(
            "a placeholder of Git LFS, and not the file itself",
            "Run git lfs pull in the repository, then import again.",
        )
    if "[internetshortcut]" in start or re.match(r'\{\s*"(url|doc_id)"\s*:\s*"', start) or path.suffix == ".webloc":
        return _not("a shortcut to something on the web", "Open it, and download the file itself.")
    if re.search(r"<error>\s*<code>", start):
        return _not("a server's message that the download failed", "Get a new link, and download the file again.")
    return _table_of_text(path, start)


def _table_of_text(path: Path, start: str) -> Kind:
    suffix = path.suffix.lower()
    if suffix in _TEXT_TABLES:
        return Kind(TABLE, "a table")
    if start.startswith(("{", "[")):
        return _named(Kind(TABLE, "a JSON file"), path, ".json", ".jsonl", ".ndjson", ".manifest")
    if refused := _refused(path):
        return refused
    if start.startswith("<"):
        return _not("an XML file", f"Its labels are not read here: write them to a table (.csv). {_BRING}")
    advice = "If it is a table of paths and labels, rename it so that it ends in .csv. "
    return _not("a text file", advice + _BRING)


_TEXT_TABLES = TABLE_SUFFIXES - EXCEL_SUFFIXES - {".parquet"}


# By the ending alone -------------------------------------------------------------------------------------------------


def _by_ending(path: Path) -> Kind | None:
    """What no mark tells: tables in another encoding, CIFAR's records, TensorFlow's, and whatever is damaged."""
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        return Kind(TABLE, "a table")
    if suffix == ".bin":
        return Kind(PACKED, "a file of packed pixels (.bin)")
    if refused := _refused(path):
        return refused
    if suffix == ".dmg":
        return _not("a disk image of macOS (.dmg)", "Open it, copy its folder of images, and import that.")
    if suffix in (".zip", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".rar"):
        return _not(f"no {suffix[1:]} archive, though its name says so", f"It may be damaged. {_AGAIN} {_BRING}")
    if suffix in (".npz", ".mat", ".h5", ".hdf5", ".tm", ".parquet", ".xlsx"):
        return _not(f"no {suffix[1:]} file, though its name says so", f"It may be damaged. {_AGAIN}")
    return None
