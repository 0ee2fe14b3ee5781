"""The model: which network, how large, with which weights; all of it kept."""

import json

import pytest

from core.architectures.registry import ARCHITECTURES
from core.datasets.importing import create_from_path, create_sample, run_import
from core.hosting import new_visitor, visitor_workspace
from core.runs.draft import Draft

QUESTION = "Which network, and why?"
SIZE, WEIGHTS = "Input size in pixels", "Weights of the backbone"


def draft(dataset):
    return json.loads((dataset.folder / "draft.json").read_text())


def test_without_images_it_leads_to_some(visit):
    page = visit("model")
    assert page.question == QUESTION
    assert "No images yet." in page.words
    assert page.links == ["Choose images"]


def test_images_that_are_not_ready_are_waited_for(visit, workspace, is_importing):
    is_importing(create_sample(workspace, "cats_vs_dogs_sample"))
    page = visit("model")
    assert "The images of this dataset are not ready yet." in page.words
    assert page.links == ["Choose images"]


def test_a_dataset_that_is_not_there_is_said_not_to_be(visit):
    page = visit("model", dataset="plants")
    assert "There is no dataset 'plants'." in page.errors[0]
    assert page.links == ["Choose images"]


def test_photographs_begin_with_a_pretrained_network(visit, pets):
    page = visit("model")
    assert "**MobileNet α 0.75 looks, and a small head decides.**" in page.words
    assert "only 1,538 numbers are trained for your 2 classes" in page.words
    assert "Training downloads 7.5 MB first." in page.words
    assert page.primary == ["Go on to training"]
    assert not (pets.folder / "draft.json").exists(), "looking is not choosing"
    figures = {metric.label: metric.value for metric in page.at.main.metric}
    assert figures == {"Parameters": "1,834,514", "Trained on your images": "1,538", "Frozen": "1,832,976"}
    assert page.press("Go on to training").question == "Is it learning?"


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_network_can_be_chosen_and_is_kept(visit, pets, name):
    architecture = ARCHITECTURES[name]
    Draft(pets).choose(architecture="vgg16" if name != "vgg16" else "small_cnn")
    page = visit("model").set("Architecture", name)
    assert draft(pets)["architecture"] == name
    assert page.words.startswith(QUESTION)
    assert f"**{architecture.title}" in page.words
    assert page.setting(SIZE).value == architecture.input_size
    assert sum(row.parameters for row in architecture.table(architecture.input_size, 2)) == int(
        page.at.main.metric[0].value.replace(",", "")
    )
    table = page.at.dataframe[0].value
    assert len(table) == len(architecture.table(architecture.input_size, 2))
    # It stays chosen over the pages.
    page.open("training", dataset="pets")
    assert f"**{architecture.title}** will learn from" in page.words
    assert page.open("model", dataset="pets").setting("Architecture").value == name


def test_the_size_is_kept(visit, pets):
    page = visit("model").set(SIZE, 160)
    assert draft(pets)["image_size"] == 160
    page.open("home", dataset="pets")
    assert "MobileNet α 0.75, 160 px" in page.words
    assert page.open("model", dataset="pets").setting(SIZE).value == 160
    assert visit("model").setting(SIZE).value == 160


def test_a_size_that_is_too_small_is_refused_in_place(visit, pets):
    Draft(pets).choose(architecture="inception_v3")
    page = visit("model").set(SIZE, 40)
    assert page.errors == ["InceptionV3 needs images of at least 75 pixels a side. Got 40. Its usual size is 299."]
    assert "image_size" not in draft(pets)
    assert page.setting(SIZE).value == 40, "what was typed stays to be corrected"
    assert page.set(SIZE, 75).errors == []
    assert draft(pets)["image_size"] == 75


def test_another_network_takes_back_what_was_chosen_for_the_last_one(visit, pets):
    page = visit("model").set(SIZE, 160).set("Architecture", "small_cnn")
    assert page.setting(SIZE).value == 96
    assert "image_size" not in draft(pets)
    page.set("Architecture", "mobilenet_075")
    assert page.setting(SIZE).value == 224


def test_another_dataset_keeps_its_own_network(visit, imported):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    Draft(second).choose(architecture="small_cnn", image_size=64)
    page = visit("model", dataset="first").set("Architecture", "vgg16").set(SIZE, 128)
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.query == {"dataset": "second"}
    assert page.setting("Architecture").value == "small_cnn"
    assert page.setting(SIZE).value == 64
    assert draft(second) == {"architecture": "small_cnn", "image_size": 64}
    page.at.sidebar.selectbox[0].set_value("first")
    page.run()
    assert page.setting("Architecture").value == "vgg16"
    assert draft(first) == {"architecture": "vgg16", "image_size": 128}


def test_the_same_network_at_another_size_for_another_dataset(visit, imported):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    page = visit("model", dataset="first").set(SIZE, 128)
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.setting(SIZE).value == 224
    assert not (second.folder / "draft.json").exists()
    assert draft(first) == {"image_size": 128}


def test_untrained_weights_are_chosen_by_name_only_and_warned_of(visit, pets):
    page = visit("model")
    assert page.setting(WEIGHTS).value == "ImageNet"
    page.set(WEIGHTS, "Untrained (random numbers)")
    assert draft(pets)["weights"] == "untrained"
    assert page.errors == ["This draft uses untrained weights: results say nothing about the backbone."]
    assert page.set(WEIGHTS, "ImageNet").errors == []
    assert draft(pets)["weights"] == "imagenet"


def test_weights_at_hand_need_no_download(visit, pets, tmp_path):
    models = tmp_path / "keras" / "models"
    models.mkdir(parents=True)
    (models / ARCHITECTURES["mobilenet_075"].weights.file_name).touch()
    page = visit("model")
    assert "Training downloads" not in page.words
    assert list(page.setting("Architecture").proto.captions)[:3] == [
        "trained from scratch",
        "pretrained, at hand",
        "pretrained, 17.2 MB to download",
    ]


def test_a_file_of_weights(visit, pets, tmp_path):
    file = tmp_path / "my_weights.h5"
    page = visit("model").set(WEIGHTS, "A file")
    assert "weights" not in Draft(pets).chosen()
    page.set("Path of the file", str(file))
    assert page.errors == [f"There is no file of weights at {file}. Check the spelling."]
    file.write_bytes(b"no HDF5")
    assert page.run().errors == [f"{file} is not a file of Keras weights (HDF5, usually named .h5)."]
    file.write_bytes(b"\x89HDF\r\n\x1a\n")
    assert page.run().errors == []
    assert draft(pets)["weights"] == str(file)
    assert visit("model").setting("Path of the file").value == str(file)


def test_strangers_can_not_name_files_of_the_server(visit, hosted, workspace, class_folders, tmp_path):
    hosted["workbench_visitor"] = new_visitor()
    mine = visitor_workspace(workspace, hosted["workbench_visitor"])
    run_import(create_from_path(mine, class_folders(tmp_path / "pets", {"a": 3, "b": 3})))
    assert visit("model").setting(WEIGHTS).options == ["ImageNet", "Untrained (random numbers)"]


def test_twenty_one_classes_need_a_larger_head(visit, many):
    assert "only 16,149 numbers are trained for your 21 classes" in visit("model").words


@pytest.mark.parametrize("text", ['{"architecture": "resnet"}', "[1, 2]"], ids=["of another version", "no settings"])
@pytest.mark.parametrize("key", ["home", "model", "augmentation", "training"])
def test_a_draft_that_makes_no_sense_is_worth_no_more_than_a_new_one(visit, pets, key, text):
    (pets.folder / "draft.json").write_text(text)
    page = visit(key, dataset="pets")
    assert page.errors == []
    assert "architecture" not in Draft(pets).chosen()


@pytest.mark.parametrize("size", [5000, 8, "large"])
def test_a_size_out_of_range_is_refused_before_training_and_put_right_here(visit, pets, size):
    Draft(pets).choose(image_size=size)
    page = visit("training")
    assert len(page.errors) == 1
    assert f"Got {size!r}." in page.errors[0]
    assert page.links == ["Look at the model's settings"]
    assert visit("model").setting(SIZE).value == 224
    assert visit("training").errors == []
