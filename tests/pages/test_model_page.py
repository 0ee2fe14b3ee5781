"""The model: which network, how large, with which weights; all of it kept."""

import json

import pytest

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.architectures.registry import ARCHITECTURES
from core.datasets.creation import create_from_path, create_sample
from core.datasets.editing import exclude
from core.datasets.importing import run_import
from core.hosting import new_visitor, visitor_workspace
from core.runs.draft import Draft

QUESTION = "Which network, and why?"
SIZE, WEIGHTS = "Input size in pixels", "Weights of the backbone"
NETWORK, GROUP = "Network", "Kind of network"


def as_read(label):
    return label.replace("\\", "")


def draft(dataset):
    return json.loads((dataset.folder / "draft.json").read_text())


def choose(page, name):
    """Choose a network by hand: its group first."""
    page.set(GROUP, ARCHITECTURES[name].group)
    return page.set(NETWORK, name)


def opened(page, label):
    """Open a part that is folded away."""
    (expander,) = [part for part in page.at.main.expander if as_read(part.label).startswith(label)]
    page.at.session_state[expander.proto.id.split("-")[-1]] = True
    return page.run()


@pytest.fixture
def tower(workspace):
    """A network of one's own, which needs images of at least 24 pixels."""
    blocks = (
        usual_block("convolution", filters=8, kernel=9, padding="valid"),
        usual_block("max_pool", size=8, stride=8),
        usual_block("convolution", filters=16, kernel=2, padding="valid"),
        usual_block("flatten"),
    )
    network = CustomNetwork("tower", "My *tower*", 48, 3, blocks)
    CustomNetworks(workspace).save(network)
    return network.architecture


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
    assert "only **1,538 numbers** are trained for your 2 classes, from 24 images." in page.words
    assert "Training downloads 7.5 MB first." in page.words
    assert page.primary == ["Go on to training"]
    assert not (pets.folder / "draft.json").exists(), "looking is not choosing"
    assert page.press("Go on to training").question == "Is it learning?"


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_network_can_be_chosen_and_is_kept(visit, pets, name):
    architecture = ARCHITECTURES[name]
    Draft(pets).choose(architecture="vgg16" if name != "vgg16" else "small_cnn")
    page = choose(visit("model"), name)
    assert draft(pets)["architecture"] == name
    assert page.words.startswith(QUESTION)
    assert f"**{architecture.title}" in page.words
    assert page.setting(SIZE).value == architecture.input_size
    assert page.primary == ["Go on to training"]
    (picture,) = pictures(page)
    assert f'aria-label="An image of {architecture.input_size} × {architecture.input_size} × 3, then ' in picture
    # It stays chosen over the pages.
    page.open("training", dataset="pets")
    assert f"**{architecture.title}** will learn from" in page.words
    page.open("model", dataset="pets")
    assert (page.setting(GROUP).value, page.setting(NETWORK).value) == (architecture.group, name)


def pictures(page):
    """The drawings of a network, as HTML."""
    return [part.proto.body for part in page.at.main.get("html") if 'class="net-key"' in part.proto.body]


def test_looking_at_another_group_chooses_nothing(visit, pets):
    page = visit("model").set(GROUP, "classic")
    assert page.setting(NETWORK).value is None
    assert page.setting(NETWORK).options == [
        "LeNet-5 · 1998 · 61,026 parameters",
        "AlexNet · 2012 · 58.3 million parameters",
    ]
    assert "MobileNet α 0.75 looks" in page.words
    assert not (pets.folder / "draft.json").exists()


def test_a_network_from_scratch_is_held_against_the_number_of_images(visit, pets):
    Draft(pets).choose(architecture="lenet_5")
    page = visit("model")
    assert "all of its **61,026 numbers** from your 24 training images" in page.words
    assert "That is 2,543 for each image, enough to learn them by heart" in page.words
    Draft(pets).choose(architecture="two_conv_pooled")
    assert "That is 83 for each image." in visit("model").words


def test_what_is_to_be_known_of_a_network(visit, pets):
    Draft(pets).choose(architecture="vgg16")
    page = opened(visit("model"), "About VGG16")
    assert (
        "As published, with 1,000 classes: 138,357,544. With your head: 14.7 million, of which 1,026 are" in page.words
    )
    assert "Simonyan and Zisserman" in page.words
    assert "15.3 billion multiplications" in page.words
    assert "Pixels as blue, green, red, less ImageNet's mean colour." in page.words
    assert "Comes with" not in page.words
    Draft(pets).choose(architecture="cnn_32_32_64_64")
    page = opened(visit("model"), "About 32-32-64-64 CNN")
    assert "Optimiser SGD, learning rate 0.01, momentum 0.9, nesterov momentum on" in page.words
    Draft(pets).choose(architecture="lenet_5")
    page = opened(visit("model"), "About LeNet-5")
    assert "The paper's sub-sampling has a trainable factor" in page.words


@pytest.mark.parametrize(("name", "count"), [("vgg16", 22), ("resnet152", 518)])
def test_all_layers_are_listed_once_they_are_asked_for(visit, pets, name, count):
    Draft(pets).choose(architecture=name)
    page = visit("model")
    assert not page.at.main.get("bidi_component")
    opened(page, f"All {count} layers")
    (shown,) = [json.loads(part.proto.json) for part in page.at.main.get("bidi_component")]
    assert len(shown["rows"]) == count
    assert shown["sums"], "those of one layer are written out at once"


def test_all_networks_can_be_seen_side_by_side(visit, pets, tower):
    page = opened(visit("model"), "All networks side by side")
    table = page.at.dataframe[0].value
    assert list(table["network"]) == [each.title for each in ARCHITECTURES.values()] + ["My *tower*"]


def test_a_network_of_ones_own_is_chosen_like_any_other(visit, pets, tower):
    page = visit("model").set(GROUP, "own")
    assert "The next training takes MobileNet α 0.75" in page.words
    page.set(NETWORK, "tower")
    assert draft(pets)["architecture"] == "tower"
    assert "**My *tower* learns from nothing:**" in page.words
    assert "Go on to training" in page.primary
    # Where a layer can't stand it is said at the size, with the formula.
    page.set(SIZE, 20)
    assert len(page.errors) == 1
    assert "My *tower* needs images of at least 24 pixels a side. Got 20." in page.errors[0]
    assert "⌊(1 − 2 + 2·0) / 1⌋ + 1 = 0, so nothing is left of the image." in page.errors[0]
    assert page.button("Go on to training").disabled
    assert page.set(SIZE, 24).errors == []


def test_a_network_that_is_too_large_at_a_size_is_refused_there(visit, pets):
    Draft(pets).choose(architecture="cnn_32_64")
    page = visit("model").set(SIZE, 1000)
    assert "The network would have 2,031,667,970 parameters" in page.errors[0]
    assert "image_size" not in draft(pets)


def test_one_class_is_no_classifier(visit, pets):
    exclude(pets, [f"dogs/{number}.png" for number in range(20)])
    page = visit("model")
    assert "A classifier needs from 2 to 10,000 classes. Got 1." in page.errors[0]
    assert page.button("Go on to training").disabled


def test_fine_tuning_that_was_chosen_is_said(visit, pets):
    Draft(pets).choose(unfreeze=2)
    assert "Then its last 2 blocks are fine-tuned." in visit("model").words


def test_the_size_is_kept(visit, pets):
    page = visit("model").set(SIZE, 160)
    assert draft(pets)["image_size"] == 160
    page.open("home", dataset="pets")
    assert "MobileNet α 0.75, 160 px" in page.words
    assert page.open("model", dataset="pets").setting(SIZE).value == 160
    assert visit("model").setting(SIZE).value == 160


def test_a_network_that_takes_one_size_says_so(visit, pets):
    Draft(pets).choose(architecture="vgg16_fc7")
    page = visit("model")
    assert "VGG16 through fc7 takes 224 only." in page.setting(SIZE).help
    (refusal,) = page.set(SIZE, 256).errors
    assert "takes images of 224 × 224 pixels only" in refusal
    assert "image_size" not in draft(pets)


def test_a_size_that_is_too_small_is_refused_in_place(visit, pets):
    Draft(pets).choose(architecture="inception_v3")
    page = visit("model").set(SIZE, 40)
    assert len(page.errors) == 1
    assert "InceptionV3 needs images of at least 75 pixels a side. Got 40. Its usual size is 299." in page.errors[0]
    assert "⌊(2 − 3 + 2·0) / 2⌋ + 1 = 0, so nothing is left of the image." in page.errors[0]
    assert page.button("Go on to training").disabled
    assert "image_size" not in draft(pets)
    assert page.setting(SIZE).value == 40, "what was typed stays to be corrected"
    assert page.set(SIZE, 75).errors == []
    assert draft(pets)["image_size"] == 75


def test_another_network_takes_back_what_was_chosen_for_the_last_one(visit, pets):
    page = choose(visit("model").set(SIZE, 160), "small_cnn")
    assert page.setting(SIZE).value == 96
    assert "image_size" not in draft(pets)
    choose(page, "mobilenet_075")
    assert page.setting(SIZE).value == 224


def test_another_dataset_keeps_its_own_network(visit, imported):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    Draft(second).choose(architecture="small_cnn", image_size=64)
    page = visit("model", dataset="first").set(NETWORK, "vgg16").set(SIZE, 128)
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.query == {"dataset": "second"}
    assert page.setting(NETWORK).value == "small_cnn"
    assert page.setting(SIZE).value == 64
    assert draft(second) == {"architecture": "small_cnn", "image_size": 64}
    page.at.sidebar.selectbox[0].set_value("first")
    page.run()
    assert page.setting(NETWORK).value == "vgg16"
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
    assert page.setting(NETWORK).options[2:4] == [
        "MobileNet α 0.75 · 2017 · at hand",
        "MobileNet · 2017 · 13 MB to download",
    ]


def test_a_file_of_weights(visit, pets, tmp_path):
    file = tmp_path / "my_weights.h5"
    page = visit("model").set(WEIGHTS, "A file")
    assert "weights" not in Draft(pets).chosen()
    page.set("Path of the file", str(file))
    assert page.errors == [f"There is no file of weights at {file}. Check the spelling."]
    file.write_bytes(b"no HDF5")
    words = "is not a file of Keras weights (HDF5, usually named .h5, .weights.h5 or .keras)."
    assert page.run().errors == [f"{file} {words}"]
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
    assert "only **16,149 numbers** are trained for your 21 classes" in visit("model").words


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
