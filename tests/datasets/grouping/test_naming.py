"""Names that tell what belongs together are understood, as they are written in the field, and none is invented."""

import hashlib
import random
import uuid

import pytest

from core.datasets.grouping.groups import group_numbers
from core.datasets.grouping.naming import find_naming_habit


def numbered(form, groups=12, of_each=4):
    return [form.format(group=group, image=image) for group in range(1, groups + 1) for image in range(1, of_each + 1)]


def md5(text):
    return hashlib.md5(str(text).encode()).hexdigest()


def labels_of(paths):
    """The innermost folders that are classes here, as a person would tell them."""
    inner = {"train", "val", "test"}
    folders = [path.split("/")[:-1] for path in paths]
    return [next((name for name in each if name not in inner), "") for each in folders]


# What people call their files, the pattern that is found, and how many groups are in them.
HABITS = {
    "crops of smears": (
        [f"BloodImage_{g:05}_{37 * i % 600}_{29 * g % 400}.png" for g in range(40) for i in range(5)],
        "BloodImage_{group}_*",
        40,
    ),
    "patients by letter": (numbered("p{group}_{image}.jpg"), "{group}_*", 12),
    "slices of patients": (numbered("patient-{group:03}_slice_{image}.png"), "patient-{group}_*", 12),
    "slices come first": (
        [f"slice_{i:02}_patient{g}.png" for g in range(12) for i in range(5)],
        "slice_*_{group}.*",
        12,
    ),
    "days and sessions": (
        [f"IMG_202401{d:02}_s{s:02}_{i:02}.jpg" for d in range(1, 13) for s in (1, 2) for i in (1, 2)],
        "IMG_{group}_*",
        12,
    ),
    "left and right eyes": ([f"{g:04}_{eye}.jpeg" for g in range(50) for eye in ("left", "right")], "{group}_*", 50),
    "eyes by a letter": ([f"{g:04}{eye}.png" for g in range(50) for eye in "LR"], "{group}L.* or {group}R.*", 50),
    "the eye comes first": ([f"{eye}_{g:04}.png" for g in range(50) for eye in ("left", "right")], "*_{group}.*", 50),
    "many cameras": (
        [f"cam{c}_{f:06}_crop{k}.jpg" for c in range(1, 7) for f in range(10) for k in (1, 2)],
        "{group}_*",
        6,
    ),
    "few cameras": (
        [f"cam{c}_{f:06}_crop{k}.jpg" for c in (1, 2, 3) for f in range(10) for k in (1, 2)],
        "{group}_{group}_*",
        30,
    ),
    "few plates": (
        [f"plate{p}_{r}{c:02}_f{f}.tif" for p in (1, 2) for r in "ABC" for c in range(1, 5) for f in (1, 2)],
        "{group}_{group}_*",
        24,
    ),
    "lesions": ([f"HAM_{g:07}_ISIC_{3 * g + i:07}.jpg" for g in range(30) for i in range(3)], "HAM_{group}_*", 30),
    "frames of videos": (numbered("video{group}_frame{image:04}.jpg"), "{group}_*", 12),
    "frames without a separator": (numbered("video{group}frame{image:04}.jpg"), "video{group}frame*", 12),
    "few videos": ([f"video{v}_{f:04}.jpg" for v in (1, 2, 3) for f in range(30)], "{group}_*", 3),
    "days": (
        [f"2024-{m:02}-{d:02}_{i:04}.jpg" for m in (1, 2) for d in range(1, 9) for i in range(5)],
        "{group}_*",
        16,
    ),
    "days with the same separator": (
        [f"2024_01_{d:02}_{i:04}.jpg" for d in range(1, 13) for i in range(5)],
        "{group}_{group}_{group}_*",
        12,
    ),
    "bursts": (
        [f"IMG_202403{d}_1{h}2355_{i}.jpg" for d in range(10, 20) for h in range(3) for i in range(3)],
        "IMG_{group}_{group}_*",
        30,
    ),
    "brackets": (numbered("scan {group} ({image}).png"), "scan {group} *", 12),
    "tiles of scenes": (
        [f"scene{g}_{256 * x}_{256 * y}.tif" for g in range(8) for x in range(3) for y in range(3)],
        "{group}_*",
        8,
    ),
    "augmented copies": (
        [f"img_{g}{how}.png" for g in range(50) for how in ("", "_flip", "_rot90")],
        "img_{group}_* or img_{group}.*",
        50,
    ),
    "exported augmentation": (
        [f"IMG_{g}_jpg.rf.{md5((g, k))}.jpg" for g in range(1000, 1040) for k in range(3)],
        "IMG_{group}_*",
        40,
    ),
    "a pathology series": (
        [
            f"SOB_{'BM'[g % 2]}_{'ADF'[g % 3]}-14-{22549 + g}{('AB', 'G')[g % 2]}-40-{i:03}.png"
            for g in range(20)
            for i in range(6)
        ],
        "SOB_*_*-14-{group}-*",
        20,
    ),
    "cells of a slide": (
        [f"C{100 + g}P{61 + g}ThinF_IMG_20150918_1441{i:02}_cell_{3 * i + g}.png" for g in range(20) for i in range(6)],
        "{group}_*",
        20,
    ),
    "numbers of patients": ([f"{31 * g:08}_{i:03}.png" for g in range(1, 40) for i in range(3)], "{group}_*", 39),
    "views of breasts": (
        [
            f"{('Mass', 'Calc')[g % 2]}-Training_P_{g:05}_{side}_{view}.png"
            for g in range(60)
            for side in ("LEFT", "RIGHT")
            for view in ("CC", "MLO")
        ],
        "*-Training_P_{group}_*",
        60,
    ),
    "classes of several words": (
        [f"{('Cell_type_A', 'Mono')[g % 2]}_p{g:02}_{i}.png" for g in range(20) for i in range(4)],
        "*_p{group}_*",
        20,
    ),
    "brain imaging": (numbered("sub-{group:02}_ses-1_run-{image}.png"), "sub-{group}_*", 12),
    "leaves": ([f"wb{g}-{i:02}-1.jpg" for g in range(1129, 1149) for i in range(4)], "{group}-*", 20),
    "identifiers of a database": (
        [f"{uuid.UUID(int=g * 12345678901234567)}_{i}.png" for g in range(20) for i in range(4)],
        "{group}_*",
        20,
    ),
    "faces": (
        [
            f"{('a', 'b')[i % 2]}/{who}.{i}.jpg"
            for who in ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY")
            for i in range(6)
        ],
        "{group}.*",
        9,
    ),
    "folders of patients": (
        [f"{('sick', 'well')[g % 2]}/patient_{g:02}/img{i}.png" for g in range(12) for i in range(4)],
        "patient_{group}/*",
        12,
    ),
    "folders in every class": (
        [f"{label}/patient_{g:02}/img{i}.png" for label in "ab" for g in range(12) for i in (1, 2)],
        "patient_{group}/*",
        12,
    ),
    "folders of days": (
        [f"{label}/2024-01-{d}/{i}.png" for label in "ab" for d in range(10, 20) for i in (1, 2)],
        "{group}/*",
        10,
    ),
    "folders within folders": (
        [f"{'ab'[g % 2]}/patient{g:05}/study1/view{i}.jpg" for g in range(20) for i in (1, 2)],
        "patient{group}/*/*",
        20,
    ),
    "barcodes of tissue": (
        [f"TCGA-{('AA', 'CM')[g % 2]}-{3400 + 7 * g}-01Z-00-DX1_{1024 * x}_{0}.png" for g in range(30) for x in (1, 2)],
        "TCGA-*-{group}-*",
        30,
    ),
    "days within a name": (numbered("mouse{group}day1img{image}.png"), "mouse{group}day*", 12),
    "the plate comes last": (numbered("A{image}_plate{group:02}.png"), "*_{group}.*", 12),
    "heat and light of a drone": ([f"DJI_{g:04}_{kind}.JPG" for g in range(60) for kind in "TW"], "DJI_{group}_*", 60),
    "one class of persons, one of none": (
        [f"ill/person{g}_virus_{3 * g + i}.jpeg" for g in range(60) for i in (1, 2)]
        + [f"well/IM-{number:04}-0001.jpeg" for number in range(50)],
        "{group}_*",
        60,
    ),
    "folders of cameras": (
        [f"{c}/cam{g}/{i}.jpg" for c in "ab" for g in (1, 2, 3) for i in range(9)],
        "cam{group}/*",
        3,
    ),
    "persons by a letter, faces of each of their pictures": (
        [f"{'fm'[g % 2]}/n{g:06}/{i:04}_{face:02}.jpg" for g in range(20) for i in range(1, 5) for face in (1, 2)],
        "{group}/*",
        20,
    ),
    "pieces in a folder for each picture": (
        [f"{'ab'[g % 2]}/img_{g:03}/{i}.png" for g in range(20) for i in range(4)],
        "{group}/*",
        20,
    ),
    "folders of clips": (
        [f"{c}/v_{c}_g{g:02}_c01/frame{i:04}.jpg" for c in ("Archery", "Biking") for g in range(20) for i in range(4)],
        "{group}/*",
        40,
    ),
    "one field at several magnifications": (
        [f"{g:03}_{zoom}x.png" for g in range(40) for zoom in (4, 10, 20, 40)],
        "{group}_*",
        40,
    ),
    "days as they are said": (
        [f"{d:02}.{m:02}.2024_{i:03}.jpg" for m in (1, 2) for d in range(1, 9) for i in range(5)],
        "{group}_*",
        16,
    ),
    "days first": (
        [f"plot_{d:02}-{m:02}-2024_{i:03}.jpg" for m in (1, 2) for d in range(1, 9) for i in range(5)],
        "plot_{group}_*",
        16,
    ),
    "chips of scenes": ([f"{3 * g}_chip_{i}.png" for g in range(40) for i in range(6)], "{group}_*", 40),
    "objects, videos of them, and their frames": (
        [f"{v}_{k}_{i}_crop.png" for v in range(1, 8) for k in (1, 2, 4) for i in range(1, 50, 9)],
        "{group}_{group}_*",
        21,
    ),
    "signs of the world": (numbered("🐈 Größe{group:03}_{image}.jpg"), "🐈 {group}_*", 12),
}

BREEDS = ("Abyssinian", "beagle", "Bengal", "boxer", "Birman", "pug", "Bombay", "samoyed", "Persian", "havanese")
ONLY_NUMBERED = {
    "sixty numbers": [f"{label}/{number}.png" for label in "ab" for number in range(30)],
    "cats and dogs": [f"{label}s/{label}.{number}.jpg" for label in ("cat", "dog") for number in range(100)],
    "a camera's counter": [f"{label}/IMG_{number:04}.JPG" for label in "ab" for number in range(50)],
    "counted anew in each part": [
        f"{part}/{label}/IMG_{number:04}.JPG" for part in ("train", "test") for label in "ab" for number in range(50)
    ],
    "scenes": [f"{label}/{label}{number:02}.tif" for label in ("airplane", "beach", "river") for number in range(60)],
    "the word class": [f"{label}/class_{number:04}.png" for label in "ab" for number in range(50)],
    "the class's number": [f"{label}/class{label}_{number:04}.png" for label in "123456" for number in range(50)],
    "UUIDs": [f"{label}/{uuid.UUID(md5((label, number)))}.png" for label in "ab" for number in range(50)],
    "hashes": [f"{label}/{md5((label, number))}.png" for label in "ab" for number in range(50)],
    "short hashes": [f"{label}/{md5((label, number))[:8]}.png" for label in "ab" for number in range(50)],
    "moments": [
        f"{label}/2024{1 + n % 9:02}{1 + n % 3:02}_1{n % 3}{n:02}{n * 7 % 60:02}.jpg"
        for label in "ab"
        for n in range(60)
    ],
    "seconds": [f"{label}/{1700000000 + 77 * number}.jpg" for label in "ab" for number in range(60)],
    "screenshots": [
        f"{label}/Screenshot 2024-01-{1 + n % 28:02} at 1{n % 10}.{n:02}.{7 * n % 60:02}.png"
        for label in "ab"
        for n in range(60)
    ],
    "screenshots in other languages": [
        f"{label}/Bildschirmfoto 2024-01-{1 + n % 28:02} um 1{n % 10}.{n:02}.{7 * n % 60:02}.png"
        for label in "ab"
        for n in range(60)
    ],
    "screenshots by a clock of twelve hours": [
        f"{label}/Screen Shot 2024-01-{1 + n % 28:02} at {1 + n % 9}.{n:02}.{7 * n % 60:02} {'AP'[n % 2]}M.png"
        for label in "ab"
        for n in range(60)
    ],
    "dates as they are said, and times": [
        f"{label}/Photo {1 + n % 28}.{1 + n % 9}.24, 1{n % 10} {n:02} {7 * n % 60:02}.jpg"
        for label in "ab"
        for n in range(60)
    ],
    "months": [f"{label}/2024-{1 + n % 12:02}_{n // 12:03}.jpg" for label in "ab" for n in range(120)],
    "magnifications": [
        f"{label}/{(4, 10, 20, 40, 60, 100)[n % 6]}x_{n // 6:03}.png" for label in "ab" for n in range(120)
    ],
    "exposures": [f"{label}/{n:03}_{(4, 10, 20, 40, 60, 100)[n % 6]}ms.png" for label in "ab" for n in range(120)],
    "widths and heights": [
        f"{label}/{64 * (1 + n % 6)}x{48 * (1 + n % 6)}_{n // 6:03}.png" for label in "ab" for n in range(120)
    ],
    "scores": [f"{label}/0.{50 + n % 40}_{n // 40}.png" for label in "ab" for n in range(160)],
    "percents, a counter and the class": [
        f"{label}/{50 + 7 * n % 40}_{n:03}_{label}.png" for label in ("cat", "dog") for n in range(160)
    ],
    "prices": [f"{label}/{n:03}_at_{10 + 7 * n % 40}.png" for label in ("cat", "dog") for n in range(160)],
    "ages": [f"{'mf'[n % 2]}/age_{20 + n % 40}_{n * 7919 % 100003}.jpg" for n in range(300)],
    "folders of months": [f"{'ab'[n % 2]}/2024-{1 + n % 12:02}/IMG_{n:04}.jpg" for n in range(300)],
    "folders of years": [f"{'ab'[n % 2]}/{2010 + n % 12}/IMG_{n:04}.jpg" for n in range(300)],
    "a messenger's": [f"{label}/IMG-202401{1 + n % 28:02}-WA{n:04}.jpg" for label in "ab" for n in range(60)],
    "frames of nobody knows what": [f"{label}/frame_{number:04}.jpg" for label in "ab" for number in range(60)],
    "videos that are files": [f"{'ab'[number % 2]}/video_{number:05}.jpg" for number in range(60)],
    "digits": [f"{digit}/{digit}_{number:05}.png" for digit in range(10) for number in range(60)],
    "digits in words": [
        f"{word}/{digit}_{number:05}.png"
        for digit, word in enumerate(("zero", "one", "two", "three"))
        for number in range(60)
    ],
    "even and odd digits": [
        f"{('even', 'odd')[digit % 2]}/{digit}_{number:05}.png" for digit in range(10) for number in range(60)
    ],
    "the class as a prefix": [f"{label}/{label}_{number:03}.png" for label in ("cats", "dogs") for number in range(60)],
    "breeds": [
        f"{('cat', 'dog')[k % 2]}/{breed}_{number}.jpg" for k, breed in enumerate(BREEDS) for number in range(1, 30)
    ],
    "folders of breeds": [
        f"{('cat', 'dog')[k % 2]}/{breed}/{number}.jpg" for k, breed in enumerate(BREEDS) for number in range(1, 30)
    ],
    "birds": [
        f"{k}/{bird}_{n:04}_{5000 * k + 13 * n}.jpg"
        for k, bird in enumerate(("Black_Footed_Albatross", "Crow"))
        for n in range(60)
    ],
    "ImageNet's synsets": [
        f"{('cat', 'dog')[k % 2]}/n{2085620 + k:08}_{17 * n}.JPEG" for k in range(10) for n in range(30)
    ],
    "copies of a few": [f"{label}/DSC_{n:04}{' (1)' if n % 10 == 0 else ''}.JPG" for label in "ab" for n in range(60)],
    "brackets": [f"{label}/image ({number}).jpg" for label in "ab" for number in range(60)],
    "tiles of one scene": [f"{'ab'[(x + y) % 2]}/tile_{256 * x}_{256 * y}.png" for x in range(8) for y in range(8)],
    "a grid": [f"{'ab'[(x + y) % 2]}/tile_{x}_{y}.png" for x in range(12) for y in range(12)],
    "rows and columns": [f"{'ab'[(x + y) % 2]}/r{x}_c{y}.png" for x in range(12) for y in range(12)],
    "attributes": [f"{'mf'[n % 2]}/{20 + n % 50}_{n % 2}_{n % 4}_20170116{174525125 + n}.jpg" for n in range(300)],
    "years": [f"{'ab'[n % 2]}/{2010 + n % 12}_{n:04}.jpg" for n in range(300)],
    "portions": [
        f"{label}/{part:03}/{100 * part + n:06}.png" for label in "ab" for part in range(6) for n in range(100)
    ],
    "the first letters of hashes": [
        f"{label}/{md5((label, n))[:2]}/{md5((label, n))}.png" for label in "ab" for n in range(2000)
    ],
    "folds": [f"{'ab'[n % 2]}/fold{fold}_{n:04}.jpg" for fold in range(1, 9) for n in range(20)],
    "a number, then the class": [
        f"{label}/{number:03}_{label}.jpg" for label in ("cat", "dog", "pig") for number in range(60)
    ],
    "a number, then a breed": [
        f"{('cat', 'dog')[k % 2]}/{n:03}_{breed}.jpg" for k, breed in enumerate(BREEDS[:4]) for n in range(60)
    ],
    "sizes": [f"{label}/{number:04}_224x224.jpg" for label in "ab" for number in range(60)],
    "so many of so many": [f"{label}/{number}_of_60.jpg" for label in "ab" for number in range(60)],
    "one image of each patient": [f"{'ab'[g % 2]}/p{g:03}_only.jpg" for g in range(50)],
    "one image in a class": ["a/p1_1.jpg", "b/p1_2.jpg"],
    "strange letters": [f"{label}/\u202e*{{group}}?\n{number}.png" for label in "ab" for number in range(30)],
    "nothing but signs": [f"{label}/{'_' * number}.png" for label in "ab" for number in range(1, 40)],
    "names of web sites": [
        f"{c}/photo-{1500000000000 + 7919 * n}-{md5((c, n))[:12]}.jpg" for c in "ab" for n in range(60)
    ],
    "a counter that goes on": [f"{'mf'[n % 2]}/{'mf'[n % 2]}{20 + n % 40}_{n:04}.jpg" for n in range(300)],
    "two counters": [f"{label}/img_{number:03}_{number:03}.png" for label in "ab" for number in range(60)],
    "portions of a class": [
        f"{label}/{label.upper()}{k}_{n:03}.jpg" for label in ("blast", "spot") for k in range(1, 7) for n in range(20)
    ],
    "left and right as classes": [f"{side}/{n:04}_{side}.jpg" for side in ("left", "right") for n in range(60)],
    "patients that are files": [f"{label}/patient_{number:03}.png" for label in "ab" for number in range(60)],
    "parts of a split": [f"{part}/{c}/{n}.jpg" for part in ("train", "val") for c in "abcdefgh" for n in range(10)],
    "no images": [],
}


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("classes", ["a class a group", "every class in each group"])
def test_a_habit_of_naming_is_understood(habit, classes):
    paths, pattern, count = HABITS[habit]
    labels = labels_of(paths)
    if not any(labels):
        numbers = group_numbers(paths, [], pattern).numbers
        inside = random.Random(0)
        labels = [f"class {number % 2 if classes.startswith('a ') else inside.randrange(2)}" for number in numbers]
    shuffled = random.Random(1).sample(range(len(paths)), len(paths))
    found = find_naming_habit([paths[row] for row in shuffled], [labels[row] for row in shuffled])
    assert found.pattern == pattern
    assert len(group_numbers(paths, [], pattern).sizes) == count
    assert not found.is_the_class


@pytest.mark.parametrize("kind", ONLY_NUMBERED)
def test_names_that_are_only_numbered_tell_nothing(kind):
    paths = ONLY_NUMBERED[kind]
    assert find_naming_habit(paths, labels_of(paths)).pattern == ""


def test_nothing_is_found_in_plain_photographs(real_images):
    for name in ("aerial_scenes", "cats_dogs"):
        folder = real_images / name
        paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.*"))]
        assert find_naming_habit(paths, labels_of(paths)).pattern == ""


@pytest.mark.parametrize("form", ["patient{}_{:03}.png", "patient_{}/{:03}.png"])
def test_two_classes_of_one_patient_each_are_told_as_such(form):
    paths = [
        f"{label}/{form.format(7 + patient, n)}" for patient, label in enumerate(("sick", "well")) for n in range(20)
    ]
    labels = [path.partition("/")[0] for path in paths]
    assert find_naming_habit(paths, labels).is_the_class
    people = [f"{name}/person{number}_{n}.png" for number, name in enumerate("abcdefgh") for n in range(9)]
    assert find_naming_habit(people, labels_of(people)).pattern == "", "faces to be told apart"


def test_classes_that_are_one_video_each_are_told_as_such():
    paths = [
        f"{label}/video{number}_{frame:03}.jpg" for number, label in enumerate(("cars", "bikes")) for frame in range(20)
    ]
    found = find_naming_habit(paths, labels_of(paths))
    assert (found.pattern, found.is_the_class) == ("{group}_*", True)


def test_a_class_that_is_called_like_its_group_is_only_numbered():
    paths = [f"scene {number}/scene{number}_{image:03}.jpg" for number in range(8) for image in range(20)]
    assert find_naming_habit(paths, labels_of(paths)).pattern == ""


def test_whatever_files_are_called_a_pattern_that_is_found_can_be_followed():
    letters = random.Random(0)
    for _ in range(200):
        pool = letters.choices("ab_- .0123()[]{}*äß🐈\n", k=6)
        paths = [f"{'xy'[row % 2]}/{''.join(letters.choices(pool, k=8))}.png" for row in range(60)]
        if pattern := find_naming_habit(paths, labels_of(paths)).pattern:
            assert group_numbers(paths, [], pattern).sizes
