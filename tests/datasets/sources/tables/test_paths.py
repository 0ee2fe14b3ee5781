"""Which files the paths, names, ids and addresses in tables mean."""

import pytest

from core.datasets.sources.tables.paths import NamedFiles, NotUsable, file_name, folders_in


@pytest.fixture
def files(tmp_path):
    for path in (
        "cats/1.jpg",
        "dogs/1.jpg",
        "cats/black/7.jpg",
        "cats/a b.jpg",
        "dogs/Rex.JPG",
        "root.png",
        "dogs/é.jpg",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("C:\\Users\\ann\\data\\cats\\1.jpg", "cats/1.jpg"),
        ("\\\\server\\share\\dogs\\1.jpg", "dogs/1.jpg"),
        ("/content/drive/MyDrive/dogs/1.jpg", "dogs/1.jpg"),
        ("data/cats/1.jpg", "cats/1.jpg"),
        ("gs://bucket/anywhere/7.jpg", "cats/black/7.jpg"),
        ("s3://bucket/cats/1.jpg", "cats/1.jpg"),
        ("https://example.org/files/a%20b.jpg?size=full", "cats/a b.jpg"),
        ("file:///home/ann/root.png", "root.png"),
        ("train/root.png", "root.png"),
        ("/data/upload/3/0a1b2c3d-7.jpg", "cats/black/7.jpg"),
        ("upload/3/0a1b2c3d-root.png", "root.png"),
        ("/data/local-files/?d=set/dogs/1.jpg", "dogs/1.jpg"),
        ("dogs/rex.jpg", "dogs/Rex.JPG"),
        ("rex.jpg", "dogs/Rex.JPG"),
        ("dogs/e\u0301.jpg", "dogs/é.jpg"),
        ("/elsewhere/7", "cats/black/7.jpg"),
    ],
)
def test_paths_of_other_machines_mean_the_image_with_the_same_end(files, named, found):
    named_files = NamedFiles(files, inside=files)
    assert named_files.find(named) == str(files / found)
    assert named_files.matched_by_end == (named, found)


def test_an_id_that_a_program_made_a_float_of(files):
    assert NamedFiles(files).find("7.0") == str(files / "cats/black/7.jpg")


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("/content/1.jpg", "fits several files (cats/1.jpg, dogs/1.jpg)"),
        ("https://example.org/1.jpg", "fits several files"),
        ("https://example.org/9.jpg", "is an address on the web"),
        ("gs://bucket/dogs/7.jpg", "is an address on the web"),
        ("C:\\data\\dogs\\7.jpg", "does not exist"),
        ("birds/7.jpg", "does not exist"),
        ("/content/7.png", "does not exist"),
        ("../elsewhere/7.jpg", "does not exist"),
        ("0a1b2c3-7.jpg", "does not exist"),
        ("https://", "is an address on the web"),
        ("https://[::1/9.jpg?d", "is an address on the web"),
        ("/", "does not exist"),
        ("/data/local-files/?d=", "does not exist"),
    ],
)
def test_an_end_that_is_not_certain_means_nothing(files, named, reason):
    named_files = NamedFiles(files)
    with pytest.raises(NotUsable) as caught:
        named_files.find(named)
    assert reason in str(caught.value)
    assert named_files.matched_by_end is None


def test_an_end_never_leads_outside_by_a_link(files, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.jpg"
    outside.touch()
    (files / "dogs" / "secret.jpg").symlink_to(outside)
    with pytest.raises(NotUsable, match="lies outside the folder"):
        NamedFiles(files, inside=files).find("C:\\data\\dogs\\secret.jpg")


def test_a_file_beside_the_folder_is_not_told_of(files):
    inside = files / "cats"
    for named in (f"{files}/root.png", f"{files}/gone.png"):
        with pytest.raises(NotUsable, match="lies outside the folder and is not read"):
            NamedFiles(inside, inside=inside).find(named)


def test_hints_show_how_images_are_called(files, tmp_path_factory):
    assert (
        NamedFiles(files / "cats" / "black").hint("x\x07.tif")
        == " It calls one “x�.tif”; here lies 7.jpg, for example."
    )
    assert "No image lies in its folder" in NamedFiles(tmp_path_factory.mktemp("empty")).hint("1.jpg")


@pytest.mark.parametrize(
    ("named", "folders", "name"),
    [
        ("a/b/1.jpg", ["a", "b"], "1.jpg"),
        ("C:\\a\\1.jpg", ["C:", "a"], "1.jpg"),
        ("https://x.org/train/1.jpg?size=9/9", ["x.org", "train"], "1.jpg"),
        ("1.jpg", [], "1.jpg"),
    ],
)
def test_parts_of_paths(named, folders, name):
    assert (folders_in(named), file_name(named)) == (folders, name)
