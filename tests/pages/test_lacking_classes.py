"""A class that nobody trains on: said before the training, and of the figures afterwards."""

import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.evaluation.predictions import Predictions


@pytest.fixture
def owls_untrained(workspace, tmp_path, write_picture):
    folder = tmp_path / "pets"
    for part, classes in {"train": "cats dogs", "val": "cats dogs mice", "test": "cats dogs owls"}.items():
        for name in classes.split():
            for number in range(6):
                write_picture(folder / part / name / f"{part}{number}.png")
    return run_import(create_from_path(workspace, folder))


def test_the_check_up_says_it_first(visit, owls_untrained):
    page = visit("dataset", dataset="pets")
    assert "Not ready to learn from." in page.words
    assert any("2 classes without training images: “mice” (6 images), “owls” (6 images)" in text for text in said(page))


def said(page):
    return [page.words, *(expander.label.replace("\\", "") for expander in page.at.main.expander)]


def test_it_is_said_before_training(visit, owls_untrained):
    page = visit("training", dataset="pets")
    assert "No training images of “mice” (6 images), “owls” (6 images): they can't be learned" in page.words
    assert any(label.startswith("Train up to") for label in page.buttons), "who wants to may go on"


def test_its_mistakes_are_no_over_fitting(visit, owls_untrained, trained):
    take_owls_for_cats(trained(owls_untrained, wrong_every=0))
    page = visit("evaluation", dataset="pets")
    assert "There were no training images of “owls”, so it can't have been learned: its 6 test images" in page.words
    assert "Over-fitted" not in page.words
    assert "No sign of over-fitting" in page.words
    assert "is recognised without a mistake" not in page.words


def take_owls_for_cats(run):
    """As a network does that was never shown an owl."""
    known = run.answers()
    probabilities, owls = known.probabilities.copy(), known.class_names.index("owls")
    probabilities[known.true == owls] = probabilities[known.true == 0][0]
    Predictions(known.ids, known.splits, known.true, probabilities, known.class_names).save(run.predictions_path)
