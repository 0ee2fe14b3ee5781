"""Who trains, validates and tests: fair to every class, always the same, and nobody on both sides."""

from collections import Counter

import numpy as np
import pytest

from core.datasets.grouping.groups import merge
from core.datasets.splits import SPLITS, SplitSettings, draw_splits, leaks
from core.errors import UsageError


def draw(sizes, settings=SplitSettings(), given="", groups=None, fixed=None):  # noqa: B008 - it is frozen
    """The parts of a data set with classes of these sizes, as arrays: labels, identities, parts."""
    labels = np.repeat([f"class {index}" for index in range(len(sizes))], sizes)
    identities = np.array([f"image {index}" for index in range(len(labels))])
    parts = np.full(len(labels), given) if isinstance(given, str) else np.asarray(given)
    return labels, identities, draw_splits(labels, identities, parts, settings, groups, fixed)


def counts(parts):
    counted = Counter(parts.tolist())
    return tuple(counted[name] for name in SPLITS)


# Settings ------------------------------------------------------------------------------------------------------------

NAN = float("nan")


@pytest.mark.parametrize("amount", [-0.1, -3, 1.5, NAN, float("inf"), "a fifth", None])
@pytest.mark.parametrize("name", ["validation", "test"])
def test_amounts_that_are_neither_share_nor_count_are_refused(name, amount):
    with pytest.raises(UsageError, match=f"kept for {name} must be a share of the images.* or a whole number"):
        SplitSettings(**{name: amount})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"test": 0}, "something to test on"),
        ({"validation": 0.5, "test": 0.5}, "nothing to train on"),
        ({"validation": 0.9, "test": 0.2}, "nothing to train on"),
        ({"validation": 0.5, "folds": 2}, "nothing to train on"),
        ({"folds": 1}, "2 to 20 folds"),
        ({"folds": 21}, "2 to 20 folds"),
        ({"folds": -5}, "2 to 20 folds"),
        ({"folds": 5, "fold": 0}, "fold 0 cannot test"),
        ({"folds": 5, "fold": 6}, "fold 6 cannot test"),
        ({"fold": 2}, "Of 0 folds, fold 2 cannot test"),
        ({"group_by": "patient"}, "file name that holds {group}"),
    ],
)
def test_settings_that_divide_nothing_sensibly_are_refused(values, reason):
    with pytest.raises(UsageError, match=reason):
        SplitSettings(**values)


@pytest.mark.parametrize(
    "settings",
    [
        SplitSettings(0, 0.2, seed=7),
        SplitSettings(1 / 3, 1 / 3),
        SplitSettings(100, 200, group_by="{group}_*", near_duplicates_together=False),
        SplitSettings(group_by="folder", folds=5, fold=5),
    ],
)
def test_settings_survive_being_written(settings):
    assert SplitSettings.from_dict(settings.to_dict()) == settings


def test_settings_of_an_earlier_version_are_read():
    settings = SplitSettings.from_dict({"train": 0.7, "validation": 0.1, "test": 0.2, "seed": 3})
    assert settings == SplitSettings(0.1, 0.2, seed=3)


@pytest.mark.parametrize(
    ("settings", "share"),
    [
        (SplitSettings(), 0.6),
        (SplitSettings(0.15, 0.15), 0.7),
        (SplitSettings(0.2, 0.7, folds=10), 0.7),
        (SplitSettings(100, 0.2), None),
        (SplitSettings(0.2, 1), None),
    ],
)
def test_training_gets_the_rest(settings, share):
    assert settings.train == share


# Fairness ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares", [(0.6, 0.2, 0.2), (0.8, 0.1, 0.1), (0.5, 0.25, 0.25), (0.34, 0.33, 0.33), (0.9, 0, 0.1)]
)
def test_every_class_keeps_its_shares_within_one_image(shares):
    sizes = [*range(3, 60), 99, 100, 101, 333]
    labels, _, parts = draw(sizes, SplitSettings(*shares[1:], seed=3))
    assert len(parts) == sum(sizes)
    assert set(parts) <= set(SPLITS)
    for index, size in enumerate(sizes):
        of_class = counts(parts[labels == f"class {index}"])
        assert sum(of_class) == size
        for count, share in zip(of_class, shares, strict=True):
            assert (count > 0) == (share > 0), "no part that is wanted may be empty"
            # In smaller classes some part has to give an image away, so that none is empty.
            if size * min(share for share in shares if share) >= 1:
                assert abs(count - share * size) <= 1 + 1e-9, (size, of_class)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(1, (1, 0, 0)), (2, (1, 0, 1)), (3, (1, 1, 1)), (4, (2, 1, 1)), (5, (3, 1, 1)), (10, (6, 2, 2))],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_small_classes_train_first_and_test_second(size, expected, seed):
    # A class nobody trains on cannot be learned, one nobody tests on cannot be judged; validation can do without it.
    labels, _, parts = draw([size, 50], SplitSettings(seed=seed))
    assert counts(parts[labels == "class 0"]) == expected


def test_without_validation_two_images_train_and_test():
    labels, _, parts = draw([2, 50], SplitSettings(0, 0.2))
    assert counts(parts[labels == "class 0"]) == (1, 0, 1)


def test_no_images_give_no_parts():
    assert len(draw([])[2]) == 0


# Counts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("validation", "test", "expected"),
    [(10, 20, (140, 10, 20)), (0, 1, (169, 0, 1)), (0.1, 50, (103, 17, 50)), (40, 0.5, (45, 40, 85))],
)
def test_counts_are_met_exactly(validation, test, expected):
    assert counts(draw([100, 50, 20], SplitSettings(validation, test))[2]) == expected


def test_counts_are_shared_fairly_among_the_classes():
    labels, _, parts = draw([200, 100, 30, 2, 1], SplitSettings(20, 33))
    assert [counts(parts[labels == label]) for label in np.unique(labels)] == [
        (169, 12, 19),
        (84, 6, 10),
        (25, 2, 3),
        (1, 0, 1),  # as with shares, every class trains first and tests second
        (1, 0, 0),
    ]


def test_more_images_than_there_are_is_refused():
    assert counts(draw([10, 10], SplitSettings(8, 10))[2]) == (2, 8, 10)
    with pytest.raises(UsageError, match="9 images for validation and 10 for the test cannot be had of 20 images"):
        draw([10, 10], SplitSettings(9, 10))


def test_a_count_is_cut_from_the_training_images_that_a_dataset_brings():
    _, _, found = drawn_from(given_parts(train=40, test=11), SplitSettings(10, 500))
    assert found == (35, 5, 11)


# Sameness ------------------------------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_and_another_seed_another():
    first, again, other = (draw([50, 50], SplitSettings(seed=seed))[2].tolist() for seed in (5, 5, 6))
    assert first == again
    assert first != other
    assert counts(np.array(first)) == counts(np.array(other))


def test_the_division_is_the_same_on_every_machine():
    # Written down once: a run of last year must find the test images of last year.
    of_six = ["train", "train", "train", "test", "train", "validation"]
    of_four = ["train", "train", "validation", "test"]
    assert draw([6, 4])[2].tolist() == of_six + of_four
    pairs = ["train", "train", "validation", "test", "train"]
    assert draw([10], groups=np.arange(10) // 2)[2][::2].tolist() == pairs
    second_of_three = ["train", "test", "train", "validation", "test", "train"]
    assert draw([6], SplitSettings(folds=3, fold=2))[2].tolist() == second_of_three


@pytest.mark.parametrize("groups", [None, np.arange(70) // 3, np.arange(70) % 11])
@pytest.mark.parametrize("settings", [SplitSettings(), SplitSettings(10, 20), SplitSettings(folds=4, fold=2)])
def test_the_order_of_the_files_does_not_matter(settings, groups):
    labels, identities, parts = draw([40, 7, 23], settings, groups=groups)
    expected = dict(zip(identities.tolist(), parts.tolist(), strict=True))
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(labels))
        renumbered = None if groups is None else 100 - groups[order]
        shuffled = draw_splits(labels[order], identities[order], np.full(len(order), ""), settings, renumbered)
        assert dict(zip(identities[order].tolist(), shuffled.tolist(), strict=True)) == expected


def test_a_few_more_images_leave_most_where_they_were():
    labels, identities, before = draw([200])
    more = np.array([*identities, *(f"new {index}" for index in range(5))])
    after = draw_splits(np.full(205, labels[0]), more, np.full(205, ""), SplitSettings())
    assert (after[:200] != before).sum() <= 10


def test_the_division_does_not_follow_the_order_of_the_files():
    # Photographs of one day lie side by side; a test of the last fifth would be a test of another day.
    _, _, parts = draw([200])
    test_places = np.flatnonzero(parts == "test")
    assert 60 < test_places.mean() < 140


# Splits that a data set brings along ---------------------------------------------------------------------------------


def given_parts(**sizes):
    """Two classes, each with these many images in each given part."""
    one_class = [name for name, size in sizes.items() for _ in range(size)]
    return [len(one_class)] * 2, one_class * 2


def drawn_from(given, settings=SplitSettings()):  # noqa: B008 - it is frozen
    sizes, parts = given
    labels, _, drawn = draw(sizes, settings, parts)
    assert counts(drawn[labels == "class 0"]) == counts(drawn[labels == "class 1"])
    return np.asarray(parts), drawn, counts(drawn[labels == "class 0"])


@pytest.mark.parametrize("seed", [0, 1])
def test_a_complete_split_is_kept(seed):
    before, after, _ = drawn_from(given_parts(train=7, validation=2, test=9), SplitSettings(seed=seed))
    assert after.tolist() == before.tolist()


def test_lacking_validation_is_cut_from_training():
    # Of train : validation = 60 : 20 a quarter is validation.
    before, after, found = drawn_from(given_parts(train=40, test=11))
    assert found == (30, 10, 11)
    assert (after[before == "test"] == "test").all()


def test_lacking_test_is_cut_from_training():
    before, after, found = drawn_from(given_parts(train=40, validation=11))
    assert found == (30, 11, 10)
    assert (after[before == "validation"] == "validation").all()


def test_only_a_training_part_is_divided_as_if_it_were_all():
    _, _, found = drawn_from(given_parts(train=50))
    assert found == (30, 10, 10)


def test_a_lacking_validation_that_nobody_wants_is_not_cut():
    before, after, _ = drawn_from(given_parts(train=40, test=10), SplitSettings(0, 0.2))
    assert after.tolist() == before.tolist()


def test_a_given_division_is_kept_even_where_it_tears_a_group_apart():
    given = ["train", "test", "train", "validation", "", "train", "train", "", "test"]
    groups = np.array([0, 0, 1, 1, 1, 2, 3, 4, 4])
    _, _, parts = draw([9], given=given, groups=groups)
    assert parts.tolist() == ["train", "test", "train", "validation", "train", "train", "train", "test", "test"]
    assert leaks(parts, groups).tolist() == [True] * 5 + [False] * 4


def test_another_seed_cuts_other_images_but_never_touches_the_given_part():
    first, second = (drawn_from(given_parts(train=40, test=10), SplitSettings(seed=seed))[1] for seed in (0, 1))
    assert first.tolist() != second.tolist()
    assert ((first == "test") == (second == "test")).all()


def test_a_given_part_without_training_leaves_nothing_to_train_on():
    # The executor then refuses in words; nothing is taken out of the given parts behind anybody's back.
    _, _, found = drawn_from(given_parts(validation=5, test=5))
    assert found == (0, 5, 5)


def test_a_single_training_image_goes_on_training():
    _, _, found = drawn_from(given_parts(train=1, test=5))
    assert found == (1, 0, 5)


# What belongs together -----------------------------------------------------------------------------------------------


def patients(seed, classes=3, count=120):
    """Groups as in a hospital: of very different sizes, mostly but not wholly of one class."""
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(count), np.maximum(1, generator.lognormal(1.5, 1, count).astype(int)))
    mostly = generator.integers(0, classes, count)[groups]
    labels = np.where(generator.random(len(groups)) < 0.9, mostly, generator.integers(0, classes, len(groups)))
    return labels.astype(str), np.array([f"image {index}" for index in range(len(groups))]), groups


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole_and_classes_keep_their_shares(seed):
    labels, identities, groups = patients(seed)
    parts = draw_splits(labels, identities, np.full(len(labels), ""), SplitSettings(seed=seed), groups)
    assert not leaks(parts, groups).any()
    for label in np.unique(labels):
        of_class = counts(parts[labels == label])
        assert np.allclose(of_class, np.array([0.6, 0.2, 0.2]) * sum(of_class), atol=5), of_class


def test_large_and_small_groups_come_to_every_part():
    # Were the large ones all put into training, the test would be on patients of another kind.
    sizes = np.repeat([20, 5, 1], 50)
    groups = np.repeat(np.arange(150), sizes)
    _, _, parts = draw([len(groups)], groups=groups)
    for name in SPLITS:
        assert set(sizes[np.unique(groups[parts == name])]) == {20, 5, 1}


def test_images_with_the_same_pixels_stay_together_whatever_the_groups():
    identities = np.array([f"image {index % 40}" for index in range(100)])
    for groups in (None, np.arange(100), np.arange(100) // 2):
        parts = draw_splits(np.full(100, "a"), identities, np.full(100, ""), SplitSettings(), groups)
        _, same = np.unique(identities, return_inverse=True)
        assert not leaks(parts, same if groups is None else merge(same, groups)).any()
        assert set(parts) == set(SPLITS)


@pytest.mark.parametrize(("groups", "expected"), [(2, (10, 0, 10)), (3, (10, 10, 10)), (4, (20, 10, 10))])
def test_a_class_of_few_groups_trains_first_and_tests_second(groups, expected):
    _, _, parts = draw([10 * groups], SplitSettings(0.1, 0.1), groups=np.arange(10 * groups) // 10)
    assert counts(parts) == expected


def test_a_group_larger_than_the_training_part_leaves_the_rest_to_the_others():
    _, _, parts = draw([100], groups=np.maximum(np.arange(100), 79))
    assert counts(parts) == (80, 10, 10)


@pytest.mark.parametrize("sizes", [[30], [30, 20]])
def test_groups_that_leave_nothing_to_test_on_are_refused(sizes):
    # As with images that lie right in their class folders, when grouped by folder.
    with pytest.raises(UsageError, match="nothing to test on"):
        draw(sizes, groups=np.repeat(np.arange(len(sizes)), sizes))


def test_images_are_said_to_leak_where_their_group_is_on_two_sides():
    parts = np.array(["train", "test", "train", "train", "validation", "test"])
    assert leaks(parts, np.array([4, 4, 9, 9, 7, 1])).tolist() == [True, True, False, False, False, False]
    assert leaks(parts[:0], np.zeros(0, dtype=int)).shape == (0,)


# New images ----------------------------------------------------------------------------------------------------------


def grow(old, more, seed=0):
    """Draws one class of `old` images, some of them in pairs, then again with `more`, of which some join old ones."""
    groups = np.concatenate([np.arange(old) // 2, np.arange(more) * 3])
    before = draw([old], SplitSettings(seed=seed), groups=groups[:old])[2]
    fixed = np.concatenate([before, np.full(more, "")])
    return groups, fixed, draw([old + more], SplitSettings(seed=seed + 1), groups=groups, fixed=fixed)[2]


@pytest.mark.parametrize("more", [1, 10, 100])
def test_the_old_never_move_and_new_ones_join_them(more):
    groups, fixed, after = grow(200, more)
    assert (after[:200] == fixed[:200]).all()
    assert not leaks(after, groups).any()


def test_new_images_fill_what_is_lacking():
    _, _, after = grow(200, 200)
    assert counts(after) == (240, 80, 80)


def test_new_images_restore_the_shares_that_were_changed():
    fixed = np.array(["train"] * 60 + ["test"] * 20 + [""] * 20)
    assert counts(draw([100], fixed=fixed)[2]) == (60, 20, 20)
    assert counts(draw([100], SplitSettings(0.1, 0.2), fixed=fixed)[2]) == (70, 10, 20)
    # Far too much tests already: the new ones go to the other two, in proportion to what these lack.
    assert counts(draw([100], fixed=np.array(["test"] * 80 + [""] * 20))[2]) == (15, 5, 80)


def test_a_new_image_that_belongs_to_several_parts_trains():
    fixed = np.array(["train", "test", "", "validation", "test", "", "test", "", "train", "train"])
    parts = draw([10], groups=np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 4]), fixed=fixed)[2]
    assert parts[[2, 5, 7]].tolist() == ["train", "train", "test"]


def test_a_new_copy_of_an_old_image_joins_it():
    identities = np.array([*(f"image {index}" for index in range(50))] * 2)
    before = draw([50], SplitSettings(seed=1))[2]
    fixed = np.concatenate([before, np.full(50, "")])
    parts = draw_splits(np.full(100, "a"), identities, np.full(100, ""), SplitSettings(), None, fixed)
    assert parts.tolist() == [*before, *before]


def test_a_new_training_image_joins_the_validation_cut_from_those_that_a_dataset_brings():
    given = ["train"] * 8 + ["test"] * 2
    fixed = np.array(["validation", "validation", "train", "train", "train", "train", "", "", "test", "test"])
    parts = draw([10], given=given, groups=np.array([0, 1, 2, 3, 4, 5, 0, 2, 8, 9]), fixed=fixed)[2]
    assert parts.tolist() == [*fixed[:6], "validation", "train", "test", "test"]


def test_what_a_dataset_brings_now_counts_more_than_what_was_drawn_earlier():
    given = ["train"] * 6 + ["test"] * 2
    parts = draw([8], SplitSettings(0, 0.2), given, fixed=np.array(["test"] * 4 + ["train"] * 4))[2]
    assert parts.tolist() == given


# Folds ---------------------------------------------------------------------------------------------------------------


def all_folds(folds, *arrays, **more):
    """Which images test in each fold, (folds, n), and the parts of each fold."""
    settings = [SplitSettings(folds=folds, fold=fold) for fold in range(1, folds + 1)]
    parts = np.array([draw_splits(*arrays, each, **more) for each in settings])
    return parts == "test", parts


@pytest.mark.parametrize("folds", [2, 5, 10])
def test_every_image_tests_in_exactly_one_fold_and_every_class_in_all(folds):
    labels, identities, _ = draw([100, 11, 11, 11, 37])
    tested, parts = all_folds(folds, labels, identities, np.full(len(labels), ""))
    assert (tested.sum(axis=0) == 1).all()
    assert np.ptp(tested.sum(axis=1)) <= 1
    for label in np.unique(labels):
        assert np.ptp(tested[:, labels == label].sum(axis=1)) <= 1
    validating = (parts == "validation").sum(axis=1)
    assert np.abs(validating - 0.2 * len(labels)).max() <= 3  # a share of all images, within one of each class


@pytest.mark.parametrize("folds", [2, 5])
def test_folds_keep_groups_whole(folds):
    labels, identities, groups = patients(0)
    tested, parts = all_folds(folds, labels, identities, np.full(len(labels), ""), groups=groups)
    assert (tested.sum(axis=0) == 1).all()
    for each in parts:
        assert not leaks(each, groups).any()
    for label in np.unique(labels):
        assert np.ptp(tested[:, labels == label].sum(axis=1)) <= 5


def test_new_images_are_divided_into_folds_without_moving_the_old():
    labels, identities, _ = draw([40, 40])
    old = np.arange(80) % 40 < 33
    _, before = all_folds(4, labels[old], identities[old], np.full(old.sum(), ""))
    after = np.full((4, 80), "", dtype="<U10")
    for fold in range(4):
        fixed = np.full(80, "", dtype="<U10")
        fixed[old] = before[fold]
        after[fold] = draw([40, 40], SplitSettings(folds=4, fold=fold + 1), fixed=fixed)[2]
    assert (after[:, old] == before).all()
    assert ((after == "test").sum(axis=0) == 1).all()
    assert np.ptp((after == "test").sum(axis=1)) <= 2


def test_counts_validate_beside_folds():
    assert counts(draw([50, 50], SplitSettings(30, folds=5))[2]) == (50, 30, 20)


def test_folds_spare_the_validation_images_that_a_dataset_brings():
    before, after, found = drawn_from(given_parts(train=40, validation=10), SplitSettings(folds=4, fold=3))
    assert found == (30, 10, 10)
    assert (after[before == "validation"] == "validation").all()


@pytest.mark.parametrize(
    ("sizes", "groups", "given", "reason"),
    [
        ([20, 4], None, "", "5 folds cannot all test the class “class 1”, which has 4 images"),
        ([20, 20], np.arange(40) // 10, "", "4 groups cannot be divided into 5 folds"),
        ([20, 20], np.minimum(np.arange(40), 20), "", "class “class 1” all belong together"),
        ([20], None, ["train"] * 15 + ["test"] * 5, "brings its own test images"),
    ],
)
def test_folds_that_cannot_be_had_are_refused(sizes, groups, given, reason):
    with pytest.raises(UsageError, match=reason):
        draw(sizes, SplitSettings(folds=5), given, groups)


@pytest.mark.filterwarnings("error")
def test_counts_are_no_matter_where_a_dataset_brings_all_but_training():
    before, after, _ = drawn_from(given_parts(validation=5, test=5), SplitSettings(10, 10))
    assert after.tolist() == before.tolist()


def test_no_images_give_no_folds():
    assert len(draw([], SplitSettings(folds=5))[2]) == 0
