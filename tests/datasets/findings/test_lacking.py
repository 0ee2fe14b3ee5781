"""Classes that a part of the split has no image of, before anything is trained."""

import numpy as np
import pytest
from PIL import Image

from core.datasets.checkup import NOT_READY, accept_finding, apply_remedy, check
from core.datasets.creation import create_from_path
from core.datasets.findings.lacking import lacking_in_words
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings


@pytest.fixture
def divided(workspace, tmp_path, write_picture):
    """Makes a dataset of a folder for each part: `divided({"train": {"cats": 9}, "val": {...}, "test": {...}})`."""

    def make(parts):
        folder = tmp_path / "pets"
        for part, classes in parts.items():
            for name, count in classes.items():
                for number in range(count):
                    write_picture(folder / part / name / f"{part}{number}.png")
        return run_import(create_from_path(workspace, folder))

    return make


BOTH = {"cats": 9, "dogs": 9}


def found(dataset):
    return {each.kind: each for each in check(dataset).findings if each.kind.startswith("class_without_")}


def test_a_class_in_validation_only_can_never_be_recognised(divided):
    pets = divided({"train": BOTH, "val": BOTH | {"owls": 5}, "test": BOTH})
    finding = found(pets)["class_without_train"]
    assert check(pets).verdict == NOT_READY
    assert finding.title == "1 class without training images: “owls” (5 images)"
    assert "never recognised" in finding.why
    assert len(finding.paths) == 5
    assert list(found(pets)) == ["class_without_train"], "that it isn't tested either adds nothing"
    apply_remedy(pets, "class_without_train")
    assert found(pets) == {}
    assert pets.class_names == ("cats", "dogs")


def test_classes_without_test_or_validation_images_are_warned_of(divided):
    pets = divided({"train": BOTH | {"owls": 9, "mice": 1}, "val": BOTH | {"owls": 3}, "test": BOTH})
    findings = found(pets)
    assert {kind: finding.severity for kind, finding in findings.items()} == {
        "class_without_validation": "warning",
        "class_without_test": "warning",
    }
    assert findings["class_without_test"].title == "2 classes without test images: “mice” (1 image), “owls” (12 images)"
    assert lacking_in_words(pets.content.counts) == [
        "No validation images of “mice” (1 image): training images stand in for them where the best epoch is "
        "chosen, and say less than new ones would.",
        "No test images of “mice” (1 image), “owls” (12 images): nothing will be known of how well they are "
        "recognised.",
    ]
    accept_finding(pets, "class_without_test")
    assert "class_without_test" not in found(pets)


@pytest.mark.parametrize("sizes", [{"cats": 20, "dogs": 20}, {"cats": 3, "dogs": 90}])
def test_where_every_class_is_everywhere_nothing_is_said(imported, sizes):
    pets = imported("pets", sizes)
    assert found(pets) == {}
    assert lacking_in_words(pets.content.counts) == []


def test_one_image_among_a_thousand_trains(imported):
    pets = imported("pets", {"cats": 1, "dogs": 300})
    assert set(found(pets)) == {"class_without_validation", "class_without_test"}


def test_where_nobody_asked_for_validation_nobody_misses_it(divided):
    pets = divided({"train": BOTH | {"owls": 2}, "test": BOTH | {"owls": 2}})
    pets.set_split(pets.split_settings.__class__(validation=0))
    assert found(pets) == {}


def test_of_a_class_whose_images_all_look_alike_it_is_said_that_dividing_anew_is_of_no_use(workspace, tmp_path):
    generator = np.random.default_rng(0)
    belt = np.asarray(Image.fromarray(generator.integers(60, 200, (6, 6, 3), dtype=np.uint8)).resize((64, 64)))
    for number in range(24):
        for name, thing in (("empty", 0), ("parcel", 40)):
            pixels = belt + generator.normal(0, 2, belt.shape)
            x, y = generator.integers(0, 40, 2)
            pixels[y : y + thing, x : x + thing // 2] = generator.integers(0, 255, 3)
            (tmp_path / "belt" / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(tmp_path / "belt" / name / f"{number}.png")
    belt = run_import(create_from_path(workspace, tmp_path / "belt"))
    why = found(belt)["class_without_test"].why
    assert "Nearly all images of “empty” look so much alike" in why
    assert "let near copies lie on both sides" in why
    belt.set_split(SplitSettings(near_duplicates_together=False))
    assert found(belt) == {}


def test_of_a_class_of_one_group_it_is_said_that_dividing_anew_is_of_no_use(workspace, tmp_path, write_picture):
    for patient in range(12):
        for number in range(4):
            write_picture(tmp_path / "scans" / "well" / f"p{patient}_{number}.png")
            write_picture(tmp_path / "scans" / "sick" / f"p99_{4 * patient + number}.png")
    scans = run_import(create_from_path(workspace, tmp_path / "scans"))
    scans.set_split(SplitSettings(group_by="{group}_*"))
    assert "Nearly all images of “sick” are of one group" in found(scans)["class_without_test"].why
