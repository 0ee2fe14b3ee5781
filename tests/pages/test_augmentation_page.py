"""Augmentation: what was chosen is said, kept, and drawn with."""

import json

import pytest

from core.datasets.importing import create_sample
from core.errors import WorkbenchError
from core.inference import Helper
from core.runs.draft import Draft

QUESTION = "What variations should not change the answer?"
ROTATION = "Rotation (± °)"
MIXUP = "MixUp (% of batches)"
ASK = Helper.ask  # the real one, before any test replaces it


def recipe(dataset):
    return json.loads((dataset.folder / "draft.json").read_text())["augmentation"]


def test_without_images_it_leads_to_some(visit):
    page = visit("augmentation")
    assert page.question == QUESTION
    assert "No images yet." in page.words
    assert page.links == ["Choose images"]
    assert page.buttons == []


@pytest.mark.parametrize("active", [True, False])
def test_images_that_are_not_ready_are_waited_for(visit, workspace, is_importing, active):
    dataset = create_sample(workspace, "cats_vs_dogs_sample")
    dataset.job.update(state="failed", error="It broke.")
    if active:
        is_importing(dataset)
    page = visit("augmentation", dataset=dataset.name)
    assert "The images of this dataset are not ready yet." in page.words
    assert page.links == ["Choose images"]


def test_a_dataset_that_is_not_there_is_said_not_to_be(visit, pets):
    page = visit("augmentation", dataset="plants")
    assert "There is no dataset 'plants'." in page.errors[0]
    assert page.links == ["Choose images"]


def test_nothing_is_varied_unless_chosen(visit, pets, asked):
    page = visit("augmentation")
    assert "Nothing is varied yet." in page.words
    assert page.primary == ["Go on to the model"]
    assert not (pets.folder / "draft.json").exists(), "looking is not choosing"
    assert [(request["task"], request["recipe"], request["count"]) for request in asked] == [("augment", [], 9)]


def test_choices_are_said_kept_and_drawn_with(visit, pets, asked):
    page = visit("augmentation").set("Flip left–right", True).set(ROTATION, 25)
    assert "Training images will vary by flip left–right, rotation ±25 °." in page.words
    chosen = [{"name": "flip_horizontal", "amount": 0}, {"name": "rotation", "amount": 25}]
    assert recipe(pets) == chosen
    assert asked[-1]["recipe"] == chosen
    page.set("Flip left–right", False).set(ROTATION, 0)
    assert "Nothing is varied yet." in page.words
    assert recipe(pets) == []


def test_mixing_is_drawn_with_other_images_and_explained(visit, pets, asked):
    Draft(pets).choose(architecture="small_cnn", image_size=32)
    page = visit("augmentation").set(MIXUP, 40)
    assert "Training images will vary by mixup 40 % of batches." in page.words
    assert "each mixed with another of them" in page.words
    assert not page.at.warning
    assert asked[0]["others"] == []
    assert asked[-1]["others"]
    assert asked[-1]["path"] == asked[0]["path"] not in asked[-1]["others"]


def test_mixing_for_a_frozen_backbone_is_warned_of(visit, pets):
    Draft(pets).choose(architecture="mobilenet")
    page = visit("augmentation").set(MIXUP, 40)
    assert "MixUp cannot be used with MobileNet" in page.at.warning[0].value
    assert not visit("augmentation").set(MIXUP, 0).at.warning


def test_choices_outlive_the_page_and_the_tab(visit, pets):
    page = visit("augmentation").set(ROTATION, 25).press("Go on to the model")
    assert page.question == "Which network, and why?"
    page.open("augmentation", dataset="pets")
    assert page.setting(ROTATION).value == 25
    assert visit("augmentation").setting(ROTATION).value == 25
    assert recipe(pets) == [{"name": "rotation", "amount": 25}]


def test_another_dataset_keeps_its_own_choices(visit, imported):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    Draft(second).choose(augmentation=[{"name": "zoom", "amount": 10}])
    page = visit("augmentation", dataset="first").set(ROTATION, 25)
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.query == {"dataset": "second"}
    assert "zoom ±10 %" in page.words
    assert page.setting(ROTATION).value == 0
    assert recipe(second) == [{"name": "zoom", "amount": 10}]
    assert recipe(first) == [{"name": "rotation", "amount": 25}]


def test_the_next_image_and_other_draws(visit, pets, asked):
    page = visit("augmentation").press("Next image")
    assert asked[1]["path"] != asked[0]["path"]
    assert asked[1]["seed"] == asked[0]["seed"]
    page.press("Draw again")
    assert asked[2]["path"] == asked[1]["path"]
    assert asked[2]["seed"] != asked[1]["seed"]
    for _ in range(3):
        page.press("Next image")
    names = set(pets.images.loc[pets.images["split"] == "train", "path"])
    assert all(any(request["path"].endswith(name) for name in names) for request in asked)


def test_images_are_drawn_at_the_size_that_was_chosen(visit, pets, asked):
    Draft(pets).choose(architecture="small_cnn", image_size=48)
    assert "at the network's 48 px" in visit("augmentation").words
    assert asked[0]["image_size"] == 48


def test_an_image_that_can_not_be_drawn_is_named(visit, pets, monkeypatch):
    def fail(process, task, **arguments):
        raise WorkbenchError("The file is gone (*moved*).")

    monkeypatch.setattr(Helper, "ask", fail)
    page = visit("augmentation")
    assert "The file is gone (*moved*)." in page.errors[0]
    assert "*moved*" not in page.source
    assert page.primary == ["Go on to the model"], "the rest of the page works on"


def test_a_dataset_without_training_images_is_explained(visit, pets):
    pets.save(pets.info, pets.read_manifest().assign(given_split="test"))
    page = visit("augmentation")
    assert "There are no training images" in page.words
    assert page.primary == ["Go on to the model"]


def test_awkward_names_and_many_classes(visit, awkward, many):
    assert "Nothing is varied yet." in visit("augmentation", dataset="awkward").words
    assert "Nothing is varied yet." in visit("augmentation", dataset="many").words


def test_a_damaged_draft_is_no_worse_than_a_new_one(visit, pets):
    (pets.folder / "draft.json").write_text('{"architecture": "small')
    assert visit("augmentation").set(ROTATION, 5).setting(ROTATION).value == 5
    assert recipe(pets) == [{"name": "rotation", "amount": 5}]


@pytest.mark.slow
def test_the_draws_are_made_by_the_process_that_has_keras(visit, pets, monkeypatch):
    processes = set()

    def ask(process, task, **arguments):
        processes.add(process)
        return ASK(process, task, **arguments)

    monkeypatch.setattr(Helper, "ask", ask)
    Draft(pets).choose(architecture="small_cnn", image_size=32)
    try:
        page = visit("augmentation").set(ROTATION, 25)
        assert page.errors == []
        assert "Nine draws at the network's 32 px" in page.words
        # A second request goes to the same process, and a file that is gone does not end it.
        for path in (pets.path_of(name) for name in pets.images["path"]):
            path.unlink()
        assert len(page.press("Draw again").errors) == 1
        (process,) = processes
        assert process.warm
    finally:
        for process in processes:
            process.close()


def test_what_is_known_of_a_public_dataset_is_said(visit, imported):
    assert "keeps its class" not in visit("augmentation", dataset=imported("pets", {"cats": 5, "dogs": 5}).name).words
    dataset = imported("types", dict.fromkeys(("Type_1", "Type_2", "Type_3"), 5))
    assert "an image may be mirrored" in visit("augmentation", dataset=dataset.name).words
