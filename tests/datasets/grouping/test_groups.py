"""Images that belong together are found by folder, table or file name, and nothing is guessed in doubt."""

import numpy as np
import pytest

from core.datasets.grouping.groups import check_group_by, group_numbers, merge, refuse_one_group, suggest_group_by
from core.errors import UsageError


def by_name(template, *names):
    return group_numbers(names, [], template).numbers.tolist()


# Rules ---------------------------------------------------------------------------------------------------------------


def test_without_a_rule_each_image_is_on_its_own():
    grouping = group_numbers(["a.jpg", "a.png", "b/a.jpg"], [], "")
    assert grouping.numbers.tolist() == [0, 1, 2]
    assert grouping.unmatched == 0


def test_images_of_one_folder_belong_together():
    paths = ["cat/p01/1.jpg", "cat/p02/1.jpg", "cat/p01/2.jpg", "dog/p01/1.jpg", "top.jpg", "other.jpg"]
    grouping = group_numbers(paths, [], "folder")
    assert grouping.numbers.tolist() == [0, 1, 0, 2, 3, 3]
    assert grouping.unmatched == 0


def test_images_with_the_same_value_in_the_table_belong_together():
    grouping = group_numbers(["a", "b", "c", "d", "e"], ["anna", "", "bert", " anna ", ""], "column")
    assert grouping.numbers.tolist() == [0, 1, 2, 0, 3]
    assert grouping.unmatched == 2


def test_a_value_that_looks_like_a_place_in_the_table_is_a_group_like_any_other():
    assert group_numbers(["a", "b", "c"], ["1", "", "1"], "column").numbers.tolist() == [0, 1, 0]


def test_a_table_without_groups_is_refused():
    for column in (["", " "], [""] * 2):
        with pytest.raises(UsageError, match="names no groups"):
            group_numbers(["a.jpg", "b.jpg"], column, "column")


def test_images_with_the_same_text_in_their_names_belong_together():
    grouping = group_numbers(["cat/p1_1.jpg", "dog/p1_2.jpg", "dog/p2_1.jpg", "p1.jpg"], [], "{group}_*")
    assert grouping.numbers.tolist() == [0, 0, 1, 2]
    assert grouping.unmatched == 1


@pytest.mark.parametrize(
    ("template", "together", "apart"),
    [
        ("{group}_*", ("a_1_x.jpg", "a_2_y.jpg"), "b_1_x.jpg"),
        ("*_{group}.jpg", ("1_a.jpg", "2_a.jpg"), "1_b.jpg"),
        ("*_{group}_*", ("x_a_1_2.jpg", "y_a_2.png"), "x_b_1.jpg"),
        ("scan-{group}-*.png", ("scan-7-a.png", "scan-7-b.png"), "scan-8-a.png"),
        ("*-*-{group}-*", ("s-14-22549-40.png", "m-3-22549-100.png"), "s-14-22550-40.png"),
        ("{group} (*).jpg", ("dune (1).jpg", "dune (2).jpg"), "sea (1).jpg"),
        ("{group}.*", ("Österreich.1.jpg", "Österreich.2.jpg"), "österreich.1.jpg"),
        ("{group}_*_*", ("a_b_c", "a__"), "b_b_c"),
        ("{group}_{group}_*", ("a_b_c", "a_b_d"), "a_c_c"),
        ("img_{group}_* or img_{group}.*", ("img_1.png", "img_1_flip.png"), "img_2.png"),
        ("cats or dogs_{group}_*", ("cats or dogs_1_a", "cats or dogs_1_b"), "cats or dogs_2_b"),
    ],
)
def test_a_file_name_finds_its_group(template, together, apart):
    assert by_name(template, *together, apart) == [0, 0, 1]


@pytest.mark.parametrize("name", ["_1.jpg", "p1.jpg", "", "a" * 300 + "_1.jpg"])
def test_a_name_that_does_not_fit_is_on_its_own(name):
    grouping = group_numbers(["p_1.jpg", name, name], [], "{group}_*")
    assert grouping.numbers.tolist() == [0, 1, 2]
    assert grouping.unmatched == 2


def test_signs_in_a_template_stand_for_themselves():
    assert by_name("{group}+[a].*", "1+[a].x", "1+[a].y", "1+a.x", "11+[a]yx") == [0, 0, 1, 2]


def test_a_template_that_fits_no_file_is_refused_with_an_example():
    with pytest.raises(UsageError, match=r"No file has a name like '\{group\}_\*'; the first is 'cat\.0\.jpg'"):
        group_numbers(["cats/cat.0.jpg", "cats/cat.1.jpg"], [], "{group}_*")


@pytest.mark.parametrize("group_by", ["patient", "*_*.jpg", "{Group}_*", "Folder", "{group", "a or b"])
def test_a_rule_that_names_no_group_is_refused(group_by):
    with pytest.raises(UsageError, match=r"a file name that holds \{group\}"):
        check_group_by(group_by)


@pytest.mark.parametrize(
    ("group_by", "reason"),
    [
        ("/{group}_*", "one slash between each two"),
        ("{group}//*", "one slash between each two"),
        ("a\\{group}_*", "one slash between each two"),
        ("*/*/*/*/*/{group}_*", "4 \\*"),
        ("a/b/c/d/e/{group}_*", "4 folders at most"),
        ("{group}*.jpg", "right beside"),
        ("*{group}_1", "right beside"),
        ("{group}{group}_1", "right beside"),
        ("{group}_* or {group}*", "right beside"),
        ("*_*_*_*_{group}_*", "4 \\* at most"),
        ("{group}_{group}_{group}_{group}_*", "3 times"),
        ("{group}_" + "a" * 250, "255 characters at most"),
    ],
)
def test_a_template_that_cannot_be_followed_is_refused(group_by, reason):
    with pytest.raises(UsageError, match=reason):
        group_numbers(["a_1"], [], group_by)


def test_names_made_to_be_slow_are_matched_at_once():
    # A plain regular expression would try some 10^9 ways to place the four stars before it gives up.
    slow = "a_" * 127
    assert by_name("{group}_*_*_*_*b", slow, "x_1_2_3_4b") == [0, 1]


def test_folders_that_are_written_in_a_pattern_count():
    paths = ["sick/patient_1/a.png", "well/patient_1/b.png", "well/patient_2/a.png", "patient_1.png"]
    grouping = group_numbers(paths, [], "patient_{group}/*")
    assert grouping.numbers.tolist() == [0, 0, 1, 2]
    assert group_numbers(paths, [], "*/patient_{group}/*").numbers.tolist() == [0, 0, 1, 2]
    assert group_numbers(["p1/x/a.png", "p1/y/b.png", "p2/x/a.png"], [], "{group}/*/*").numbers.tolist() == [0, 0, 1]


def test_a_star_does_not_reach_into_folders():
    assert group_numbers(["a/b_1/c.png", "a/b/c.png"], [], "b_{group}/*").unmatched == 1
    with pytest.raises(UsageError, match="No file has a name like"):
        group_numbers(["a_1/b.png", "a_1/c.png"], [], "{group}_*")


# What a rule matched --------------------------------------------------------------------------------------------------

SMEARS = [f"{'ab'[x % 2]}/BloodImage_{smear:05}_{x}_{7 * x}.png" for smear in range(12) for x in range(3)]


@pytest.mark.parametrize(
    ("paths", "group_by", "words"),
    [
        (SMEARS, "BloodImage_{group}_*", "12 groups, such as 00000 with 3 images"),
        (SMEARS, "", "each image on its own"),
        (SMEARS, "{group}.*", "36 groups, none of which holds more than one image"),
        ([*SMEARS, "x.png"], "BloodImage_{group}_*", "with 3 images; 1 image doesn’t fit the rule and is on its own"),
        ([*SMEARS, "x.png", "y.png"], "BloodImage_{group}_*", "2 images don’t fit the rule and are each on their own"),
        (["a_1", "a_2", "b_1"], "{group}_*", "2 groups, such as a with 2 images"),
        (["a" * 99 + "_1", "a" * 99 + "_2", "b_1"], "{group}_*", "such as " + "a" * 39 + "… with 2 images"),
    ],
)
def test_a_rule_says_what_it_matched(paths, group_by, words):
    assert words in group_numbers(paths, [], group_by).in_words()


@pytest.mark.parametrize("group_by", ["{group}_*", "{group}_*_*"])
def test_a_rule_that_finds_one_group_for_all_is_refused_with_one_that_would_work(group_by):
    grouping = group_numbers(SMEARS, [], group_by)
    with pytest.raises(UsageError) as refused:
        refuse_one_group(SMEARS, group_by, grouping)
    words = str(refused.value)
    assert f"{group_by!r} finds one group, BloodImage, for all 36 images" in words
    assert "'BloodImage_{group}_*' finds 12 groups, such as 00000 with 3 images" in words


def test_a_rule_that_finds_nothing_is_refused_with_one_that_would_work():
    with pytest.raises(UsageError, match=r"is 'BloodImage_00000_0_0.png'. 'BloodImage_\{group\}_\*' finds 12"):
        group_numbers(SMEARS, [], "scan_{group}_*")


def test_no_images_have_no_groups():
    for group_by in ("", "folder", "column", "{group}_*"):
        grouping = group_numbers([], [], group_by)
        assert grouping.numbers.shape == (0,)
        assert grouping.unmatched == 0


# Merging -------------------------------------------------------------------------------------------------------------


def test_merging_joins_chains_through_both_groupings():
    #        0–1 by the first, 1–2 by the second, 2–3 by the first; 4 and 5 stay alone
    assert merge(np.array([7, 7, 2, 2, 5, 9]), np.array([0, 1, 1, 3, 8, 4])).tolist() == [0, 0, 0, 0, 1, 2]


def test_merging_gives_the_same_groups_whichever_comes_first():
    generator = np.random.default_rng(4)
    a, b = generator.integers(0, 300, (2, 400))
    assert merge(a, b).tolist() == merge(b, a).tolist() == merge(a * 17 - 40, b).tolist()


def test_merging_never_tears_apart_and_never_joins_strangers():
    generator = np.random.default_rng(1)
    a, b = generator.integers(0, 60, (2, 50))
    merged = merge(a, b)
    reached = (a[:, None] == a) | (b[:, None] == b)
    for _ in range(6):  # paths of up to 2 ** 6 steps
        reached = reached @ reached
    assert ((merged[:, None] == merged) == reached).all()


def test_merging_nothing_gives_nothing():
    assert merge(np.zeros(0, dtype=int), np.zeros(0, dtype=int)).shape == (0,)


# Suggestions ---------------------------------------------------------------------------------------------------------


def names(form, groups, of_each):
    return [form.format(group=group, image=image) for group in range(groups) for image in range(of_each)]


@pytest.mark.parametrize(
    ("form", "suggested"),
    [
        ("p{group:03}_{image}.jpg", "{group}_*"),
        ("cat/patient{group}_{image}.jpg", "{group}_*"),
        ("{group:04}-{image}.png", "{group}-*"),
        ("{group:04}_{image}-1.png", "{group}_*"),
    ],
)
def test_a_rule_is_suggested_where_names_begin_with_whom_they_show(form, suggested):
    paths = names(form, 12, 4)
    assert suggest_group_by(paths) == suggested
    assert len(set(group_numbers(paths, [], suggested).numbers)) == 12


@pytest.mark.parametrize(
    "paths",
    [
        [],
        ["p1_1.jpg", "p1_2.jpg"],
        names("cat.{image}.jpg", 1, 50),
        names("airplane/airplane{image:02}.tif", 1, 50),
        names("IMG_{image:04}.jpg", 1, 50),
        names("cat_{group}{image}.jpg", 5, 10),
        names("{group}{image}_scan.jpg", 1, 50),
        names("digit{group}/digit{group}_{image}.png", 10, 10),
        names("202401{group:02}_{image:06}.jpg", 28, 5),
        names("p{group:03}_only.jpg", 50, 1),
        names("p{group:03}_{image}.jpg", 3, 20),
        names("p{group:03}_{image}.jpg", 20, 2) + names("holiday ({image}).jpg", 1, 10),
        names("p001_{image}.jpg", 1, 50) + names("p{group:03}_{image}.jpg", 20, 2),
    ],
    ids=lambda paths: paths[0] if paths else "none",
)
def test_nothing_is_suggested_in_doubt(paths):
    assert suggest_group_by(paths) == ""


def test_nothing_is_suggested_for_plain_photographs(real_images):
    for folder in sorted(real_images.iterdir()):
        assert suggest_group_by([str(path.relative_to(folder)) for path in sorted(folder.rglob("*.*"))]) == ""
