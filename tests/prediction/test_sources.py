"""What people bring to be predicted: found whatever it is, or refused with the reason."""

import tarfile
import zipfile

import numpy as np
import pytest

from core.errors import UsageError, WorkbenchError
from core.images.reading import open_rgb
from core.prediction.sources import gather, of_arrays, of_dataset, problems_in_words


@pytest.fixture
def photos(tmp_path, write_picture):
    """A folder with three images among what isn't one."""
    folder = tmp_path / "photos"
    for name in ("b.png", "a.jpg", "deep/c.tif"):
        write_picture(folder / name)
    (folder / "deep" / "film.mp4").write_bytes(b"0000ftypisom")
    (folder / "deep" / "paper.pdf").write_bytes(b"%PDF-1.7")
    (folder / "notes.txt").write_text("of no note")
    (folder / ".hidden.png").write_bytes(b"")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(folder / "b.png", "b.png")
    return folder


def test_a_folder_gives_its_images_by_their_paths_below_it(photos, tmp_path):
    found = gather([photos], tmp_path / "unpacked")
    assert found.names == ("a.jpg", "b.png", "deep/c.tif")
    assert all(path.exists() for path in found.paths)
    assert found.problems["deep/film.mp4"].startswith("is a film")
    assert "PDF document" in found.problems["deep/paper.pdf"]
    assert "stays packed" in found.problems["more.zip"]


@pytest.mark.parametrize("kind", ["zip", "tar", "gz"])
def test_an_archive_gives_its_images_and_is_unpacked_once(photos, tmp_path, kind):
    path = tmp_path / f"photos.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("a.jpg", "deep/c.tif", "notes.txt"):
                archive.write(photos / name, name)
    else:
        with tarfile.open(path, "w:gz" if kind == "gz" else "w") as archive:
            for name in ("a.jpg", "deep/c.tif", "notes.txt"):
                archive.add(photos / name, name)
    steps = []
    found = gather([path], tmp_path / "unpacked", report=lambda *step: steps.append(step))
    assert found.names == ("a.jpg", "deep/c.tif")
    assert {stage for stage, _, _ in steps} == {"Unpacking"}
    path.write_bytes(path.read_bytes())
    assert gather([path], tmp_path / "unpacked").paths == found.paths


def test_files_and_folders_together_are_told_apart_by_their_names(photos, tmp_path, write_picture):
    other = write_picture(tmp_path / "elsewhere" / "b.png")
    found = gather([photos / "b.png", photos, other, photos / "b.png"], tmp_path / "unpacked")
    assert len(found) == 5, "what was brought twice is there once"
    assert found.names == (f"{photos}/b.png", "photos/a.jpg", "photos/b.png", "photos/deep/c.tif", f"{other}")


def test_an_image_whose_name_says_nothing_of_it_is_taken_where_it_is_named(photos, tmp_path):
    bare = (photos / "b.png").rename(photos / "without_ending")
    assert gather([bare], tmp_path / "unpacked").paths == (bare,)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("film.mp4", b"0000ftypisom", "is a film: take single pictures"),
        ("paper.pdf", b"%PDF-1.7", "PDF document, which isn’t read"),
        ("table.csv", b"path,label\na.png,cat\n", "and no image"),
    ],
)
def test_what_is_no_image_is_refused_by_what_it_is(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=words):
        gather([tmp_path / name], tmp_path / "unpacked")


def test_without_an_image_it_is_said_what_is_lacking(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"no image in empty\. Images that are read: JPEG"):
        gather([tmp_path / "empty"], tmp_path / "unpacked")
    with pytest.raises(UsageError, match="No image was brought"):
        gather([], tmp_path / "unpacked")
    with pytest.raises(UsageError, match="no file or folder nowhere"):
        gather(["nowhere"], tmp_path / "unpacked")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 half of it")
    with pytest.raises(WorkbenchError, match=r"broken\.zip"):
        gather([tmp_path / "broken.zip"], tmp_path / "unpacked")


@pytest.mark.parametrize(
    "address", ["https://example.org/a.jpg", "ftp://host/a.zip", "file:///etc", "data:image/png;base64,"]
)
def test_nothing_is_fetched(address, tmp_path):
    with pytest.raises(UsageError, match="nothing is fetched"):
        gather([address], tmp_path / "unpacked")


def test_thousands_of_other_files_are_one_sentence(tmp_path, write_picture):
    write_picture(tmp_path / "many" / "good.png")
    for number in range(300):
        (tmp_path / "many" / f"{number}.psd").touch()
    found = gather([tmp_path / "many"], tmp_path / "unpacked")
    assert (found.names, len(found.problems)) == (("good.png",), 300)
    words = problems_in_words({f"{number}.psd": "is empty" for number in range(10_000)})
    assert words.startswith("10,000 files were left out: 0.psd is empty; 1.psd is empty; ")
    assert words.endswith("; and 9,995 more.")
    assert problems_in_words({"a\x1b[2J.png": "is empty"}) == "1 file was left out: a�[2J.png is empty."


def test_the_unlabelled_images_of_a_dataset(half_labelled, imported):
    found = of_dataset(half_labelled)
    assert found.names == tuple(f"new/{number}.png" for number in range(4))
    assert all(path.exists() for path in found.paths)
    with pytest.raises(UsageError, match="no images without a label"):
        of_dataset(imported("pets", {"cats": 10, "dogs": 10}))


@pytest.mark.parametrize("kind", ["u1", "u2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 1), (9, 7, 2), (9, 7, 3), (9, 7, 4), (9, 7, 6)])
def test_arrays_of_every_shape_become_files_that_are_read(tmp_path, shape, kind):
    values = np.random.default_rng(0).integers(0, 2, shape).astype(kind)
    found = of_arrays([values, values], tmp_path)
    assert found.names == ("array 0", "array 1")
    assert open_rgb(found.paths[0]).size == (7, 9)


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((2, 2, 2, 2)), np.zeros((0, 3)), np.array([["a"]])])
def test_arrays_that_are_no_image_are_refused(tmp_path, values):
    with pytest.raises(UsageError, match="which is no image"):
        of_arrays([values], tmp_path)
    with pytest.raises(UsageError, match="list of arrays is empty"):
        of_arrays([], tmp_path)
