"""The sentences made of an evaluation."""

from dataclasses import replace

import numpy as np
import pytest

from core.evaluation.evaluation import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.verdict import class_remarks, verdict, weakest_class


def evaluated(hits, n, majority=0.5, split="test"):
    """An evaluation that is right on so many of n images, of cats and dogs."""
    true = np.r_[0, np.zeros(n, dtype=int)]
    given = np.where(np.arange(n + 1) <= hits, 0, 1)
    rows = Predictions(
        np.arange(n + 1).astype(str), np.array(["train"] + ["test"] * n), true, np.eye(2)[given], ("cats", "dogs")
    )
    found = evaluate(rows, resamples=0)
    known = tuple(replace(each, support=1) for each in found.classes)
    return replace(found, split=split, majority_accuracy=majority, majority_class="cats", classes=known)


@pytest.mark.parametrize(
    ("evaluation", "text"),
    [
        (
            evaluated(195, 200),
            "Right on 97.5 % of 200 test images (95 % interval 94.3–98.9 %). "
            "Always answering “cats” would be right on 50 %.",
        ),
        (
            evaluated(12, 20, split="validation"),
            "Right on 60 % of 20 validation images (95 % interval 39–78 %). "
            "Always answering “cats” would be right on 50 %. That is not clearly better than always answering “cats”.",
        ),
        (
            evaluated(1, 1, majority=0.0),
            "Right on 100 % of 1 test image (95 % interval 21–100 %). Always answering “cats” would be right on 0 %.",
        ),
        (
            evaluated(9_000, 10_000, majority=0.105, split="train"),
            "Right on 90.00 % of 10,000 training images (95 % interval 89.40–90.57 %). "
            "Always answering “cats” would be right on 10.5 %.",
        ),
        (
            evaluated(4_999, 5_000, majority=1 / 3),
            "Right on all but 1 of 5,000 test images (95 % interval 99.9–100.0 %). "
            "Always answering “cats” would be right on 33.3 %.",
        ),
        (
            evaluated(2, 5_000, majority=0.0),
            "Right on 2 of 5,000 test images (95 % interval 0.0–0.1 %). Always answering “cats” would be right on 0 %.",
        ),
    ],
)
def test_verdict(evaluation, text):
    assert verdict(evaluation) == text


def test_an_interval_that_touches_the_majority_is_not_clearly_better():
    evaluation = evaluated(150, 200)
    low = evaluation.accuracy.low
    assert "not clearly better" in verdict(replace(evaluation, majority_accuracy=low))
    assert "not clearly better" not in verdict(replace(evaluation, majority_accuracy=low - 1e-9))


def test_what_is_to_be_known_of_classes():
    evaluation = evaluated(3, 4)
    cats, dogs = evaluation.classes
    evaluation = replace(evaluation, classes=(replace(cats, support=2), replace(dogs, support=0)))
    assert class_remarks(evaluation, []) == ["No test images of “dogs”: nothing can be said of it."]
    assert class_remarks(evaluation, ["cats"])[0] == (
        "There were no training images of “cats”, so it can't have been learned: its 2 test images can "
        "only be mistaken."
    )


@pytest.mark.parametrize(
    ("true", "given", "words"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], ("Every class is recognised without a mistake.", "")),
        ([0, 0, 0, 0], [0, 0, 0, 0], ("Every class that has images here is recognised without a mistake.", "")),
        (
            [0, 0, 0, 1, 1],
            [0, 0, 0, 0, 1],
            ("The weakest class is “dogs”:", "of its 2 images it finds 1, and of 1 image that it calls so 1 is right."),
        ),
    ],
)
def test_the_weakest_class(true, given, words):
    splits = np.array(["train"] + ["test"] * len(true))
    ids, probabilities = np.arange(len(splits)).astype(str), np.eye(2)[[0, *given]]
    found = evaluate(Predictions(ids, splits, np.array([0, *true]), probabilities, ("cats", "dogs")), resamples=0)
    assert weakest_class(found) == words
