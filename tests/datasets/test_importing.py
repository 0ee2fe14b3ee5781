"""What people bring, imported as the program does it: real folders and zips, and everything that is wrong with them."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.datasets.creation import UPLOADED, create_from_path, create_from_upload, create_sample
from core.datasets.editing import exclude, relabel
from core.datasets.importing import changes_on_disk, ensure_dataset, run_import, start_import
from core.datasets.index import IMAGES_A_PART
from core.datasets.samples import SAMPLES
from core.datasets.sources.archives.rules import Limits
from core.datasets.sources.choices import Undecided
from core.datasets.store import Dataset, list_datasets, open_dataset
from core.errors import UsageError, WorkbenchError
from core.installation import PROJECT
from core.jobs.job import Stopped


@pytest.fixture
def bring(workspace):
    """Imports a folder or a zip, as the command line does."""

    def make(source, name="", **options):
        return run_import(create_from_path(workspace, source, name), **options)

    return make


@pytest.fixture
def refused(bring, workspace):
    """The words with which an import fails, once it is certain that it left nothing half done."""

    def make(source, **options):
        with pytest.raises(WorkbenchError) as caught:
            bring(source, "brought", **options)
        dataset = open_dataset(workspace, "brought")
        status = dataset.job.status()
        assert (status.state, status.error) == ("failed", str(caught.value))
        assert dataset.summary()["error"] == status.error
        assert not dataset.ready
        left = {path.name for path in dataset.folder.iterdir()}
        assert left <= {"dataset.json", "request.json", "status.json", "status.lock", "import.lock"}
        with pytest.raises(WorkbenchError) as later:
            _ = dataset.content
        assert status.error in str(later.value), "who opens it later must learn why as well"
        return status.error

    return make


@pytest.fixture
def good(tmp_path, class_folders):
    return class_folders(tmp_path / "good", {"cats": 3, "dogs": 3})


def zipped(path, folder, top=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, top + str(file.relative_to(folder)))
    return path


def reasons(dataset):
    return dict(dataset.content.unreadable[["path", "problem"]].to_numpy().tolist())


# Folders -------------------------------------------------------------------------------------------------------------


def test_a_folder_stays_where_it_is(bring, good):
    dataset = bring(good)
    assert (dataset.name, dataset.info.kind, len(dataset.images)) == ("good", "folder", 6)
    assert dataset.path_of("cats/0.png") == good / "cats" / "0.png"
    assert not (dataset.folder / "images").exists()
    row = dataset.content.manifest.set_index("path").loc["cats/0.png"]
    assert (row["label"], row["width"], row["height"], row["mode"], row["format"]) == ("cats", 8, 8, "RGB", "PNG")
    assert row["size_bytes"] == (good / "cats" / "0.png").stat().st_size
    assert dataset.job.status().state == "done"


def test_the_progress_reaches_its_end(bring, good):
    seen = []
    bring(good, progress=lambda *step: seen.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in seen)) == ["Reading images", "Comparing images"]
    reading = [(done, total) for stage, done, total in seen if stage == "Reading images"]
    assert reading == sorted(reading)
    assert (reading[0], reading[-1]) == ((0, 6), (6, 6))
    assert seen[-1][1] == seen[-1][2]


def test_the_whole_name_of_a_folder_is_its_name(bring, tmp_path, class_folders):
    # Only a zip has an ending that says nothing.
    dataset = bring(class_folders(tmp_path / "flowers.2024 (best)", {"a": 1, "b": 1}))
    assert (dataset.name, dataset.info.title) == ("flowers_2024_best", "flowers.2024 (best)")


def test_names_of_every_kind_come_through(bring, tmp_path, class_folders):
    classes = {"with space": 2, "“quotes” \"and\" 'more'": 2, "🐈 emoji": 2, "שלום": 2, "مرحبا": 2, "a&b?c#d%20": 2}
    dataset = bring(class_folders(tmp_path / 'שלום 🐈 "x"', classes))
    assert set(dataset.class_names) == set(classes)
    assert all(dataset.path_of(path).is_file() for path in dataset.images["path"])
    assert dataset.content.unreadable.empty
    assert json.loads(json.dumps(dataset.summary()))["images"] == 12


def test_files_that_are_no_images_are_listed_and_left_out(bring, good, write_picture):
    write_picture(good / "cats" / "really a png.jpg", "PNG")
    write_picture(good / "cats" / "cut.png")
    cut = (good / "cats" / "cut.png").read_bytes()
    (good / "cats" / "cut.png").write_bytes(cut[: len(cut) // 2])
    (good / "dogs" / "text.jpg").write_text("this is no picture")
    (good / "dogs" / "empty.jpg").touch()
    dataset = bring(good)
    found = reasons(dataset)
    assert sorted(found) == ["cats/cut.png", "dogs/empty.jpg", "dogs/text.jpg"]
    assert "cut off" in found["cats/cut.png"]
    assert "empty (0 bytes)" in found["dogs/empty.jpg"]
    assert found["dogs/text.jpg"]
    images = dataset.images.set_index("path")
    assert len(images) == 7
    assert images.at["cats/really a png.jpg", "format"] == "PNG", "what a file is, its content decides"


def test_a_class_without_a_readable_image_is_no_class(bring, good):
    (good / "owls").mkdir()
    (good / "owls" / "1.jpg").touch()
    assert bring(good).class_names == ("cats", "dogs")


def test_file_names_that_are_not_utf8_are_listed_and_left_out(bring, good, workspace):
    try:
        shutil.copy(good / "cats" / "0.png", os.fsencode(good) + b"/cats/caf\xe9.png")
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    dataset = bring(good)
    assert reasons(dataset) == {"cats/caf?.png": "has a name that is not valid text"}
    assert len(open_dataset(workspace, "good").images) == 6


def test_a_path_that_is_not_utf8_is_refused_in_words(workspace, good):
    path = os.fsdecode(os.fsencode(good) + b"\xff")
    try:
        os.rename(good, path)
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    with pytest.raises(UsageError, match="not valid text") as refusal:
        create_from_path(workspace, path)
    assert str(refusal.value).encode("utf-8"), "it must be possible to print"
    assert list_datasets(workspace) == []


def test_a_class_with_one_image_trains(bring, tmp_path, class_folders):
    dataset = bring(class_folders(tmp_path / "few", {"cats": 1, "dogs": 6}))
    assert dataset.content.counts.loc["cats"].to_dict() == {"train": 1, "validation": 0, "test": 0}


def test_classes_that_differ_only_in_case_are_taken_with_a_warning(bring, tmp_path, class_folders):
    try:
        folder = class_folders(tmp_path / "case", {"Cats": 3, "cats": 3, "dogs": 3})
    except FileExistsError:
        pytest.skip("this disk takes no two names that differ only in case")
    dataset = bring(folder)
    assert len(dataset.class_names) == 3
    assert any("differ only in upper and lower case" in warning for warning in dataset.info.warnings)


@pytest.mark.parametrize(
    ("classes", "words"),
    [({}, "holds no images"), ({"cats": 3}, "one class only, “cats”"), ({"": 3}, "no class folders")],
)
def test_folders_of_which_nothing_can_be_learned_are_refused(refused, tmp_path, write_picture, classes, words):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, count in classes.items():
        for index in range(count):
            write_picture(folder / name / f"{index}.png")
    assert words in refused(folder)


def test_one_readable_class_is_refused_with_the_reasons(refused, good):
    for path in (good / "dogs").iterdir():
        path.write_bytes(b"")
    message = refused(good)
    assert "Fewer than two classes hold a readable image (3 of 6 files could be read)" in message
    assert "“dogs”: none of its 3 files can be read: “is empty (0 bytes)” (3)." in message


# Folders that are split already ------------------------------------------------------------------------------------


def split_folder(class_folders, folder, **parts):
    for part, count in parts.items():
        class_folders(folder / part, {"cats": count, "dogs": count})
    return folder


def table(dataset):
    return {
        name: tuple(row)
        for name, row in zip(dataset.class_names, dataset.content.counts.to_numpy().tolist(), strict=True)
    }


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"train": 5, "val": 2, "test": 3}, (5, 2, 3)),
        ({"train": 8, "test": 3}, (6, 2, 3)),
        ({"train": 8, "valid": 3}, (6, 3, 2)),
    ],
)
def test_given_parts_are_kept_and_lacking_ones_cut_from_training(bring, tmp_path, class_folders, parts, expected):
    dataset = bring(split_folder(class_folders, tmp_path / "wrapper" / "photos", **parts).parent)
    assert table(dataset) == {"cats": expected, "dogs": expected}
    assert dataset.content.brings_split
    names = {"val": "validation", "valid": "validation"}
    for path, split in zip(dataset.images["path"], dataset.images["split"], strict=True):
        given = path.split("/")[0]
        assert split == names.get(given, given) or given == "train"


def test_an_unlabelled_test_folder_is_kept_and_a_test_part_cut_from_training(
    bring, tmp_path, class_folders, write_picture
):
    # The folders of the cervix competition.
    folder = class_folders(tmp_path / "cervix" / "train", {"Type_1": 10, "Type_2": 10, "Type_3": 10}).parent
    for index in range(4):
        write_picture(folder / "test" / f"{index}.png")
    dataset = bring(folder)
    assert table(dataset) == dict.fromkeys(("Type_1", "Type_2", "Type_3"), (6, 2, 2))
    assert reasons(dataset) == {}
    assert dataset.content.unlabelled["path"].tolist() == [f"test/{index}.png" for index in range(4)]


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pets", "PETS"])
def test_a_name_can_be_given_once(bring, workspace, good, tmp_path, class_folders, name):
    bring(good, "pets")
    others = class_folders(tmp_path / "others", {"cats": 2, "dogs": 2})
    with pytest.raises(UsageError, match=r"already a dataset 'pets'\. Choose another name, or delete that one first"):
        create_from_path(workspace, others, name)
    assert len(open_dataset(workspace, "pets").images) == 6
    assert len(bring(others, "another").images) == 4


@pytest.mark.parametrize("name", ["../up", "a/b", "a b", ".hidden", "x" * 61])
def test_names_that_lead_elsewhere_are_refused(workspace, good, name):
    with pytest.raises(UsageError, match="cannot be used"):
        create_from_path(workspace, good, name)
    assert list_datasets(workspace) == []


@pytest.mark.parametrize("name", ["cats_vs_dogs_sample", "Cats_vs_Dogs_Sample"])
def test_the_names_of_the_samples_are_theirs(workspace, good, name):
    with pytest.raises(UsageError, match="belongs to a drawn sample"):
        create_from_path(workspace, good, name)


@pytest.mark.parametrize("path", ["missing", "~no such user~/photos", "missing/\udcff"])
def test_a_path_where_nothing_is(workspace, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"There is nothing at .* Check the spelling") as refusal:
        create_from_path(workspace, path)
    assert str(refusal.value).encode("utf-8")


def test_a_failed_import_leaves_its_name_free(refused, bring, tmp_path, good):
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty")
    assert len(bring(good, "brought").images) == 6


def test_an_interrupted_import_leaves_its_name_free(bring, workspace, good):
    def interrupt(stage, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(good, progress=interrupt)
    assert open_dataset(workspace, "good").job.status().state == "stopped"
    assert len(bring(good).images) == 6


# Zips ----------------------------------------------------------------------------------------------------------------


def test_a_zip_is_unpacked_into_the_workspace(bring, good, tmp_path):
    dataset = bring(zipped(tmp_path / "my pets.zip", good, "pets-main/"))
    assert (dataset.name, dataset.info.title, dataset.info.kind) == ("my_pets", "my pets", "archive")
    shutil.rmtree(good)
    (tmp_path / "my pets.zip").unlink()
    assert all(dataset.path_of(path).is_file() for path in dataset.images["path"])
    assert all(dataset.path_of(path).is_relative_to(dataset.folder) for path in dataset.images["path"])


def uploaded(workspace, path, called):
    with path.open("rb") as upload:
        return create_from_upload(workspace, upload, called)


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
def test_an_upload_is_unpacked_and_does_not_stay(workspace, good, tmp_path, ending):
    source = Path(shutil.make_archive(tmp_path / "x", {"tar.gz": "gztar"}.get(ending, ending), good))
    dataset = uploaded(workspace, source, f"My pets (2).{ending}")
    run_import(dataset)
    assert (dataset.name, dataset.info.title, len(dataset.images)) == ("My_pets_2", "My pets (2)", 6)
    assert not (dataset.folder / UPLOADED).exists(), "it would count twice against the visitor's space"


@pytest.mark.parametrize(
    "called", ["../../evil.zip", "/etc/evil.zip", "C:\\evil.zip", ".zip", "\0\n.zip", "x" * 400 + ".zip"]
)
def test_an_upload_lies_in_its_place_whatever_it_is_called(workspace, good, tmp_path, called):
    dataset = uploaded(workspace, zipped(tmp_path / "x.zip", good), called)
    (stored,) = (dataset.folder / UPLOADED).iterdir()
    assert len(stored.name) < 100
    assert len(run_import(dataset).images) == 6


@pytest.mark.parametrize(
    ("content", "called", "words"),
    [
        (b"no zip", "x.zip", "x.zip is a text file"),
        (b"file,label\n1.png,cats\n", "labels.csv", "its images are not with it"),
        (b"Rar!\x1a\7\0", "x.zip", "a RAR archive"),
        (b"", "x.zip", "empty"),
    ],
)
def test_an_upload_that_is_nothing_to_read_does_not_stay(workspace, tmp_path, content, called, words):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        uploaded(workspace, tmp_path / "x", called)
    assert [dataset.name for dataset in list_datasets(workspace)] == []


@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_an_archive_in_the_archive_is_told(bring, good, tmp_path, ending):
    inner = Path(shutil.make_archive(tmp_path / "inner", ending, good))
    path = zipped(tmp_path / "x.zip", good)
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(inner, f"more.{ending}")
    dataset = bring(path)
    told = f"another archive, “more.{ending}”, which stayed packed"
    assert any(told in warning for warning in dataset.info.warnings)
    assert dataset.info.warnings == run_import(dataset).info.warnings, "also where it isn't unpacked again"


def test_a_zip_that_an_earlier_version_imported_can_be_read_again(bring, good, tmp_path):
    dataset = bring(zipped(tmp_path / "x.zip", good))
    dataset.save(replace(dataset.info, kind="zip"))
    assert len(run_import(Dataset(dataset.folder)).images) == 6


def test_what_is_unpacked_stays_where_a_person_is_asked(workspace, good, tmp_path, monkeypatch):
    dataset = uploaded(workspace, zipped(tmp_path / "x.zip", good), "x.zip")

    def undecided(*arguments):
        raise Undecided("Which?")

    with monkeypatch.context() as patched:
        patched.setattr("core.datasets.importing.find_images", undecided)
        with pytest.raises(Undecided):
            run_import(dataset)
    assert len(run_import(dataset).images) == 6


def hostile(path, name, content=b"x", mode=0o644, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = method
        archive.writestr(info, content)
    return path


@pytest.mark.parametrize(
    "name", ["../../evil.png", "/tmp/evil.png", "cats/../../evil.png", "..\\evil.png", "C:\\evil.png"]
)
def test_a_zip_that_climbs_out_is_refused(refused, tmp_path, name):
    before = sorted(path for path in tmp_path.rglob("*evil*"))
    assert "write outside its folder" in refused(hostile(tmp_path / "x.zip", name))
    assert sorted(tmp_path.rglob("*evil*")) == before


def test_a_zip_that_holds_a_link_is_refused(refused, tmp_path):
    path = hostile(tmp_path / "x.zip", "cats/link.png", b"/etc/passwd", stat.S_IFLNK | 0o777)
    assert "symbolic link" in refused(path)


def test_a_bomb_is_refused(refused, tmp_path):
    path = hostile(tmp_path / "x.zip", "cats/big.png", bytes(5_000_000), method=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10_000
    assert "more than the 1 MB allowed" in refused(path, limits=Limits(unpacked_bytes=1_000_000))


def test_a_zip_of_too_many_files_is_refused(refused, good, tmp_path):
    assert "more than the 5 files allowed" in refused(zipped(tmp_path / "x.zip", good), limits=Limits(files=5))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "x.zip is empty"),
        (b"hello", "x.zip is a text file"),
        (b"\x89PNG\r\n\x1a\n", "x.zip is one image. Bring the folder"),
    ],
)
def test_a_file_that_is_no_archive_is_named(workspace, tmp_path, content, words):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        create_from_path(workspace, tmp_path / "x.zip")
    assert list_datasets(workspace) == []


def test_a_zip_that_is_cut_off_is_refused(workspace, good, tmp_path):
    path = zipped(tmp_path / "x.zip", good)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UsageError, match="the beginning of a zip archive, whose end is missing"):
        create_from_path(workspace, path)


def test_a_zip_without_classes_leaves_no_images_behind(refused, tmp_path, write_picture):
    write_picture(tmp_path / "photos" / "1.png")
    assert "no class folders" in refused(zipped(tmp_path / "x.zip", tmp_path / "photos"))


# Samples and stopping ------------------------------------------------------------------------------------------------


def test_a_sample_is_drawn_when_it_is_first_used_and_found_again(workspace):
    name = "cervix_types_sample"
    dataset = ensure_dataset(workspace, name)
    assert dataset.info.drawn
    assert list(dataset.class_names) == list(SAMPLES[name].class_names)
    assert len(dataset.images) == 450
    assert len(dataset.content.unlabelled) == 30
    written = (dataset.folder / "manifest.parquet").stat().st_mtime_ns
    assert (ensure_dataset(workspace, name).folder / "manifest.parquet").stat().st_mtime_ns == written


def test_no_such_dataset(workspace):
    with pytest.raises(UsageError, match="There is no dataset 'nothing'"):
        ensure_dataset(workspace, "nothing")


def test_a_dataset_whose_import_failed_is_not_used(refused, workspace, tmp_path):
    (tmp_path / "empty").mkdir()
    words = refused(tmp_path / "empty")
    with pytest.raises(WorkbenchError) as caught:
        ensure_dataset(workspace, "brought")
    assert words in str(caught.value)


def test_a_stop_is_honoured_while_drawing_and_the_sample_can_be_drawn_again(workspace):
    dataset = create_sample(workspace, "cervix_types_sample")
    steps = []

    def stop_soon(stage, done, total):
        steps.append(done)
        if done == 3:
            dataset.job.request_stop()

    with pytest.raises(WorkbenchError, match="Stopped"):
        run_import(dataset, stop_soon)
    assert steps[-1] == 3
    assert not (dataset.folder / "images").exists()
    assert dataset.job.status().state == "stopped"
    dataset.job.forget()
    assert len(run_import(dataset).images) == 450


def test_the_import_runs_in_a_process_of_its_own(workspace, good, eventually):
    dataset = create_from_path(workspace, good)
    start_import(dataset)
    eventually(lambda: not dataset.job.status().active)
    assert dataset.job.status().state == "done", dataset.job.log_tail()
    assert len(open_dataset(workspace, "good").images) == 6


def test_the_process_says_in_words_why_it_failed(workspace, tmp_path):
    (tmp_path / "empty").mkdir()
    dataset = create_from_path(workspace, tmp_path / "empty")
    command = [sys.executable, "-m", "core.datasets.importing", str(dataset.folder)]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert result.returncode == 1
    assert "holds no images" in result.stderr
    assert "Traceback" not in result.stderr
    assert dataset.job.status().state == "failed"


def test_a_visitor_cannot_unpack_more_than_the_quota(workspace, good, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    monkeypatch.setenv("WORKBENCH_QUOTA_GB", "1e-7")
    dataset = create_from_path(workspace, zipped(tmp_path / "x.zip", good))
    command = [sys.executable, "-m", "core.datasets.importing", str(dataset.folder)]
    assert subprocess.run(command, cwd=PROJECT, capture_output=True).returncode == 1
    assert "allowed" in dataset.job.status().error


@pytest.mark.real
def test_equal_pixels_are_recognised_in_real_images(bring, real_images, tmp_path):
    # Two of the UC Merced airplanes are the same picture in different bytes.
    for name in ("airplane", "beach"):
        shutil.copytree(real_images / "aerial_scenes" / name, tmp_path / "aerial" / name)
    dataset = bring(tmp_path / "aerial")
    assert len(dataset.images) == 60
    hashes = dataset.images.set_index("path")["pixel_hash"]
    assert hashes["airplane/airplane01.tif"] == hashes["airplane/airplane02.tif"]
    assert hashes.nunique() == 59


# Reading in again ----------------------------------------------------------------------------------------------------


def parts_of(dataset):
    return dict(dataset.images[["path", "split"]].to_numpy().tolist())


def test_the_same_folder_again_reads_what_changed(bring, good, write_picture):
    first = bring(good)
    before = parts_of(first)
    for number in range(20):
        write_picture(good / "cats" / f"new {number}.png")
        write_picture(good / "a new class" / f"{number}.png")
    (good / "dogs" / "0.png").unlink()
    assert changes_on_disk(first) == (40, 1, 0)
    dataset = bring(good)
    assert dataset.folder == first.folder
    assert changes_on_disk(dataset) == (0, 0, 0)
    assert dataset.class_names == ("a new class", "cats", "dogs")
    after = parts_of(dataset)
    assert len(after) == 45
    assert {path: after[path] for path in before if path != "dogs/0.png"} == {
        path: part for path, part in before.items() if path != "dogs/0.png"
    }
    assert set(dataset.images.query("label == 'a new class'")["split"]) == {"train", "validation", "test"}


def test_no_old_image_moves_whatever_is_renamed_relabelled_or_added_first(bring, tmp_path, class_folders):
    folder = class_folders(tmp_path / "pets", {"cats": 20, "dogs": 20})
    before = dict(bring(folder).images[["pixel_hash", "split"]].to_numpy().tolist())
    for path in list(folder.rglob("*.png")):
        path.rename(path.with_name(f"other name {99 - int(path.stem)}.png"))
    for path in sorted((folder / "cats").iterdir())[:5]:
        path.rename(folder / "dogs" / f"was a cat {path.name}")
    class_folders(folder / "0 first", {"": 15})
    dataset = bring(folder)
    after = dict(dataset.images[["pixel_hash", "split"]].to_numpy().tolist())
    assert len(after) == 55
    assert {identity: after[identity] for identity in before} == before


def test_reading_in_again_does_not_read_what_is_known(bring, good):
    before = bring(good).images
    for path in good.rglob("*.png"):
        status = path.stat()
        path.write_bytes(b"x" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert bring(good).images.equals(before)


def test_a_failed_reading_in_keeps_what_was_known(bring, good, tmp_path):
    dataset = bring(good)
    before, version = dataset.images, dataset.content.version
    good.rename(tmp_path / "elsewhere")
    with pytest.raises(WorkbenchError, match="There is no folder"):
        run_import(dataset)
    with pytest.raises(WorkbenchError, match="There is no folder"):
        changes_on_disk(dataset)
    assert dataset.job.status().state == "failed"
    assert dataset.ready
    (tmp_path / "elsewhere").rename(good)
    for path in (good / "dogs").iterdir():
        path.unlink()
    with pytest.raises(WorkbenchError, match="one class only"):
        run_import(dataset)
    assert dataset.images.equals(before)
    assert dataset.content.version == version


def test_a_table_that_is_gone_keeps_what_was_known(bring, good, tmp_path):
    rows = [f"{path.relative_to(tmp_path)},{path.parent.name}" for path in sorted(good.rglob("*.png"))]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label", *rows]))
    dataset = bring(tmp_path / "labels.csv")
    (tmp_path / "labels.csv").unlink()
    with pytest.raises(WorkbenchError, match=r"labels\.csv"):
        run_import(dataset)
    assert len(dataset.images) == 6


def test_a_stopped_reading_in_keeps_what_was_known(bring, good, write_picture):
    dataset = bring(good)
    before = dataset.images
    write_picture(good / "cats" / "new.png")
    with pytest.raises(Stopped):
        bring(good, progress=stop_at("Comparing images"))
    assert dataset.job.status().state == "stopped"
    assert dataset.images.equals(before)
    assert len(bring(good).images) == 7


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table"])
def test_a_damaged_manifest_is_said_in_words_and_reading_in_again_repairs_it(bring, good, content):
    dataset = bring(good)
    before = dataset.images
    dataset.manifest_path.write_bytes(content)
    with pytest.raises(WorkbenchError, match="manifest of the dataset 'good' is damaged"):
        _ = dataset.images
    assert bring(good).images.equals(before)


def test_edits_stay_when_images_are_read_in_again(bring, good, write_picture):
    dataset = bring(good)
    exclude(dataset, ["cats/0.png"])
    relabel(dataset, ["dogs/0.png"], "cats")
    write_picture(good / "cats" / "new.png")
    images = bring(good).images.set_index("path")
    assert "cats/0.png" not in images.index
    assert images.at["dogs/0.png", "label"] == "cats"


# Stop, kill, go on ---------------------------------------------------------------------------------------------------


def stop_at(stage, done=0):
    """A listener that stops once a stage has come that far."""

    def listen(its_stage, its_done, total):
        if its_stage == stage and its_done >= done:
            raise Stopped("Stopped.")

    return listen


def test_a_stopped_import_goes_on_where_it_was(workspace, tmp_path, class_folders):
    folder = class_folders(tmp_path / "pets", {"cats": 60, "dogs": 60})
    dataset = create_from_path(workspace, folder)
    with pytest.raises(Stopped):
        run_import(dataset, stop_at("Reading images", done=60))
    status = dataset.job.status()
    assert status.state == "stopped"
    assert "What has been read is kept" in status.error
    assert not dataset.ready
    seen = []
    again = create_from_path(workspace, folder)
    assert again.folder == dataset.folder
    run_import(again, lambda *step: seen.append(step))
    assert seen[0][1] >= 60
    assert len(again.images) == 120
    assert again.job.status().state == "done"


def test_a_stopped_import_of_a_zip_does_not_unpack_again(workspace, good, tmp_path):
    dataset = create_from_path(workspace, zipped(tmp_path / "x.zip", good))
    with pytest.raises(Stopped):
        run_import(dataset, stop_at("Reading images"))
    (tmp_path / "x.zip").rename(tmp_path / "gone.zip")
    (tmp_path / "x.zip").touch()
    assert len(run_import(dataset).images) == 6


def test_a_folder_that_disappears_while_it_is_read_in_can_come_back(workspace, tmp_path, class_folders):
    folder = class_folders(tmp_path / "pets", {"cats": 60, "dogs": 60})
    dataset = create_from_path(workspace, folder)

    def take_away(stage, done, total):
        if done and folder.exists():
            folder.rename(tmp_path / "elsewhere")

    with pytest.raises(WorkbenchError, match="disappeared"):
        run_import(dataset, take_away)
    assert "bring it back, and go on" in dataset.job.status().error
    (tmp_path / "elsewhere").rename(folder)
    seen = []
    run_import(dataset, lambda *step: seen.append(step))
    assert seen[0][1] > 0, "what had been read is kept, as the message says"
    assert len(dataset.images) == 120
    assert not (dataset.folder / "index").exists()


@pytest.mark.slow
def test_an_import_whose_process_is_killed_goes_on_where_it_was(workspace, tmp_path, class_folders, eventually):
    count = 6 * IMAGES_A_PART
    folder = class_folders(tmp_path / "many", {"cats": 1, "dogs": 1})
    for label in ("cats", "dogs"):
        for number in range(1, count // 2):
            os.link(folder / label / "0.png", folder / label / f"{number}.png")
    dataset = create_from_path(workspace, folder)
    start_import(dataset)
    eventually(lambda: any((dataset.folder / "index").glob("*.parquet")) or not dataset.job.status().active)
    process = psutil.Process(int(dataset.job.status().processes[0][0]))
    readers = process.children(recursive=True)
    process.kill()
    process.wait()  # until the last of its threads is gone, and with it the lock
    for reader in readers:
        with suppress(psutil.NoSuchProcess):
            reader.kill()
    assert dataset.job.status().state == "failed"
    assert "process is gone" in dataset.why_not_ready()
    seen = []
    run_import(dataset, lambda *step: seen.append(step))
    assert seen[0][1] >= IMAGES_A_PART
    assert len(dataset.images) == count
    assert dataset.job.status().state == "done"


def test_who_reads_in_what_another_process_is_reading_in_is_told_so(bring, good):
    dataset = bring(good)
    before = dataset.job.written_status()
    holder = (
        "import sys; from filelock import FileLock\n"
        "with FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder, str(dataset.folder / "import.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match="being read in by another process just now"):
            run_import(dataset)
        process.stdin.close()
    assert dataset.job.written_status() == before, "the status is the other's"
    assert len(run_import(dataset).images) == 6


@pytest.mark.slow
def test_of_two_processes_that_import_at_once_one_does_and_nothing_is_spoiled(workspace, tmp_path, class_folders):
    dataset = create_from_path(workspace, class_folders(tmp_path / "pets", {"cats": 200, "dogs": 200}))
    command = [sys.executable, "-m", "core.datasets.importing", str(dataset.folder)]
    processes = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0 or "being read in by another process" in errors
    assert 0 in {process.returncode for process in processes}
    assert dataset.job.status().state == "done"
    assert len(dataset.images) == 400
