"""The commands that look into a network: what they list, what they write, and what they refuse."""

import keras
import numpy as np
import pytest
from PIL import Image

from core.commands import explain
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.explain.trained_network import trained_network
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace

pytestmark = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")


@pytest.fixture(scope="module")
def trained(tmp_path_factory, class_folders):
    """A workspace with a network of two convolutions and pools, and one without any: its runs by architecture."""
    folder = tmp_path_factory.mktemp("explained")
    workspace, runs = Workspace.at(folder / "home"), {}
    run_import(create_from_path(workspace, class_folders(folder / "pets", {"cats": 10, "dogs": 10}), "pets"))
    for architecture in ("two_conv_pooled", "dense_20"):
        chosen = {"dataset": "pets", "architecture": architecture, "image_size": 28, "epochs": 1}
        runs[architecture] = create_run(workspace, read_settings(chosen))
        assert train(runs[architecture].folder) == 0, runs[architecture].status().error
    return runs


@pytest.fixture
def run(workspace, trained, monkeypatch):
    """The run with convolutions, in the workspace that commands find."""
    monkeypatch.setenv("WORKBENCH_HOME", str(trained["two_conv_pooled"].workspace.root))
    return trained["two_conv_pooled"]


@pytest.fixture
def here(ask_here):
    ask_here(explain)


@pytest.fixture
def photo(tmp_path, write_picture):
    return write_picture(tmp_path / "a photo.png")


@pytest.mark.slow
def test_layers_are_listed_by_a_process_of_its_own(command, run):
    code, output, told = command("activations", run.id)
    assert code == 0, told
    assert "convolution 3×3 → 28 × 28 × 10" in output
    assert "max pooling 2×2 → 14 × 14 × 10" in output


@pytest.mark.slow
def test_maps_are_written_as_numbers_and_as_pictures(document, run, here, photo, tmp_path):
    out = tmp_path / "maps"
    code, found = document("activations", run.id, "--image", photo, "--layer", 2, "--out", out)
    assert code == 0
    assert sorted(path.name for path in out.iterdir()) == ["layer_002_01_a_photo.png", "layer_002_maps.npz"]
    assert sorted(found["files"]) == sorted(map(str, out.iterdir()))
    network = trained_network(run)
    body = network.body
    pool = next(layer for layer in body.layers if isinstance(layer, keras.layers.MaxPooling2D))
    expected = keras.Model(body.input, pool.output).predict(network.read([photo]).astype(np.float32), verbose=0)[0]
    with np.load(out / "layer_002_maps.npz") as kept:
        assert np.allclose(kept["maps"][0], np.moveaxis(expected, -1, 0), atol=1e-5)
        assert kept["images"].tolist() == [str(photo)]
        assert kept["filters"].tolist() == list(range(1, 11))
    (entry,) = found["maps"]
    assert np.allclose(entry["largest"][0], expected.max(axis=(0, 1)), atol=1e-5)
    with Image.open(out / "layer_002_01_a_photo.png") as sheet:
        assert sheet.size == (4 * 14 + 3 * 2, 3 * 14 + 2 * 2)


@pytest.mark.slow
def test_images_of_a_class_and_chosen_filters(command, document, run, here, tmp_path):
    code, found = document("activations", run.id, "--class", "dogs", "--count", 3, "--layer", 1, "--filters", "7,1-2")
    assert code == 0
    assert len(found["images"]) == 3
    assert all(path.startswith("dogs/") for path in found["images"])
    assert found["maps"][0]["filters"] == [7, 1, 2]
    assert np.shape(found["maps"][0]["mean"]) == (3, 3)
    code, output, _ = command("activations", run.id, "--class", "dogs", "--out", tmp_path / "all")
    assert code == 0
    assert len(list((tmp_path / "all").glob("*.npz"))) == 4, "of both convolutions and both pools"
    assert output.count("Written: ") == 4 * (1 + 4)


@pytest.mark.slow
def test_kernels_come_as_numbers_and_as_pictures(command, document, run, here, tmp_path):
    code, output, _ = command("kernels", run.id)
    assert code == 0
    assert output.count("convolution 3×3") == 2
    assert "pooling" not in output
    code, found = document("kernels", run.id, "--layer", 1, "--out", tmp_path)
    (entry,) = found["kernels"]
    first = next(layer for layer in trained_network(run).body.layers if isinstance(layer, keras.layers.Conv2D))
    kernel, bias = first.get_weights()
    assert np.allclose(entry["values"], np.moveaxis(kernel, -1, 0))
    assert np.allclose(entry["biases"], bias)
    with np.load(tmp_path / "layer_001_kernels.npz") as kept:
        assert np.array_equal(kept["values"], np.moveaxis(kernel, -1, 0))
    with Image.open(tmp_path / "layer_001_kernels.png") as sheet:
        assert sheet.size == (4 * 36 + 3 * 2, 3 * 36 + 2 * 2)
    code, output, _ = command("kernels", run.id, "--layer", 1)
    assert "10 kernels of 3 × 3 on 1 channel\n" in output


@pytest.mark.slow
def test_what_there_is_not_is_told_with_what_there_is(command, document, run, trained, here, photo, tmp_path):
    code, _, told = command("kernels", run.id, "--layer", 2)
    assert (code, "There are: 1 (convolution), 3 (convolution)" in told) == (2, True), told
    code, _, told = command("activations", run.id, "--image", photo, "--layer", 99)
    assert (code, "no layer 99" in told) == (2, True), told
    code, _, told = command("activations", run.id, "--image", photo, "--layer", 1, "--filters", 11)
    assert (code, "no filter 11: the layer has 10" in told) == (2, True), told
    code, _, told = command("activations", run.id, "--class", "birds")
    assert (code, "There are: cats, dogs" in told) == (2, True), told
    (tmp_path / "broken.png").write_text("no image")
    code, _, told = command("activations", run.id, "--image", tmp_path / "broken.png", "--out", tmp_path / "none")
    assert (code, "broken.png is not an image" in told) == (1, True), told
    assert list((tmp_path / "none").iterdir()) == []
    dense = trained["dense_20"].id
    code, output, _ = command("kernels", dense)
    assert (code, "no convolutions: it looks at all pixels at once" in output) == (0, True)
    code, _, told = command("kernels", dense, "--layer", 1)
    assert (code, "has no convolutions" in told) == (2, True), told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["activations", "--layer", "1"], "Say with --image or --class which images"),
        (["activations", "--out", "folder"], "Say with --image or --class which images"),
        (["activations", "--image", "a.png", "--filters", "one"], 'List filters as "1,5,7-9"'),
        (["activations", "--image", "a.png", "--class", "cats"], "not allowed with argument"),
        (["activations", "--class", "cats", "--count", "17"], "whole number from 1 to 16. Got '17'"),
        (["activations", "--image", "a.png", "--out", __file__], "is a file. Say with --out which folder"),
        (["kernels", "--out", __file__], "is a file. Say with --out which folder"),
    ],
)
def test_what_can_not_be_done_is_said_before_anything_starts(command, workspace, arguments, words):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    code, _, told = command(arguments[0], run.id, *arguments[1:])
    assert (code, words in told) == (2, True), told


@pytest.mark.parametrize("text", ["0", "x", "-1"])
def test_the_number_of_a_layer_is_one(command, workspace, text, ask_here, monkeypatch):
    monkeypatch.setattr(explain, "InferenceClient", lambda: pytest.fail("a process was started"))
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    code, _, told = command("kernels", run.id, f"--layer={text}")
    assert (code, "--layer must be the number of a layer" in told) == (2, True), told
