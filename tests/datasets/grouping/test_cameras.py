"""Photographs of one camera or of one moment are found by what cameras wrote into them, and nothing is guessed."""

import time
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import ExifTags, Image

from core.datasets.checkup import apply_remedy, check
from core.datasets.creation import create_from_path
from core.datasets.grouping.cameras import camera_groups, read_cameras, suspected_camera_rule
from core.datasets.importing import run_import
from core.errors import UsageError
from core.images.camera import camera_of


def write_photograph(path, serial="", taken="", model="D750", **options):
    """A small photograph of noise, as a camera writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(zlib.crc32("/".join(path.parts[-2:]).encode())).integers(
        0, 255, (16, 16, 3), dtype=np.uint8
    )
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "NIKON", model
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    if serial:
        inner[ExifTags.Base.BodySerialNumber] = serial
    if taken:
        inner[ExifTags.Base.DateTimeOriginal] = taken
    Image.fromarray(pixels).save(path, exif=exif, **options)
    return path


def moment(seconds):
    return time.strftime("%Y:%m:%d %H:%M:%S", time.gmtime(1_700_000_000 + seconds))


# One file ------------------------------------------------------------------------------------------------------------


def test_a_photograph_tells_its_camera_and_when_it_was_taken(tmp_path):
    path = write_photograph(tmp_path / "a" / "1.jpg", "0042", "2024:01:31 14:23:55")
    assert camera_of(path) == ("NIKON D750 0042", "2024-01-31 14:23:55")


def test_a_photograph_without_a_time_tells_its_camera(tmp_path):
    assert camera_of(write_photograph(tmp_path / "a" / "1.jpg")) == ("NIKON D750", "")
    assert camera_of(write_photograph(tmp_path / "a" / "2.jpg", taken="yesterday")) == ("NIKON D750", "")


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("described", ["", "x" * 3000, "x" * 30_000])
@pytest.mark.parametrize("serial", ["7", "0042", "0042-17-1234567"])
def test_what_cameras_wrote_is_read_in_either_order_wherever_it_stands(tmp_path, endian, described, serial):
    exif = Image.Exif()
    exif.endian = endian
    exif[ExifTags.Base.ImageDescription] = described
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "NIKON", "X\0"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.UserComment] = described.encode()
    inner[ExifTags.Base.DateTimeOriginal], inner[ExifTags.Base.BodySerialNumber] = "2024:01:31 14:23:55", serial
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert (b"MM\0*" in (tmp_path / "a.jpg").read_bytes()) is (endian == ">")
    assert camera_of(tmp_path / "a.jpg") == (f"NIKON X {serial}", "2024-01-31 14:23:55")


def test_whatever_bytes_stand_there_nothing_breaks(tmp_path):
    whole = write_photograph(tmp_path / "a" / "1.jpg", "0042", "2024:01:31 14:23:55").read_bytes()
    chance = np.random.default_rng(0)
    for _ in range(300):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[chance.integers(2, 250, 3)] = chance.integers(0, 256, 3)
        (tmp_path / "damaged.jpg").write_bytes(damaged[: chance.integers(20, len(whole))].tobytes())
        body, taken = camera_of(tmp_path / "damaged.jpg")
        assert body.isprintable()
        assert len(taken) in (0, 19)


def test_a_picture_that_no_camera_took_tells_nothing(tmp_path, write_picture):
    assert camera_of(write_picture(tmp_path / "a" / "1.jpg")) == ("", "")
    assert camera_of(write_picture(tmp_path / "a" / "1.png")) == ("", "")
    assert camera_of(tmp_path / "a" / "gone.jpg") == ("", "")


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.2, 0.5])
def test_what_is_cut_off_or_damaged_tells_what_it_can_and_no_more(tmp_path, share):
    whole = write_photograph(tmp_path / "a" / "1.jpg", "0042", "2024:01:31 14:23:55").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: int(len(whole) * share)])
    assert camera_of(tmp_path / "cut.jpg")[0] in ("", "NIKON", "NIKON D750", "NIKON D750 0042")
    damaged = bytearray(whole)
    for place in np.random.default_rng(0).integers(20, 200, 40):
        damaged[place] = 255
    (tmp_path / "damaged.jpg").write_bytes(damaged)
    body, taken = camera_of(tmp_path / "damaged.jpg")
    assert isinstance(body, str)
    assert isinstance(taken, str)


# Many ----------------------------------------------------------------------------------------------------------------


def table(rows):
    return pd.DataFrame(rows, columns=["path", "camera", "taken"], dtype="str")


def test_photographs_of_one_camera_within_a_minute_of_the_one_before_are_of_one_moment():
    cameras = table(
        [
            ("c.jpg", "A", "2024-01-31 10:01:50"),
            ("a.jpg", "A", "2024-01-31 10:00:00"),
            ("b.jpg", "A", "2024-01-31 10:00:55"),
            ("d.jpg", "A", "2024-01-31 10:03:00"),
            ("e.jpg", "B", "2024-01-31 10:03:01"),
            ("f.jpg", "B", ""),
            ("g.jpg", "B", "2024-02-31 10:03:01"),
        ]
    )
    groups = camera_groups(cameras, [*"abcdefgh"], "moment")
    assert groups == [""] * 8, "paths are not names"
    a, b, c, d, e, f, g, h = camera_groups(cameras, [f"{name}.jpg" for name in "abcdefgh"], "moment")
    assert a == b == c == "A, 2024-01-31 10:00:00"
    assert len({a, d, e, g}) == 4
    assert (f, h) == ("", "")
    assert camera_groups(cameras, ["d.jpg", "e.jpg", "h.jpg"], "camera") == ["A", "B", ""]


def test_many_cameras_are_suspected_and_few_are_not():
    paths = [f"{number}.jpg" for number in range(60)]
    many = table([(path, f"body {number % 10}", "") for number, path in enumerate(paths)])
    assert suspected_camera_rule(many, paths) == "camera"
    few = table([(path, f"body {number % 3}", "") for number, path in enumerate(paths)])
    assert suspected_camera_rule(few, paths) == ""
    assert suspected_camera_rule(many[:20], paths) == ""
    assert suspected_camera_rule(many[:0], paths) == ""


def test_bursts_are_suspected_and_single_photographs_are_not():
    paths = [f"{number}.jpg" for number in range(60)]
    hours = [f"2024-01-{1 + number // 24:02} {number % 24:02}:00:00" for number in range(60)]
    singles = table(list(zip(paths, ["body"] * 60, hours, strict=True)))
    assert suspected_camera_rule(singles, paths) == ""
    bursts = [f"{hours[number // 4][:-2]}{5 * (number % 4):02}" for number in range(60)]
    assert suspected_camera_rule(table(list(zip(paths, ["body"] * 60, bursts, strict=True))), paths) == "moment"


def test_where_none_of_the_first_files_tells_a_camera_the_others_are_not_opened(tmp_path, write_picture):
    paths = [f"a/{number}.jpg" for number in range(3)]
    for path in paths:
        write_picture(tmp_path / path)
    assert list(read_cameras(tmp_path, paths)) == ["path", "camera", "taken"]
    assert read_cameras(tmp_path, paths).empty
    assert read_cameras(tmp_path, []).empty


# A dataset -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bursts(workspace, tmp_path):
    """Fifteen bursts of four photographs, numbered only."""
    for number in range(60):
        path = tmp_path / "bursts" / "ab"[number // 4 % 2] / f"IMG_{number:04}.jpg"
        write_photograph(path, "0042", moment(3600 * (number // 4) + 2 * (number % 4)))
    return run_import(create_from_path(workspace, tmp_path / "bursts"))


def test_bursts_that_a_split_tears_apart_are_found_and_kept_on_one_side(bursts):
    finding = check(bursts).find("groups")
    assert finding.group_by == "moment"
    assert "within a minute of each other belong together: 15 groups, such as NIKON D750 0042" in finding.why
    apply_remedy(bursts, "groups")
    images = bursts.images
    burst = images["path"].str.extract(r"(\d+)\.jpg")[0].astype(int) // 4
    assert images.groupby(burst)["split"].nunique().max() == 1
    assert "groups" not in [finding.kind for finding in check(bursts).findings]


def test_cameras_that_are_not_known_of_a_dataset_of_yesterday_are_said(bursts):
    (bursts.folder / "cameras.parquet").unlink()
    bursts.edits.add("order", classes=["b", "a"])  # so that it is read anew
    assert "groups" not in [finding.kind for finding in check(bursts).findings]
    with pytest.raises(UsageError, match="No file tells by which camera it was taken"):
        bursts.content.grouping(bursts.images, "camera")


def test_cameras_that_are_damaged_on_disk_are_passed_over(bursts):
    (bursts.folder / "cameras.parquet").write_bytes(b"PAR1 no more")
    bursts.edits.add("order", classes=["b", "a"])
    assert bursts.content.cameras.empty
