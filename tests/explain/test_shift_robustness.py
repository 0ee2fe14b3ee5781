"""Shift robustness of a run: its own network, its own images, shifted."""

import numpy as np
import pytest
from PIL import Image

from core.concepts.pooling.shifting import shifted
from core.errors import WorkbenchError
from core.evaluation.shift_robustness import moves
from core.explain import shift_robustness
from core.explain.shift_robustness import SHIFTING, accuracy_by_shift
from core.explain.trained_network import trained_network
from core.jobs.job import Stopped

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")]


def test_it_is_asked_about_its_validation_images_shifted_every_way(from_scratch):
    found = accuracy_by_shift(from_scratch)
    predictions = from_scratch.predictions().of("validation")
    assert (found.split, found.side, list(found.moves)) == ("validation", 48, moves(48))
    assert found.right.shape == (len(found.moves), len(predictions))
    assert found.accuracy() == predictions.right.mean()
    network = trained_network(from_scratch)
    pixels = network.read([from_scratch.dataset.path_of(path) for path in predictions.ids])
    answers = network.probabilities(shifted(pixels, -8, 0, first_axis=1)).argmax(axis=1)
    assert found.accuracy((-8, 0)) == (answers == predictions.true).mean()
    # A square anywhere decides, and it was trained on squares everywhere.
    assert found.accuracy((2, 0)) > 0.8
    assert "validation images as they are" in found.words()


def test_a_head_on_a_frozen_backbone_is_asked_as_well(linear_head):
    found = accuracy_by_shift(linear_head)
    assert (found.side, list(found.moves)) == (96, moves(96))
    # Its run answered by features in another precision.
    assert abs(found.accuracy() - linear_head.predictions().of("validation").right.mean()) < 0.1


def test_answers_count_by_what_classes_are_called_now():
    class Network:
        def probabilities(self, pixels):
            return np.array([[0.3, 0.4, 0.3], [0.1, 0.7, 0.2]])

    batch = np.zeros((2, 4, 4, 3), np.uint8)
    together = shift_robustness._answer(Network(), batch, (0, 0), [[0, 2], [1]])
    assert together.tolist() == [0, 1], "classes that were put together count by the sum of their probabilities"


def test_a_slow_network_is_asked_about_fewer_images(from_scratch, monkeypatch):
    monkeypatch.setattr(shift_robustness, "SECONDS", 0.0)
    monkeypatch.setattr(shift_robustness, "FEWEST_IMAGES", 3)
    assert accuracy_by_shift(from_scratch).images == 3


def test_it_tells_how_far_it_is_and_stops_in_between(from_scratch):
    steps = []

    def stop(stage, done, total):
        steps.append((stage, done, total))
        if stage == SHIFTING and done:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        accuracy_by_shift(from_scratch, stop)
    _, done, total = steps[-1]
    images = len(from_scratch.predictions().of("validation"))
    assert (done, total) == (images, len(moves(48)) * images)


def test_images_that_are_gone_are_left_out_and_told_of(from_scratch, monkeypatch, tmp_path):
    dataset = type(from_scratch.dataset)
    Image.fromarray(np.zeros((48, 48, 3), np.uint8)).save(tmp_path / "kept.png")
    first = from_scratch.predictions().of("validation").ids[0]
    place = {first: tmp_path / "kept.png"}
    monkeypatch.setattr(dataset, "path_of", lambda self, path: place.get(path, tmp_path / "gone.png"))
    found = accuracy_by_shift(from_scratch)
    assert found.images == 1
    assert f"{found.unread} more could not be read." in found.words()
    place.clear()
    with pytest.raises(WorkbenchError, match=r"None of the images can be read\. gone\.png"):
        accuracy_by_shift(from_scratch)
