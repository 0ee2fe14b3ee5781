"""What is found below a folder: images, pictures that aren't read, and what is none of the user's."""

import io
import os

import pytest
from PIL import Image

from core.datasets.sources.layout import find_images
from core.datasets.sources.listing import is_hidden, is_image, is_unread, list_images
from core.errors import WorkbenchError
from core.images.formats import UNREAD

NO_ENDING = "is an image whose name has no ending: rename it so that it ends in .{}"


def files(folder, *paths, content=b""):
    for path in paths:
        full = os.path.join(os.fsencode(folder), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "xb") as file:
            file.write(content)
    return folder


def encoded(kind):
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, kind)
    return stream.getvalue()


def test_pictures_that_are_not_read_are_named_with_the_reason_in_natural_order(tmp_path):
    files(tmp_path, "b/10.psd", "b/2.PSD", "a/1.jpg", "a/x.Heic", "a/film.MP4", "volume.nii.gz", "a/labels.xml")
    listing = list_images(tmp_path)
    assert listing.images == ["a/1.jpg", "a/x.Heic"]
    assert listing.unread == [
        ("volume.nii.gz", UNREAD[".nii"]),
        ("a/film.MP4", "is a film: take single pictures from it"),
        ("b/2.PSD", UNREAD[".psd"]),
        ("b/10.psd", UNREAD[".psd"]),
    ]


def test_a_document_beside_the_folders_tells_of_them_and_one_within_may_be_an_image(tmp_path):
    files(tmp_path, "README.pdf", "letters/1.pdf", "letters/2.png")
    assert list_images(tmp_path).unread == [("letters/1.pdf", UNREAD[".pdf"])]


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("TIFF", "tif")])
def test_images_without_an_ending_are_named_where_a_folder_has_no_other(tmp_path, kind, ending):
    files(tmp_path, "cat/1", "cat/2", content=encoded(kind))
    files(tmp_path, "dog/1", "dog/notes.txt")
    assert list_images(tmp_path).unread == [("cat/1", NO_ENDING.format(ending)), ("cat/2", NO_ENDING.format(ending))]


def test_images_of_an_ending_that_is_not_theirs_are_named(tmp_path):
    files(tmp_path, "cat/1.jpg_large", "cat/2.jpg_large", content=encoded("JPEG"))
    reason = "is an image whose name ends in .jpg_large: rename it so that it ends in .jpg"
    assert list_images(tmp_path).unread == [("cat/1.jpg_large", reason), ("cat/2.jpg_large", reason)]


def test_what_is_no_file_is_not_looked_into(tmp_path):
    (tmp_path / "cat").mkdir()
    os.mkfifo(tmp_path / "cat" / "waits_for_ever")
    (tmp_path / "cat" / "nowhere").symlink_to(tmp_path / "gone")
    assert list_images(tmp_path).unread == []


def test_names_that_are_no_text_can_be_shown(tmp_path):
    try:
        files(tmp_path, b"cat/\xff.psd")
    except OSError:
        pytest.skip("this disk takes only names that are valid text")
    assert list_images(tmp_path).unread == [("cat/?.psd", UNREAD[".psd"])]


@pytest.mark.parametrize(
    "name",
    [
        *("@eaDir", "#recycle", "@Recycle", ".@__thumb", "__MACOSX", ".AppleDouble", ".ipynb_checkpoints", ".Trash-0"),
        *("lost+found", "$RECYCLE.BIN", "System Volume Information", ".picasaoriginals", ".thumbnails", ".stversions"),
    ],
)
def test_folders_of_the_system_are_not_there(tmp_path, name):
    files(tmp_path, "cat/1.jpg", f"{name}/2.jpg", f"cat/{name}/1.jpg/3.jpg", f"cat/{name}/4.psd")
    listing = list_images(tmp_path)
    assert (listing.images, listing.unread) == (["cat/1.jpg"], [])
    assert is_hidden(name) and not is_image(f"._{name}.jpg")


def test_what_an_archive_has_to_carry_so_that_it_is_named():
    assert is_unread("a.PSD") and is_unread("b.nii.gz") and is_unread("c.heif") is False
    assert not is_unread("._a.psd") and not is_unread("a.gz") and not is_unread("psd")


# What becomes of them ------------------------------------------------------------------------------------------------


def test_they_are_left_out_of_every_layout_by_the_paths_that_it_has(tmp_path):
    files(tmp_path, "set/images/1.jpg", "set/images/2.jpg", "set/images/3.psd")
    (tmp_path / "set" / "labels.csv").write_text("file,label\n1.jpg,cat\n2.jpg,dog\n")
    layout = find_images(tmp_path)
    assert (os.path.relpath(layout.root / "images/3.psd", tmp_path)) == "set/images/3.psd"
    assert layout.left_out == [("images/3.psd", UNREAD[".psd"])]


def test_by_names_of_files_too(tmp_path):
    files(tmp_path, "cat.1.jpg", "cat.2.jpg", "dog.1.jpg", "dog.2.jpg", "dog.3.cr2")
    assert find_images(tmp_path).left_out == [("dog.3.cr2", UNREAD[".cr2"])]


def test_what_is_refused_names_them(tmp_path):
    files(tmp_path, "cat/1.jpg", "dog/1.psd", "dog/2.psd", "dog/3.mov")
    with pytest.raises(WorkbenchError) as caught:
        find_images(tmp_path)
    assert "holds one class only, “cat”" in str(caught.value)
    assert f"3 more can't be read: dog/1.psd {UNREAD['.psd']}; dog/3.mov {UNREAD['.mov']}." in str(caught.value)
