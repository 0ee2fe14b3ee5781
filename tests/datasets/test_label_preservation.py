"""What may be done to an image of a dataset: known of public ones and samples, answered of one's own."""

import json
from dataclasses import replace

import pytest

from core.augmentation.label_preserving import LabelPreserving
from core.datasets.cards import load_cards
from core.datasets.importing import ensure_dataset
from core.datasets.label_preservation import answer, label_preserving
from core.datasets.samples import SAMPLES
from core.datasets.store import Dataset, DatasetInfo
from core.errors import UsageError


@pytest.fixture
def own(imported):
    return imported("pets", {"hamsters": 4, "parrots": 4})


def test_of_ones_own_dataset_nothing_is_known_until_it_is_answered(workspace, own):
    assert label_preserving(own) is None
    answer(own, LabelPreserving(True, False, 20))
    assert label_preserving(own) == LabelPreserving(True, False, 20)
    assert label_preserving(Dataset(own.folder)) == LabelPreserving(True, False, 20)
    answer(own, LabelPreserving(False, False, 0))
    assert label_preserving(own) == LabelPreserving(False, False, 0)


def test_a_public_dataset_is_as_its_card_says_whatever_was_answered(own):
    answer(own, LabelPreserving(True, True, 180))
    own.save(replace(own.info, card="mnist"))
    assert label_preserving(Dataset(own.folder)) == LabelPreserving(True, True, 180), "it has but the names"
    own.save(replace(own.info, card="mnist", card_asked_for=True))
    assert label_preserving(own) == load_cards()["mnist"].label_preserving


@pytest.mark.parametrize("name", SAMPLES)
def test_every_drawn_sample_has_an_answer(workspace, name):
    dataset = Dataset(workspace.datasets / name)
    dataset.save(DatasetInfo(name=name, title=name, drawn=True, kind="sample"))
    assert label_preserving(dataset).flip_horizontal


@pytest.mark.slow
def test_a_sample_that_was_really_drawn_has_its_own(workspace):
    dataset = ensure_dataset(workspace, "cats_vs_dogs_sample")
    assert label_preserving(dataset) == LabelPreserving(True, False, 30)


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (LabelPreserving(True, True, 181), "0 to 180"),
        (LabelPreserving(True, True, -1), "0 to 180"),
        (LabelPreserving(True, True, 1.5), "“rotation” must be a whole number"),
        (LabelPreserving("yes", True, 1), "“flip_horizontal” must be true or false"),
    ],
)
def test_what_is_no_answer_is_refused_and_not_kept(own, allowed, words):
    with pytest.raises(UsageError, match=words):
        answer(own, allowed)
    assert label_preserving(own) is None


@pytest.mark.parametrize("value", ["{", 5, [], {}, {"flip_horizontal": True}, {"rotation": 400}])
def test_a_damaged_answer_can_be_given_again(own, value):
    path = own.folder / "label_preserving.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    assert label_preserving(own) is None
    answer(own, LabelPreserving(True, False, 20))
    assert label_preserving(own) == LabelPreserving(True, False, 20)
