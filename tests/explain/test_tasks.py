"""What pages ask of the inference process about a run, by the very process."""

import numpy as np
import pytest
from PIL import Image

from core.errors import WorkbenchError
from core.jobs.inference_client import InferenceClient

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")]


@pytest.fixture(scope="module")
def client():
    client = InferenceClient()
    yield client
    client.close()


@pytest.fixture
def path(draw, tmp_path):
    Image.fromarray(draw("red", 10, 20)).save(tmp_path / "red.png")
    return str(tmp_path / "red.png")


def test_every_explanation_comes_through_the_process(client, from_scratch, path):
    run = str(from_scratch.folder)
    heat, images = client.ask("grad_cam", run=run, paths=[path, path], classes=[0, 1])
    assert (heat.shape, heat.dtype) == ((2, 48, 48), np.float32)
    assert (images.shape, images.dtype) == ((2, 48, 48, 3), np.uint8)
    found = client.ask("occlusion", run=run, path=path, classes=[1])
    assert found["drops"].shape == (1, 48, 48)
    layers = client.ask("activations", run=run, path=path)
    assert [layer["number"] for layer in layers] == [1, 2, 3, 4]
    assert client.ask("kernels", run=run)["pictures"].shape == (16, 3, 3, 3)


def test_every_layer_can_be_looked_into(client, from_scratch, path):
    run = str(from_scratch.folder)
    layers = client.ask("map_layers", run=run)
    last = layers[-1]
    with open(path, "rb") as file:
        pictures = [path, file.read()]
    found = client.ask("feature_maps", run=run, pictures=pictures, layer=last.number, filters=[2, 1])
    assert (found["maps"].shape, found["maps"].dtype) == ((2, 2, *last.shape[:2]), np.uint8)
    assert np.array_equal(found["maps"][0], found["maps"][1]), "a file is the same as what it holds"
    assert np.array_equal(found["images"][1], np.asarray(Image.open(path)))
    numbers = client.ask("feature_maps", run=run, pictures=[path], layer=last.number, as_numbers=True)
    assert numbers["maps"].shape == (1, last.shape[2], *last.shape[:2])
    assert client.ask("layer_kernels", run=run, layer=1)["values"].shape[1:] == (3, 3, 3)
    assert client.ask("apply_kernel", run=run, picture=path, layer=1, filter=1)["answer"].shape == (48, 48)
    stages = []
    strongest = client.ask("strongest_images", lambda *told: stages.append(told[0]), run=run, layer=1)
    assert strongest["images"].shape == (16, 9)
    assert "Showing images to the network" in stages


def test_what_is_wrong_comes_back_in_words(client, from_scratch, path, tmp_path):
    with pytest.raises(WorkbenchError, match=r"gone\.png no longer exists"):
        client.ask("grad_cam", run=str(from_scratch.folder), paths=[str(tmp_path / "gone.png")], classes=[0])
    with pytest.raises(WorkbenchError, match="no class 9 among 2"):
        client.ask("grad_cam", run=str(from_scratch.folder), paths=[path], classes=[9])
    with pytest.raises(WorkbenchError, match="has no weights"):
        client.ask("kernels", run=str(tmp_path))


def test_accuracy_by_shift_comes_through_the_process(client, from_scratch):
    steps = []
    found = client.ask("accuracy_by_shift", on_progress=lambda *step: steps.append(step), run=str(from_scratch.folder))
    assert found.right.shape == (len(found.moves), found.images)
    assert steps[0][0] == "Loading the network"
