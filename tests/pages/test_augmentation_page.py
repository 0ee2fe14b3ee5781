"""Augmentation: what was chosen is said, kept, drawn with, and warned of where it would make labels wrong."""

import json

import numpy as np
import pytest

from core.augmentation.library import PRESETS, RecipeLibrary
from core.augmentation.recipe import parse_recipe, write_recipe
from core.datasets.creation import create_sample
from core.errors import WorkbenchError
from core.jobs.inference_client import InferenceClient
from core.runs.draft import Draft

QUESTION = "What variations should not change the answer?"
ROTATION, ROTATION_OFTEN = "Rotation (°)", "Rotation: how often (% of images)"
MIXUP_OFTEN = "MixUp: how often (% of batches)"
NINE, EXTREMES, BATCH, COMPARED = "Nine draws", "Extremes", "Training batch", "Before / after"
SIDEWAYS, UPSIDE_DOWN = "Mirrored left to right, is it still of the same class?", "And upside down?"
DEGREES = "Turned by how many degrees at most?"
ASK = InferenceClient.ask  # the real one, before any test replaces it


def recipe(dataset):
    return json.loads((dataset.folder / "draft.json").read_text())["augmentation"]


def written(text):
    return write_recipe(parse_recipe(text))


def choose(dataset, text, **others):
    Draft(dataset).choose(**others, augmentation=written(text))


def warnings(page):
    return [warning.value.replace("\\", "") for warning in page.at.warning]


def submit(page, button, values):
    """Fill in fields of a form, whose values arrive with its button."""
    for label, value in values.items():
        page.setting(label).set_value(value)
    return page.press(button)


def save_as(page, name):
    return submit(page, "Save the recipe", {"Name": name})


def answer(page, **answers):
    labels = {"sideways": SIDEWAYS, "upside_down": UPSIDE_DOWN, "degrees": DEGREES}
    return submit(page, "Keep the answers", {labels[key]: value for key, value in answers.items()})


def comparisons(page):
    found = [json.loads(part.proto.json) for part in page.at.main.get("bidi_component")]
    return [data for data in found if "before" in data]


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


# The recipe -----------------------------------------------------------------------------------------------------------


def test_nothing_is_varied_unless_chosen(visit, pets, asked):
    page = visit("augmentation")
    assert "Nothing is varied yet." in page.words
    assert page.primary == ["Go on to the model"]
    assert not (pets.folder / "draft.json").exists(), "looking is not choosing"
    assert [(request["task"], request["recipe"], request["count"]) for request in asked] == [("augment", [], 9)]


def test_a_variation_is_added_as_usual_and_then_changed(visit, pets, asked):
    page = visit("augmentation").press("Rotation")
    assert page.setting(ROTATION).value == (-15, 15)
    assert recipe(pets) == written("rotation=-15..15")
    page.set(ROTATION, (0, 25)).set(ROTATION_OFTEN, 30)
    assert "Training images will vary by rotation 0 to 25 ° in 30 % of images." in page.words
    assert recipe(pets) == written("rotation=0..25@0.3")
    assert asked[-1]["recipe"] == written("rotation=0..25@0.3")
    page.press("Remove Rotation")
    assert "Nothing is varied yet." in page.words
    assert recipe(pets) == []


def test_a_variation_that_is_added_once_more_begins_as_usual(visit, pets):
    page = visit("augmentation").press("Rotation").set(ROTATION, (0, 25)).press("Remove Rotation").press("Rotation")
    assert page.setting(ROTATION).value == (-15, 15)
    assert recipe(pets) == written("rotation=-15..15")


def test_steps_change_places_but_those_that_mix_stay_last(visit, pets):
    choose(pets, "flip_horizontal,rotation,mixup", architecture="small_cnn")
    page = visit("augmentation").press("Zoom")
    assert [step["name"] for step in recipe(pets)] == ["flip_horizontal", "rotation", "zoom", "mixup"]
    page.press("Move Zoom up").press("Move Zoom up").press("Move Rotation up")
    assert [step["name"] for step in recipe(pets)] == ["zoom", "rotation", "flip_horizontal", "mixup"]
    page.press("Move Zoom down")
    assert [step["name"] for step in recipe(pets)] == ["rotation", "zoom", "flip_horizontal", "mixup"]
    assert page.button("Move Rotation up").disabled
    assert page.button("Move Flip left–right down").disabled
    assert page.button("Move MixUp up").disabled


def test_what_was_done_is_undone_step_by_step(visit, pets):
    choose(pets, "rotation=25")
    page = visit("augmentation")
    assert "Undo" not in page.buttons
    page.set(ROTATION, (-5, 5)).press("Photographs")
    assert recipe(pets) == write_recipe(PRESETS["photographs"].recipe)
    page.press("Undo")
    assert recipe(pets) == written("rotation=5")
    page.press("Undo")
    assert page.setting(ROTATION).value == (-25, 25)
    assert recipe(pets) == written("rotation=25")
    assert "Undo" not in page.buttons


def test_choices_outlive_the_page_and_the_tab(visit, pets):
    page = visit("augmentation").press("Rotation").set(ROTATION, (-25, 10)).press("Go on to the model")
    assert page.question == "Which network, and why?"
    page.open("augmentation", dataset="pets")
    assert page.setting(ROTATION).value == (-25, 10)
    assert visit("augmentation").setting(ROTATION).value == (-25, 10)
    assert recipe(pets) == written("rotation=-25..10")


def test_two_tabs_change_one_recipe(visit, pets):
    choose(pets, "rotation=15,zoom=10")
    first, second = visit("augmentation"), visit("augmentation")
    first.set(ROTATION, (-40, 40)).press("Remove Zoom")
    second.press("Shear")
    assert recipe(pets) == written("rotation=40,shear=10")
    assert second.setting(ROTATION).value == (-40, 40)


def test_another_dataset_keeps_its_own_choices(visit, imported):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    choose(second, "zoom=10")
    page = visit("augmentation", dataset="first").press("Rotation").set(ROTATION, (-25, 25))
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.query["dataset"] == "second"
    assert "zoom ±10 %" in page.words
    assert recipe(second) == written("zoom=10")
    assert recipe(first) == written("rotation=25")


def test_a_recipe_of_an_older_version_is_understood(visit, pets):
    Draft(pets).choose(augmentation=[{"name": "rotation", "amount": 25}])
    page = visit("augmentation")
    assert page.setting(ROTATION).value == (-25, 25)
    page.set(ROTATION_OFTEN, 50)
    assert recipe(pets) == written("rotation=25@0.5")


def test_a_recipe_that_can_not_be_read_is_composed_anew(visit, pets):
    Draft(pets).choose(augmentation=[{"name": "*melt*"}])
    page = visit("augmentation")
    assert "*melt*" in page.errors[0]
    assert "*melt*" not in page.source
    page.press("Rotation")
    assert page.errors == []
    assert recipe(pets) == written("rotation=15")


def test_a_damaged_draft_is_no_worse_than_a_new_one(visit, pets):
    (pets.folder / "draft.json").write_text('{"architecture": "small')
    assert visit("augmentation").press("Rotation").set(ROTATION, (0, 5)).setting(ROTATION).value == (0, 5)
    assert recipe(pets) == written("rotation=0..5")


def test_awkward_names_and_many_classes(visit, awkward, many):
    for name in ("awkward", "many"):
        page = visit("augmentation", dataset=name)
        assert "Nothing is varied yet." in page.words
        page.set("Pictures", BATCH)
        assert {tile["caption"] for tile in page.tiles} <= set((awkward if name == "awkward" else many).class_names)


# Whole recipes --------------------------------------------------------------------------------------------------------


def test_a_preset_takes_the_place_of_what_is_there(visit, pets):
    page = visit("augmentation").press("Digits and letters")
    assert recipe(pets) == write_recipe(PRESETS["digits"].recipe)
    page.press("Seen from above")
    assert recipe(pets) == write_recipe(PRESETS["from_above"].recipe)


def test_a_recipe_is_saved_and_taken_for_another_dataset(visit, imported, workspace):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    choose(first, "rotation=-5..20")
    save_as(visit("augmentation", dataset="first"), "mine")
    assert RecipeLibrary(workspace).names() == ["mine"]
    visit("augmentation", dataset="second").press("mine")
    assert recipe(second) == written("rotation=-5..20")


@pytest.mark.parametrize("name", ["", "../mine", "*a*", "photographs"])
def test_a_name_that_will_not_do_is_refused_in_words(visit, pets, workspace, name):
    choose(pets, "rotation")
    page = save_as(visit("augmentation"), name)
    assert len(page.errors) == 1
    assert repr(name) in page.errors[0]
    assert page.setting("Name").value == name, "to be corrected"
    assert RecipeLibrary(workspace).names() == []


def test_a_name_that_is_taken_is_replaced_only_if_asked_for(visit, pets, workspace):
    RecipeLibrary(workspace).save("mine", parse_recipe("zoom=10"))
    choose(pets, "rotation=25")
    page = save_as(visit("augmentation"), "mine")
    assert "There is already a recipe 'mine'." in page.errors[0]
    assert RecipeLibrary(workspace).find("mine") == parse_recipe("zoom=10")
    submit(page, "Save the recipe", {"Replace a recipe of this name": True})
    assert page.errors == []
    assert RecipeLibrary(workspace).find("mine") == parse_recipe("rotation=25")


def test_a_saved_recipe_is_deleted_and_the_one_at_hand_stays(visit, pets, workspace):
    RecipeLibrary(workspace).save("mine", parse_recipe("zoom=10"))
    choose(pets, "zoom=10")
    page = visit("augmentation").press("Delete mine")
    assert RecipeLibrary(workspace).names() == []
    assert "mine" not in page.buttons
    assert recipe(pets) == written("zoom=10")


def test_a_saved_recipe_that_is_damaged_or_gone_is_said_to_be(visit, pets, workspace):
    RecipeLibrary(workspace).save("mine", parse_recipe("zoom=10"))
    path = workspace.root / "recipes" / "mine.json"
    path.write_text('[{"name": "melt"}]')
    page = visit("augmentation").press("mine")
    assert "'mine' is damaged" in page.errors[0]
    path.unlink()
    assert "There is no recipe 'mine'." in page.press("mine").errors[0]
    assert not (pets.folder / "draft.json").exists()


# What would make labels wrong -----------------------------------------------------------------------------------------


def test_what_keeps_the_class_is_asked_once_and_warned_of(visit, pets):
    choose(pets, "flip_horizontal,rotation=15")
    page = visit("augmentation")
    assert warnings(page) == [], "nobody knows"
    answer(page, sideways="No", upside_down="No", degrees=5)
    assert "Here an image may be turned by up to 5° and keeps its class." in page.words
    flip, rotation = warnings(page)
    assert flip.startswith("Flip left–right: an image of this dataset mirrored left to right is not of the same class")
    assert rotation.startswith("Rotation: it turns by up to 15°")
    assert warnings(visit("augmentation")) == [flip, rotation]
    page.set(ROTATION, (-5, 5)).press("Remove Flip left–right")
    assert warnings(page) == []


def test_answers_can_be_changed_but_not_left_out(visit, pets):
    choose(pets, "flip_horizontal")
    page = answer(visit("augmentation"), sideways="No")
    assert page.errors == ["Answer all three questions."]
    answer(page, upside_down="No")
    assert len(warnings(page)) == 1
    answer(page, sideways="Yes")
    assert "an image may be mirrored left to right and turned by up to 20°" in page.words
    assert warnings(page) == []


def test_what_is_known_of_a_public_dataset_is_said_and_not_asked(visit, imported, asked_for):
    assert "keeps its class" not in visit("augmentation", dataset=imported("pets", {"cats": 5, "dogs": 5}).name).words
    names = dict.fromkeys(("Type_1", "Type_2", "Type_3"), 5)
    page = visit("augmentation", dataset=imported("types", names).name)
    assert "an image may be mirrored" not in page.words, "it has but the names"
    assert "Keep the answers" in page.buttons
    page = visit("augmentation", dataset=asked_for("cervix", names).name)
    assert "an image may be mirrored" in page.words
    assert "Keep the answers" not in page.buttons


def test_a_range_that_hides_what_decides_is_warned_of_wherever(visit, pets):
    choose(pets, "crop=10..100,rotation=10")
    (crop,) = warnings(visit("augmentation"))
    assert crop.startswith("Random crop: ")


def test_mixing_for_a_frozen_backbone_is_warned_of(visit, pets):
    choose(pets, "rotation", architecture="mobilenet")
    page = visit("augmentation").press("MixUp")
    assert "MixUp cannot be used with MobileNet" in warnings(page)[0]
    assert warnings(page.press("Remove MixUp")) == []


# The pictures ---------------------------------------------------------------------------------------------------------


def test_mixing_is_drawn_with_other_images_and_explained(visit, pets, asked):
    Draft(pets).choose(architecture="small_cnn", image_size=32)
    page = visit("augmentation").press("MixUp").set(MIXUP_OFTEN, 40)
    assert "Training images will vary by mixup in 40 % of batches." in page.words
    assert "each mixed with another of them" in page.words
    assert warnings(page) == []
    assert asked[0]["others"] == []
    assert asked[-1]["path"] == asked[0]["path"] not in asked[-1]["others"]
    assert len({asked[-1]["path"], *asked[-1]["others"]}) == 9


def test_the_next_image_and_other_draws(visit, pets, asked):
    page = visit("augmentation").press("Next image")
    assert asked[1]["path"] != asked[0]["path"]
    assert asked[1]["seed"] == asked[0]["seed"]
    page.press("Draw again")
    assert asked[2]["path"] == asked[1]["path"]
    assert asked[2]["seed"] != asked[1]["seed"]
    names = set(pets.images.loc[pets.images["split"] == "train", "path"])
    assert all(any(request["path"].endswith(name) for name in names) for request in asked)


def test_images_are_drawn_at_the_size_that_was_chosen(visit, pets, asked):
    Draft(pets).choose(architecture="small_cnn", image_size=48)
    page = visit("augmentation")
    assert "at the network's 48 px" in page.words
    for view in (EXTREMES, BATCH):
        page.set("Pictures", view)
    assert {request["image_size"] for request in asked} == {48}


def test_each_step_shows_at_both_ends_of_its_range(visit, pets, asked):
    choose(pets, "flip_horizontal,rotation=-20..5,mixup", architecture="small_cnn", image_size=32)
    page = visit("augmentation").set("Pictures", EXTREMES)
    original, *ends = [(tile["caption"], tile["second"]) for tile in page.tiles]
    assert original[1] == "as it is"
    assert ends == [("Flip left–right", ""), ("Rotation", "−20 °"), ("Rotation", "5 °")]
    assert "MixUp mixes two images and has no ends" in page.words
    assert asked[-1]["task"] == "extremes"


def test_without_steps_there_are_no_ends_to_show(visit, pets, asked):
    page = visit("augmentation").set("Pictures", EXTREMES)
    assert "No step varies an image for itself yet." in page.words
    assert [request["task"] for request in asked] == ["augment"]


def test_a_training_batch_shows_the_labels_that_are_taught(visit, pets, asked):
    Draft(pets).choose(architecture="small_cnn", image_size=32)
    page = visit("augmentation").set("Pictures", BATCH)
    training = pets.images[pets.images["split"] == "train"].set_index("path")["label"]
    taught = [(tile["title"].split(" as training")[0], tile["caption"], tile["second"]) for tile in page.tiles]
    assert len(taught) == 12
    assert all(training[path] == label and not second for path, label, second in taught)
    page.press("MixUp")
    mixed = {(tile["caption"], tile["second"]) for tile in page.tiles}
    assert mixed & {("cats 70 %", "dogs 30 %"), ("dogs 70 %", "cats 30 %")}
    assert "MixUp mixes 50 % of batches; this is one of them." in page.words
    paths = asked[-1]["paths"]
    page.press("Draw again")
    assert asked[-1]["paths"] != paths


def test_the_original_is_compared_with_a_draw(visit, pets):
    page = visit("augmentation").press("Rotation").set("Pictures", COMPARED)
    (comparison,) = comparisons(page)
    assert comparison["names"] == ["original", "draw 1 of 9"]
    assert comparison["before"] != comparison["after"]
    assert visit("augmentation", pictures=COMPARED).setting("Pictures").value == COMPARED, "by the URL"


def test_an_image_that_can_not_be_drawn_is_named(visit, pets, monkeypatch):
    def fail(process, task, **arguments):
        raise WorkbenchError("The file is gone (*moved*).")

    monkeypatch.setattr(InferenceClient, "ask", fail)
    page = visit("augmentation")
    assert "The file is gone (*moved*)." in page.errors[0]
    assert "*moved*" not in page.source
    assert page.primary == ["Go on to the model"], "the rest of the page works on"
    for path in (pets.path_of(name) for name in pets.images["path"]):
        path.unlink()
    assert len(page.set("Pictures", COMPARED).errors) == 1


def test_a_dataset_without_training_images_is_explained(visit, pets):
    pets.save(pets.info, pets.read_manifest().assign(given_split="test"))
    page = visit("augmentation")
    assert "There are no training images" in page.words
    assert page.primary == ["Go on to the model"]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("view", [NINE, EXTREMES, BATCH, COMPARED])
def test_blank_draws_are_warned_of_with_the_step_that_makes_them(visit, pets, monkeypatch, asked, alone, view):
    usual = InferenceClient.ask

    def black(helper, task, **arguments):
        answered = usual(helper, task, **arguments)
        if task == "extremes":
            return [answered[0], np.zeros_like(answered[1]) if alone else answered[1]]
        return (np.zeros_like(answered[0]), answered[1]) if task == "training_batch" else np.zeros_like(answered)

    monkeypatch.setattr(InferenceClient, "ask", black)
    choose(pets, "rotation=10,brightness=-50..0")
    found = warnings(visit("augmentation").set("Pictures", view))
    if alone:
        assert "By itself, brightness −50 to 0 % makes images blank" in found[0]
    elif view != EXTREMES:
        assert "No step does it alone" in found[0]
    assert len(found) == (alone or view != EXTREMES)


@pytest.mark.slow
def test_the_pictures_are_made_by_the_process_that_has_keras(visit, pets, monkeypatch):
    processes = set()

    def ask(process, task, **arguments):
        processes.add(process)
        return ASK(process, task, **arguments)

    monkeypatch.setattr(InferenceClient, "ask", ask)
    choose(pets, "rotation=25,mixup", architecture="small_cnn", image_size=32)
    try:
        page = visit("augmentation")
        assert "Nine draws at the network's 32 px" in page.words
        for view, count in ((EXTREMES, 3), (BATCH, 12), (COMPARED, 0)):
            assert len(page.set("Pictures", view).tiles) == count
            assert page.errors == []
        # A second request goes to the same process, and a file that is gone does not end it.
        page.set("Pictures", BATCH)
        for path in (pets.path_of(name) for name in pets.images["path"]):
            path.unlink()
        assert len(page.press("Draw again").errors) == 1
        (process,) = processes
        assert process.warm
    finally:
        for process in processes:
            process.close()
