"""The check-up: every fault that is planted is found, what is done about it helps and can be undone, and no more."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter

from core.datasets.cards import load_cards
from core.datasets.checkup import accept_finding, apply_remedy, check
from core.datasets.creation import create_from_path
from core.datasets.editing import exclude, include, relabel
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings
from core.errors import UsageError

COUNT = 20


def scene(name, side=64):
    """A picture of soft shapes and fine grain, which depends on its name alone: no two are alike."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    generator = np.random.default_rng(seed)
    shapes = Image.fromarray(generator.integers(30, 226, (8, 8, 3), dtype=np.uint8)).resize((side, side))
    grain = generator.normal(0, 12, (side, side, 3))
    return Image.fromarray(np.clip(np.asarray(shapes) + grain, 0, 255).astype(np.uint8))


def faded(name, share, towards):
    """A scene of which only a share of the contrast is left, around a grey value."""
    return Image.fromarray((towards + share * (np.asarray(scene(name), float) - towards)).astype(np.uint8))


@pytest.fixture(scope="session")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes") / "pets"
    for label in ("cats", "dogs"):
        (folder / label).mkdir(parents=True)
        for number in range(COUNT):
            scene(f"{label}/{number}").save(folder / label / f"{number}.png")
    return folder


@pytest.fixture
def folder(scenes, tmp_path):
    """A folder of good pictures, to spoil."""
    return shutil.copytree(scenes, tmp_path / "pets")


@pytest.fixture
def bring(workspace):
    return lambda folder: run_import(create_from_path(workspace, folder))


def kinds(dataset):
    return [finding.kind for finding in check(dataset).findings]


def turned(path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    scene("turned").save(path, exif=exif, quality=95)


SINGLE = {
    "blank": ("odd.png", lambda path: Image.new("RGB", (64, 64), "olive").save(path)),
    "very_dark": ("odd.png", lambda path: faded("dark", 0.12, 0).save(path)),
    "very_bright": ("odd.png", lambda path: faded("bright", 0.1, 255).save(path)),
    "blurred": ("odd.png", lambda path: scene("blurred").filter(ImageFilter.GaussianBlur(4)).save(path)),
    "too_small": ("odd.png", lambda path: scene("small", 14).save(path)),
    "extreme_shape": ("odd.png", lambda path: scene("long", 300).crop((0, 0, 300, 60)).save(path)),
    "wrong_extension": ("odd.jpg", lambda path: scene("png").save(path, "PNG")),
    "exif_rotated": ("odd.jpg", turned),
    "near_duplicates": ("odd.png", lambda path: scene("cats/3").resize((60, 60)).save(path)),
    "exact_duplicates": ("odd.bmp", lambda path: scene("cats/3").save(path)),
}
planted = pytest.mark.parametrize(
    ("kind", "name", "plant"), [(kind, *rest) for kind, rest in SINGLE.items()], ids=SINGLE
)


# Single images and copies --------------------------------------------------------------------------------------------


def test_a_dataset_in_good_order_is_ready(bring, folder):
    checkup = check(bring(folder))
    assert checkup.findings == ()
    assert checkup.verdict == "ready"


@planted
def test_a_planted_fault_is_found_taken_out_and_comes_back_with_an_undo(bring, folder, kind, name, plant):
    plant(folder / "cats" / name)
    dataset = bring(folder)
    finding = check(dataset).find(kind)
    assert f"cats/{name}" in finding.paths
    assert finding.count == 1
    assert finding.title.startswith("1 ")
    assert finding.why
    edit = apply_remedy(dataset, kind)
    assert list(edit.images) == [f"cats/{name}"]
    assert finding.title in edit.in_words()
    assert kind not in kinds(dataset)
    dataset.edits.undo()
    assert check(dataset).find(kind) == finding


@planted
def test_what_was_said_to_be_all_right_is_not_found_again_until_that_is_undone(bring, folder, kind, name, plant):
    plant(folder / "cats" / name)
    dataset = bring(folder)
    before = len(dataset.images)
    accept_finding(dataset, kind)
    assert kind not in kinds(dataset)
    assert len(dataset.images) == before
    dataset.edits.undo()
    assert kind in kinds(dataset)


def test_a_fault_that_comes_after_another_was_accepted_is_found(bring, folder):
    Image.new("RGB", (64, 64), "olive").save(folder / "cats" / "odd.png")
    dataset = bring(folder)
    accept_finding(dataset, "blank")
    Image.new("RGB", (64, 64), "navy").save(folder / "cats" / "another.png")
    run_import(dataset)
    assert check(dataset).find("blank").paths == ("cats/another.png",)


def test_a_screenshot_among_photographs_is_unlike_its_class(bring, folder):
    image = Image.new("RGB", (64, 64), "white")
    image.paste("black", (5, 5, 60, 8))
    image.paste("black", (5, 30, 40, 33))
    image.paste("blue", (5, 40, 20, 60))
    image.save(folder / "cats" / "odd.png")
    dataset = bring(folder)
    assert check(dataset).find("unlike_its_class").paths == ("cats/odd.png",)
    relabel(dataset, ["cats/odd.png"], "dogs")
    assert "unlike_its_class" not in kinds(dataset), "a person has looked at it"


def test_one_picture_under_two_labels_is_found_until_it_has_one(bring, folder):
    shutil.copy(folder / "cats" / "3.png", folder / "dogs" / "odd.png")
    dataset = bring(folder)
    finding = check(dataset).find("two_labels")
    assert [set(paths) for paths in finding.sets] == [{"cats/3.png", "dogs/odd.png"}]
    assert "exact_duplicates" not in kinds(dataset), "it is said once"
    relabel(dataset, ["dogs/odd.png"], "cats")
    assert "two_labels" not in kinds(dataset)
    assert "exact_duplicates" in kinds(dataset)
    dataset.edits.undo()
    apply_remedy(dataset, "two_labels")
    assert kinds(dataset) == []
    assert len(dataset.images) == 2 * COUNT - 1


def test_of_several_copies_one_stays(bring, folder):
    for number in range(3):
        shutil.copy(folder / "cats" / "3.png", folder / "cats" / f"copy {number}.png")
    shutil.copy(folder / "dogs" / "5.png", folder / "dogs" / "copy.png")
    dataset = bring(folder)
    finding = check(dataset).find("exact_duplicates")
    assert (finding.count, len(finding.paths), len(finding.excludes)) == (2, 6, 4)
    apply_remedy(dataset, "exact_duplicates")
    assert dataset.images["pixel_hash"].is_unique
    assert len(dataset.images) == 2 * COUNT


def test_of_several_versions_the_largest_stays(bring, folder):
    scene("cats/3").resize((128, 128)).save(folder / "cats" / "larger.png")
    dataset = bring(folder)
    apply_remedy(dataset, "near_duplicates")
    assert {"cats/larger.png"} == {"cats/larger.png", "cats/3.png"} & set(dataset.images["path"])


# The split -----------------------------------------------------------------------------------------------------------


def test_copies_do_not_leak_by_default(bring, folder):
    for number in range(10):
        shutil.copy(folder / "cats" / f"{number}.png", folder / "cats" / f"copy {number}.png")
        scene(f"dogs/{number}").resize((60, 60)).save(folder / "dogs" / f"version {number}.png")
    dataset = bring(folder)
    assert "leak" not in kinds(dataset)
    for seed in range(5):
        dataset.set_split(SplitSettings(seed=seed))
        assert "leak" not in kinds(dataset)


def test_near_duplicates_that_may_be_apart_leak(bring, folder):
    for number in range(COUNT):
        scene(f"dogs/{number}").resize((60, 60)).save(folder / "dogs" / f"version {number}.png")
    dataset = bring(folder)
    dataset.set_split(SplitSettings(near_duplicates_together=False))
    assert check(dataset).verdict == "not ready"
    apply_remedy(dataset, "leak")
    assert "leak" not in kinds(dataset)


def test_a_given_split_that_leaks_is_not_ready_until_the_copies_that_train_are_out(bring, folder, tmp_path):
    for part, start, end in (("train", 0, 14), ("test", 14, COUNT)):
        for label in ("cats", "dogs"):
            (tmp_path / "given" / part / label).mkdir(parents=True)
            for number in range(start, end):
                shutil.copy(folder / label / f"{number}.png", tmp_path / "given" / part / label)
    shutil.copy(folder / "cats" / "15.png", tmp_path / "given" / "train" / "cats" / "copy.png")
    scene("dogs/16").resize((60, 60)).save(tmp_path / "given" / "train" / "dogs" / "version.png")
    dataset = bring(tmp_path / "given")
    checkup = check(dataset)
    assert checkup.verdict == "not ready"
    assert checkup.findings[0].kind == "leak", "the gravest comes first"
    assert checkup.find("leak").count == 2
    edit = apply_remedy(dataset, "leak")
    assert set(edit.images) == {"train/cats/copy.png", "train/dogs/version.png"}
    assert check(dataset).verdict == "ready"
    dataset.edits.undo()
    assert check(dataset).verdict == "not ready"


def test_a_split_that_can_not_be_drawn_any_more_is_said_and_can_be_mended(imported):
    dataset = imported("shot", {"cats/a": 5, "cats/b": 5, "dogs/c": 5, "dogs/d": 5})
    dataset.set_split(SplitSettings(validation=0, test=0.5, group_by="folder"))
    exclude(dataset, dataset.images.loc[dataset.images["split"] == "test", "path"].tolist())
    checkup = check(dataset)
    assert checkup.verdict == "not ready"
    assert "Group by another rule" in checkup.find("split").why
    for act in (apply_remedy, accept_finding):
        with pytest.raises(UsageError):
            act(dataset, "split")
    dataset.set_split(SplitSettings(validation=0, test=0.4))
    assert check(dataset).verdict == "ready"


def test_a_part_that_became_empty_is_said(bring, folder):
    dataset = bring(folder)
    parts = {part: table["path"].tolist() for part, table in dataset.images.groupby("split")}
    for part, kind, verdict in (
        ("test", "no_test", "not ready"),
        ("validation", "no_validation", "ready with warnings"),
        ("train", "no_train", "not ready"),
    ):
        exclude(dataset, parts[part])
        assert kind in kinds(dataset)
        assert check(dataset).verdict == verdict
        include(dataset, parts[part])
    assert check(dataset).verdict == "ready"


# The whole -----------------------------------------------------------------------------------------------------------


def test_classes_of_very_different_size_are_named(imported):
    dataset = imported("pets", {"cats": 30, "dogs": 10, "owls": 20})
    finding = check(dataset).find("imbalance")
    assert "“cats” has 3 times as many images as “dogs”" in finding.title
    with pytest.raises(UsageError, match="no remedy of one step"):
        apply_remedy(dataset, "imbalance")
    accept_finding(dataset, "imbalance")
    assert check(dataset).verdict == "ready"


def test_classes_of_too_few_images_can_be_left_out(imported):
    dataset = imported("pets", {"cats": 6, "dogs": 6, "owls": 2, "yaks": 1})
    finding = check(dataset).find("few_images")
    assert finding.title.startswith("2 classes with too few images")
    assert "“owls” (2), “yaks” (1)" in finding.why
    apply_remedy(dataset, "few_images")
    assert dataset.class_names == ("cats", "dogs")
    assert check(dataset).verdict == "ready"
    dataset.edits.undo()
    assert "few_images" in kinds(dataset)


def test_one_class_or_none_is_not_ready(imported):
    dataset = imported("pets", {"cats": 6, "dogs": 6})
    for label in ("cats", "dogs"):
        exclude(dataset, [f"{label}/{number}.png" for number in range(6)])
        checkup = check(dataset)
        assert checkup.verdict == "not ready"
        assert checkup.find("one_class")
        assert json.dumps(checkup.to_dict())


def test_files_that_could_not_be_used_are_listed(bring, folder):
    (folder / "cats" / "broken.png").write_bytes(b"")
    dataset = bring(folder)
    assert check(dataset).find("unreadable").paths == ("cats/broken.png",)
    assert check(dataset).verdict == "ready with warnings"
    with pytest.raises(UsageError, match="no remedy of one step"):
        apply_remedy(dataset, "unreadable")
    with pytest.raises(UsageError, match="not about images that can be looked at"):
        accept_finding(dataset, "unreadable")


def test_a_public_dataset_that_has_images_too_many_is_told_so(asked_for):
    dataset = asked_for("cervix", {"Type_1": 251, "Type_2": 6, "Type_3": 6})
    finding = check(dataset).find("card")
    assert finding.title == "Not as many images as Cervix types (Intel & MobileODT) has"
    assert "“Type_1” has 251 images where 250 are expected: 1 too many." in finding.why


def test_a_part_of_a_public_dataset_is_no_fault(asked_for):
    dataset = asked_for("uc_merced", dict.fromkeys(load_cards()["uc_merced"].class_names[1:], 3))
    finding = check(dataset).find("card")
    assert finding.title == "A part of UC Merced land use: 60 of its 2,100 images"
    assert "The class “agricultural” is missing" in finding.why
    assert "too few" not in finding.why
    assert check(dataset).verdict == "ready"


def test_what_only_has_the_names_of_a_public_dataset_is_asked_about_and_not_compared(imported):
    dataset = imported("signs", {str(digit): 5 for digit in range(10)})
    (finding,) = [found for found in check(dataset).findings if found.kind == "card"]
    assert finding.title == "Named like MNIST’s classes: is it that?"
    assert "too few" not in finding.why
    assert "expected" not in finding.why
    assert finding.severity == "note"


def test_what_was_noticed_when_the_images_were_found_is_noted(imported):
    dataset = imported("cases", {"Cats": 5, "cats": 5, "dogs": 5})
    assert "differ only in upper and lower case" in check(dataset).find("layout").title


def test_a_finding_that_there_is_not_is_answered_with_those_there_are(imported):
    dataset = imported("pets", {"cats": 30, "dogs": 10})
    with pytest.raises(UsageError, match=r"no finding 'blank'\. It has: imbalance"):
        apply_remedy(dataset, "blank")


def test_all_findings_can_be_written_as_json(bring, folder):
    shutil.copy(folder / "cats" / "3.png", folder / "dogs" / "odd.png")
    Image.new("RGB", (64, 64), "olive").save(folder / "cats" / "odd.png")
    facts = json.loads(json.dumps(check(bring(folder)).to_dict()))
    assert facts["verdict"] == "ready with warnings"
    assert {finding["kind"]: finding["count"] for finding in facts["findings"]} == {"two_labels": 1, "blank": 1}


# No nonsense ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [1, 2, 4, 8, 16, 28])
def test_tiny_pictures_of_noise_are_ready(bring, tmp_path, side):
    generator = np.random.default_rng(side)
    for label in ("cats", "dogs"):
        (tmp_path / "tiny" / label).mkdir(parents=True)
        for number in range(COUNT):
            pixels = generator.integers(0, 256, (side, side, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "tiny" / label / f"{number}.png")
    assert set(kinds(bring(tmp_path / "tiny"))) <= ({"blank", "two_labels", "near_duplicates"} if side < 4 else set())


@pytest.mark.real
def test_good_photographs_are_ready_or_nearly(bring, real_images):
    dataset = bring(real_images / "cats_dogs")
    checkup = check(dataset)
    assert checkup.verdict != "not ready"
    found = {path for finding in checkup.findings if finding.severity == "warning" for path in finding.paths}
    assert len(found) < 0.06 * len(dataset.images)
