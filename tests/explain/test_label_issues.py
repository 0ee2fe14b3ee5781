"""Wrong labels are found by what the other images of a label look like."""

import numpy as np
import pytest
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues as cleanlabs_issues

from core.explain.label_issues import _suspected, find_label_issues


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


# The oracle: cleanlab, by those who described confident learning ---------------------------------------------------


def judged(count: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels, a fifth of them wrong, and what a middling network makes of the images: each class has some."""
    draw = np.random.default_rng(seed)
    true = np.concatenate([np.arange(classes), draw.integers(0, classes, count - classes)])
    logits = draw.normal(size=(count, classes)) + 2 * np.eye(classes)[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = draw.random(count) < 0.2
    wrong[:classes] = False
    return np.where(wrong, (true + 1) % classes, true), probabilities


@pytest.mark.parametrize(("count", "classes"), [(40, 2), (200, 3), (500, 10), (1000, 40)])
@pytest.mark.parametrize("seed", range(4))
def test_suspected_are_those_that_cleanlab_counts_off_the_diagonal(count, classes, seed):
    labels, probabilities = judged(count, classes, seed)
    _, off_diagonal = compute_confident_joint(
        labels, probabilities, calibrate=False, return_indices_of_off_diagonals=True
    )
    suspected = _suspected(probabilities, labels)
    # cleanlab counts an image for another class even where the label is the likelier one, and prunes it afterwards.
    own = probabilities[np.arange(count), labels][:, None]
    rivals = (probabilities >= get_confident_thresholds(labels, probabilities)) & (probabilities > own)
    assert set(np.flatnonzero(suspected)) == {row for row in off_diagonal if rivals[row].any()}
    assert 0 < suspected.sum() < count


@pytest.mark.parametrize("seed", range(4))
def test_suspected_are_the_issues_of_cleanlab(seed):
    labels, probabilities = judged(600, 5, seed)
    theirs = cleanlabs_issues(labels, probabilities, filter_by="confident_learning")
    assert np.array_equal(_suspected(probabilities, labels), theirs)


def test_thresholds_of_cleanlab_are_the_mean_confidence_of_a_label():
    labels, probabilities = judged(300, 4, 0)
    means = [probabilities[labels == label, label].mean() for label in range(4)]
    assert get_confident_thresholds(labels, probabilities) == pytest.approx(means)
