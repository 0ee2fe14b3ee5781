"""The network builder: what it begins with, what it tells of each block, and how a network gets its name."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.architectures.blocks import usual_block as usual
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.architectures.network_draft import NetworkDraft
from core.runs.draft import Draft
from pages.model.network_builder import figures

STANDING = (usual("convolution", filters=8), usual("max_pool"), usual("global_average_pool"))
IMPOSSIBLE = (usual("convolution", stride=2, padding="valid"), usual("global_average_pool"))


def script():
    import streamlit as st

    from core.datasets.store import open_dataset
    from core.hosting import Hosting
    from core.workspace import Workspace
    from pages.model.network_builder import show_builder
    from pages.shared.page import STEPS, Page

    workspace = Workspace.from_environment()
    st.markdown("the page")
    show_builder(Page(STEPS["model"], workspace, Hosting.from_environment(), open_dataset(workspace, "pets")))


class Builder:
    """The builder by itself, for a dataset of two classes."""

    def __init__(self, dataset):
        self.dataset, self.path = dataset, dataset.folder / "builder.json"
        self.at = AppTest.from_function(script, default_timeout=60)
        self.run()

    def run(self):
        self.at.run()
        assert [trace.message for trace in self.at.exception] == []
        return self

    def press(self, label):
        next(button for button in self.at.button if button.label == label).click()
        return self.run()

    def fill(self, label, value):
        kinds = ("text_input", "number_input", "button_group")
        next(field for kind in kinds for field in self.at.get(kind) if field.label == label).set_value(value)
        return self.run()

    @property
    def buttons(self):
        return {button.label: not button.disabled for button in self.at.button}

    @property
    def rows(self):
        """What is sent to the browser."""
        (component,) = self.at.get("bidi_component")
        return json.loads(component.json)

    @property
    def words(self):
        kinds = ("caption", "error", "success", "code")
        return "\n".join(element.value for kind in kinds for element in self.at.get(kind)).replace("\\", "")

    @property
    def kept(self):
        return NetworkDraft.read(self.path)


@pytest.fixture
def networks(workspace):
    return CustomNetworks(workspace)


@pytest.fixture
def build(pets):
    """Opens the builder with something in hand."""

    def open_with(blocks=(), title="", **more):
        NetworkDraft(title=title, blocks=tuple(blocks), **more).write(pets.folder / "builder.json")
        return Builder(pets)

    return open_with


def test_with_nothing_in_hand_it_says_how_to_begin(pets):
    builder = Builder(pets)
    assert builder.rows["rows"] == []
    assert "no blocks yet" in builder.rows["fault"]["reason"]
    assert [repair["title"] for repair in builder.rows["fault"]["repairs"]] == ["Begin with two convolutions"]
    assert not builder.buttons["Save"]
    assert not builder.buttons["Use it"]


def test_with_nothing_in_hand_the_network_in_force_is_there_to_be_changed(pets, networks):
    networks.save(CustomNetwork("mine", "Mine", 64, 3, STANDING))
    Draft(pets).choose(architecture="mine")
    assert len(Builder(pets).rows["rows"]) == len(STANDING)


def test_each_row_tells_what_leaves_it(build):
    rows = build(STANDING).rows
    assert [row["shape"] for row in rows["rows"]] == ["96 × 96 × 8", "48 × 48 × 8", "8 numbers"]
    assert [row["parameters"] for row in rows["rows"]] == ["224 parameters", "", ""]
    assert rows["answer"] == {"shape": "2 numbers", "parameters": "18 parameters"}
    assert rows["fault"] is None


def test_the_row_that_cannot_stand_has_the_formula_and_its_repairs(build):
    builder = build(IMPOSSIBLE)
    fault = builder.rows["fault"]
    assert fault["index"] == 0
    assert "(96 − 3 + 2·0) / 2 + 1 = 47.5 is no whole number" in fault["reason"]
    assert [repair["title"] for repair in fault["repairs"]][:2] == ["Stride 1", "Stride 3"]
    assert fault["repairs"][0]["blocks"][0]["stride"] == 1
    assert not builder.buttons["Save"]
    assert "once row 1 stands" in builder.words
    assert "import keras" not in builder.words


def test_another_image_size_changes_the_shapes_and_is_kept(build):
    builder = build(IMPOSSIBLE).fill("Image size in pixels", 97)
    assert builder.rows["fault"] is None
    assert builder.rows["rows"][0]["shape"] == "48 × 48 × 32"
    assert builder.kept.image_size == 97
    builder.fill("Pixels", 1)
    assert builder.rows["rows"][0]["parameters"] == "320 parameters"
    assert builder.rows["picture"] == "97 × 97 × 1, grey"


def test_a_template_is_begun_with_and_taken_back(build):
    builder = build(STANDING).press("LeNet\\-5")
    assert [block["kind"] for block in builder.rows["blocks"]][:2] == ["convolution", "average_pool"]
    assert (builder.kept.image_size, builder.kept.channels) == (32, 1)
    builder.press("Undo")
    assert builder.kept.blocks == STANDING
    assert builder.kept.image_size == 96
    assert "Undo" not in builder.buttons


def test_a_reload_finds_what_was_in_hand(build):
    builder = build(STANDING).fill("Name", "Half done").fill("Image size in pixels", 50)
    again = Builder(builder.dataset)
    assert again.rows == builder.rows | {"session": again.rows["session"]}
    assert again.at.text_input[0].value == "Half done"
    assert again.at.number_input[0].value == 50


def test_saved_it_is_a_network_of_the_workspace(build, networks):
    builder = build(STANDING).fill("Name", "My first *net*").press("Save")
    assert networks.names() == ["My_first_net"]
    assert networks.find("My_first_net").title == "My first *net*"
    assert "My first *net* is saved" in builder.words
    assert builder.kept.saved_as == "My_first_net"
    assert Draft(builder.dataset).values()["architecture"] != "My_first_net"


def test_saving_again_replaces_it_and_under_another_name_makes_another(build, networks):
    builder = build(STANDING, title="mine").press("Save").fill("Image size in pixels", 64).press("Save")
    assert networks.find("mine").image_size == 64
    builder.fill("Name", "other").press("Save")
    assert networks.names() == ["mine", "other"]


def test_used_it_is_what_the_next_run_trains(build, networks):
    builder = build(STANDING, title="mine", image_size=64).press("Use it")
    values = Draft(builder.dataset).values()
    assert (values["architecture"], values["image_size"]) == ("mine", 64)
    assert values["network"] == networks.find("mine").to_dict()
    assert "is what the next run trains" in builder.words
    builder.fill("Image size in pixels", 32).press("Use it")
    assert Draft(builder.dataset).settings().image_size == 32


def test_without_a_name_and_with_one_that_is_taken_nothing_is_saved(build, networks):
    builder = build(STANDING).press("Save")
    assert "Give the network a name first." in builder.words
    builder.fill("Name", "small_cnn").press("Use it")
    assert "comes with the program" in builder.words
    assert networks.names() == []


def test_one_of_ones_own_is_replaced_only_when_that_is_said(build, networks):
    networks.save(CustomNetwork("mine", "mine", 32, 3, STANDING))
    builder = build(STANDING, title="mine").press("Save")
    assert "called 'mine' already" in builder.words
    assert networks.find("mine").image_size == 32
    builder.press("Replace “mine”")
    assert networks.find("mine").image_size == 96


def test_own_networks_are_opened_and_deleted(build, networks):
    networks.save(CustomNetwork("mine", "Mine", 32, 1, STANDING))
    builder = build().press("Mine")
    assert builder.kept == NetworkDraft("Mine", 32, 1, STANDING, "mine")
    builder.press("Delete Mine")
    assert networks.names() == []
    assert builder.kept == NetworkDraft("Mine", 32, 1, STANDING)
    assert "Delete Mine" not in builder.buttons


def test_it_is_there_as_code(build):
    words = build(STANDING, title="my net").words
    assert "x = layers.Conv2D(8, 3" in words
    assert 'name="my_net"' in words


def test_a_damaged_file_is_an_empty_builder(pets):
    (pets.folder / "builder.json").write_text("{", encoding="utf-8")
    assert Builder(pets).rows["blocks"] == []


def test_figures_of_what_cannot_stand_yet_are_said_to_be_so_far():
    from core.architectures.block_check import follow

    assert "Parameters so far" in figures(follow(IMPOSSIBLE, 96, 3, 2), 96)
    whole = figures(follow(STANDING, 4, 3, 2), 4)
    assert "all of the image" in whole
    assert "so far" not in whole


def test_dropout_before_batch_normalisation_has_a_word_of_warning(build):
    blocks = (usual("convolution"), usual("dropout"), usual("batch_norm"), usual("global_average_pool"))
    builder = build(blocks, title="Mine")
    assert [bool(row["remark"]) for row in builder.rows["rows"]] == [False, True, False, False]
    assert "Put the dropout behind the last batch normalisation." in builder.rows["rows"][1]["remark"]
    assert builder.buttons["Save"], "it is a remark: one may do so all the same"
