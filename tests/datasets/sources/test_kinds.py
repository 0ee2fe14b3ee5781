"""What people bring by mistake is named, with what to do, by its content and whatever it is called."""

import gzip
import io
import pickle
import sqlite3
import struct
import zipfile

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from scipy.io import savemat

from core.datasets.sources.kinds import ARCHIVE, FOLDER, PACKED, TABLE, what_is
from tests.datasets.sources.archives.packing import KINDS, pack, picture


def zip_of(**files):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return written.getvalue()


def office(top):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("[Content_Types].xml", f"{top}/document.xml"):
            archive.writestr(name, "<x/>")
    return written.getvalue()


def encoded(format):
    written = io.BytesIO()
    Image.new("RGB", (4, 4)).save(written, format)
    return written.getvalue()


IDX = b"\0\0\x08\x03" + struct.pack(">III", 1, 2, 2) + b"abcd"
WHOLE_ZIP = zip_of(a_dot_png=picture())

NAMED = {
    "nothing": (b"", "photos.zip", "empty (0 bytes)"),
    "zeros": (bytes(5000), "photos.zip", "nothing but zeros"),
    "RAR": (b"Rar!\x1a\7\1\0more", "photos.rar", "a RAR archive"),
    "RAR called zip": (b"Rar!\x1a\7\1\0more", "photos.zip", "a RAR archive"),
    "cut off zip": (WHOLE_ZIP[:-40], "photos.zip", "whose end is missing"),
    "part of a zip": (b"PK\7\x08" + WHOLE_ZIP, "photos.zip", "divided into several"),
    "last part of a zip": (WHOLE_ZIP[:-18] + b"\2\0" + WHOLE_ZIP[-16:], "photos.zip", "divided into several"),
    "part by its name": (b"anything", "photos.z01", "divided into several"),
    "numbered part": (b"7z\xbc\xaf\x27\x1c", "photos.7z.001", "divided into several"),
    "unfinished": (WHOLE_ZIP, "photos.zip.crdownload", "not finished"),
    "unfinished by Firefox": (WHOLE_ZIP[:50], "photos.zip.part", "not finished"),
    "PDF": (b"%PDF-1.7\n", "photos.pdf", "a PDF document"),
    "Word": (office("word"), "photos.docx", "a Word document"),
    "PowerPoint": (office("ppt"), "photos.zip", "a PowerPoint file"),
    "Excel called zip": (office("xl"), "labels.zip", "Rename it so that it ends in .xlsx"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "labels.xls", "Save it as .xlsx or .csv"),
    "OpenDocument": (zip_of(mimetype=b"x", content_dot_xml=b"x"), "labels.ods", "an OpenDocument file"),
    "JPEG": (encoded("JPEG"), "cat.jpg", "one image"),
    "PNG": (encoded("PNG"), "cat.png", "one image"),
    "GIF": (encoded("GIF"), "cat.gif", "one image"),
    "WebP": (encoded("WEBP"), "photos.zip", "one image"),
    "BMP": (encoded("BMP"), "cat.bmp", "one image"),
    "TIFF": (encoded("TIFF"), "cat.tif", "one image"),
    "HEIC": (b"\0\0\0\x18ftypheic" + bytes(50), "cat.heic", "one image"),
    "video": (b"\0\0\0\x18ftypisom" + bytes(50), "cat.mp4", "a video"),
    "ISO": (bytes(32769) + b"CD001" + bytes(100), "photos.iso", "a disk image"),
    "LMDB": (bytes(16) + b"\xde\xc0\xef\xbe" + bytes(100), "data.mdb", "an LMDB database"),
    "program": (b"MZ" + bytes(100) + b"PE\0\0", "setup.exe", "a Windows program"),
    "pickle": (pickle.dumps({"data": [1]}, 2), "data_batch_1", "cifar-10-binary.tar.gz"),
    "pickle of old": (pickle.dumps([1], 0), "data.pkl", "a Python pickle"),
    "PyTorch": (zip_of(archive__data_dot_pkl=b"x", archive__version=b"3"), "model.pt", "a file of PyTorch"),
    "old PyTorch": (pickle.dumps(1, 2), "model.pth", "a file of PyTorch"),
    "Keras": (
        zip_of(config_dot_json=b"{}", metadata_dot_json=b"{}", model_dot_weights_dot_h5=b"x"),
        "model.keras",
        "a Keras model",
    ),
    "NumPy": (b"\x93NUMPY\1\0" + bytes(100), "x.npy", "numpy.savez"),
    "npz called zip": (zip_of(x_dot_npy=b"x"), "data.zip", "Rename it so that it ends in .npz"),
    "TFRecord": (struct.pack("<QI", 5, 99) + b"\xffello" + b"\1\2\3\xfe", "train.tfrecord", "a TFRecord file"),
    "TFRecord shard": (b"\x05\xff\0\0\0\0\0\0", "train.tfrecord-00000-of-00002", "a TFRecord file"),
    "page to sign in": (b"<!DOCTYPE html><html><title>Sign in</title>", "archive.zip", "a web page"),
    "page with a remark": (b"\n<?xml version='1.0'?>\n<!-- x -->\n<html>", "train.7z", "a web page"),
    "message of a server": (
        b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
        "x.zip",
        "the download failed",
    ),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "photos.zip", "git lfs pull"),
    "Drive": (b'{"url": "https://docs.google.com/x", "doc_id": "y"}', "labels.gsheet", "a shortcut"),
    "shortcut of Windows": (b"[InternetShortcut]\r\nURL=https://x", "photos.url", "a shortcut"),
    "XML": (b"<?xml version='1.0'?><annotations/>", "labels.rdf", "an XML file"),
    "notes": (b"bring the photos", "notes.md", "a text file"),
    "table without an ending": (b"file,label\n1.png,a\n", "labels", "rename it so that it ends in .csv"),
    "JSON without its ending": (b'{"labels": []}', "labels.data", "Rename it so that it ends in .json"),
    "gzip of a table": (gzip.compress(b"file,label\n"), "labels.csv.gz", "Unpack it first"),
    "gzip that is cut off": (gzip.compress(bytes(range(256)) * 9)[:40], "photos.tar.gz", "cut off"),
    "IDX": (IDX, "train-images-idx3-ubyte", "one IDX file"),
    "packed IDX": (gzip.compress(IDX), "train-images-idx3-ubyte.gz", "one IDX file"),
    "no zip": (b"\x01\x02\x03\x04\x05\xff\xfe", "photos.zip", "no zip archive, though its name says so"),
    "no npz": (b"\x01\x02\x03\x04\x05\xff\xfe", "x.npz", "no npz file"),
    "who knows": (b"\x01\x02\x03\x04\x05\xff\xfe", "x.xyz", "of a kind that is not known here"),
}


@pytest.mark.parametrize(("content", "name", "words"), NAMED.values(), ids=NAMED)
def test_what_is_not_read_is_named(tmp_path, content, name, words):
    path = tmp_path / name
    path.write_bytes(content)
    kind = what_is(path)
    refusal = kind.refusal(name)
    assert kind.family == ""
    assert words in refusal
    assert refusal.startswith(f"{name} is ")
    assert refusal.endswith((".", ")"))
    assert len(refusal) < 400
    assert "not a zip" not in refusal


def test_a_database_is_named(tmp_path):
    with sqlite3.connect(tmp_path / "x.zip") as database:
        database.execute("create table images (name)")
    assert "an SQLite database" in what_is(tmp_path / "x.zip").refusal("x.zip")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["", "photos", "labels.csv", "photos.zip"])
def test_an_archive_is_one_whatever_it_is_called(tmp_path, kind, name):
    path = pack(kind, tmp_path, {"cats/1.png": picture()})
    path = path.rename(tmp_path / (name or path.name))
    assert what_is(path).family == ARCHIVE
    assert what_is(path).reader == ("tar" if "tar" in kind else kind)


def parquet(**columns):
    def write(path):
        pq.write_table(pa.table(columns), path)

    return write


def hdf5(path):
    with h5py.File(path, "w") as file:
        file["x"] = [1]


def arrow(path):
    """As Hugging Face's `datasets` keeps what it has loaded: a stream."""
    table = pa.table({"image": [b"x"], "label": [0]})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)


TAKEN = {
    "x.csv": (b"file,label\n", TABLE),
    "x.tsv": ("file\tlabel\n".encode("utf-16"), TABLE),
    "ünïcode.CSV": ("naïve,label\n".encode("cp1252"), TABLE),
    "x.json": (b'{"labels": {}}', TABLE),
    "labels.txt": (b"1.png 0\n", TABLE),
    "x.jsonl": (b'{"file_name": "1.png"}\n', TABLE),
    "output.manifest": (b'{"source-ref": "s3://x"}\n', TABLE),
    "x.xlsx": (office("xl"), TABLE),
    "x.parquet": (parquet(file=["1.png"], label=["a"]), TABLE),
    "hf.parquet": (parquet(image=[{"bytes": b"x", "path": "1.png"}], label=[0]), PACKED),
    "x.npz": (lambda path: np.savez(path, images=np.zeros((1, 2, 2)), labels=[0]), PACKED),
    "x.mat": (lambda path: savemat(path, {"X": [1], "y": [1]}), PACKED),
    "x.h5": (hdf5, PACKED),
    "data_batch_1.bin": (b"\1\xff" + bytes(3071), PACKED),
    "data-00000-of-00001.arrow": (arrow, PACKED),
    "x.tm": (zip_of(manifest_dot_json=b"{}"), ARCHIVE),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_read(tmp_path, name):
    content, family = TAKEN[name]
    if callable(content):
        content(tmp_path / name)
    else:
        (tmp_path / name).write_bytes(content)
    assert what_is(tmp_path / name).family == family


def test_what_only_looks_like_a_model_is_an_archive(tmp_path):
    (tmp_path / "x.zip").write_bytes(zip_of(config_dot_json=b"{}", metadata_dot_json=b"{}", a__data_dot_pkl=b"x"))
    assert what_is(tmp_path / "x.zip").family == ARCHIVE


def test_a_folder_is_one(tmp_path):
    assert what_is(tmp_path).family == FOLDER


def test_a_parquet_file_that_is_damaged_is_left_to_its_reader(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    assert what_is(tmp_path / "x.parquet").family == TABLE


def test_no_beginning_of_anything_is_a_fault_of_the_program(tmp_path):
    """Cut off at every length up to the first thousand bytes, all these are still named or taken."""
    for content, name, _ in NAMED.values():
        for length in sorted({1, 2, 4, 7, 30, 100, len(content) // 2, len(content) - 1} & set(range(1, len(content)))):
            (tmp_path / name).write_bytes(content[:length])
            assert what_is(tmp_path / name).called
