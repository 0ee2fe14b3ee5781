"""The index: every image is read once, whatever interrupts the reading, and what is known is right."""

import os
import shutil
from pathlib import Path

import psutil
import pytest
from PIL import Image

from core.datasets.index import COLUMNS, FEW_IMAGES, IMAGES_A_PART, IMAGES_AT_ONCE, Index, changes, is_current, stamps
from core.datasets.sources.layout import find_images
from core.errors import WorkbenchError
from core.images.description import describe
from core.jobs.job import Stopped


@pytest.fixture
def folder(tmp_path, class_folders):
    return class_folders(tmp_path / "pets", {"cats": 40, "dogs": 40})


@pytest.fixture
def index(tmp_path):
    return Index(tmp_path / "index")


def build(index, folder, known=None, report=None):
    return index.build(find_images(folder), known, report)


def disguise(path, content):
    """Another content that nobody notices who does not read the file: its length and time of change stay."""
    status = path.stat()
    path.write_bytes(content.ljust(status.st_size, b" ")[: status.st_size])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def problems(table):
    return dict(table.loc[table["problem"] != "", ["path", "problem"]].to_numpy().tolist())


def stop_after(count):
    def report(done, total):
        if done >= count:
            raise Stopped("Stopped.")

    return report


def many(folder, class_folders, count):
    """More images than threads read: equal files by two names where there are many, which is fast to write."""
    class_folders(folder, {"cats": 1, "dogs": 1})
    for label in ("cats", "dogs"):
        for number in range(1, count // 2):
            os.link(folder / label / "0.png", folder / label / f"{number}.png")
    return folder


# What is known -------------------------------------------------------------------------------------------------------


def test_every_image_has_a_row_in_the_order_of_the_layout(index, folder):
    table = build(index, folder)
    assert list(table.columns) == list(COLUMNS)
    assert table["path"].tolist() == [image.path for image in find_images(folder).images]
    assert table["label"].tolist() == ["cats"] * 40 + ["dogs"] * 40
    row, facts = table.set_index("path").loc["cats/7.png"], describe(folder / "cats" / "7.png")
    for name in ("width", "height", "format", "pixel_hash", "grey", "colours", "sharpness"):
        assert row[name] == getattr(facts, name)
    assert (row["size_bytes"], row["modified"]) == tuple(stamps(folder, ["cats/7.png"])[0])


def test_all_64_bits_of_the_hashes_are_kept_beside_broken_files_and_known_ones(index, folder, write_picture):
    (folder / "cats" / "0.png").write_bytes(b"")
    (folder / "stray.png").write_bytes(b"x")
    known = build(index, folder)
    write_picture(folder / "dogs" / "new.png")
    good = build(index, folder, known).query("problem == ''")
    assert len(good) == 80
    assert good["perceptual_hash"].tolist() == [describe(folder / path).perceptual_hash for path in good["path"]]


def test_the_progress_begins_with_what_is_known_and_reaches_its_end(index, folder):
    seen = []
    known = build(index, folder, report=lambda *step: seen.append(step))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, 80), (80, 80))
    seen.clear()
    build(index, folder, known, lambda *step: seen.append(step))
    assert seen == [(80, 80)]


def test_files_that_can_not_be_read_are_listed_with_the_reason(index, folder):
    (folder / "cats" / "0.png").write_bytes(b"")
    (folder / "dogs" / "0.png").write_text("this is no picture")
    (folder / "stray.png").write_bytes(b"x")
    table = build(index, folder)
    assert set(problems(table)) == {"cats/0.png", "dogs/0.png", "stray.png"}
    assert "empty" in problems(table)["cats/0.png"]
    assert table["path"].iloc[-1] == "stray.png", "what the layout leaves out comes last"
    assert table.set_index("path").at["cats/0.png", "label"] == "cats"


def test_a_table_without_a_good_image_has_the_same_types(index, folder):
    good = build(index, folder)
    for path in folder.rglob("*.png"):
        path.write_bytes(b"")
    assert build(index, folder).dtypes.equals(good.dtypes)


def test_processes_find_the_same_as_threads(index, tmp_path, class_folders):
    folder = class_folders(tmp_path / "many", {"cats": FEW_IMAGES // 2 + 10, "dogs": FEW_IMAGES // 2 + 10})
    (folder / "cats" / "3.png").write_bytes(b"")
    by_processes = build(index, folder)
    assert len(by_processes) > FEW_IMAGES
    layout = find_images(folder)
    layout.images = layout.images[: FEW_IMAGES // 2]
    by_threads = Index(tmp_path / "another").build(layout)
    assert by_threads.equals(by_processes.head(len(by_threads)))


# Nothing is read twice -----------------------------------------------------------------------------------------------


def test_unchanged_files_are_not_read_again(index, folder):
    known = build(index, folder)
    for path in folder.rglob("*.png"):
        disguise(path, b"no picture any more")
    assert build(index, folder, known).equals(known)


def test_a_table_is_current_as_long_as_nothing_came_went_or_changed(index, folder, write_picture):
    known = build(index, folder)
    assert is_current(find_images(folder), known)
    new = write_picture(folder / "cats" / "new.png")
    assert not is_current(find_images(folder), known)
    new.unlink()
    assert is_current(find_images(folder), known)
    os.utime(folder / "cats" / "0.png", ns=(1, 1))
    assert not is_current(find_images(folder), known)
    (folder / "cats" / "0.png").unlink()
    assert not is_current(find_images(folder), known)


def test_what_could_not_be_read_is_never_current(index, folder):
    (folder / "cats" / "0.png").write_bytes(b"broken")
    assert not is_current(find_images(folder), build(index, folder))


def test_changed_new_and_renamed_files_are_read_and_those_gone_are_gone(index, folder, write_picture):
    known = build(index, folder)
    shutil.copy(folder / "dogs" / "1.png", folder / "cats" / "0.png")
    os.utime(folder / "cats" / "0.png", ns=(0, 0))
    (folder / "cats" / "1.png").unlink()
    (folder / "cats" / "2.png").rename(folder / "cats" / "renamed.png")
    write_picture(folder / "dogs" / "new.png")
    assert changes(find_images(folder), known) == (2, 2, 1)
    before, after = known.set_index("path"), build(index, folder, known).set_index("path")
    assert after.at["cats/0.png", "pixel_hash"] == before.at["dogs/1.png", "pixel_hash"]
    assert after.at["cats/renamed.png", "pixel_hash"] == before.at["cats/2.png", "pixel_hash"]
    assert {"cats/1.png", "cats/2.png"}.isdisjoint(after.index)
    assert after.at["dogs/new.png", "problem"] == ""
    assert changes(find_images(folder), after.reset_index()) == (0, 0, 0)


def test_a_picture_that_moves_to_another_class_has_the_new_label(index, folder):
    known = build(index, folder)
    shutil.move(folder / "cats" / "39.png", folder / "dogs" / "40.png")
    after = build(index, folder, known).set_index("path")
    assert after.at["dogs/40.png", "label"] == "dogs"
    assert len(after) == 80


def test_what_could_not_be_read_is_tried_again(index, folder):
    path = folder / "cats" / "0.png"
    good = path.read_bytes()
    disguise(path, b"no picture")
    known = build(index, folder)
    assert list(problems(known)) == ["cats/0.png"]
    disguise(path, good)
    assert problems(build(index, folder, known)) == {}


# Interruptions -------------------------------------------------------------------------------------------------------


def test_an_index_that_was_stopped_goes_on_where_it_was(index, folder):
    with pytest.raises(Stopped):
        build(index, folder, report=stop_after(30))
    seen = []
    expected = build(Index(index.folder.parent / "afresh"), folder)
    table = build(index, folder, report=lambda done, total: seen.append(done))
    assert seen[0] >= 30, "what was read before the stop is not read again"
    assert table.equals(expected)


def test_an_index_that_is_stopped_again_and_again_comes_to_its_end(index, folder):
    for count in (20, 50, 70):
        with pytest.raises(Stopped):
            build(index, folder, report=stop_after(count))
    seen = []
    table = build(index, folder, report=lambda done, total: seen.append(done))
    assert seen[0] >= 70
    assert len(table) == 80
    assert problems(table) == {}


def test_a_file_that_changes_between_stop_and_going_on_is_read_again(index, folder):
    with pytest.raises(Stopped):
        build(index, folder, report=stop_after(80))
    shutil.copy(folder / "dogs" / "1.png", folder / "cats" / "0.png")
    os.utime(folder / "cats" / "0.png", ns=(0, 0))
    hashes = build(index, folder).set_index("path")["pixel_hash"]
    assert hashes["cats/0.png"] == hashes["dogs/1.png"]


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"\0" * 5000])
def test_a_torn_part_is_passed_over(index, folder, damage):
    with pytest.raises(Stopped):
        build(index, folder, report=stop_after(30))
    (part,) = index.folder.iterdir()
    part.write_bytes(damage)
    table = build(index, folder)
    assert problems(table) == {}
    assert len(table) == 80


def test_what_was_kept_of_an_unfinished_index_can_be_forgotten(index, folder):
    index.clear()
    with pytest.raises(Stopped):
        build(index, folder, report=stop_after(30))
    index.clear()
    seen = []
    build(index, folder, report=lambda done, total: seen.append(done))
    assert seen[0] == 0


def test_images_that_vanish_while_they_are_read_are_named(index, folder):
    def take_one(done, total):
        (folder / "dogs" / "39.png").unlink(missing_ok=True)

    assert problems(build(index, folder, report=take_one)) == {"dogs/39.png": "no longer exists"}


def test_images_that_come_while_others_are_read_are_found_the_next_time(index, folder, write_picture):
    table = build(index, folder, report=lambda done, total: write_picture(folder / "dogs" / "late.png"))
    assert len(table) == 80
    assert changes(find_images(folder), table) == (1, 0, 0)


def test_a_file_that_changes_after_it_was_read_is_found_changed_the_next_time(index, folder):
    def touch(done, total):
        os.utime(folder / "cats" / "0.png", ns=(0, 0))

    table = build(index, folder, report=touch)
    assert changes(find_images(folder), table) == (0, 0, 1)


def test_a_folder_that_disappears_is_said_in_words_and_what_was_read_is_kept(index, tmp_path, class_folders):
    # So many batches that some are still to be read when the first is reported.
    folder = class_folders(tmp_path / "pets", {"cats": FEW_IMAGES // 2, "dogs": FEW_IMAGES // 2})

    def take_away(done, total):
        if 0 < done < total and folder.exists():
            folder.rename(folder.parent / "elsewhere")

    with pytest.raises(WorkbenchError, match=r"pets disappeared while its images were being read") as caught:
        build(index, folder, report=take_away)
    assert "bring it back, and go on" in str(caught.value)
    (folder.parent / "elsewhere").rename(folder)
    seen = []
    table = build(index, folder, report=lambda done, total: seen.append(done))
    assert seen[0] > 0
    assert problems(table) == {}


# Many images ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_reader_that_is_killed_is_said_in_words_and_what_was_read_is_kept(index, tmp_path, class_folders):
    folder = many(tmp_path / "many", class_folders, 2 * IMAGES_A_PART)
    layout = find_images(folder)
    build(Index(tmp_path / "before"), folder)  # readers are there: else one could be done before another has started
    # The first batch takes a reader ten times as long as all the others take, so that it is at it when it is killed.
    first = [folder / image.path for image in layout.images[:IMAGES_AT_ONCE]]
    Image.new("RGB", (9000, 9000)).save(tmp_path / "large.png")
    for path in first:
        path.unlink()
        os.link(tmp_path / "large.png", path)

    def kill_the_readers(done, total):
        if done == total - IMAGES_AT_ONCE:
            for child in psutil.Process().children(recursive=True):
                if "loky.backend.popen" in " ".join(child.cmdline()):
                    child.kill()

    with pytest.raises(WorkbenchError, match="was killed, most likely because memory ran out"):
        index.build(layout, report=kill_the_readers)
    for path in first:
        path.unlink()
        shutil.copy(folder / "dogs" / "0.png", path)
    seen = []
    table = build(index, folder, report=lambda done, total: seen.append(done))
    assert seen[0] == 2 * IMAGES_A_PART - IMAGES_AT_ONCE
    assert (len(table), problems(table)) == (2 * IMAGES_A_PART, {})


@pytest.mark.slow
def test_a_thousand_broken_files_among_ten_thousand_are_listed(index, tmp_path, class_folders):
    folder = many(tmp_path / "many", class_folders, 10_000)
    broken = [f"cats/{number}.png" for number in range(1, 1001)]
    content = (folder / "cats" / "0.png").read_bytes()
    for number, path in enumerate(broken):
        (folder / path).unlink()
        Path(folder, path).write_bytes(
            [b"", b"this is no picture", content[: len(content) // 2], bytes(100)][number % 4]
        )
    table = build(index, folder)
    assert len(table) == 10_000
    assert sorted(problems(table)) == sorted(broken)
    assert len(set(problems(table).values())) == 4
