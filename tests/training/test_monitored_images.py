"""Which images choose the best epoch where validation lacks classes, or has some that nobody trains on."""

import numpy as np

from core.training.monitored_images import monitored_in_words, monitored_rows


def rows_of(**parts: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Splits and targets of so many images of each class by part of the split."""
    pairs = [(part, number) for part, counts in parts.items() for number, count in counts.items() for _ in range(count)]
    splits, targets = zip(*pairs, strict=True)
    return np.array(splits), np.array(targets)


def test_the_validation_images_choose_where_all_classes_have_some():
    splits, targets = rows_of(train={0: 9, 1: 3}, validation={0: 3, 1: 1}, test={0: 3, 1: 1})
    rows = monitored_rows(splits, targets, seed=1)
    assert rows.tolist() == np.flatnonzero(splits == "validation").tolist()
    assert monitored_in_words(splits, rows) == ""


def test_training_images_stand_in_for_a_class_by_its_share():
    splits, targets = rows_of(train={0: 40, 1: 20, 2: 1}, validation={0: 10}, test={0: 5, 1: 5, 2: 5})
    rows = monitored_rows(splits, targets, seed=1)
    assert np.bincount(targets[rows]).tolist() == [10, 5, 1]
    assert set(splits[rows][targets[rows] > 0]) == {"train"}
    assert rows.tolist() == monitored_rows(splits, targets, seed=1).tolist()
    assert "10 validation images, with 6 training images of classes that validation lacks." in monitored_in_words(
        splits, rows
    )


def test_images_of_a_class_that_nobody_trains_on_choose_nothing():
    splits, targets = rows_of(train={0: 9, 1: 9}, validation={0: 3, 1: 3, 2: 9}, test={0: 3, 1: 3})
    rows = monitored_rows(splits, targets, seed=1)
    assert np.bincount(targets[rows]).tolist() == [3, 3]
    assert "6 validation images, without 9 of classes that have no training images." in monitored_in_words(splits, rows)


def test_nothing_chooses_where_validation_has_no_images_of_what_is_learned():
    splits, targets = rows_of(train={0: 9, 1: 9}, validation={2: 4}, test={0: 1})
    assert not len(monitored_rows(splits, targets, seed=1))
    splits, targets = rows_of(train={0: 9, 1: 9}, test={0: 1})
    assert not len(monitored_rows(splits, targets, seed=1))
