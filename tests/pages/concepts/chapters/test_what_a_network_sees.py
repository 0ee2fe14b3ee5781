"""Chapter 8: what a network sees, asked of the very process that pages ask, about a network that was trained."""

import shutil

import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace
from pages.components.pixel_lens import MOST_SIDE
from pages.concepts.what_a_network_sees.kernels_view import fitting
from pages.shared.inference import inference_client, task_scheduler


def open_chapter(visit, **query):
    return visit("concepts", chapter="seeing", **query)


# Without a network ---------------------------------------------------------------------------------------------------


def test_without_images_a_sample_is_one_click_away(visit):
    tab = open_chapter(visit)
    assert "No network has been trained yet" in tab.words
    assert tab.primary == ["Open cats vs dogs"]


def test_without_a_run_it_leads_to_training(visit, pets):
    tab = open_chapter(visit, dataset="pets")
    assert "No network has been trained on these images yet" in tab.words
    assert "Go to training" in tab.links
    assert "depends on: 3 × 3 in the first" in tab.words


def test_a_run_without_weights_says_so(visit, pets, trained):
    run = trained(pets)
    tab = open_chapter(visit, dataset="pets", run=run.id)
    assert "has kept no weights" in tab.words


def test_a_forged_link_opens_the_nearest(visit, pets):
    tab = open_chapter(visit, dataset="pets", layer="-3", view="kernel", filters="<b>")
    assert len(tab.at.warning) == 3
    assert tab.query.get("view") == "kernels"
    assert "layer" not in tab.query


# With one ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs(tmp_path_factory, class_folders):
    """A workspace with a convolutional network, a copy of it, and a network without convolutions."""
    folder, runs = tmp_path_factory.mktemp("seen"), {}
    workspace = Workspace.at(folder / "home")
    run_import(create_from_path(workspace, class_folders(folder / "pets", {"cats": 10, "dogs": 10}), "pets"))
    for architecture in ("dense_20", "small_cnn"):
        chosen = {"dataset": "pets", "architecture": architecture, "image_size": 32, "epochs": 1}
        runs[architecture] = create_run(workspace, read_settings(chosen))
        assert train(runs[architecture].folder) == 0, runs[architecture].status().error
    trained = runs["small_cnn"].folder
    runs["copy"] = Run(shutil.copytree(trained, trained.with_name(f"{trained.name}-2")))
    yield runs
    inference_client().close()
    task_scheduler().close()


@pytest.fixture
def see(runs, visit, monkeypatch):
    """Opens the chapter on a run, with these settings."""
    root = str(runs["small_cnn"].workspace.root)

    def open(architecture="small_cnn", **query):
        monkeypatch.setenv("WORKBENCH_HOME", root)
        return open_chapter(visit, dataset="pets", run=runs[architecture].id, **query)

    return open


@pytest.fixture
def asked():
    """The process that has Keras answers by itself."""
    return []


def titles(tab):
    return [tile["title"] for tile in tab.tiles]


@pytest.mark.slow
def test_the_maps_of_any_layer_are_shown(see):
    tab = see(layer="4")
    assert [title.partition(",")[0] for title in titles(tab)[1:]] == [f"Map {n} of layer 4" for n in range(1, 17)]
    assert tab.setting("Layer").options[3] == "4 · max pooling 2×2 → 16 × 16 × 16"
    assert "16 of 16 maps of 16 × 16" in tab.words
    assert "Each place sees 4 × 4 pixels" in tab.words
    tab.set("Layer", 1)
    assert "maps of 32 × 32" in tab.words
    assert "layer" not in tab.query, "the first is the default"
    assert not tab.errors


@pytest.mark.slow
def test_chosen_filters_of_several_images_of_a_class(see):
    tab = see(images="class", of="dogs", filters="7,1-2")
    shown = titles(tab)
    assert len(shown) == 4 + 3 * 4
    assert [title.partition(" of")[0] for title in shown[4::4]] == ["Map 7", "Map 1", "Map 2"]
    tab.set("Class", "cats")
    assert tab.query["of"] == "cats"
    tab.set("Filters", "seven")
    assert 'List filters as "1,5,7-9"' in tab.errors[0]
    assert len(titles(tab)) == 4 + 3 * 4, "the last list goes on"
    tab.set("Filters", "15-18")
    assert "The layer has 16 filters" in tab.words


@pytest.mark.slow
def test_two_networks_stand_side_by_side(see, runs):
    tab = see(beside=runs["copy"].id, layer2="4")
    shown = titles(tab)
    assert sum(" of layer 1," in title for title in shown) == 16
    assert sum(" of layer 4," in title for title in shown) == 16
    dense = see(beside=runs["dense_20"].id)
    assert "Flatten-20-10 has no convolutions, so it gives no maps to show beside these" in dense.words
    assert len(titles(dense)) == 1 + 16
    gone = see(beside="none such", layer="999")
    assert "The other run that the link names is not here" in gone.words
    assert "There is no layer 999: this network has 16 that give maps" in gone.words


@pytest.mark.slow
def test_many_maps_come_in_pages(see, runs):
    tab = see(layer="13")
    assert len(titles(tab)) == 1 + 64
    tab.set("Page", 2)
    assert titles(tab)[1].startswith("Map 65 ")
    tab.set("Layer", 1)
    assert len(titles(tab)) == 1 + 16, "the page is one that there is"


@pytest.mark.slow
def test_a_kernel_is_shown_with_its_numbers(see, runs):
    tab = see(view="kernels", filter="3")
    assert len([title for title in titles(tab) if title.startswith("Kernel ")]) == 16
    assert "in colour" in tab.words
    assert "The weights of kernel 3" in tab.words
    numbers = "".join(part.proto.body for part in tab.at.main.get("html") if "number-grid" in part.proto.body)
    assert all(f"<caption>{colour}</caption>" in numbers for colour in ("red", "green", "blue"))
    tab.set("Channel", 2)
    assert "for channel 2" in tab.words
    assert "This kernel in the filter lab" in tab.links
    tab.set("Layer", 5)
    tab.set("Channel", 0)
    assert "3 of 16 channels are shown" in tab.words
    assert not tab.errors


@pytest.mark.slow
def test_a_large_picture_is_convolved_as_small_as_networks_are_fed_it(see):
    tab = see(view="kernels", image="shipped:astronaut")
    sent = sum(len(part.proto.bytes or b"") for part in tab.at.main.get("bidi_component"))
    assert sent < 300_000, "a picture of 512 pixels and its answer would be 1.3 MB, at each move of a control"
    assert not tab.errors


@pytest.mark.slow
def test_a_network_without_convolutions_shows_its_first_weights(see):
    tab = see("dense_20")
    assert "This network has no convolutions" in tab.words
    assert len([title for title in titles(tab) if title.startswith("Weights of unit")]) == 20
    assert "looks at all pixels at once" in tab.words


@pytest.mark.slow
def test_the_nine_images_of_a_filter_are_found_once(see, runs, eventually):
    tab = see(view="strongest", layer="1", filter="4")
    eventually(lambda: "Stop" not in tab.run().buttons)
    shown = titles(tab)
    assert len(shown) == 18
    assert all(f"The part of {whole}" == part for whole, part in zip(shown[:9], shown[9:], strict=True))
    assert "sees 3 × 3 pixels" in tab.words
    tab.set("Filter", 5)
    assert "Stop" not in tab.buttons
    assert len(list(runs["small_cnn"].folder.glob("strongest_images.npz"))) == 1


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_of_large_maps_as_much_is_drawn_as_there_is_room_for(stride):
    inputs, answer = fitting(np.zeros((1000, 1000)), np.zeros((1000 // stride, 1000 // stride)), stride)
    assert 700 < max(inputs.shape) <= MOST_SIDE
    assert answer.shape == (inputs.shape[0] // stride, inputs.shape[1] // stride)
    small = np.zeros((9, 9)), np.zeros((3, 3))
    assert [part.shape for part in fitting(*small, 3)] == [(9, 9), (3, 3)]
