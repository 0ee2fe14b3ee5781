"""Who trains, validates and tests: fair to every class, and always the same."""

from collections import Counter

import numpy as np
import pytest

from core.datasets.splits import SPLITS, SplitSettings, draw_splits
from core.errors import UsageError


def draw(sizes, settings=SplitSettings(), given=""):  # noqa: B008 - it is frozen
    """The parts of a data set with classes of these sizes, as arrays: labels, identities, parts."""
    labels = np.repeat([f"class {index}" for index in range(len(sizes))], sizes)
    identities = np.array([f"image {index}" for index in range(len(labels))])
    parts = np.full(len(labels), given) if isinstance(given, str) else np.asarray(given)
    return labels, identities, draw_splits(labels, identities, parts, settings)


def counts(parts):
    counted = Counter(parts.tolist())
    return tuple(counted[name] for name in SPLITS)


# Settings ------------------------------------------------------------------------------------------------------------

NAN = float("nan")


@pytest.mark.parametrize(
    "shares",
    [
        (0.6, 0.2, 0.3),
        (0.5, 0.2, 0.2),
        (1, 0, 0),
        (0, 0.5, 0.5),
        (0.8, 0.2, 0),
        (1.2, -0.4, 0.2),
        (0.9, -0.1, 0.2),
        (0, 0, 0),
        (60, 20, 20),
        (NAN, 0.5, 0.5),
        (0.5, NAN, 0.5),
        (0.5, 0.5, NAN),
        (float("inf"), 0, 0.5),
    ],
)
def test_shares_that_divide_nothing_sensibly_are_refused(shares):
    with pytest.raises(UsageError, match="must add up to 100 %"):
        SplitSettings(*shares)


@pytest.mark.parametrize("shares", [(0.6, 0.2, 0.2), (0.8, 0, 0.2), (0.7, 0.15, 0.15), (1 / 3, 1 / 3, 1 / 3)])
def test_settings_survive_being_written(shares):
    settings = SplitSettings(*shares, seed=7)
    assert SplitSettings.from_dict(settings.to_dict()) == settings


# Fairness ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares", [(0.6, 0.2, 0.2), (0.8, 0.1, 0.1), (0.5, 0.25, 0.25), (0.34, 0.33, 0.33), (0.9, 0, 0.1)]
)
def test_every_class_keeps_its_shares_within_one_image(shares):
    sizes = [*range(3, 60), 99, 100, 101, 333]
    labels, _, parts = draw(sizes, SplitSettings(*shares, seed=3))
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
    labels, _, parts = draw([2, 50], SplitSettings(0.8, 0, 0.2))
    assert counts(parts[labels == "class 0"]) == (1, 0, 1)


def test_no_images_give_no_parts():
    assert len(draw([])[2]) == 0


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


def test_the_order_of_the_files_does_not_matter():
    labels, identities, parts = draw([40, 7, 23])
    expected = dict(zip(identities.tolist(), parts.tolist(), strict=True))
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(labels))
        shuffled = draw_splits(labels[order], identities[order], np.full(len(order), ""), SplitSettings())
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
    before, after, _ = drawn_from(given_parts(train=40, test=10), SplitSettings(0.8, 0, 0.2))
    assert after.tolist() == before.tolist()


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
