"""What a later run answers otherwise, on images that were relabelled or taken out in between."""

import numpy as np

from core.evaluation.changes import NOW_RIGHT, NOW_WRONG, OTHERWISE, by_later_labels, cell_changes, changes
from core.evaluation.predictions import Predictions


def answered(true, given, names=("cats", "dogs"), ids=None, split="test"):
    probabilities = np.full((len(true), len(names)), 0.2 / max(1, len(names) - 1))
    probabilities[np.arange(len(true)), given] = 0.8
    ids = [f"{index}.png" for index in range(len(true))] if ids is None else ids
    return Predictions(np.array(ids), np.full(len(true), split), np.array(true), probabilities, names)


def test_answers_that_became_right_and_wrong():
    found = changes(answered([0, 0, 1, 1], [0, 1, 1, 1]), answered([0, 0, 1, 1], [0, 0, 0, 1]), "test")
    assert (found.before.right, found.after.right, found.after.n) == (3, 3, 4)
    assert found.before_by_new_labels == found.before
    rows = found.images.set_index("path")
    assert rows.loc["1.png", ["answer_before", "answer", "change"]].tolist() == ["dogs", "cats", NOW_RIGHT]
    assert rows.loc["2.png", ["answer_before", "answer", "change"]].tolist() == ["dogs", "cats", NOW_WRONG]
    assert len(rows) == 2
    assert (found.matrix_after - found.matrix_before).tolist() == [[1, -1], [1, -1]]


def test_a_corrected_label_alone_makes_the_earlier_run_better():
    found = changes(answered([0, 0, 1], [0, 1, 1]), answered([0, 1, 1], [0, 1, 1]), "test")
    assert (found.before.right, found.before_by_new_labels.right, found.after.right) == (2, 3, 3)
    (row,) = found.images.to_dict("records")
    assert (row["path"], row["label_before"], row["label"], row["change"]) == ("1.png", "cats", "dogs", "")


def test_an_excluded_image_counts_before_only():
    found = changes(answered([0, 0, 1], [0, 1, 1]), answered([0, 1], [0, 1], ids=["0.png", "2.png"]), "test")
    assert (found.before.n, found.after.n) == (3, 2)
    assert (found.before_by_new_labels.right, found.before_by_new_labels.n) == (2, 2)
    assert found.images.empty


def test_classes_are_known_by_name():
    """A new class came first, so that indices moved; and one is gone."""
    before = answered([0, 1, 2], [0, 1, 1], names=("cats", "dogs", "mice"))
    after = answered([1, 2, 0], [1, 2, 2], names=("birds", "cats", "dogs"))
    found = changes(before, after, "test")
    assert found.class_names == ("birds", "cats", "dogs", "mice")
    assert found.matrix_before[3, 2] == 1
    assert found.matrix_after[0, 2] == 1
    (row,) = found.images.to_dict("records")
    assert (row["label_before"], row["label"], row["answer"]) == ("mice", "birds", "dogs")


def test_wrong_in_another_way():
    names = ("cats", "dogs", "mice")
    found = changes(answered([0], [1], names), answered([0], [2], names), "test")
    assert found.images["change"].tolist() == [OTHERWISE]


def test_no_images_in_common():
    found = changes(answered([0], [0], ids=["a"]), answered([0], [1], ids=["b"]), "test")
    assert found.before_by_new_labels.n == 0
    assert found.before_by_new_labels.accuracy == 0.0
    assert found.images.empty


def test_a_part_without_images():
    found = changes(answered([0], [0]), answered([0], [0]), "validation")
    assert (found.before.n, found.after.n) == (0, 0)


def test_the_images_behind_a_cell_of_the_difference():
    """One is relabelled, one answered otherwise, one excluded, and one is new."""
    before = answered([0, 0, 1, 1], [0, 1, 1, 0], ids=["relabelled", "answered", "stays", "excluded"])
    after = answered([1, 0, 1, 0], [0, 0, 1, 0], ids=["relabelled", "answered", "stays", "new"])
    found = changes(before, after, "test")
    difference = found.matrix_after - found.matrix_before
    assert cell_changes(found, 0, 0) == (["answered", "new"], ["relabelled"])
    assert cell_changes(found, 1, 0) == (["relabelled"], ["excluded"])
    assert cell_changes(found, 0, 1) == ([], ["answered"])
    for true in range(2):
        for answer in range(2):
            came, left = cell_changes(found, true, answer)
            assert len(came) - len(left) == difference[true, answer]


def test_two_runs_by_the_later_labels():
    before = answered([0, 0, 1, 2], [0, 1, 1, 2], names=("cats", "dogs", "mice"), ids=["a", "b", "c", "d"])
    after = answered([2, 1, 0], [2, 1, 1], names=("birds", "cats", "dogs"), ids=["c", "b", "d"])
    old, new = by_later_labels(before, after)
    assert old.class_names == new.class_names == ("birds", "cats", "dogs", "mice")
    assert old.ids.tolist() == new.ids.tolist() == ["c", "b", "d"]
    assert old.true.tolist() == new.true.tolist() == [2, 1, 0]
    assert old.predicted.tolist() == [2, 2, 3]
    assert new.predicted.tolist() == [2, 1, 1]


def test_what_one_run_learned_from_the_other_is_not_evaluated_by():
    old, new = by_later_labels(answered([0, 1], [0, 1], split="train"), answered([0, 1], [0, 1]))
    assert len(old) == len(new) == 0
