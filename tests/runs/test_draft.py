"""What somebody has chosen for the next run, which neither a refresh nor a restart may lose."""

import dataclasses

import pytest

from core.architectures.registry import ARCHITECTURES
from core.datasets.store import DatasetInfo, open_dataset
from core.errors import UsageError
from core.runs.draft import Draft
from core.runs.settings import PARAMETERS


@pytest.fixture
def dataset(imported):
    return imported("pets", {"cats": 3, "dogs": 3})


@pytest.fixture
def draft(dataset):
    return Draft(dataset)


ROTATE = [{"name": "rotation", "amount": 15}]


def test_without_a_choice_everything_is_as_usual(draft):
    settings = draft.settings()
    assert settings.dataset == "pets"
    assert settings.architecture == "mobilenet_075", "photographs start from a pretrained backbone"
    assert settings.epochs == PARAMETERS["epochs"].default["frozen"]
    assert draft.chosen() == {}


def test_drawn_samples_start_with_the_small_network(dataset):
    # It needs no download, and sketches are easy.
    dataset.save(DatasetInfo(**dataclasses.asdict(dataset.info) | {"drawn": True}))
    assert Draft(dataset).settings().architecture == "small_cnn"


def test_a_choice_is_still_there_when_the_dataset_is_opened_again(draft, workspace):
    draft.choose(epochs=7)
    draft.choose(augmentation=ROTATE)
    again = Draft(open_dataset(workspace, "pets"))
    assert again.chosen() == {"epochs": 7, "augmentation": ROTATE}
    assert again.settings() == draft.settings()
    assert again.settings().epochs == 7


def test_to_train_as_the_course_does_takes_back_what_was_chosen_of_that(draft):
    draft.choose(architecture="mnist_cnn", epochs=7, augmentation=ROTATE, patience=4)
    draft.choose(as_course=True)
    settings = draft.settings()
    assert (settings.as_course, settings.epochs, settings.augmentation, settings.patience) == (True, 20, (), 4)
    draft.choose(epochs=9)
    assert draft.settings().epochs == 9
    draft.choose(architecture="small_cnn")
    assert not draft.settings().as_course


def test_another_architecture_takes_back_its_numbers_but_keeps_the_augmentation(draft):
    draft.choose(architecture="mobilenet", epochs=7, learning_rate=0.5, image_size=64, weights="untrained", seed=3)
    draft.choose(augmentation=ROTATE)
    draft.choose(architecture="small_cnn")
    settings = draft.settings()
    assert settings.architecture == "small_cnn"
    assert settings.epochs == PARAMETERS["epochs"].default["scratch"]
    assert settings.learning_rate == PARAMETERS["learning_rate"].default["scratch"]
    assert settings.image_size == ARCHITECTURES["small_cnn"].input_size
    assert settings.weights == ""
    assert settings.seed == 3
    assert [step.name for step in settings.augmentation] == ["rotation"]


def test_choosing_the_same_architecture_again_changes_nothing(draft):
    draft.choose(architecture="mobilenet", epochs=7)
    draft.choose(architecture="mobilenet")
    assert draft.settings().epochs == 7


def test_choosing_the_architecture_that_is_meant_anyway_changes_nothing(draft):
    draft.choose(epochs=7)
    draft.choose(architecture=draft.values()["architecture"])
    assert draft.settings().epochs == 7


def test_numbers_chosen_together_with_an_architecture_are_kept(draft):
    draft.choose(epochs=7)
    draft.choose(architecture="small_cnn", batch_size=8)
    settings = draft.settings()
    assert (settings.epochs, settings.batch_size) == (PARAMETERS["epochs"].default["scratch"], 8)


def test_a_wrong_choice_is_kept_to_be_corrected_and_refused_in_words(draft):
    draft.choose(epochs="many")
    assert draft.values()["epochs"] == "many"
    with pytest.raises(UsageError, match="'epochs' must be"):
        draft.settings()


@pytest.mark.parametrize("content", [b"{", b"", b"\xff"])
def test_a_damaged_draft_is_worth_no_more_than_a_new_one(draft, content):
    draft.choose(epochs=7)
    (draft.dataset.folder / "draft.json").write_bytes(content)
    assert draft.settings().epochs == PARAMETERS["epochs"].default["frozen"]
    draft.choose(epochs=8)
    assert draft.settings().epochs == 8
