"""Wrong labels are found by what the other images of a label look like."""

import numpy as np
import pytest

from core.explain.label_issues import find_label_issues


def clouds(count, classes, width=20, apart=6.0, seed=0):
    """Features of classes that lie `apart` from each other, and their labels in turn."""
    draw = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    centres = draw.normal(size=(classes, width))
    centres *= apart / np.linalg.norm(centres, axis=1, keepdims=True)
    return (centres[labels] + draw.normal(size=(count, width))).astype(np.float32), labels


@pytest.mark.parametrize("classes", [2, 7])
def test_flipped_labels_come_first_with_what_they_rather_are(classes):
    vectors, true = clouds(420, classes)
    labels = true.copy()
    flipped = np.arange(5, 420, 19)
    labels[flipped] = (true[flipped] + 1) % classes
    found = find_label_issues(vectors, labels, np.arange(420), classes)
    first = found.rows[: len(flipped)]
    assert set(first) == set(flipped)
    assert np.isin(found.rows[found.suspected], flipped).all()
    assert found.suspected.sum() > len(flipped) / 2
    assert found.likely[: len(flipped)].tolist() == true[first].tolist()
    assert (found.likely_probability > found.label_probability)[: len(flipped)].all()


def test_right_labels_are_not_suspected_and_all_images_are_in_the_order():
    vectors, labels = clouds(300, 3)
    found = find_label_issues(vectors, labels, np.arange(300), 3)
    assert not found.suspected.any()
    assert sorted(found.rows) == list(range(300))


def test_a_group_does_not_vouch_for_its_own_wrong_label():
    # Sixteen near copies of one image, all mislabelled: evaluated by each other, they would all be right.
    vectors, labels = clouds(200, 2)
    copies = np.repeat(vectors[:1], 16, axis=0)
    vectors = np.concatenate([vectors, copies])
    labels = np.concatenate([labels, np.full(16, 1 - labels[0])])
    groups = np.concatenate([np.arange(200), np.full(16, 0)])
    found = find_label_issues(vectors, labels, groups, 2)
    assert set(range(200, 216)) <= set(found.rows[found.suspected])


def test_the_same_each_time():
    vectors, labels = clouds(100, 2, apart=1.0)
    first, second = (find_label_issues(vectors, labels, np.arange(100), 2) for _ in range(2))
    assert first.rows.tolist() == second.rows.tolist()
    assert first.label_probability.tolist() == second.label_probability.tolist()


@pytest.mark.parametrize(
    "labels",
    [[], [0], [0, 1], [0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1], [2, 2, 2, 2, 0]],
    ids=["none", "one", "two", "one class", "one of a class", "a class without images"],
)
def test_too_little_to_tell(labels):
    vectors = np.zeros((len(labels), 4), np.float32)
    found = find_label_issues(vectors, np.array(labels, dtype=int), np.arange(len(labels)), 3)
    assert sorted(found.rows) == list(range(len(labels)))
    assert np.isfinite(found.label_probability).all()
    assert not found.suspected.all() or not labels
