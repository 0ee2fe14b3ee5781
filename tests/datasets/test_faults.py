"""What was planted is really there, and is what it is said to be."""

import json
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from core.datasets.alike.near_duplicates import near_pairs
from core.datasets.samples import SAMPLES
from core.datasets.samples.faults import COUNT, KINDS, NEAR_KINDS, plant_faults
from core.errors import UsageError
from core.images.description import describe
from core.images.fingerprint import fingerprint
from core.images.reading import UnreadableImage, open_rgb
from core.installation import PROJECT


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Two classes of 30 drawn pictures each."""
    folder = tmp_path_factory.mktemp("source")
    sample = SAMPLES["cats_vs_dogs_sample"]
    for number, name in enumerate(sample.class_names):
        (folder / name).mkdir()
        for index in range(30):
            sample.draw(name, np.random.default_rng([number, index])).save(folder / name / f"{index}.jpg", quality=95)
    return folder


@pytest.fixture(scope="module")
def planted(source, tmp_path_factory):
    """The faulty copy and what is wrong with it, by kind."""
    target = tmp_path_factory.mktemp("faulty") / "copy"
    faults = plant_faults(source, target)
    return target, {kind: [fault for fault in faults if fault.kind == kind] for kind in KINDS}


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def are_near(one, other):
    images = [open_rgb(one), open_rgb(other)]
    prints = [fingerprint(image) for image in images]
    return len(
        near_pairs(
            np.array([each.hash for each in prints], np.uint64),
            np.array([np.frombuffer(each.grey, np.uint8) for each in prints]),
            np.array([np.frombuffer(each.colours, np.uint8) for each in prints]),
            np.array([image.size for image in images]),
        )
    )


def test_every_kind_is_planted_and_every_image_is_kept(source, planted):
    target, faults = planted
    assert {kind: len(each) for kind, each in faults.items()} == dict.fromkeys(KINDS, COUNT) | {"leak": 0}
    written = files(target)
    assert files(source).items() <= written.items()
    added = {fault.path for each in faults.values() for fault in each}
    assert set(written) - set(files(source)) == added


def test_exact_duplicates_have_other_bytes_and_the_same_pixels(planted):
    target, faults = planted
    for fault in faults["exact_duplicate"]:
        path, twin = target / fault.path, target / fault.twin
        assert path.read_bytes() != twin.read_bytes()
        assert describe(path).pixel_hash == describe(twin).pixel_hash
        assert path.parent == twin.parent


@pytest.mark.parametrize("kind", NEAR_KINDS)
def test_near_duplicates_are_near_and_not_equal(planted, kind):
    target, faults = planted
    for fault in faults[kind]:
        path, twin = target / fault.path, target / fault.twin
        assert describe(path).pixel_hash != describe(twin).pixel_hash
        assert are_near(path, twin)


def test_two_labels_are_one_picture_in_two_classes(planted):
    target, faults = planted
    for fault in faults["two_labels"]:
        path, twin = target / fault.path, target / fault.twin
        assert path.parent != twin.parent
        assert describe(path).pixel_hash == describe(twin).pixel_hash


@pytest.mark.parametrize(
    ("kind", "reason"), [("truncated", "cut off"), ("empty", "is empty"), ("not_an_image", "a web page")]
)
def test_files_that_are_no_pictures_are_refused_for_the_reason_planted(planted, kind, reason):
    target, faults = planted
    for fault in faults[kind]:
        with pytest.raises(UnreadableImage, match=reason):
            describe(target / fault.path)


def test_pictures_are_as_dark_bright_blank_small_and_long_as_they_are_said_to_be(planted):
    target, faults = planted
    kinds = ("blank", "very_dark", "very_bright", "too_small", "extreme_shape")
    pixels = {kind: [np.asarray(open_rgb(target / each.path)) for each in faults[kind]] for kind in kinds}
    assert all(np.ptp(each, axis=(0, 1)).max() <= 2 for each in pixels["blank"])
    assert all(each.mean() < 20 for each in pixels["very_dark"])
    assert all(each.mean() > 235 for each in pixels["very_bright"])
    assert all(each.shape == (15, 20, 3) for each in pixels["too_small"])
    assert all(each.shape == (60, 900, 3) for each in pixels["extreme_shape"])


def test_a_wrong_ending_hides_a_png(planted):
    target, faults = planted
    for fault in faults["wrong_extension"]:
        assert fault.path.endswith(".jpg")
        assert describe(target / fault.path).format == "PNG"


def test_rotated_photographs_lie_on_their_side_in_the_file_and_stand_upright_to_people(source, planted):
    target, faults = planted
    for fault in faults["exif_rotated"]:
        with Image.open(target / fault.path) as stored:
            assert stored.getexif()[0x0112] == 6
            width, height = stored.size
        assert open_rgb(target / fault.path).size == (height, width)


def test_one_seed_writes_the_same_files_and_another_seed_others(source, tmp_path):
    counts = dict.fromkeys(KINDS, 1)
    one = plant_faults(source, tmp_path / "one", 4, counts=counts)
    assert plant_faults(source, tmp_path / "same", 4, counts=counts) == one
    assert files(tmp_path / "one") == files(tmp_path / "same")
    assert plant_faults(source, tmp_path / "other", 5, counts=counts) != one


def test_a_divided_copy_has_leaks_from_the_training_part_and_no_others(source, tmp_path):
    faults = plant_faults(source, tmp_path / "copy", divided=True)
    originals = Counter(path.split("/")[0] for path in files(tmp_path / "copy"))
    assert set(originals) == {"train", "validation", "test"}
    leaks = [fault for fault in faults if fault.kind == "leak"]
    assert len(leaks) == COUNT
    for fault in faults:
        if fault.kind == "leak":
            assert fault.twin.startswith("train/")
            assert fault.path.startswith(("validation/", "test/"))
            assert are_near(tmp_path / "copy" / fault.path, tmp_path / "copy" / fault.twin)
        elif fault.twin:
            assert fault.twin.split("/")[0] == fault.path.split("/")[0]


def test_a_target_in_use_is_left_alone(source, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="exists already"):
        plant_faults(source, tmp_path)
    assert files(tmp_path) == {"mine.txt": b"keep me"}


def test_a_target_inside_of_the_source_is_refused(source):
    with pytest.raises(UsageError, match="lies inside"):
        plant_faults(source, source / "copy")


def test_a_source_needs_two_classes(tmp_path, class_folders):
    folder = class_folders(tmp_path / "source", {"cats": 3})
    with pytest.raises(UsageError, match="at least two folders"):
        plant_faults(folder, tmp_path / "copy")


def test_an_unknown_kind_is_refused_by_name(source, tmp_path):
    with pytest.raises(UsageError, match="no fault “scratched”"):
        plant_faults(source, tmp_path / "copy", counts={"scratched": 1})


def test_the_command_prints_what_it_planted(source, tmp_path):
    command = [
        sys.executable,
        "-m",
        "core.datasets.samples.faults",
        str(source),
        str(tmp_path / "copy"),
        "--count",
        "1",
    ]
    process = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    printed = json.loads(process.stdout)
    assert {fault["kind"] for fault in printed} == set(KINDS) - {"leak"}
    assert all((tmp_path / "copy" / fault["path"]).exists() for fault in printed)
